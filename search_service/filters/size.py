"""How many people work there: "con almeno 10 addetti", "piccole cooperative (meno di 15 persone)".

A number is a filter only where it is said of the organisation sought, with a comparison: "buste
paga per aziende con più di 50 dipendenti" speaks of customers, and "catering per 100 persone" of
guests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from search_service.domain import FacetValue, Mention, Query, RecognisedFilter
from search_service.errors import QueryError, QueryProblem
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    FoldedQuestion,
    Holders,
    Parameter,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.filters.stop_phrases import content
from search_service.presentation.labels import Words, words_in
from search_service.presentation.languages import ITALIAN
from search_service.presentation.languages import marked as _


@dataclass(frozen=True, slots=True)
class SizeRange:
    """A number of people, both ends included; ``None`` is an open end. One end is given."""

    least: int | None
    most: int | None

    def holds(self, employees: int | None) -> bool:
        """Whether a number is in it; an unknown number is in none."""
        if employees is None:
            return False
        return (self.least or 0) <= employees and (self.most is None or employees <= self.most)

    def __str__(self) -> str:
        """As it is chosen: "10-49", "250-", "-9"."""
        ends = ("" if end is None else str(end) for end in (self.least, self.most))
        return "-".join(ends)


# As the European Commission tells micro, small, medium-sized and large enterprises (2003/361/EC).
_CLASSES = (SizeRange(1, 9), SizeRange(10, 49), SizeRange(50, 249), SizeRange(250, None))
_CHOSEN = re.compile(r"(\d{1,6})?\s*[-–]\s*(\d{1,6})?")


class SizeFilter(Filter[tuple[SizeRange, ...]]):
    """Organisations with so many people at work, in any of some ranges."""

    key = "size"
    heading = _("addetti")
    parameters = (
        Parameter(
            "size",
            "sizes",
            _("Solo chi ha questo numero di addetti: «10-49», «50-», «-9»."),
            "10-49",
        ),
    )
    groups = (Facet("sizes", _("Addetti"), 60),)

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The number of people that the organisation sought must have; at most one."""
        return _recognise(question)

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The range of "10-49", "50-" or "-9"."""
        match = _CHOSEN.fullmatch(value.strip())
        least, most = (
            (int(end) if end else None for end in match.groups()) if match else (None,) * 2
        )
        if (least is None and most is None) or (most is not None and (least or 0) > most):
            raise QueryError(
                f"The size {value!r} is no range of numbers.",
                remedy="Write it as 10-49, 50- or -9.",
                problem=QueryProblem.UNKNOWN_FILTER,
            )
        return _recognised(SizeRange(least, most))

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> tuple[SizeRange, ...] | None:
        """Any of these."""
        return tuple(_range(item) for item in items)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations that tell such a number."""
        asked = self.of(query) or ()
        organisations = index.generation.organisations.values()
        return Eligibility(
            organisations=frozenset(
                o.id for o in organisations if any(one.holds(o.employees) for one in asked)
            )
        )

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """The range, in words."""
        return _said(_range(item), words)

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """The classes of those that answer."""
        found: dict[FacetKey, list[str]] = defaultdict(list)
        for organisation in answering.organisations:
            for one in _classes(organisation.employees):
                found[FacetKey(str(one), str(one))].append(organisation.id)
        return {"sizes": found}

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """The class of each organisation that tells its number."""
        organisations = index.generation.organisations.values()
        return {"sizes": (str(one) for o in organisations for one in _classes(o.employees))}

    def value_label(self, value: FacetValue, words: Words) -> str:
        """The class, in figures: "10–49", "250+"."""
        return value.value.replace("-", "–") if value.value[-1] != "-" else f"{value.value[:-1]}+"


SIZE = SizeFilter()


def _classes(employees: int | None) -> list[SizeRange]:
    return [one for one in _CLASSES if one.holds(employees)]


def _range(item: RecognisedFilter) -> SizeRange:
    assert isinstance(item.meaning, SizeRange)
    return item.meaning


def _recognised(size: SizeRange, words: str = "") -> RecognisedFilter:
    return RecognisedFilter(SizeFilter.key, str(size), _said(size, words_in(ITALIAN)), words, size)


