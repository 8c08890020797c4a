"""The corpus folder: what is in it, its metadata, who may see it, what was erased."""
