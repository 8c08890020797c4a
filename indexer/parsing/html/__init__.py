"""HTML pages: decoding, what is content, tabs and accordions, tables."""
