"""Legal forms that an organisation must have ("cooperativa sociale di tipo B a Napoli"). Pure.

A form is a filter only where it says who is looked for: at the head of the question. "Software per
cooperative sociali" is for them, and content; so is "consorzio di bonifica", which names a trade.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from indexer.text.tokens import fold_same_length
from search_service.domain import Aspect, Mention, RecognisedFilter
from search_service.query.stop_phrases import content
from search_service.vocabulary.legal_forms import _PATTERNS, _key

_TRADE = re.compile(r"\s+(?:(?:di|del|della|dei|degli|delle|dell'|of)\b|stabil|agrari|for\s)")
_DETERMINERS = re.compile(r"(?:(?<!\w)(?:un[ao]?|un'|il|la|le|i|gli|the|an?|tutt[ei]|all)\s*)+$")
_OF_SOMEBODY = re.compile(
    r"(?<!\w)(?:per|con|di|de[il]|della|delle|a|alle|ai|tra|in|for|to|of|with)\s*$"
)


def legal_forms(
    question: str, held: Collection[str], places: Sequence[tuple[int, int]] = ()
) -> list[Mention]:
    """The legal form that the question wants of organisations; at most one.

    ``held`` are the keys of those that somebody has: any other is left to be matched. ``places``
    are the offsets of the question's places: "consorzio di Modena" is no trade.
    """
    folded = fold_same_length(question)
    for value, label, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            key = _key(value, match)
            determiners = _DETERMINERS.search(folded, 0, match.start())
            start = determiners.start() if determiners else match.start()
            if key in held and _is_head(question[:start]) and not _is_trade(folded, match, places):
                kind = key.rpartition("-")[2].upper() if "-" in key else ""
                words = question[start : match.end()].strip()
                shown = f"{label} di tipo {kind}" if kind else label
                return [
                    Mention(
                        start, match.end(), RecognisedFilter(Aspect.LEGAL_FORM, key, shown, words)
                    )
                ]
    return []


def _is_head(before: str) -> bool:
    """Whether nothing but an opening ("cerchiamo", "quali sono") stands before."""
    if _OF_SOMEBODY.search(fold_same_length(before)):
        return False
    return not any(c.isalnum() for c in content(before, may_be_empty=True))


def _is_trade(folded: str, match: re.Match[str], places: Sequence[tuple[int, int]]) -> bool:
    after = _TRADE.match(folded, match.end())
    return after is not None and not any(start <= after.end() < end for start, end in places)
