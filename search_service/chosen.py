"""Filters that a person chose beside the question: each is read, or refused with a remedy. Pure."""

from __future__ import annotations

from indexer.errors import CompetenzeError
from indexer.lexical import fold
from indexer.model import DocumentKind, Period, PlaceMention
from indexer.places import Gazetteer
from search_service.errors import QueryError
from search_service.model import Choices


def place(value: str, gazetteer: Gazetteer) -> PlaceMention:
    """The place of an id or a name; namesakes are all meant."""
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


def kind(value: str) -> DocumentKind:
    """The kind of a name ("case_study")."""
    try:
        return DocumentKind(value)
    except ValueError:
        known = ", ".join(DocumentKind)
        message = f"The kind {value!r} is unknown."
        raise QueryError(message, remedy=f"Choose among: {known}.") from None


def period(choices: Choices) -> Period | None:
    """The span between two dates, each of which may be missing."""
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
