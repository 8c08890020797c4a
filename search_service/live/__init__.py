"""The index being served, replaced as a whole when a new one is published."""
