"""Free text to Query: what is asked for, where, when, of whom, and what is left to match. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from indexer.domain import DocumentKind, Period, Place, PlaceMention, PlaceRelation
from indexer.places import Gazetteer, recognise_places
from search_service.domain import (
    MAX_LENGTH,
    Aspect,
    ExplicitFilters,
    Mention,
    PlaceFilter,
    Proof,
    Query,
    RecognisedFilter,
)
from search_service.errors import QueryError
from search_service.query import explicit_filters
from search_service.query.certifications import NOT_HELD, certifications
from search_service.query.dates.parser import PeriodMention, joined, periods
from search_service.query.document_kinds import kinds
from search_service.query.exclusions import exclusions
from search_service.query.index_vocabulary import IndexVocabulary
from search_service.query.language import language_of_question
from search_service.query.legal_forms import legal_forms
from search_service.query.organisation_names import name_mentions, organisations
from search_service.query.sectors import sectors
from search_service.query.spelling import corrected, spellings
from search_service.query.stop_phrases import content, tidied
from search_service.vocabulary.competencies import competence_key


def parse_query(
    question: str,
    gazetteer: Gazetteer,
    *,
    known: IndexVocabulary = IndexVocabulary(),  # noqa: B008 - frozen
    choices: ExplicitFilters = ExplicitFilters(),  # noqa: B008 - frozen
) -> Query:
    """Understand a question.

    ``known`` holds what the index knows: inside an organisation's name nothing is a place. What
    ``choices.off`` names filters nothing; its words are not matched either, unless they are all
    there is, or an organisation's name or a spelling, which may well be what is looked for. Raises
    QueryError when there is no question or no such filter.
    """
    question = unicodedata.normalize("NFC", " ".join(question.split()))
    if len(question) > MAX_LENGTH:
        raise QueryError(
            f"The question has {len(question)} characters; at most {MAX_LENGTH} are read.",
            remedy="Ask in a sentence or two.",
        )
    named = recognise_places(question, gazetteer, names=known.spellings)
    mentions = [m for m in named if not _off(m, choices)]
    others, silent = _others(question, known, mentions, choices)
    taken = [(m.start, m.end) for m in mentions] + [(m.start, m.end) for m in others]
    when, times, silent_times = _when(question, taken, choices)
    taken += [(m.start, m.end) for m in times]
    all_kinds = kinds(question, taken)
    kind = [m for m in all_kinds if not _is_off(m.understood, choices)]
    silent += [m for m in all_kinds if m not in kind]
    chosen_places = [explicit_filters.place(value, gazetteer) for value in choices.places]
    # A shared name that a chosen place settles is switched off, but is no word to match either.
    settled = {place.id for found in chosen_places for place in found.places}
    spans = [(m.start, m.end) for m in named if m in mentions or settled & {p.id for p in m.places}]
    spans += [(m.start, m.end) for m in times]
    spans += [(m.start, m.end) for m in (*others, *kind)]
    chosen_values = explicit_filters.values(choices, known)
    chosen_period = explicit_filters.period(choices)
    picked = bool(chosen_places or chosen_values or chosen_period)
    if not question and not picked:
        raise QueryError("The question is empty.", remedy="Write what you are looking for.")
    filtered = bool(spans) or picked
    found_kinds = {DocumentKind(m.understood.value) for m in kind}
    by_kind = [u for u in chosen_values if u.aspect is Aspect.KIND]
    values = _values((*(m.understood for m in (*kind, *others)), *chosen_values))
    asked_kinds = frozenset(map(DocumentKind, values[Aspect.KIND])) or None
    language = language_of_question(question)
    silenced = [(m.start, m.end) for m in named]
    silenced += [(m.start, m.end) for m in silent]
    silenced += [(m.start, m.end) for m in silent_times]
    matched = tidied(question, spans + silenced)
    text = content(matched or ("" if filtered else question), may_be_empty=filtered)
    misspelt = [
        m for m in spellings(text, language, known.speller) if not _is_off(m.understood, choices)
    ]
    wanted = [m for m in mentions if m.relation is not PlaceRelation.OUTSIDE]
    period = chosen_period or when
    said = times if period == when else []
    return Query(
        question=question,
        text=corrected(text, misspelt),
        language=language,
        places=tuple(place_filter(m, gazetteer) for m in (*wanted, *chosen_places)),
        excluded_places=tuple(
            place_filter(m, gazetteer) for m in mentions if m.relation is PlaceRelation.OUTSIDE
        ),
        kinds=asked_kinds,
        documents_there=bool(found_kinds) and DocumentKind.PROFILE not in found_kinds,
        period=period,
        certifications=tuple(frozenset(v.split("|")) for v in values[Aspect.CERTIFICATION]),
        sectors=values[Aspect.SECTOR],
        competencies=tuple(competence_key(v) for v in values[Aspect.COMPETENCE]),
        proofs=frozenset(map(Proof, values[Aspect.PROOF])) or None,
        organisations=frozenset(values[Aspect.ORGANISATION]) or None,
        excluded_organisations=tuple(v for v in values[Aspect.EXCLUSION] if v in known.labels),
        excluded_certifications=tuple(
            v.removeprefix(NOT_HELD) for v in values[Aspect.EXCLUSION] if v.startswith(NOT_HELD)
        ),
        excluded_terms=tuple(
            v
            for v in values[Aspect.EXCLUSION]
            if v not in known.labels and not v.startswith(NOT_HELD)
        ),
        understood=(
            *(_understood_place(m, question) for m in (*mentions, *chosen_places)),
            *_once(sorted((*(m.understood for m in kind), *by_kind), key=lambda u: u.value)),
            *((_understood_period(period, said, question),) if period else ()),
            *_once(
                (
                    *(m.understood for m in (*others, *misspelt)),
                    *(u for u in chosen_values if u not in by_kind),
                )
            ),
        ),
        legal_forms=values[Aspect.LEGAL_FORM],
    )


def _others(
    question: str, known: IndexVocabulary, places: Sequence[PlaceMention], choices: ExplicitFilters
) -> tuple[list[Mention], list[Mention]]:
    """Names, exclusions, certifications, sectors, legal form; what came first keeps its words.

    Beside them, those that are switched off and were no names: they are not matched.
    """
    names = name_mentions(question, known)
    taken = [(place.start, place.end) for place in places]
    found: list[Mention] = []
    silent: list[Mention] = []
    for mention in (
        *exclusions(question, names, known),
        *organisations(question, names, known),
        *certifications(question, known.certifications),
        *sectors(question, known.sectors),
        *legal_forms(question, known.legal_forms, taken),
    ):
        if any(start < mention.end and mention.start < end for start, end in taken):
            continue
        taken.append((mention.start, mention.end))  # switched off, it is not something else
        if not _is_off(mention.understood, choices):
            found.append(mention)
        elif mention.understood.aspect is not Aspect.ORGANISATION:  # its name may be a word
            silent.append(mention)
    return found, silent


def _values(understood: Iterable[RecognisedFilter]) -> defaultdict[Aspect, tuple[str, ...]]:
    """The values of each aspect, each once, in order."""
    found: defaultdict[Aspect, tuple[str, ...]] = defaultdict(tuple)
    for item in understood:
        if item.value not in found[item.aspect]:
            found[item.aspect] += (item.value,)
    return found


def _once(understood: Iterable[RecognisedFilter]) -> list[RecognisedFilter]:
    """Each key once, the first: the question's own words stand for what was chosen too."""
    found: dict[str, RecognisedFilter] = {}
    for item in understood:
        found.setdefault(item.key, item)
    return list(found.values())


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
        mention.relation,
        mention.places,
        inside,
        frozenset(around),
        mention.ambiguous,
        mention.radius_km,
    )


