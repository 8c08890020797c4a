"""Words about who may see a document, in Italian and English.

Parsers keep side texts of a file (comments, running heads) that contain one of them.
"""

from __future__ import annotations

import re

# Stems of the words with which people restrict a document, in either language.
_WORDS = re.compile(
    r"visibilit|riservat|privat[oae]|restricted|confiden|segret[oa]|(?<!\w)access[oi]?(?!\w)"
    r"|(?<!\w)(?:solo|soli|soltanto|only)\W|[\W_]only(?!\w)|(?<!\w)pubblic[oa](?!\w)|(?<!\w)public(?!\w)"
    r"|(?<!\w)(?:visibil[ei]|visible|pubblicabil[ei]|pubblicare|pubblicat[oa]|publish|published)(?!\w)"
    r"|(?<!\w)(?:divulga\w+|diffondere|diffusione|distribute|disclose|intern[oa]|internal)(?!\w)",
    re.IGNORECASE,
)
# Each of those words holds one of these: most texts hold none, which is sooner seen.
_STEMS = (
    "visib pubblic publi riservat privat restrict confiden segret access sol only divulga diff"
    " distrib disclos intern"
).split()


def mentions_visibility(text: str) -> bool:
    """Whether a text has a word about who may see something, in either language."""
    folded = text.casefold()
    return any(stem in folded for stem in _STEMS) and _WORDS.search(text) is not None


def visibility_notes(*texts: str) -> tuple[str, ...]:
    """The texts with such a word."""
    return tuple(text for text in texts if mentions_visibility(text))
