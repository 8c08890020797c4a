"""Sentence splitting for Italian and English.

General splitters break at "soc. coop. Arca", "D.Lgs. 36/2023" and "art. 5", which are frequent in
this corpus; this one knows those abbreviations.
"""

from __future__ import annotations

import re

_END = re.compile(r"""(?<=[.!?…])["»”')\]]*\s+(?=["«“'(\[]*[^\W_a-zà-ÿ])|\n+""")
_ABBREVIATED = re.compile(
    r"""(?:^|[\s('"«/])(?:
        [^\W\d_] | (?:[^\W\d_]\.)+[^\W\d_]               # initials: "A.", "S.r.l.", "D.P.R."
        | art | artt | c\.c | cfr | ca | co | coop | cap | col | dott | dott\.ssa | dr | ecc | ed
        | es | p\.es | etc | fig | geom | ing | arch | avv | inc | jr | lett | lgs | d\.lgs | ltd
        | max | min | mr | mrs | ms | n | nn | no | nr | num | on | p | pag | pagg | par | pp
        | prof | prof\.ssa | prov | rag | reg | rif | s | ss | sec | sez | sig | sig\.ra | soc
        | spett | st | tab | tel | v | vol | vs | cons | e\.g | i\.e
    )\.$""",
    re.VERBOSE | re.IGNORECASE,
)
_LOOK_BACK = 12  # characters: no abbreviation above is longer


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, in order and trimmed; a line break always ends one."""
    found: list[str] = []
    start = 0
    for boundary in _END.finditer(text):
        before = text[max(start, boundary.start() - _LOOK_BACK) : boundary.start()]
        if "\n" not in boundary.group() and _ABBREVIATED.search(before):
            continue
        found.append(text[start : boundary.start()] + boundary.group().strip())
        start = boundary.end()
    found.append(text[start:])
    return [sentence.strip() for sentence in found if sentence.strip()]
