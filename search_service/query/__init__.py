"""From free text and explicit filters to a query."""
