"""Comparing words without case and accents. It loads no library: what reads files uses it."""

from __future__ import annotations

import unicodedata
from itertools import filterfalse


def fold(text: str) -> str:
    """Lower case without accents, for comparing words."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("™", " ")).lower()
    return "".join(filterfalse(unicodedata.combining, decomposed))
