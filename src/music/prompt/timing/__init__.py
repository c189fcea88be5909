"""When something happens in a track: clauses, moments, named forms and endings of a prompt."""
