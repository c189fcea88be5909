"""From a request to a plan: form, target tempo and key, roles by section."""
