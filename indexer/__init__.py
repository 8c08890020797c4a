"""From files to a searchable generation: parsing, places, passages, vectors, index."""
