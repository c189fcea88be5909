"""Settings, errors, progress and logging: what every other room may use."""
