"""Who is asking: tokens, sessions and proxy headers."""
