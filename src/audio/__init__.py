"""Signal functions: arrays in, arrays out. No files, no settings, no clocks."""
