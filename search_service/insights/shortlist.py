"""The organisations that a person picked, side by side, with what supports each. Pure.

Labels and the interface's own words are in Italian, to be translated where they are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from indexer.domain import Document, Organisation, Period, Place, Role
from indexer.index.snapshot import Generation
from search_service.domain import Answer, Evidence, OrganisationHit, PlaceMatch, Proof, Query
from search_service.filters.certification import certification_key
from search_service.filters.competencies import competence_key
from search_service.filters.organisation import ORGANISATION
from search_service.filters.place import PLACE
from search_service.filters.sector import sector_label
from search_service.presentation.labels import PLACE_MATCHES, PROOFS, Words
from search_service.presentation.languages import marked as _
from search_service.search.eligibility import eligible_passages
from search_service.search.searcher import Searcher

MAX_PICKS = 20
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
    ``elsewhere`` says that it is outside the place asked for.
    """

    organisation: Organisation
    documents: tuple[tuple[Document, Role], ...]
    hit: OrganisationHit | None = None
    elsewhere: bool = False

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The passages that answer the question, the best first."""
        return self.hit.evidence if self.hit is not None else ()

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """What its evidence is worth, each worth once."""
        found = {evidence.proof for evidence in self.evidence}
        return tuple(proof for proof in Proof if proof in found)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The picked organisations, in the order they were picked.

    ``missing`` are the picks that the index does not hold, ``left_out`` counts those beyond the
    first MAX_PICKS.
    """

    generation: str
    picks: tuple[Pick, ...]
    missing: tuple[str, ...]
    left_out: int
    answer: Answer | None

    @classmethod
    def of(
        cls, generation: Generation, picks: Sequence[str], answer: Answer | None = None
    ) -> Shortlist:
        """The picks (organisations' ids), with what ``answer`` says of them (see answer_for)."""
        taken = _taken(picks)
        known = generation.organisations
        hits = () if answer is None else (*answer.organisations, *answer.unsure, *answer.elsewhere)
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
                )
                for pick in taken
                if pick in known
            ),
            missing=tuple(pick for pick in taken if pick not in known),
            left_out=len(set(picks)) - len(taken),
            answer=answer,
        )


def answer_for(searcher: Searcher, query: Query, picks: Sequence[str]) -> Answer:
    """The answer to a question about the picked organisations alone, all on one page.

    Those in the question's own answer keep their rank and evidence. The others are searched by
    name, wherever they are: in ``unsure`` those of the place asked for, else in ``elsewhere``;
    ``sure`` says whether their evidence is likely to answer. ``total`` is of the whole answer.
    """
    wanted = frozenset(_taken(picks))
    answer = searcher.search(query, limit=max(1, len(searcher.generation.organisations)))
    organisations = tuple(h for h in answer.organisations if h.organisation.id in wanted)
    unsure = tuple(h for h in answer.unsure if h.organisation.id in wanted)
    rest = wanted - {hit.organisation.id for hit in (*organisations, *unsure)}
    matches = eligible_passages(query, searcher.index).place_matches
    placed = PLACE.of(query) is not None
    inside: list[OrganisationHit] = []
    outside: list[OrganisationHit] = []
    for hit in _by_name(searcher, query, rest):
        match = (matches or {}).get(hit.organisation.id)
        (outside if placed and match is None else inside).append(replace(hit, place_match=match))
    return replace(
        answer,
        organisations=organisations,
        unsure=(*unsure, *inside),
        elsewhere=tuple(outside),
        offset=0,
        documents=(),
    )


def _by_name(
    searcher: Searcher, query: Query, organisations: frozenset[str]
) -> tuple[OrganisationHit, ...]:
    """What these organisations have to say to the question, wherever they are."""
    if not organisations:
        return ()
    named = ORGANISATION.on(PLACE.on(query, None), organisations)
    found = searcher.search(named, limit=len(organisations)).organisations
    return tuple(replace(hit, sure=hit.documented) for hit in found)


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
    """How many of the picked organisations have a thing."""

    ALL = "all"
    SOME = "some"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class FactValue:
    """Something said of an organisation.

    ``own``: it is the interface's own word, to be translated; else it is data, shown as it is but
    for places and dates, which each language writes in its way (``said``).
    ``share`` is given for what is compared, among two organisations or more.
    """

    text: str | int | Place | Period
    own: bool = False
    share: Share | None = None

    def said(self, words: Words) -> str | int:
        """The value in the reader's language."""
        if isinstance(self.text, Place):
            return words.place(self.text)
        if isinstance(self.text, Period):
            return words.period(self.text)
        return words.language.text(str(self.text)) if self.own else self.text