def _said(size: SizeRange, words: Words) -> str:
    text = words.language.text
    if size.least is None:
        return text(_("al massimo %(n)s"), n=words.number(size.most or 0))
    if size.most is None:
        return text(_("almeno %(n)s"), n=words.number(size.least))
    if size.least == size.most:
        return words.number(size.least)
    first, last = words.number(size.least), words.number(size.most)
    return text(_("da %(first)s a %(last)s"), first=first, last=last)


# --- in a question -------------------------------------------------------------------------

_WORDS = {
    **{word: n for n, word in enumerate("tre quattro cinque sei sette otto nove dieci".split(), 3)},
    **{word: n for n, word in enumerate("three four five six seven eight nine ten".split(), 3)},
    "dodici": 12,
    "quindici": 15,
    "venti": 20,
    "trenta": 30,
    "quaranta": 40,
    "cinquanta": 50,
    "cento": 100,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
}
_N = rf"(?:\d{{1,3}}(?:[.,]\d{{3}})|\d{{1,5}}|{'|'.join(_WORDS)})"
# Who is certainly at work there; the others may as well be guests, pupils or users.
_STAFF = (
    r"(?:addett[oi]|dipendent[ei]|lavorator[ei]|lavoratrici|occupat[ie]|employees?|workers|staff)"
)
_PEOPLE = r"(?:persone|people)"
_UNIT = rf"(?:(?P<staff>{_STAFF})|(?P<people>{_PEOPLE}))\b"
_COMPARISONS: tuple[tuple[str, Callable[..., SizeRange]], ...] = (
    (
        rf"(?:tra|fra|between)\s+(?:i\s+)?{_N}\s+(?:e|and)\s+(?:i\s+)?{_N}"
        rf"|(?:da|dai|from)\s+{_N}\s+(?:a|ai|to)\s+{_N}|{_N}\s*[-–]\s*{_N}",
        SizeRange,
    ),
    (
        rf"(?:almeno|(?:come\s+)?minimo|non\s+meno\s+di|at\s+least|(?:a\s+)?minimum\s+of"
        rf"|no\s+fewer\s+than)\s+{_N}|{_N}\s+(?:o|or)\s+(?:piu|more)",
        lambda n: SizeRange(n, None),
    ),
    (
        rf"(?:al\s+massimo|massimo|fino\s+a|non\s+piu\s+di|at\s+most|up\s+to|no\s+more\s+than"
        rf"|(?:a\s+)?maximum\s+of)\s+{_N}",
        lambda n: SizeRange(None, n),
    ),
    (
        rf"(?:piu\s+di|oltre|sopra\s+i|more\s+than|over|above)\s+{_N}",
        lambda n: SizeRange(n + 1, None),
    ),
    (
        rf"(?:meno\s+di|sotto\s+i|less\s+than|fewer\s+than|under|below)\s+{_N}",
        lambda n: SizeRange(None, n - 1),
    ),
)
_LEAD = (
    r"(?P<lead>(?:(?:che\s+|who\s+|that\s+)?(?:ha|hanno|abbia|abbiano|impieg\w+|has|have|employs?)"
    r"|con|di|da|with|having|of)\s+)?"
)
_PATTERNS = tuple(
    (re.compile(rf"(?<![\w.,-]){_LEAD}(?P<comparison>{comparison})\s+{_UNIT}"), meaning)
    for comparison, meaning in _COMPARISONS
)
_NUMBER = re.compile(rf"(?<!\w){_N}(?!\w)")
_WHO = (
    r"(?:cooperativ[ae]|coop|aziend[ae]|impres[ae]|dit(?:ta|te)|societa|consorzi[o]?|realta"
    r"|organizzazion[ei]|partner|fornitor[ei]|chi|qualcuno|co-?op(?:erative)?s?|compan(?:y|ies)"
    r"|firms?|organi[sz]ations?|suppliers?|partners?|someone|somebody|anyone)"
)
# Behind these words somebody is served, and not looked for ("paghe per aziende con …").
_SERVED = re.compile(
    rf"(?<!\w)(?:per|for|to|a|ad|ai|alle|agli|presso|verso|di|d[ei]|delle|degli|of)\s+"
    rf"(?:(?:le|gli|i|the|piccol\w+|medi\w+|grand[ie]|small|medium|large|tutt[ei]|all)\s+)*{_WHO}"
    rf"(?!\w)[^.;?!]*$"
)
_NOT_STAFF = re.compile(r"(?<!\w)(?:per|for|to|di|of|a|ad|ai)\s+$")
_ABOUT_WHO = re.compile(rf"(?<!\w){_WHO}(?:\s+(?:social[ei]|italian[ae]))?[\s,(]*$")
_SMALL = re.compile(rf"(?<!\w)(?:piccol[aei]|small)\s+{_WHO}\s*\(?\s*$")
_OPEN, _CLOSED = re.compile(r"\(\s*$"), re.compile(r"\s*\)")
# "Chi ha più di 20 dipendenti e fa cloud": the joint goes too.
_VERB, _AND_DOES = re.compile(r"(?!con|di|da|with|of)\w"), re.compile(r"\s+(?:e|ed|and)(?=\s)")
# What may follow: anything else says which staff is meant ("addetti alle pulizie").
_ENDS = re.compile(
    r"\s*(?:$|[?!.,;:)]|(?:che|chi|e|ed|o|in|nel|nella|nelle|nell|con|vicino|near|who|that|and|or|at"
    r"|with|within|around|from|fuori|complessiv\w+|total[ei]|fiss[ei]|su|per|for|to)(?!\w))"
)


