"""The organisations that a person picked, side by side, each with its evidence. Pure.

Labels and the interface's own words are in Italian, to be translated where they are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from indexer.domain import Document, Organisation, Role
from indexer.index.snapshot import Generation
from search_service.domain import (
    Answer,
    Band,
    Evidence,
    MatchReason,
    OrganisationHit,
    PlaceMatch,
    Proof,
    Query,
)
from search_service.filters.competencies import CompetenceName, names_of, spelling_key
from search_service.filters.organisation import ORGANISATION
from search_service.filters.place import PLACE
from search_service.filters.saved_list import MAX_PICKS, SavedList
from search_service.insights.best_proof import is_metadata
from search_service.insights.organisation_facts import (
    ORGANISATION_FACTS,
    FactValue,
    OrganisationFact,
)
from search_service.presentation.labels import PLACE_MATCHES, PROOFS
from search_service.presentation.languages import marked as _
from search_service.search.eligibility import eligible_passages
from search_service.search.searcher import Searcher

MAX_COLUMNS = 6  # cooperatives side by side that can be read on A4 portrait
_INVENTED = FactValue(_("dato inventato"), own=True)
_CLOSE = FactValue(_("nessuna prova diretta: solo vicina alla domanda"), own=True)
_WIDENED = {
    PlaceMatch.SEATED: _("sede nei dintorni"),
    PlaceMatch.SERVES: _("lavora nei dintorni"),
    PlaceMatch.REMOTE: PLACE_MATCHES[PlaceMatch.REMOTE],
}


@dataclass(frozen=True, slots=True)
class Pick:
    """A picked organisation.

    ``documents`` are those that name it, with its part in each: mere mentions last, the newest
    first. ``hit`` is what answers the question, ``None`` without a question or an answer;
    ``elsewhere`` says that it is outside the place asked for. ``competencies`` are those that it
    declares, each once. ``note`` is what the person who picked it wrote on it.
    """

    organisation: Organisation
    documents: tuple[tuple[Document, Role], ...]
    hit: OrganisationHit | None = None
    elsewhere: bool = False
    competencies: tuple[CompetenceName, ...] = ()
    note: str = ""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The passages that answer the question, the best first.

        A document's fields are no text to read: they are left out where a text is there.
        """
        found = self.hit.evidence if self.hit is not None else ()
        return tuple(e for e in found if not is_metadata(e.passage)) or found

    @property
    def is_close(self) -> bool:
        """Whether nothing documents it for the question."""
        return self.hit is not None and self.hit.band is Band.CLOSE

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The kinds of proof among its evidence, strongest as Proof orders them."""
        found = {evidence.proof for evidence in (self.hit.evidence if self.hit else ())}
        return tuple(proof for proof in Proof if proof in found)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The picked organisations, in the order they were picked.

    ``missing`` are the picks that the index does not hold, ``left_out`` counts those beyond the
    first MAX_PICKS. ``name`` is what the person who picked them calls the list.
    """

    generation: str
    picks: tuple[Pick, ...]
    missing: tuple[str, ...]
    left_out: int
    answer: Answer | None
    name: str = ""

    @classmethod
    def of(
        cls, generation: Generation, picks: Sequence[str], answer: Answer | None = None
    ) -> Shortlist:
        """Collect the picked organisations.

        Args:
            generation: The index.
            picks: Their ids, in order; repetitions and those beyond MAX_PICKS are dropped.
            answer: What answers the question among them, from ``answer_for``; ``None`` without one.
        """
        taken = _taken(picks)
        known = generation.organisations
        hits = () if answer is None else (*answer.documented, *answer.close, *answer.elsewhere)
        by_id = {hit.organisation.id: hit for hit in hits}
        outside = {hit.organisation.id for hit in answer.elsewhere} if answer else set()
        return cls(
            generation=generation.id,
            picks=tuple(
                Pick(
                    known[pick],
                    documents_of(known[pick], generation.documents.values()),
                    by_id.get(pick),
                    pick in outside,
                    names_of(known[pick], generation.linker),
                )
                for pick in taken
                if pick in known
            ),
            missing=tuple(pick for pick in taken if pick not in known),
            left_out=len(set(picks)) - len(taken),
            answer=answer,
        )

    def annotated(self, saved: SavedList) -> Shortlist:
        """The same cooperatives, with the name and the notes that a person gave."""
        picks = (replace(pick, note=saved.note(pick.organisation.id)) for pick in self.picks)
        return replace(self, name=saved.name, picks=tuple(picks))


