"""Free text to Query: where, when, which kind of document, and what is left to match. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from indexer.errors import CompetenzeError
from indexer.language import detect
from indexer.lexical import fold
from indexer.model import DocumentKind, Period, Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.places import Gazetteer, recognise
from search_service.errors import QueryError
from search_service.model import Aspect, Choices, PlaceFilter, Query, Understood
from search_service.periods import PeriodMention, fold_in_place, joined, periods

MAX_LENGTH = 2000  # characters of a question; a longer one is a pasted document

KIND_LABELS = {
    DocumentKind.PROFILE: "profili",
    DocumentKind.CASE_STUDY: "casi di studio",
    DocumentKind.EVENT: "eventi",
}

_LEAD = (
    r"(?:^|[.?!,;:]\s*)(?:(?:mostra(?:mi|temi)?|trova(?:mi)?|elenca(?:mi)?|cerco|cerca(?:mi)?|vorrei|"
    r"dammi|fammi\s+vedere|quali|quale|che|ci\s+sono(?:\s+stati)?|c'e(?:\s+stato)?|lista|elenco|"
    r"tutti|tutte|gli|i|le|la|il|un|uno|una|dei|degli|di|a|solo|soltanto|solamente|"
    r"show(?:\s+me)?|find(?:\s+me)?|list(?:\s+of)?|give\s+me|which|what|any|are|is|there|all|"
    r"the|an|only|just|past|recent|recenti|prossimi|passati)\s+)*"
)
_KINDS = (
    (DocumentKind.CASE_STUDY, r"(?:cas[io]\s+(?:di\s+|d')?studio|case[\s-]stud(?:y|ies))"),
    (
        DocumentKind.EVENT,
        r"(?:event[oi]|events?|convegn[oi]|workshops?|seminar[io]|webinars?|conferenz[ae]|meetups?)",
    ),
    (DocumentKind.PROFILE, r"(?:profil[oi]|profiles?|schede|scheda)"),
)
# A case study is never a trade; events and profiles may be ("chi organizza eventi"), so these
# two count only where the question begins with them.
_KIND_RULES = tuple(
    (kind, re.compile((r"" if kind is DocumentKind.CASE_STUDY else _LEAD) + rf"\b(?P<w>{words})\b"))
    for kind, words in _KINDS
)
_LOOSE = re.compile(r"\s+([?.!,;:])|(?<=\s)[,;:]+(?=\s)")
_DANGLING = re.compile(
    r"(?:\s+(?:in|a|ad|da|di|del|della|e|ed|o|od|con|per|su|nel|nella|at|of|and|or|the|on|for))+"
    r"\s*(?=[?.!,;]*\s*$)",
    re.IGNORECASE,
)


def parse_query(
    question: str,
    gazetteer: Gazetteer,
    *,
    names: Iterable[str] = (),
    choices: Choices = Choices(),  # noqa: B008 - frozen
) -> Query:
    """Understand a question.

    ``names`` are the organisations' names, inside which nothing is a place. What ``choices.off``
    names is left in the text. Raises QueryError when there is no question or no such filter.
    """
    question = unicodedata.normalize("NFC", " ".join(question.split()))
    if len(question) > MAX_LENGTH:
        raise QueryError(
            f"The question has {len(question)} characters; at most {MAX_LENGTH} are read.",
            remedy="Ask in a sentence or two.",
        )
    named = recognise(question, gazetteer, names=names)
    mentions = [m for m in named if not _off(m, choices)]
    when, times = _when(question, mentions, choices)
    kind = _kind(question, choices)
    chosen_places = [_chosen_place(value, gazetteer) for value in choices.places]
    # A shared name that a chosen place settles is switched off, but is no word to match either.
    settled = {place.id for chosen in chosen_places for place in chosen.places}
    spans = [(m.start, m.end) for m in named if m in mentions or settled & {p.id for p in m.places}]
    spans += [(m.start, m.end) for m in times]
    spans += [kind[1:]] if kind else []
    chosen_kinds = [_chosen_kind(value) for value in choices.kinds]
    chosen_period = _chosen_period(choices)
    text = _without(question, spans)
    if not question and not (chosen_places or chosen_kinds or chosen_period):
        raise QueryError("The question is empty.", remedy="Write what you are looking for.")
    wanted = [m for m in mentions if m.relation is not PlaceRelation.OUTSIDE]
    kinds = {k for k in (kind[0] if kind else None, *chosen_kinds) if k is not None}
    period = chosen_period or when
    return Query(
        question=question,
        text=text,
        language=detect(question, among=("it", "en")),
        places=tuple(place_filter(m, gazetteer) for m in (*wanted, *chosen_places)),
        excluded_places=tuple(
            place_filter(m, gazetteer) for m in mentions if m.relation is PlaceRelation.OUTSIDE
        ),
        kinds=frozenset(kinds) or None,
        period=period,
        understood=(
            *(_understood_place(m, question) for m in (*mentions, *chosen_places)),
            *(_understood_kind(k, kind, question) for k in sorted(kinds)),
            *((_understood_period(period, when, times, question),) if period else ()),
        ),
    )


def place_filter(mention: PlaceMention, gazetteer: Gazetteer) -> PlaceFilter:
    """The comuni, and the larger places, that a mention means."""
    if mention.relation is PlaceRelation.NEAR:
        centre = mention.places[0]
        inside = gazetteer.near(centre, mention.radius_km or 0.0) | {centre.id}
    elif mention.relation is PlaceRelation.BETWEEN:
        first, second = mention.places
        inside = gazetteer.between(first, second) | {first.id, second.id}
    else:
        inside = frozenset().union(*(_inside(place, gazetteer) for place in mention.places))
    around = {a.id for place in mention.places for a in gazetteer.ancestors(place)}
    return PlaceFilter(
        mention.relation, mention.places, inside, frozenset(around), mention.ambiguous
    )


def _inside(place: Place, gazetteer: Gazetteer) -> frozenset[str]:
    """The ids of all places that lie in a place, itself included."""
    inside = {place.id, *gazetteer.comuni(place)}
    if place.level is not PlaceLevel.COMUNE:
        for comune in gazetteer.comuni(place):
            for larger in gazetteer.ancestors(gazetteer.get(comune)):
                if larger.id not in inside and gazetteer.within(larger, place):
                    inside.add(larger.id)
    return frozenset(inside)


def _understood_place(mention: PlaceMention, question: str) -> Understood:
    label = " / ".join(place.label for place in mention.places[:4])
    if mention.relation is PlaceRelation.NEAR:
        label = f"entro {mention.radius_km:g} km da {mention.places[0].label}"
    elif mention.relation is PlaceRelation.BETWEEN:
        label = f"tra {mention.places[0].label} e {mention.places[-1].label}"
    elif mention.relation is PlaceRelation.OUTSIDE:
        label = f"fuori da {label}"
    words = question[mention.start : mention.end]
    return Understood(Aspect.PLACE, mention.places[0].id, label, words)


def _understood_kind(
    kind: DocumentKind, named: tuple[DocumentKind, int, int] | None, question: str
) -> Understood:
    words = question[named[1] : named[2]] if named and named[0] is kind else ""
    return Understood(Aspect.KIND, kind.value, KIND_LABELS[kind], words)


def _understood_period(
    period: Period, when: Period | None, times: Sequence[PeriodMention], question: str
) -> Understood:
    words = ", ".join(question[m.start : m.end] for m in times) if period == when else ""
    return Understood(Aspect.PERIOD, str(period), str(period), words)


def _when(
    question: str, places: Sequence[PlaceMention], choices: Choices
) -> tuple[Period | None, list[PeriodMention]]:
    """The span of time that the question asks for, and its words."""
    times = [
        m
        for m in periods(question, choices.today or date.today())
        if not any(p.start < m.end and m.start < p.end for p in places)
    ]
    when = joined([m.period for m in times])
    if when is None or _is_off(Aspect.PERIOD, str(when), choices):
        return None, []
    return when, times


def _off(mention: PlaceMention, choices: Choices) -> bool:
    return any(_is_off(Aspect.PLACE, place.id, choices) for place in mention.places)


def _is_off(aspect: Aspect, value: str, choices: Choices) -> bool:
    return aspect.value in choices.off or f"{aspect}:{value}" in choices.off


def _kind(question: str, choices: Choices) -> tuple[DocumentKind, int, int] | None:
    folded = fold_in_place(question)
    for kind, rule in _KIND_RULES:
        match = rule.search(folded)
        if match and not _is_off(Aspect.KIND, kind.value, choices):
            return kind, match.start(), match.end()
    return None


def _chosen_place(value: str, gazetteer: Gazetteer) -> PlaceMention:
    try:
        return PlaceMention(0, 0, (gazetteer.get(value),))
    except CompetenzeError:
        found = gazetteer.resolve(value)
    if not found:
        close = gazetteer.suggest(value)
        hint = f"Did you mean {close[0].label!r}?" if close else "See /api/v1/facets."
        raise QueryError(f"The place {value!r} is unknown.", remedy=hint)
    # "Bologna" is also a province and "Molise" also a comune: the label as shown decides, then
    # the likeliest; only namesakes of one level are a question to ask.
    exact = [place for place in found if fold(place.label) == fold(value)]
    best = (exact or found)[0]
    namesakes = tuple(p for p in found if p.level is best.level) if not exact else (best,)
    return PlaceMention(0, 0, namesakes, ambiguous=len(namesakes) > 1)


def _chosen_kind(value: str) -> DocumentKind:
    try:
        return DocumentKind(value)
    except ValueError:
        known = ", ".join(DocumentKind)
        message = f"The kind {value!r} is unknown."
        raise QueryError(message, remedy=f"Choose among: {known}.") from None


def _chosen_period(choices: Choices) -> Period | None:
    if not choices.since and not choices.until:
        return None
    try:
        start = Period.parse(choices.since).start if choices.since else None
        end = Period.parse(choices.until).end if choices.until else None
    except (ValueError, OverflowError):
        message = f"The dates {choices.since!r} – {choices.until!r} cannot be read."
        raise QueryError(message, remedy="Write them as 2025, 2025-03 or 2025-03-05.") from None
    if start and end and start > end:
        message = f"{choices.until!r} is before {choices.since!r}."
        raise QueryError(message, remedy="Write the earlier date first.")
    return Period(start, end)


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without some spans, tidied."""
    kept = []
    position = 0
    for start, end in sorted(spans):
        kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    joined = " ".join(" ".join(kept).split())
    joined = _DANGLING.sub("", _LOOSE.sub(r"\1", joined))
    return joined.strip(" ,;:-–—?!.")
