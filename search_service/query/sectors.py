"""Sectors of a question as ATECO codes ("ATECO 62.20", "62.20.10"). Pure.

Only a code is a filter. A sector in words ("per la sanità") stays in the text: cooperatives name
their sectors each in its own way or not at all, so a filter on the words would hide those whose
documents show the work, while matching finds "ospedali" for "sanità".
"""

from __future__ import annotations

import re
from collections.abc import Collection

from indexer.text.tokens import fold_same_length
from search_service.domain import Aspect, Mention, RecognisedFilter
from search_service.vocabulary.sectors import (
    in_sector,
    sector_label,
)

_DIGITS = r"\d{2}(?:\.\d{1,2}(?:\.\d{1,2})?)?"
_NAMED = re.compile(
    r"(?<!\w)(?:(?:con|with|nel|in|del|di|per|il|un)\s+)*(?:codic[ei]\s+|attivita\s+|settore\s+|code\s+)?"
    rf"ateco(?:\s*(?:code|codice|20(?:07|25)))*\s*:?\s*(?P<code>{_DIGITS})(?![\w]|\.\d)"
)
_BARE = re.compile(
    r"(?<![\w.,/:€$-])(?P<code>\d{2}\.\d{2}(?:\.\d{1,2})?)(?![\w%€$/:]|[.,]\d|\s*(?:€|euro|eur))"
)


def sectors(question: str, known: Collection[str]) -> list[Mention]:
    """The ATECO codes of a question, left to right.

    A code without the word counts when it is the whole question or one of the ``known`` sectors:
    "Ubuntu 22.04" and "ore 18.30" are none.
    """
    folded = fold_same_length(question)
    found = []
    for match in _NAMED.finditer(folded):
        found.append(_mention(match, question))
    for match in _BARE.finditer(folded):
        if any(m.start < match.end() and match.start() < m.end for m in found):
            continue
        alone = match[0] == folded.strip(" ?!.")
        if alone or in_sector(known, match["code"]):
            found.append(_mention(match, question))
    return sorted(found, key=lambda m: m.start)


def _mention(match: re.Match[str], question: str) -> Mention:
    words = question[match.start() : match.end()]
    code = match["code"]
    return Mention(*match.span(), RecognisedFilter(Aspect.SECTOR, code, sector_label(code), words))
