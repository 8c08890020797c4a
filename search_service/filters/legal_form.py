"""Legal forms that an organisation must have ("cooperativa sociale di tipo B a Napoli").

A form is a filter only where it describes the organisation sought: at the head of the question.
"Software per cooperative sociali" is for them, and content; so is "consorzio di bonifica", which
names a trade.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from indexer.index.snapshot import Generation
from indexer.text.tokens import fold_same_length
from search_service.domain import Mention, Query, RecognisedFilter
from search_service.filters.base import Eligibility, Filter, FoldedQuestion
from search_service.filters.passage_index import PassageIndex
from search_service.filters.place import PLACE
from search_service.filters.stop_phrases import content
from search_service.presentation.languages import marked as _


class LegalFormFilter(Filter[tuple[str, ...]]):
    """Organisations that have any of some legal forms, by their keys. Only said, never chosen."""

    key = "legal_form"
    heading = _("forma")

    def learn(self, generation: Generation) -> frozenset[str]:
        """The forms that somebody has."""
        organisations = generation.organisations.values()
        return frozenset().union(*(legal_form_keys(o.legal_form) for o in organisations))

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The form at the head of the question."""
        held = question.vocabulary.learnt.get(self.key, frozenset())
        places = [
            (mention.start, mention.end)
            for mention in question.found
            if mention.understood.aspect == PLACE.key
        ]
        return _recognise(question.text, question.folded, held, places)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations that have one."""
        asked = {*(self.of(query) or ())}
        organisations = index.generation.organisations.values()
        return Eligibility(
            organisations=frozenset(
                o.id for o in organisations if legal_form_keys(o.legal_form) & asked
            )
        )


LEGAL_FORM = LegalFormFilter()

# --- spellings -------------------------------------------------------------------------------

_COOP = r"(?:piccol[ae]\s+)?(?:societa\s+)?coop(?:erativ[ae])?"

# Each form as registers and people write it, and how it is shown; the narrower first.
_FORMS = (
    (
        "sociale",
        "cooperativa sociale",
        rf"(?:{_COOP}\s+social[ei]|social\s+co-?op(?:erative)?s?)"
        r"(?:[\s,]+(?:di\s+|of\s+)?(?:tipo|type)\s+(?P<type>[ab])\b)?"
        rf"|{_COOP}\s+di\s+tipo\s+(?P<bare>[ab])\b",
    ),
    (
        "lavoro",
        "cooperativa di lavoro",
        rf"{_COOP}\s+di\s+(?:produzione\s+e\s+)?lavoro|workers?['’]?s?\s+co-?op(?:erative)?s?",
    ),
    (
        "comunita",
        "cooperativa di comunità",
        rf"{_COOP}\s+di\s+comunita|community\s+co-?op(?:erative)?s?",
    ),
    (
        "professionisti",
        "cooperativa tra professionisti",
        rf"{_COOP}\s+(?:tra|fra|di)\s+professionisti",
    ),
    (
        "agricola",
        "cooperativa agricola",
        rf"{_COOP}\s+agricol[ae]|agricultural\s+co-?op(?:erative)?s?",
    ),
    (
        "consumo",
        "cooperativa di consumo",
        rf"{_COOP}\s+di\s+consumo|consumers?['’]?\s+co-?op(?:erative)?s?",
    ),
    (
        "consorzio",
        "consorzio",
        r"consorzi[o]?(?:\s+(?:tra|fra|di)\s+(?:societa\s+)?cooperative)?|consorti(?:um|a|ums)",
    ),
)

_PATTERNS = tuple(
    (value, label, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")) for value, label, pattern in _FORMS
)


@lru_cache(maxsize=10_000)  # each search goes through all that are written
def legal_form_keys(written: str) -> frozenset[str]:
    """The forms that a register's words name; "cooperativa sociale di tipo B" names two."""
    folded = fold_same_length(written)
    return frozenset(
        key
        for value, _, pattern in _PATTERNS
        for match in pattern.finditer(folded)
        for key in (value, _key(value, match))
    )


def _key(value: str, match: re.Match[str]) -> str:
    kind = (match["type"] or match["bare"]) if value == "sociale" else None
    return f"{value}-{kind}" if kind else value


# --- in a question -------------------------------------------------------------------------

_TRADE = re.compile(r"\s+(?:(?:di|del|della|dei|degli|delle|dell'|of)\b|stabil|agrari|for\s)")
_DETERMINERS = re.compile(r"(?:(?<!\w)(?:un[ao]?|un'|il|la|le|i|gli|the|an?|tutt[ei]|all)\s*)+$")
_OF_SOMEBODY = re.compile(
    r"(?<!\w)(?:per|con|di|de[il]|della|delle|a|alle|ai|tra|in|for|to|of|with)\s*$"
)


def _recognise(
    question: str, folded: str, held: Collection[str], places: Sequence[tuple[int, int]]
) -> list[Mention]:
    """The legal form that a question wants of organisations; at most one.

    Args:
        question: The question.
        folded: The same, folded.
        held: The keys of the forms that somebody has: any other is left to be matched.
        places: The spans of the question's places: "consorzio di Modena" is no trade.

    """
    for value, label, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            key = _key(value, match)
            determiners = _DETERMINERS.search(folded, 0, match.start())
            start = determiners.start() if determiners else match.start()
            if key in held and _is_head(question[:start]) and not _is_trade(folded, match, places):
                kind = key.rpartition("-")[2].upper() if "-" in key else ""
                words = question[start : match.end()].strip()
                shown = f"{label} di tipo {kind}" if kind else label
                form = RecognisedFilter(LegalFormFilter.key, key, shown, words)
                return [Mention(start, match.end(), form)]
    return []


def _is_head(before: str) -> bool:
    """Whether nothing but an opening ("cerchiamo", "quali sono") stands before."""
    if _OF_SOMEBODY.search(fold_same_length(before)):
        return False
    return not any(c.isalnum() for c in content(before, may_be_empty=True))


def _is_trade(folded: str, match: re.Match[str], places: Sequence[tuple[int, int]]) -> bool:
    after = _TRADE.match(folded, match.end())
    return after is not None and not any(start <= after.end() < end for start, end in places)
