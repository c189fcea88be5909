"""The studio in the browser: talks to the API over HTTP, and to nothing else of this house."""
