"""The text of a question once what was understood is taken out. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LOOSE = re.compile(r"\s+([?.!,;:])|(?<=\s)[,;:]+(?=\s)")
_DANGLING = re.compile(
    r"(?:\s+(?:in|a|ad|da|di|del|della|e|ed|o|od|con|per|su|nel|nella|at|of|and|or|the|on|for))+"
    r"\s*(?=[?.!,;]*\s*$)",
    re.IGNORECASE,
)


def tidied(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without some spans, and without what they leave dangling."""
    kept = []
    position = 0
    for start, end in sorted(spans):
        kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    joined = " ".join(" ".join(kept).split())
    joined = _DANGLING.sub("", _LOOSE.sub(r"\1", joined))
    return joined.strip(" ,;:-–—?!.")