def answer_for(searcher: Searcher, query: Query, picks: Sequence[str]) -> Answer:
    """The answer to a question from the picked organisations alone, all on one page.

    Those in the question's own answer keep their rank and evidence. The others are searched by
    name, wherever they are: those in the place asked for go to ``close``, the rest to
    ``elsewhere``, whatever their band. ``total`` is of the whole answer.

    Args:
        searcher: Searches the index.
        query: The question.
        picks: The ids of the picked organisations.
    """
    wanted = frozenset(_taken(picks))
    answer = searcher.search(query, limit=max(1, len(searcher.generation.organisations)))
    documented = tuple(h for h in answer.documented if h.organisation.id in wanted)
    close = tuple(h for h in answer.close if h.organisation.id in wanted)
    rest = wanted - {hit.organisation.id for hit in (*documented, *close)}
    matches = eligible_passages(query, searcher.index).place_matches
    placed = PLACE.of(query) is not None
    inside: list[OrganisationHit] = []
    outside: list[OrganisationHit] = []
    for hit in _by_name(searcher, query, rest):
        match = (matches or {}).get(hit.organisation.id)
        (outside if placed and match is None else inside).append(replace(hit, place_match=match))
    return replace(
        answer,
        documented=documented,
        close=(*close, *inside),
        elsewhere=tuple(outside),
        offset=0,
        documents=(),
    )


def _by_name(
    searcher: Searcher, query: Query, organisations: frozenset[str]
) -> tuple[OrganisationHit, ...]:
    """The hits of these organisations for the question, wherever they are."""
    if not organisations:
        return ()
    named = ORGANISATION.on(PLACE.on(query, None), organisations)
    found = searcher.search(named, limit=len(organisations)).documented
    # Whoever is asked for by name answers; here the question itself does not name them.
    unproven = [hit for hit in found if hit.why.reason is MatchReason.NAMED and query.text]
    close = {hit.organisation.id: hit for hit in searcher.close(unproven, query)}
    return tuple(close.get(hit.organisation.id, hit) for hit in found)


def documents_of(
    organisation: Organisation, documents: Iterable[Document]
) -> tuple[tuple[Document, Role], ...]:
    """The documents that name an organisation: mere mentions last, the newest first."""
    found = [
        (document, link.role)
        for document in documents
        for link in document.organisations
        if link.organisation == organisation.id
    ]
    found.sort(key=lambda pair: str(pair[0].period.end if pair[0].period else ""), reverse=True)
    return tuple(sorted(found, key=lambda pair: pair[1] is Role.MENTION))


def _taken(picks: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(picks))[:MAX_PICKS]


# --- side by side ----------------------------------------------------------------------------


class Share(StrEnum):
    """How many of the picked organisations have a value."""

    ALL = "all"
    SOME = "some"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A value in the comparison; ``share`` is given for what several organisations may have."""

    fact: FactValue
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One fact of all the organisations: the values of each, in the shortlist's order."""

    label: str
    values: tuple[tuple[ComparedValue, ...], ...]


def comparison(shortlist: Shortlist) -> tuple[ComparisonRow, ...]:
    """The facts side by side; those that no organisation has are left out.

    What is invented is not told here: pages mark it beside the name, or say it once.
    """
    rows = (_row(fact, shortlist) for fact in SHORTLIST_FACTS)
    return tuple(row for row in rows if any(row.values))


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """Some of the picks beside each other: no more than a sheet of paper has room for."""

    picks: tuple[Pick, ...]
    rows: tuple[ComparisonRow, ...]


