"""The corpus folder: its files, their metadata and visibility, and what was erased."""