@lru_cache(maxsize=256)  # a region's four hundred comuni are asked for again and again
def _inside(place: Place, gazetteer: Gazetteer) -> frozenset[str]:
    """The ids of all places that lie in a place, itself included."""
    comuni = gazetteer.comuni(place)
    around = {a for comune in comuni for a in gazetteer.ancestors(gazetteer.get(comune))}
    return frozenset({place.id, *comuni, *(a.id for a in around if gazetteer.within(a, place))})


def _understood_place(mention: PlaceMention, question: str) -> RecognisedFilter:
    label = " / ".join(place.label for place in mention.places[:4])
    if mention.relation is PlaceRelation.NEAR:
        label = f"entro {mention.radius_km:g} km da {mention.places[0].label}"
    elif mention.relation is PlaceRelation.BETWEEN:
        label = f"tra {mention.places[0].label} e {mention.places[-1].label}"
    elif mention.relation is PlaceRelation.OUTSIDE:
        label = f"fuori da {label}"
    words = question[mention.start : mention.end]
    return RecognisedFilter(Aspect.PLACE, mention.places[0].id, label, words)


def _understood_period(
    period: Period,
    times: Sequence[PeriodMention],
    question: str,
) -> RecognisedFilter:
    words = ", ".join(question[m.start : m.end] for m in times)
    return RecognisedFilter(Aspect.PERIOD, str(period), str(period), words)


def _when(
    question: str, taken: Sequence[tuple[int, int]], choices: ExplicitFilters
) -> tuple[Period | None, list[PeriodMention], list[PeriodMention]]:
    """The span of time that the question asks for, and its words; those that are switched off."""
    times = [
        m
        for m in periods(question, choices.today or date.today())
        if not any(start < m.end and m.start < end for start, end in taken)
    ]
    when = joined([m.period for m in times])
    if when is None or _is_off(RecognisedFilter(Aspect.PERIOD, str(when), ""), choices):
        return None, [], times
    return when, times, []


def _off(mention: PlaceMention, choices: ExplicitFilters) -> bool:
    return any(_is_off(RecognisedFilter(Aspect.PLACE, p.id, ""), choices) for p in mention.places)


def _is_off(understood: RecognisedFilter, choices: ExplicitFilters) -> bool:
    return understood.aspect.value in choices.off or understood.key in choices.off
