"""From text to vectors, and the cache of the vectors."""
