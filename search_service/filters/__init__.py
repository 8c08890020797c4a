"""What a search can be limited to: one class for each filter, and the registry of them all.

To add a filter, write its class in a file of its own and its instance in ``registry.FILTERS``: the
question's parser, the search, the facets, page addresses, chips, the API, the command line, chats
and MCP read it there.
"""