@dataclass(frozen=True, slots=True)
class Fact:
    """What can be told of every organisation: a label in Italian, and how it is read.

    ``key`` gives what spellings of one thing share, where organisations are compared by it.
    """

    label: str
    values: Callable[[Pick, Answer | None], Iterable[FactValue]]
    key: Callable[[str], Hashable] | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One fact of all the organisations: the values of each, in the shortlist's order."""

    label: str
    values: tuple[tuple[FactValue, ...], ...]


def comparison(shortlist: Shortlist) -> tuple[ComparisonRow, ...]:
    """The facts side by side; those that nobody tells are left out."""
    rows = (_row(fact, shortlist) for fact in FACTS)
    return tuple(row for row in rows if any(row.values))


def _row(fact: Fact, shortlist: Shortlist) -> ComparisonRow:
    values = [tuple(fact.values(pick, shortlist.answer)) for pick in shortlist.picks]
    key = fact.key
    if key is None or len(values) == 1:
        return ComparisonRow(fact.label, tuple(values))
    counts = Counter(k for said in values for k in {key(str(value.text)) for value in said})

    def share(value: FactValue) -> Share:
        count = counts[key(str(value.text))]
        return Share.ALL if count == len(values) else Share.SOME if count > 1 else Share.ONE

    return ComparisonRow(
        fact.label, tuple(tuple(replace(v, share=share(v)) for v in s) for s in values)
    )


def _competence(text: str) -> Hashable:
    return competence_key(text) or text  # one without a word ("C++") is itself


def _listed(
    read: Callable[[Organisation], Iterable[str | Place]],
) -> Callable[[Pick, Answer | None], list[FactValue]]:
    return lambda pick, _answer: [FactValue(text) for text in read(pick.organisation) if text]


def _place_match(pick: Pick, answer: Answer | None) -> Iterable[FactValue]:
    if pick.elsewhere:
        yield FactValue(_("fuori dal luogo indicato"), own=True)
    elif pick.hit is not None and pick.hit.place_match is not None and answer is not None:
        words = _WIDENED if answer.widened is not None else PLACE_MATCHES
        yield FactValue(words[pick.hit.place_match], own=True)


def _proofs(pick: Pick, _answer: Answer | None) -> Iterable[FactValue]:
    return [FactValue(PROOFS[proof], own=True) for proof in pick.proofs]


def _notes(pick: Pick, _answer: Answer | None) -> Iterable[FactValue]:
    if pick.organisation.fictional:
        yield FactValue(_("dato inventato"), own=True)
    if pick.hit is not None and not pick.hit.sure:
        yield FactValue(_("meno sicura: le prove potrebbero non rispondere"), own=True)


def _members(pick: Pick, _answer: Answer | None) -> Iterable[FactValue]:
    members = pick.organisation.members
    return [] if members is None else [FactValue(members)]


def _employees(pick: Pick, _answer: Answer | None) -> Iterable[FactValue]:
    employees = pick.organisation.employees
    return [] if employees is None else [FactValue(employees)]


def _remote(pick: Pick, _answer: Answer | None) -> Iterable[FactValue]:
    return (
        [FactValue(_("sì, lavora anche a distanza"), own=True)] if pick.organisation.remote else []
    )


def _newest(pick: Pick, _answer: Answer | None) -> Iterable[FactValue]:
    periods = [document.period for document, _role in pick.documents if document.period]
    newest = max(periods, key=lambda period: str(period.end), default=None)
    return [] if newest is None else [FactValue(newest)]


def _vat(organisation: Organisation) -> list[str]:
    # With its country a spreadsheet does not take it for a number, and keeps its zeros.
    return [f"IT{organisation.vat}"] if organisation.vat else []


FACTS = (
    Fact(_("Note"), _notes),
    Fact(_("Rispetto al luogo indicato"), _place_match),
    Fact(_("Prove"), _proofs),
    Fact(_("Sede"), _listed(lambda o: [o.seat] if o.seat else [])),
    Fact(_("Lavora in"), _listed(lambda o: o.works_in)),
    Fact(_("A distanza"), _remote),
    Fact(_("Forma giuridica"), _listed(lambda o: [o.legal_form])),
    Fact(_("Soci lavoratori"), _members),
    Fact(_("Addetti"), _employees),
    Fact(_("Competenze"), _listed(lambda o: o.competencies), _competence),
    Fact(_("Certificazioni"), _listed(lambda o: o.certifications), certification_key),
    Fact(_("Settori"), _listed(lambda o: map(sector_label, o.sectors)), str.casefold),
    Fact(_("Documenti"), lambda pick, _answer: [FactValue(len(pick.documents))]),
    Fact(_("Documento più recente"), _newest),
    Fact(_("Sito"), _listed(lambda o: [o.website])),
    Fact(_("Contatti"), _listed(lambda o: o.contacts)),
    Fact(_("Partita IVA"), _listed(_vat)),
)
