"""Filters that a person chose beside the question: each is read, or refused with a remedy. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from indexer.domain import DocumentKind, Period, PlaceMention
from indexer.errors import CompetenzeError
from indexer.places import Gazetteer, resolve_place
from indexer.text.tokens import fold
from search_service.domain import Aspect, ExplicitFilters, Proof, RecognisedFilter
from search_service.errors import QueryError
from search_service.presentation.labels import KINDS, PROOFS
from search_service.query.index_vocabulary import IndexVocabulary
from search_service.vocabulary.certifications import certification_key
from search_service.vocabulary.competencies import competence_key
from search_service.vocabulary.sectors import in_sector, is_code, sector_label

E = TypeVar("E", bound=StrEnum)


def place(value: str, gazetteer: Gazetteer) -> PlaceMention:
    """The place of an id or a name; namesakes are all meant."""
    try:
        return PlaceMention(0, 0, (gazetteer.get(value),))
    except CompetenzeError:
        found = resolve_place(value, gazetteer)
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


def kind(value: str) -> RecognisedFilter:
    """The kind of a name ("case_study")."""
    found = _member(DocumentKind, value, "kind")
    return RecognisedFilter(Aspect.KIND, found.value, KINDS[found])


def proof(value: str) -> RecognisedFilter:
    """The proof of a name ("demonstrated")."""
    found = _member(Proof, value, "proof")
    return RecognisedFilter(Aspect.PROOF, found.value, PROOFS[found])


def competence(value: str, known: IndexVocabulary) -> RecognisedFilter:
    """The competence of any spelling; its value is the spelling that is shown."""
    label = known.competencies.get(competence_key(value))
    if label is None:
        raise _unknown("competence", value)
    return RecognisedFilter(Aspect.COMPETENCE, label, label)


def certification(value: str, known: IndexVocabulary) -> RecognisedFilter:
    """The certification of any spelling, or of its key ("iso9001")."""
    key = certification_key(value)
    if key not in known.certifications:
        raise _unknown("certification", value)
    return RecognisedFilter(Aspect.CERTIFICATION, key, known.certifications[key])


def sector(value: str, known: IndexVocabulary) -> RecognisedFilter:
    """The sector of an ATECO code, which nobody need be in, or of words that somebody writes."""
    if not is_code(value) and not in_sector(known.sectors, value):
        raise _unknown("sector", value)
    written = min((s for s in known.sectors if fold(s) == fold(value)), default=value)
    return RecognisedFilter(Aspect.SECTOR, written, sector_label(written))


def period(choices: ExplicitFilters) -> Period | None:
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


def values(choices: ExplicitFilters, known: IndexVocabulary) -> tuple[RecognisedFilter, ...]:
    """What was chosen besides places and dates, each once, in the order of the aspects."""
    return tuple(
        dict.fromkeys(
            (
                *map(kind, choices.kinds),
                *(certification(value, known) for value in choices.certifications),
                *(sector(value, known) for value in choices.sectors),
                *(competence(value, known) for value in choices.competencies),
                *map(proof, choices.proofs),
            )
        )
    )


def without(
    item: RecognisedFilter, choices: ExplicitFilters, gazetteer: Gazetteer, known: IndexVocabulary
) -> ExplicitFilters:
    """The choices that leave out something understood, whether it was chosen or said, or both."""

    def left(chosen: Iterable[str], meaning: Callable[[str], str]) -> tuple[str, ...]:
        return tuple(value for value in chosen if meaning(value) != item.value)

    said = replace(choices, off=choices.off | {item.key}) if item.words else choices
    match item.aspect:
        case Aspect.PLACE:
            places = left(choices.places, lambda v: place(v, gazetteer).places[0].id)
            return replace(said, places=places)
        case Aspect.PERIOD:
            return replace(said, since="", until="")
        case Aspect.KIND:
            return replace(said, kinds=left(choices.kinds, str))
        case Aspect.CERTIFICATION:
            kept = left(choices.certifications, certification_key)
            return replace(said, certifications=kept)
        case Aspect.SECTOR:
            return replace(said, sectors=left(choices.sectors, lambda v: sector(v, known).value))
        case Aspect.COMPETENCE:
            kept = left(choices.competencies, lambda v: competence(v, known).value)
            return replace(said, competencies=kept)
        case Aspect.PROOF:
            return replace(said, proofs=left(choices.proofs, str))
        case _:  # nobody chooses names, exclusions or spellings
            return said


def _member(members: type[E], value: str, what: str) -> E:
    try:
        return members(value)
    except ValueError:
        known = ", ".join(members)
        message = f"The {what} {value!r} is unknown."
        raise QueryError(message, remedy=f"Choose among: {known}.") from None


def _unknown(what: str, value: str) -> QueryError:
    return QueryError(
        f"Nobody in the index has the {what} {value!r}.",
        remedy="See /api/v1/facets, or write it as part of the question.",
    )
