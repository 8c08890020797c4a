"""One adapter for each chat platform."""
