"""The index on disk and in memory: snapshot, manifest, retrievers, integrity, retention."""
