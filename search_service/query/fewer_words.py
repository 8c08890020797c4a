"""A question without one of its words. Pure."""

from __future__ import annotations

from indexer.text.tokens import is_content, token_spans


def without_word(question: str, word: str) -> str:
    """The question without a word and what leads to it: "corsi di cucina" without
    "cucina" is "corsi"; without "corsi", "cucina".

    Args:
        question: As it was asked.
        word: The word, folded.

    Returns:
        The rest; the question itself if it does not have the word.

    """
    spans = token_spans(question)
    kept, position = [], 0
    for n, (_, _, said) in enumerate(spans):
        if said != word:
            continue
        first, last = n, n + 1
        if any(is_content(before) for _, _, before in spans[:n]):
            while not is_content(spans[first - 1][2]):
                first -= 1
        else:  # what it leads to begins the question
            while last < len(spans) and not is_content(spans[last][2]):
                last += 1
        kept.append(question[position : spans[first][0]])
        position = spans[last - 1][1]
    return " ".join(" ".join((*kept, question[position:])).split())
