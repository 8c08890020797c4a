"""The words of the trade: competencies in all spellings, and what of a question says nothing."""
