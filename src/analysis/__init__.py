"""From a sound and its names to the facts of a stem."""