def _recognise(question: FoldedQuestion) -> list[Mention]:
    folded = question.folded
    for pattern, meaning in _PATTERNS:
        for match in pattern.finditer(folded):
            if not (_ends(match, question) and _is_about_who(match, question)):
                continue
            numbers = [_number(written) for written in _NUMBER.findall(match["comparison"])]
            size = meaning(*numbers)
            if size.most is not None and (size.least or 0) > size.most:
                continue
            start, end = _span(match, folded, size)
            return [Mention(start, end, _recognised(size, question.text[start:end].strip(" ,")))]
    return []


def _number(written: str) -> int:
    return _WORDS.get(written) or int(re.sub(r"\D", "", written))


def _ends(match: re.Match[str], question: FoldedQuestion) -> bool:
    """Whether nothing behind says which staff is meant: the end, a place, what else is asked."""
    behind = (
        match.end()
        + len(question.folded[match.end() :])
        - len(question.folded[match.end() :].lstrip())
    )
    return bool(_ENDS.match(question.folded, match.end())) or any(
        mention.start <= behind < mention.end for mention in question.found
    )


def _is_about_who(match: re.Match[str], question: FoldedQuestion) -> bool:
    """Whether the number is of the organisation sought, not of customers, guests or pupils."""
    before = question.folded[: match.start()]
    if _served(before) or (not match["lead"] and _NOT_STAFF.search(before)):
        return False
    if match["staff"]:
        return True
    for start, end in question.taken:  # "cooperative di Bologna con …"
        before = before[:start] + " " * len(before[start:end]) + before[end:]
    after_comma = bool(match["lead"]) and before.rstrip().endswith(",")
    alone = not any(c.isalnum() for c in before)
    return alone or after_comma or bool(_ABOUT_WHO.search(before))


def _served(before: str) -> bool:
    """Whether the number is of those served; "elenco di cooperative" looks for them."""
    found = _SERVED.search(before)
    if found is None:
        return False
    return any(c.isalnum() for c in content(before, may_be_empty=True))


def _span(match: re.Match[str], folded: str, size: SizeRange) -> tuple[int, int]:
    """What says it, with the brackets and the "piccole" that go along."""
    start, end = match.span()
    small = _SMALL.search(folded, 0, start) if size.least is None else None
    bracket = _OPEN.search(folded, 0, start)
    closed = _CLOSED.match(folded, end) if bracket else None
    if bracket and closed:
        start, end = bracket.start(), closed.end()
    also = _AND_DOES.match(folded, end) if _VERB.match(match["lead"] or "") else None
    end = also.end() if also else end
    return (small.start() if small else start), end
