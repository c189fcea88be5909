"""The one vocabulary of English, German and Russian: what words mean, for all who read them."""
