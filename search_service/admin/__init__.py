"""What administrators do remotely: uploads and index jobs."""
