"""Topics, runs and measures."""