def comparison_tables(shortlist: Shortlist) -> tuple[ComparisonTable, ...]:
    """The comparison in tables of about the same width; a value's share is of all the picks."""
    rows, picks = comparison(shortlist), shortlist.picks
    count = -(-len(picks) // MAX_COLUMNS)
    ends = [len(picks) * n // count for n in range(count + 1)] if count else []
    tables = []
    for start, end in pairwise(ends):
        parts = (ComparisonRow(row.label, row.values[start:end]) for row in rows)
        theirs = tuple(part for part in parts if any(part.values))
        tables.append(ComparisonTable(picks[start:end], theirs))
    return tuple(tables)


def _row(fact: ShortlistFact, shortlist: Shortlist) -> ComparisonRow:
    found = (fact.values(pick, shortlist.answer) for pick in shortlist.picks)
    values = [tuple(value for value in several if value != _INVENTED) for several in found]
    same = fact.same
    if same is None or len(values) == 1:
        return ComparisonRow(fact.label, tuple(tuple(map(ComparedValue, v)) for v in values))
    counts = Counter(k for several in values for k in {same(str(one.value)) for one in several})

    def compared(value: FactValue) -> ComparedValue:
        count = counts[same(str(value.value))]
        share = Share.ALL if count == len(values) else Share.SOME if count > 1 else Share.ONE
        return ComparedValue(value, share)

    return ComparisonRow(fact.label, tuple(tuple(map(compared, v)) for v in values))


# --- what is compared ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShortlistFact:
    """Something compared and exported of every pick: a label in Italian, and how it is read.

    ``same`` maps a value to what all its spellings share, where organisations are compared by it.
    """

    label: str
    values: Callable[[Pick, Answer | None], tuple[FactValue, ...]]
    same: Callable[[str], Hashable] | None = None


def _stated(fact: OrganisationFact) -> ShortlistFact:
    if fact.key == "competencies":
        return ShortlistFact(fact.label, _competencies, _spelling)
    return ShortlistFact(
        fact.label, lambda pick, _answer: fact.values(pick.organisation), fact.same
    )


def _competencies(pick: Pick, _answer: Answer | None) -> tuple[FactValue, ...]:
    return tuple(map(FactValue, pick.competencies))


def _spelling(name: str) -> Hashable:
    return spelling_key(name) or name  # one without a word ("C++") is itself


def _place_match(pick: Pick, answer: Answer | None) -> tuple[FactValue, ...]:
    if pick.elsewhere:
        return (FactValue(_("fuori dal luogo indicato"), own=True),)
    if pick.hit is None or pick.hit.place_match is None or answer is None:
        return ()
    words = _WIDENED if answer.widened is not None else PLACE_MATCHES
    return (FactValue(words[pick.hit.place_match], own=True),)


def _proofs(pick: Pick, _answer: Answer | None) -> tuple[FactValue, ...]:
    return tuple(FactValue(PROOFS[proof], own=True) for proof in pick.proofs)


def _warnings(pick: Pick, _answer: Answer | None) -> tuple[FactValue, ...]:
    invented = [_INVENTED] if pick.organisation.fictional else []
    return (*invented, *([_CLOSE] if pick.is_close else []))


def _newest(pick: Pick, _answer: Answer | None) -> tuple[FactValue, ...]:
    periods = [document.period for document, _role in pick.documents if document.period]
    newest = max(periods, key=lambda period: str(period.end), default=None)
    return () if newest is None else (FactValue(newest),)


SHORTLIST_FACTS = (
    ShortlistFact(_("Avvertenze"), _warnings),
    ShortlistFact(_("Rispetto al luogo indicato"), _place_match),
    ShortlistFact(_("Prove"), _proofs),
    *map(_stated, ORGANISATION_FACTS),
    ShortlistFact(_("Documenti"), lambda pick, _answer: (FactValue(len(pick.documents)),)),
    ShortlistFact(_("Documento più recente"), _newest),
)
