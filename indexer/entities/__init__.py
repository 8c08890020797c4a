"""Entity resolution: which profiles describe one cooperative, and which documents name it."""
