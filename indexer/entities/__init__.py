"""Entity resolution: which profiles are one cooperative, which documents name it."""
