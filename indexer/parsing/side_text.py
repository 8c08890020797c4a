"""What a file says beside its text: comments, a page's header, lines as they were typed.

None of it is indexed. It is kept where it speaks of who may see the document, to be heard there.
"""

from __future__ import annotations

_STEM = "visibilit"  # of "visibility" and of "visibilità"


def speaks(text: str) -> bool:
    """Whether a text has the word for who may see something, in either language."""
    return _STEM in text.casefold()


def asides(*texts: str) -> tuple[str, ...]:
    """Those of the texts that speak of it."""
    return tuple(text for text in texts if speaks(text))
