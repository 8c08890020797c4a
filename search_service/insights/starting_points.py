"""Where a person may start who has no question yet: examples, recent works, shared competencies.

All of an index's own. Pure: whether an example is answered is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from indexer.domain import Document, DocumentKind, Organisation
from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from search_service.filters.competencies import authors
from search_service.insights.competence_families import Family, ListedCompetence
from search_service.insights.italy_map import count_by_region
from search_service.insights.organisation_profile import newest_first
from search_service.presentation.italian_articles import with_article
from search_service.presentation.labels import Words
from search_service.presentation.languages import ITALIAN
from search_service.presentation.languages import marked as _

MAX_WORKS = 5
MAX_SHARED = 12
_TRIES = 5  # candidates of each kind that are searched: an example costs at most so many searches
_SHARED_BY = 2  # organisations: what fewer declare is not shared
_IN = {"Lazio": "nel", "Marche": "nelle"}  # the other regions take "in"
_PLACED = _("chi si occupa di %(what)s %(where)s?")
_WORKED_FOR = _("progetti svolti per %(client)s")
_EVENTS = _("eventi del %(year)s su %(what)s")


@dataclass(frozen=True, slots=True)
class Work:
    """A case study and those who did it."""

    document: Document
    authors: tuple[Organisation, ...]


def recent_works(generation: Generation) -> tuple[Work, ...]:
    """The last dated case studies, the newest first."""
    dated = (
        d
        for d in newest_first(generation.documents.values())
        if d.kind is DocumentKind.CASE_STUDY and d.period is not None
    )
    known = generation.organisations
    return tuple(Work(d, tuple(known[who] for who in authors(d))) for d in islice(dated, MAX_WORKS))


def shared_competencies(families: Iterable[Family]) -> tuple[ListedCompetence, ...]:
    """The competencies of the vocabulary that most organisations declare, most first."""
    known = [one for family in families if family.id for one in family.competencies]
    shared = [one for one in known if len(one.declared) >= _SHARED_BY]
    shared.sort(key=lambda one: (-len(one.declared), one.summary.name.label))
    return tuple(shared[:MAX_SHARED])


def example_questions(
    families: Sequence[Family],
    generation: Generation,
    gazetteer: Gazetteer,
    words: Words,
    answered: Callable[[str], bool],
) -> tuple[str, ...]:
    """Questions of several kinds that somebody answers, at most one of each kind.

    Args:
        families: The index's competencies.
        generation: The index.
        gazetteer: Gives the region of a seat.
        words: The wording in the language of the questions.
        answered: Whether somebody is documented for a question.
    """
    competencies = sorted(
        (one for family in families if family.id for one in family.competencies if one.declared),
        key=lambda one: (-len(one.declared), one.summary.name.label),
    )
    kinds = (
        _placed(competencies, generation, gazetteer, words),
        (words.competence(one.summary.name) for one in competencies[1:]),
        _clients(generation, words),
        _events(generation, words),
    )
    found = (next(filter(answered, islice(kind, _TRIES)), "") for kind in kinds)
    return tuple(question for question in found if question)


def _placed(
    competencies: Iterable[ListedCompetence],
    generation: Generation,
    gazetteer: Gazetteer,
    words: Words,
) -> Iterator[str]:
    """Who does what most declare, in the region where most of them have their seat."""
    for one in competencies:
        counts = count_by_region((generation.organisations[o] for o in one.declared), gazetteer)
        best = max(counts, key=lambda place: (counts[place], place), default="")
        if best and counts[best]:
            region = gazetteer.get(best).name
            italian = words.language.code == ITALIAN
            where = f"{_IN.get(region, 'in') if italian else 'in'} {region}"
            what = words.competence(one.summary.name)
            yield words.language.text(_PLACED, what=what, where=where)


def _clients(generation: Generation, words: Words) -> Iterator[str]:
    """Who has worked for the clients of the newest works that are told in the language."""
    for document in newest_first(generation.documents.values()):
        if document.client and document.language == words.language.code:
            italian = words.language.code == ITALIAN
            client = with_article(document.client) if italian else document.client
            if client:
                yield words.language.text(_WORKED_FOR, client=client)


def _events(generation: Generation, words: Words) -> Iterator[str]:
    """Events of a year on what their titles name, the newest first."""
    vocabulary = generation.linker.vocabulary
    for document in newest_first(generation.documents.values()):
        day = document.period and (document.period.start or document.period.end)
        if document.kind is not DocumentKind.EVENT or not day:
            continue
        for mention in generation.linker.mentions(document.title)[:1]:
            what = vocabulary.concepts[mention.concept].label(words.language.code)
            yield words.language.text(_EVENTS, year=day.year, what=what)
