"""The cooperatives of an answer as compact cards: what a person needs to decide whom to call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.domain import Document, Organisation, Passage
from indexer.vocabulary import Linker, Vocabulary
from search_service.domain import Answer, Band, Evidence, MatchReason, OrganisationHit, Proof
from search_service.filters.competencies import competence_name, names_of
from search_service.insights.best_proof import is_metadata, quoted, with_best_proof
from search_service.insights.introduction import Introduction
from search_service.live.live_index import LiveIndex
from search_service.presentation.bands import may_fit_line, what_answers, why_line
from search_service.presentation.labels import Words
from search_service.presentation.urls import mail_link, web_link
from search_service.query import wording
from search_service.search.highlight import pieces
from search_service.web.contacts_export import Contacts

MAX_TAGS = 5
Pieces = tuple[tuple[str, bool], ...]
_NOT_DIALLED = re.compile(r"[^\d+]")


@dataclass(frozen=True, slots=True)
class Tag:
    """A competence, and whether it is one that answers the question."""

    label: str
    answers: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """A way to get in touch: an icon's name, what a button says, and its address."""

    icon: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CardProof:
    """A document that supports a cooperative.

    ``quote`` is its sentence in pieces, those that answer the question marked; empty where the
    document's fields say it, which are no sentence.
    """

    document: Document
    passage: Passage
    evidence: Evidence
    quote: Pieces


@dataclass(frozen=True, slots=True)
class Card:
    """One cooperative of an answer.

    Attributes:
        hit: What the card is made of.
        match: How it is related to the place asked for; empty without one.
        size: How many people work there; empty if it does not say.
        updated: When its profile was last changed; empty if it does not say.
        does: What it does, in a sentence of its own; empty without one.
        does_in: The code of that sentence's language.
        tags: Its competencies, those that answer first.
        reason: Why it is here; empty for one asked for by name, or by filters alone.
        declared: Whether only the fields of its own profile say it; then ``reason`` is what they
            say besides the competence itself.
        proof: What tells most.
        others: What other documents say, as far as the answer quotes them.
        unquoted: The other documents that prove it, too.
        reach: How to get in touch.

    """

    hit: OrganisationHit
    match: str
    size: str
    updated: str
    does: str
    does_in: str
    tags: tuple[Tag, ...]
    reason: str
    declared: bool
    proof: CardProof
    others: tuple[CardProof, ...]
    unquoted: tuple[Document, ...]
    reach: tuple[Reach, ...]

    @property
    def more(self) -> int:
        """How many documents there are besides the one that the card shows."""
        return len(self.others) + len(self.unquoted)

    @property
    def only_proofs(self) -> bool:
        """Whether each of the other documents proves what was asked, and none only names it."""
        proving = {document.id for document in self.hit.proving}
        asked = self.hit.why.reason not in (MatchReason.NAMED, MatchReason.FILTERS)
        return asked and all(one.document.id in proving for one in self.others)


def cards_of(
    hits: Iterable[OrganisationHit], answer: Answer, live: LiveIndex, words: Words
) -> tuple[Card, ...]:
    """The cards of some organisations of an answer.

    Args:
        hits: The organisations, with their words highlighted.
        answer: The answer that they are in.
        live: The index that answered.
        words: The wording in the page's language.
    """
    return tuple(_card(hit, answer, live, words) for hit in hits)


def _card(hit: OrganisationHit, answer: Answer, live: LiveIndex, words: Words) -> Card:
    linker, own_names = live.searcher.generation.linker, answer.query.own_names_only
    hit = with_best_proof(hit, linker.vocabulary, own_names)
    organisation, best = hit.organisation, hit.evidence[0]
    introduction = live.insights.introductions.of(organisation.id)
    proof = _proof(best, hit.why.start, hit.why.end)
    updated = live.insights.updated.get(organisation.id)
    documented = hit.band is Band.DOCUMENTED
    others = _others(hit) if documented else ()
    told = hit.why.reason not in (MatchReason.NAMED, MatchReason.FILTERS)
    declared = documented and told and not proof.quote and best.proof is Proof.DECLARED
    if declared:
        reason = what_answers(hit, words) if hit.why.reason is not MatchReason.SAME else ""
    elif documented or (hit.why.reason is MatchReason.MEANING and not proof.quote):
        reason = why_line(hit, words)
    else:
        reason = may_fit_line(hit, words)
    return Card(
        hit=hit,
        match=wording.place_match(hit.place_match, answer, words),
        size=size_of(organisation, words),
        updated=words.updated(updated) if updated else "",
        does=_unquoted(introduction, proof) if introduction else "",
        does_in=introduction.passage.language if introduction else "",
        tags=tags_of(hit, linker, own_names, words),
        reason=reason,
        declared=declared,
        proof=proof,
        others=others,
        unquoted=_unshown(hit, others) if documented else (),
        reach=reach_of(organisation, words),
    )


