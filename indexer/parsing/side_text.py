"""What a file says beside its text: comments, a page's header, lines as they were typed.

None of it is indexed. It is kept where it speaks of who may see the document, to be heard there.
"""

from __future__ import annotations

import re

# Stems of the words with which people restrict a document, in either language.
_WORDS = re.compile(
    r"visibilit|riservat|privat[oae]|restricted|confiden|segret[oa]|(?<!\w)access[oi]?(?!\w)"
    r"|(?<!\w)(?:solo|soli|soltanto|only)\W|[\W_]only(?!\w)|(?<!\w)pubblic[oa](?!\w)|(?<!\w)public(?!\w)",
    re.IGNORECASE,
)


def mentions_visibility(text: str) -> bool:
    """Whether a text has a word for who may see something, in either language."""
    return _WORDS.search(text) is not None


def visibility_notes(*texts: str) -> tuple[str, ...]:
    """Those of the texts that speak of it."""
    return tuple(text for text in texts if mentions_visibility(text))
