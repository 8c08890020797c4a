"""The trace and the log of a request."""
