"""The mark of invented data, which is kept however it was written."""

from __future__ import annotations

import re
from dataclasses import replace

from indexer.domain import ParsedText

_FIELDS = frozenset({"fictional", "fittizio"})
_LINE = re.compile(
    r"""^\W*["']?(?:fictional|fittizio)["']?\s*[:=]\s*["']?(?:true|yes|s[iì]|vero|1)\b""",
    re.IGNORECASE | re.MULTILINE,
)
_WARNING = (
    "it says in its text, not in its fields, that it is invented: it is marked so, and the other "
    "fields there are not read"
)


def keep_mark(text: ParsedText) -> ParsedText:
    """A text that says that it is invented, outside of its fields, is marked all the same."""
    named = {str(name).strip().lower() for name in text.metadata}
    said = (part for block in text.blocks for part in (block.text, *block.headings))
    if named & _FIELDS or not any(map(_LINE.search, said)):
        return text
    metadata = {**text.metadata, "fictional": True}
    return replace(text, metadata=metadata, warnings=(*text.warnings, _WARNING))