def tags_of(
    hit: OrganisationHit, linker: Linker, own_names_only: frozenset[str], words: Words
) -> tuple[Tag, ...]:
    """The first few competencies of an organisation; those by which it answers, or is near, first.

    What it is documented to do is among them, though its profile may not list it.

    Args:
        hit: The organisation.
        linker: Knows the competencies.
        own_names_only: The concepts that nothing narrower counts for.
        words: The wording in the page's language.
    """
    answering = _answering(hit, linker.vocabulary, own_names_only)
    listed = {
        words.competence(name): linker.named(name.label) in answering
        for name in names_of(hit.organisation, linker)
    }
    if hit.band is Band.DOCUMENTED:
        for match in hit.why.concepts:
            if not any(listed.values()):
                listed[words.competence(competence_name(match.named.it, linker))] = True
    first = sorted(listed, key=lambda label: not listed[label])[:MAX_TAGS]
    documented = hit.band is Band.DOCUMENTED
    return tuple(Tag(label, documented and listed[label]) for label in first)


def _answering(
    hit: OrganisationHit, vocabulary: Vocabulary, own_names_only: frozenset[str]
) -> frozenset[str]:
    """The concepts that answer, or that are near: those under the ones asked for."""
    found: set[str] = set()
    for match in hit.why.concepts:
        asked = match.asked.id
        found.add(match.named.id)
        if hit.band is Band.DOCUMENTED and asked not in own_names_only:
            found |= vocabulary.within(asked)
    return frozenset(found)


def size_of(organisation: Organisation, words: Words) -> str:
    """How many people work there, or are members: "41 addetti"."""
    plural = words.language.plural
    if organisation.employees:
        return plural("%(n)s addetto", "%(n)s addetti", organisation.employees)
    if organisation.members:
        return plural("%(n)s socio", "%(n)s soci", organisation.members)
    return ""


def reach_of(organisation: Organisation, words: Words) -> tuple[Reach, ...]:
    """How to get in touch: its first mail, its first number, its site, as far as it says."""
    text, contacts = words.language.text, Contacts.of(organisation)
    found = [Reach("mail", text("Scrivi"), mail_link(mail)) for mail in contacts.mails[:1]]
    for phone in contacts.phones[:1]:
        found.append(Reach("", text("Chiama"), f"tel:{_NOT_DIALLED.sub('', phone)}"))
    if site := web_link(organisation.website):
        found.append(Reach("external-link", text("Sito"), site))
    return tuple(found)


def _proof(evidence: Evidence, start: int, end: int) -> CardProof:
    """A piece of evidence with a stretch of its text; fields are not quoted."""
    passage = evidence.passage
    if is_metadata(passage):
        start = end
    inside = (m for m in evidence.highlights if start <= m.start and m.end <= end)
    quote = tuple(pieces(passage.text[:end], inside, start)) if start < end else ()
    return CardProof(evidence.document, passage, evidence, quote)


def _unquoted(introduction: Introduction, proof: CardProof) -> str:
    """The first sentence of an introduction that the proof does not quote; maybe none."""
    quote = " ".join("".join(text for text, _ in proof.quote).split())
    return next((s for s in introduction.sentences if s.rstrip("…") not in quote), "")


def _others(hit: OrganisationHit) -> tuple[CardProof, ...]:
    """What each other document says, once; those that prove it or, if no other does, any.

    The fields of a document are quoted only where nothing else of it is.
    """
    shown, proving = hit.evidence[0].document.id, {document.id for document in hit.proving}
    best: dict[str, Evidence] = {}
    for one in (*_texts(hit.evidence), *hit.evidence):
        if one.document.id != shown:
            best.setdefault(one.document.id, one)
    found = [one for identity, one in best.items() if identity in proving] or best.values()
    return tuple(_proof(one, *quoted(one, hit.organisation.id)) for one in found)


def _unshown(hit: OrganisationHit, others: Iterable[CardProof]) -> tuple[Document, ...]:
    """The documents that prove it and that the card quotes nothing of."""
    shown = {hit.evidence[0].document.id, *(one.document.id for one in others)}
    return tuple(document for document in hit.proving if document.id not in shown)


def _texts(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [e for e in evidence if not is_metadata(e.passage)]
