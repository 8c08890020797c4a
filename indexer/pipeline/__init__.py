"""From files to a published index. Read build.py, then ingest.py, then chunking.py."""
