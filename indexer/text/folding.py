"""Comparing words without case and accents. It loads no library: what reads files uses it."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents, for comparing words."""
    decomposed = unicodedata.normalize("NFKD", text.replace("™", " ")).lower()
    return "".join(c for c in decomposed if not unicodedata.combining(c))
