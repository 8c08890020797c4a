"""The application as a whole, and the process that serves it."""
