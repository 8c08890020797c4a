"""PDF: lines, layout, headings and running heads."""
