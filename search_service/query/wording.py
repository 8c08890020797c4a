"""The wording of recognised filters, and of how an answer is related to a place. Pure."""

from __future__ import annotations

from indexer.domain import PlaceRelation
from search_service.domain import Answer, PlaceMatch, Query, RecognisedFilter
from search_service.filters.place import wanted_areas
from search_service.filters.registry import filter_of
from search_service.presentation.bands import close_heading
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.query.narrower import HEADING as NARROWER_HEADING
from search_service.query.narrower import NARROWER, narrower_label
from search_service.query.spelling import SPELLING

_CORRECTED = _("corretto")


def heading(aspect: str, words: Words) -> str:
    """What something understood is about: "dove"."""
    found = filter_of(aspect)
    other = NARROWER_HEADING if aspect == NARROWER else _CORRECTED
    return words.language.text(found.heading if found else other)


def label(item: RecognisedFilter, words: Words) -> str:
    """Something understood, in a few words."""
    if item.aspect == SPELLING:
        message = _("%(right)s (per «%(written)s»)")
        return words.language.text(message, right=item.value, written=item.words)
    if item.aspect == NARROWER:
        return narrower_label(item, words)
    found = filter_of(item.aspect)
    return found.label(item, words) if found else item.label


def note(item: RecognisedFilter, query: Query, words: Words) -> str:
    """What else follows from something understood that nobody asked for; mostly nothing.

    Args:
        item: One of those of the query.
        query: The query.
        words: The language to say it in.

    """
    found = filter_of(item.aspect)
    return found.note(item, query, words) if found else ""


def place_match(match: PlaceMatch | None, answer: Answer, words: Words) -> str:
    """How a cooperative is related to the place asked for; empty without a place.

    Args:
        match: Its relation to the place.
        answer: The answer it is in.
        words: The language to say it in.

    """
    text, areas = words.language.text, wanted_areas(answer.query)
    if match is None or not areas:
        return ""
    if match is PlaceMatch.REMOTE:
        return text("lavora a distanza")
    if answer.widened is not None:
        verb = text("sede") if match is PlaceMatch.SEATED else text("lavora")
        return f"{verb} {words.where(answer.widened.searched)}"
    if match is PlaceMatch.SERVES:
        return text("lavora in zona")
    return text("sede qui") if is_exact_place(answer) else text("sede in zona")


def is_exact_place(answer: Answer) -> bool:
    """Whether those seated "there" are in the very place asked for, not near or around it."""
    areas = wanted_areas(answer.query)
    return answer.widened is None and all(area.relation is PlaceRelation.IN for area in areas)


def found_line(answer: Answer, words: Words) -> str:
    """How many are documented; "nobody" is only said where nobody is even close.

    Where a place was asked for, those in each relation to it are counted apart, so nobody takes
    those at a distance for neighbours; the counts add up to the answer's ``total``.
    """
    language = words.language
    if not answer.total:
        nobody = language.text("Nessuna cooperativa documentata per questa ricerca")
        return close_heading(answer, words) if answer.close else nobody
    if not (wanted_areas(answer.query) and answer.by_place):
        return language.plural("%(n)s cooperativa", "%(n)s cooperative", answer.total)
    first, *others = answer.by_place.items()
    said = (_first_counted(*first, answer, words), *(_counted(*one, words) for one in others))
    return " · ".join(said)


def _first_counted(match: PlaceMatch, n: int, answer: Answer, words: Words) -> str:
    """Those of the relation that comes first, called by what they are."""
    plural = words.language.plural
    if match is PlaceMatch.SERVES:
        return plural(
            "%(n)s cooperativa che lavora in zona", "%(n)s cooperative che lavorano in zona", n
        )
    if match is PlaceMatch.REMOTE:
        return plural("%(n)s cooperativa a distanza", "%(n)s cooperative a distanza", n)
    if is_exact_place(answer):
        return plural("%(n)s cooperativa con sede qui", "%(n)s cooperative con sede qui", n)
    return plural("%(n)s cooperativa con sede in zona", "%(n)s cooperative con sede in zona", n)


def _counted(match: PlaceMatch, n: int, words: Words) -> str:
    """Those of a relation that follows, where the first has said what they are."""
    if match is PlaceMatch.SERVES:
        return words.language.plural("%(n)s lavora in zona", "%(n)s lavorano in zona", n)
    return words.language.text("%(n)s a distanza", n=words.number(n))
