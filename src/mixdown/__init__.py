"""From a score to samples: conformed slices, channels, buses, master."""
