"""Durable writes, the writer lock, and safe opening of files."""
