"""Authentication: tokens, sessions and proxy headers."""
