"""Tools and resources for assistants (Model Context Protocol)."""
