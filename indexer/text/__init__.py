"""Text processing: folding, tokens, stems, sentences, language, negation, organisation names."""
