"""The commands of ``python -m search_service``."""
