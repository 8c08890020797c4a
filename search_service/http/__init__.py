"""Middleware between the network and the application: limits, headers, log and metrics."""
