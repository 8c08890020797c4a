"""The fourth stage: who is documented to do what was asked, and who only comes close.

*Documented* rests on what people can check: a statement that says that the organisation does it,
which names the competence asked for (or a narrower one) or holds the words of the question, and
which no other statement denies. That statement must also be near what the whole index offers best
for the question: a word in passing is no proof. *Close* is near by meaning only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NamedTuple

from indexer.domain import DocumentKind, Part
from search_service.domain import (
    Band,
    Components,
    Evidence,
    Hit,
    MatchReason,
    OrganisationHit,
    PlaceMatch,
    Proof,
    Query,
    Why,
)
from search_service.filters.base import Answering, Votes
from search_service.filters.kind import KIND
from search_service.filters.organisation import ORGANISATION
from search_service.filters.passage_index import PassageIndex
from search_service.search.calibration import Calibration
from search_service.search.confidence import QueryBaseline, confidence, query_baseline
from search_service.search.eligibility import EligiblePassages
from search_service.search.expert_ranking import MAX_EVIDENCE, place_tier
from search_service.search.proofs import Proofs, Said, proofs, tier
from search_service.search.ranker import RankedOrganisations
from search_service.search.reasons import answered_by
from search_service.search.retrieval import EncodedText, Retriever, ScoredPassages, retrieve
from search_service.search.statements import (
    DENYING,
    DOING,
    DOING_AT_EVENTS,
    StatementIndex,
    StatementMatch,
)
from search_service.search.topic import topic_of, translated_names

Matches = Mapping[str, Sequence[StatementMatch]]


@dataclass(frozen=True, slots=True)
class JudgedOrganisations:
    """The organisations in their bands: first those that are documented.

    Attributes:
        organisations: Those documented and those close, ranked anew.
        ranked: As they were ranked, with all votes.
        proofs: The statements that document each organisation.
        by_name: Whether the organisations were asked for by name: then all of them answer.

    """

    organisations: tuple[OrganisationHit, ...]
    ranked: RankedOrganisations
    proofs: Proofs
    by_name: bool

    @property
    def documented(self) -> tuple[OrganisationHit, ...]:
        """Those that are documented."""
        return tuple(hit for hit in self.organisations if hit.band is Band.DOCUMENTED)

    @property
    def close(self) -> tuple[OrganisationHit, ...]:
        """Those that are only close."""
        return tuple(hit for hit in self.organisations if hit.band is Band.CLOSE)

    @property
    def somebody_seated(self) -> bool:
        """Whether somebody documented has its seat in the place asked for."""
        return any(hit.place_match is PlaceMatch.SEATED for hit in self.documented)


class _Named(NamedTuple):
    """How near passages are to the names of competencies in a language, by row."""

    language: str
    late: Mapping[int, float]
    about: QueryBaseline


class Judge:
    """Puts ranked organisations in their bands."""

    def __init__(self, index: PassageIndex, retriever: Retriever, calibration: Calibration) -> None:
        """Make a judge.

        Args:
            index: The passages.
            retriever: Scores them.
            calibration: How near is near enough.

        """
        self._index = index
        self._retriever = retriever
        self._calibration = calibration
        self._linker = index.generation.linker
        self.statements = StatementIndex(index.generation, self._linker)
        # A text gets the same at large, whatever the filters.
        self.query_baseline = lru_cache(maxsize=32)(self._query_baseline)
        self.matches = lru_cache(maxsize=64)(self._matches)
        self._said = lru_cache(maxsize=32)(self._read_said)
        self._named = lru_cache(maxsize=32)(self._read_named)

    def judge(self, ranked: RankedOrganisations, query: Query) -> JudgedOrganisations:
        """Say who is documented, and put them first; drop who is not even close."""
        by_name = ORGANISATION.of(query) is not None
        found = self._proofs(ranked, query, _parts(query))
        near = by_name or not query.text or self._is_near(query.text)
        kept = [hit for hit in ranked.organisations if near or hit.organisation.id in found]
        judged = [self._in_band(hit, ranked.votes, found, query, by_name) for hit in kept]
        judged.sort(key=lambda hit: _order(hit, found))
        bands = tuple(replace(hit, rank=n) for n, hit in enumerate(judged, start=1))
        return JudgedOrganisations(bands, ranked, found, by_name or not query.text)

    def may_document(self, query: Query, eligible: EligiblePassages) -> bool:
        """Whether anybody could be documented, however near; searches nothing.

        Args:
            query: What is asked.
            eligible: What passes its filters.

        Returns:
            ``False`` only where ``judge`` documents nobody.

        """
        if not query.text or ORGANISATION.of(query) is not None:
            return True
        doing, denying = self.matches(query.text, _parts(query), query.own_names_only)
        said = {}
        for organisation, everywhere in doing.items():
            matches = [m for m in everywhere if eligible.speaking[m.row]]
            if not (matches and eligible.admits(organisation)):
                continue
            if self._works_in_languages(query, organisation):
                said[organisation] = Said(matches, everywhere, 1.0, denying.get(organisation, ()))
        told = partial(self._told, query)
        return bool(proofs(said, self._calibration, told, lambda _: 1.0))

    def answering(self, judged: JudgedOrganisations, query: Query) -> Answering:
        """Those that are documented, and by which evidence."""
        votes = judged.ranked.votes
        if judged.by_name:
            return Answering([hit.organisation for hit in judged.documented], votes, votes)
        answering = [hit.organisation for hit in judged.documented]
        at_events = self._proofs(judged.ranked, query, DOING_AT_EVENTS)
        return Answering(answering, _proving(votes, judged.proofs), _proving(votes, at_events))

    def answering_passages(self, scored: ScoredPassages, query: Query) -> tuple[Hit, ...]:
        """The passages that answer, whoever they speak for."""
        if query.text and not self._is_near(query.text):
            return ()
        likely, threshold = self._likely(query), self._calibration.threshold
        return tuple(hit for hit in scored.hits if likely(hit.parts) >= threshold)

    def _in_band(
        self,
        hit: OrganisationHit,
        votes: Votes,
        proofs_found: Proofs,
        query: Query,
        by_name: bool,
    ) -> OrganisationHit:
        """An organisation with its band; what documents it is its first evidence.

        Args:
            hit: The organisation as it was ranked.
            votes: All that speaks for each organisation.
            proofs_found: What documents each.
            query: What was asked.
            by_name: Whether it was asked for by name.

        """
        share = self._share(hit.evidence, query)
        found = proofs_found.get(hit.organisation.id, ())
        rows = [match.row for match in found]
        proving = [e for row in rows for e in votes[hit.organisation.id] if e.row == row]
        evidence = {e.row: e for e in (*proving, *self._credited(hit, query))}
        hit = replace(hit, confidence=share, evidence=tuple(evidence.values())[:MAX_EVIDENCE])
        if found:
            topic = topic_of(query.text, self._linker)
            text = hit.evidence[0].passage.text
            why = answered_by(found[0], topic, self._linker.vocabulary, text)
        elif by_name or not query.text:
            why = Why(MatchReason.NAMED if by_name else MatchReason.FILTERS)
        else:
            return hit
        documents = {e.document.id: e.document for e in proving or votes[hit.organisation.id]}
        return replace(hit, band=Band.DOCUMENTED, why=why, proving=tuple(documents.values()))

    def _credited(self, hit: OrganisationHit, query: Query) -> list[Evidence]:
        """An organisation's evidence; others confirm only what they say that it did.

        To be named beside it, or to have done something else, is a mention.
        """
        if not query.text:
            return list(hit.evidence)
        doing, _ = self.matches(query.text, _parts(query), query.own_names_only)
        did = {m.row for m in doing.get(hit.organisation.id, ()) if m.statement.part is Part.DOES}
        return [
            replace(e, proof=Proof.MENTIONED, part=Part.MENTION)
            if e.proof is Proof.CORROBORATED and e.row not in did
            else e
            for e in hit.evidence
        ]

    def _proofs(self, ranked: RankedOrganisations, query: Query, parts: frozenset[Part]) -> Proofs:
        """What documents each organisation, the best first.

        Args:
            ranked: The organisations and their votes.
            query: What was asked.
            parts: Which parts count as doing it.

        """
        if not query.text:
            return {}
        doing, denying = self.matches(query.text, parts, query.own_names_only)
        said = {}
        for organisation, votes in ranked.votes.items():
            everywhere = doing.get(organisation)
            if everywhere is None or not self._works_in_languages(query, organisation):
                continue
            rows = {vote.row for vote in votes}
            said[organisation] = Said(
                matches=[m for m in everywhere if m.row in rows],
                everywhere=everywhere,
                share=self._share(votes, query),
                denials=denying.get(organisation, ()),
            )
        named_share = partial(self._named_share, ranked.votes, query)
        return proofs(said, self._calibration, partial(self._told, query), named_share)

    def _told(self, query: Query, organisation: str) -> float:
        """The share of a question's words that all texts of an organisation tell, if it does it."""
        topic = topic_of(query.text, self._linker)
        return self.statements.told(topic, self._index.rows_of_organisation(organisation))

    def _works_in_languages(self, query: Query, organisation: str) -> bool:
        """Whether an organisation works in the languages that are asked for, if any."""
        languages = topic_of(query.text, self._linker).languages
        if not languages:
            return True
        rows = self._index.rows_of_organisation(organisation)
        return self.statements.works_in(languages, organisation, rows)

    def _matches(
        self, text: str, parts: frozenset[Part], own_names_only: frozenset[str]
    ) -> tuple[Matches, Matches]:
        """What each organisation says that it does, and does not do, of a text's topic.

        Args:
            text: What is asked, without filters.
            parts: Which parts count as doing it.
            own_names_only: The concepts that nothing narrower counts for.

        """
        doing: dict[str, list[StatementMatch]] = defaultdict(list)
        denying: dict[str, list[StatementMatch]] = defaultdict(list)
        for match in self._said(text, own_names_only):
            if match.statement.part in DENYING:
                denying[match.statement.organisation].append(match)
            elif match.shared or match.statement.part in parts:
                doing[match.statement.organisation].append(match)
        return doing, denying

    def _read_said(self, text: str, own_names_only: frozenset[str]) -> tuple[StatementMatch, ...]:
        """The statements of a text's topic of all parts that can count, in the index's order."""
        topic = replace(topic_of(text, self._linker), own_names_only=own_names_only)
        return tuple(self.statements.matches(topic, DOING_AT_EVENTS | DENYING | {Part.SHARED}))

    def _share(self, evidence: Sequence[Evidence], query: Query) -> float:
        """How near evidence is, as a share of the nearest anywhere, from 0 to 1."""
        if not query.text:
            return 1.0
        lates = [e.parts.late for e in evidence]
        return self.query_baseline(query.text).share(lates, self._calibration)

    def _named_share(self, votes: Votes, query: Query, organisation: str) -> float:
        """The same of an organisation's passages in another language, by the competencies' names
        there.
        """
        named = self._named(query.text)
        if named is None:
            return 0.0
        rows = [e.row for e in votes[organisation] if e.passage.language == named.language]
        lates = [named.late[row] for row in rows if row in named.late]
        return named.about.share(lates, self._calibration)

    def _read_named(self, text: str) -> _Named | None:
        """How near passages are to the names that a text's competencies have in the other language.

        The names are encoded for this text alone: how near a passage is differs in the last digits
        by what it is compared beside, and another question must not change an answer.
        """
        names = translated_names(text, self._linker)
        if names is None:
            return None
        retriever = self._retriever
        encoded = retriever.encoded_alone(names.text)
        rows = self._index.speaking.nonzero()[0]
        hits = retrieve(encoded, rows, retriever.generation, retriever.weights)
        late = {hit.row: hit.parts.late for hit in hits}
        return _Named(names.language, late, self._baseline_of(encoded, hits))

    def _is_near(self, text: str) -> bool:
        """Whether anything in the index is near enough to a text to be shown as close."""
        about, calibration = self.query_baseline(text), self._calibration
        return about.nearest + calibration.spread_weight * about.spread >= calibration.floor

    def _likely(self, query: Query) -> Callable[[Components], float]:
        """Who says how likely a passage answers the question."""
        if not query.text:
            return lambda _: 1.0
        return partial(
            confidence, about=self.query_baseline(query.text), calibration=self._calibration
        )

    def _query_baseline(self, text: str) -> QueryBaseline:
        """What the text gets from passages at large, and the best of those that may answer."""
        hits = self._retriever.hits(text, self._index.speaking)
        return self._baseline_of(self._retriever.encoded(text), hits)

    def _baseline_of(self, asked: EncodedText, hits: Sequence[Hit]) -> QueryBaseline:
        retriever, sample = self._retriever, self._calibration.sample
        words = topic_of(asked.text, self._linker).words
        return query_baseline(asked, retriever.generation, retriever.weights, sample, hits, words)


def _order(hit: OrganisationHit, found: Proofs) -> tuple[bool, int, int]:
    """Those who are close come last; of those as near to the place asked for, who says it best."""
    if hit.band is Band.CLOSE:
        return True, 0, 0
    return False, place_tier(hit.place_match), tier(found.get(hit.organisation.id, ()))


def _proving(votes: Votes, found: Proofs) -> Votes:
    """The votes that are proof."""
    rows = {o: {match.row for match in matches} for o, matches in found.items()}
    return {o: [e for e in every if e.row in rows.get(o, ())] for o, every in votes.items()}


def _parts(query: Query) -> frozenset[Part]:
    """The parts that count as doing: at an event, to organise it or to speak there."""
    kinds = KIND.of(query)
    asks_events = kinds is not None and DocumentKind.EVENT in kinds.kinds
    return DOING_AT_EVENTS if asks_events else DOING
