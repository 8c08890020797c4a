"""Which part the organisation sought had in an event: "chi ha moderato …", "organizzati da …".

An event is meant by words of its title, or else of its text. Where the question's words name no
event, none of it is a filter: "chi ha partecipato a bandi europei" asks for experience.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.domain import DocumentKind, Part, Role
from indexer.index.passages import grouped
from indexer.index.snapshot import Generation
from indexer.text.tokens import query_stems, word_spans
from indexer.vocabulary import Linker
from search_service.domain import Mention, Query, RecognisedFilter
from search_service.errors import QueryProblem
from search_service.filters.base import Eligibility, Filter, FoldedQuestion, Parameter, member
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.organisation import ORGANISATION
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _

Rows = Mapping[str, frozenset[int]]  # an organisation → rows of passages
PARTS = {
    Part.ORGANISES: _("ha organizzato"),
    Part.SPEAKS: _("è intervenuta"),
    Part.MODERATES: _("ha moderato"),
    Part.HOSTS: _("ha ospitato"),
    Part.ATTENDS: _("ha partecipato"),
}
_THERE = frozenset(PARTS)  # whoever had any of these parts has also attended
_ROLES = {Role.ORGANISER: Part.ORGANISES, Role.PARTICIPANT: Part.ATTENDS}
_LEAST = 0.65  # of the words that name an event, the share that it must have


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the index: the stems of its title and of its text, and who had which part."""

    title: frozenset[str]
    text: frozenset[str]
    parts: Mapping[Part, Rows]


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """The events of an index by the ids of their documents, and its vocabulary's linker."""

    events: Mapping[str, Event]
    linker: Linker


@dataclass(frozen=True, slots=True)
class PartCondition:
    """Any of these parts, in any of these events (ids of documents); ``None`` is any event."""

    parts: frozenset[Part]
    events: frozenset[str] | None = None


class EventPartFilter(Filter[PartCondition]):
    """Organisations that had a part in an event."""

    key = "part"
    heading = _("a un evento")
    parameters = (
        Parameter(
            "part",
            "parts",
            _("Solo chi ha avuto questa parte in un evento."),
            Part.ORGANISES.value,
            values=tuple(part.value for part in PARTS),
        ),
    )

    def learn(self, generation: Generation) -> KnownEvents:
        """The events, and what finds the competencies that a question says of them."""
        return KnownEvents(_events(generation), generation.linker)

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The parts that the question asks for, each with the events that it names."""
        known = self._known(question.vocabulary)
        found = _recognise(question, known) if known else None
        return [found] if found else []

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The part of a name ("moderates")."""
        part = member(Part, value, "part", QueryProblem.UNKNOWN_FILTER)
        return RecognisedFilter(self.key, part.value, PARTS.get(part, part.value))

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> PartCondition | None:
        """Any of these parts, in the events that the question names."""
        named = [item.meaning for item in items if isinstance(item.meaning, frozenset)]
        events = frozenset[str]().union(*named) if named else None
        return PartCondition(frozenset(Part(item.value) for item in items), events)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The passages that tell of who had the part."""
        asked, only = self.of(query), ORGANISATION.of(query)
        assert asked is not None
        speakers: dict[int, set[str]] = defaultdict(set)
        rows = np.zeros(len(index.generation.passages), bool)
        known = self._known(index.vocabulary)
        for document, event in known.events.items() if known else ():
            if asked.events is not None and document not in asked.events:
                continue
            for part in asked.parts:
                for organisation, telling in event.parts.get(part, {}).items():
                    if only is None or organisation in only:
                        rows[index.rows_of_document(document)] = True
                        for row in telling:
                            speakers[row].add(organisation)
        return Eligibility(rows=rows, speakers={r: frozenset(o) for r, o in speakers.items()})

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """What they did there."""
        return words.language.text(item.label)

    def _known(self, vocabulary: IndexVocabulary) -> KnownEvents | None:
        known: KnownEvents | None = vocabulary.learnt.get(self.key)
        return known


EVENT_PART = EventPartFilter()

# --- events of the index ---------------------------------------------------------------------


def _events(generation: Generation) -> Mapping[str, Event]:
    columns = generation.columns
    of_documents = grouped(columns.document_of, np.arange(len(columns.document_of)))
    passages = {columns.documents[n]: rows for n, rows in of_documents}
    found = {}
    for document in generation.documents.values():
        if document.kind is not DocumentKind.EVENT or document.id not in passages:
            continue
        rows = passages[document.id].tolist()
        told: dict[Part, dict[str, set[int]]] = {part: defaultdict(set) for part in PARTS}
        naming: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            for one in generation.passages[row].statements:
                naming[one.organisation].append(row)
                # What somebody is said to do at an event, under its own name, is shown there.
                shown: Part = Part.SPEAKS if one.part is Part.DOES else one.part
                for part in {shown, Part.ATTENDS} if shown in _THERE else ():
                    told[part][one.organisation].add(row)
        for link in document.organisations:
            for part in {_ROLES[link.role], Part.ATTENDS} if link.role in _ROLES else ():
                telling = told[part][link.organisation] or naming[link.organisation] or rows
                told[part][link.organisation].add(min(telling))
        text = " ".join(generation.passages[row].text for row in rows)
        found[document.id] = Event(
            title=_stems(document.title, generation.linker),
            text=_stems(f"{document.title} {text}", generation.linker),
            parts={
                part: {o: frozenset(r) for o, r in by_whom.items()}
                for part, by_whom in told.items()
            },
        )
    return found


def _stems(text: str, linker: Linker) -> frozenset[str]:
    """The stems of a text's words, and the ids of the competencies that it names, or parts of."""
    stems = {stem for *_span, word in word_spans(text) for stem in query_stems(word)}
    concepts = {m.concept for m in linker.mentions(text)}
    above = (linker.vocabulary.broader(concept) for concept in concepts)
    return frozenset(stems | concepts).union(*above)


def _named(words: str, known: KnownEvents, *, all_like: bool = False) -> frozenset[str]:
    """The events that some words name, by the title if they can: ids.

    Args:
        words: What the question says of them.
        known: The events of the index.
        all_like: Whether all are meant that the words fit, and not the best: "un evento su …".
    """
    mentions = known.linker.mentions(words)
    stems = [
        query_stems(word) | {m.concept for m in mentions if m.start <= start and end <= m.end}
        for start, end, word in word_spans(words)
    ]
    found: set[str] = set()
    for where in ("title", "text"):
        share = {
            document: sum(1 for s in stems if s & getattr(event, where)) / len(stems)
            for document, event in known.events.items()
        }
        least = _LEAST if all_like else max(_LEAST, *share.values(), 0.0)
        found |= {document for document, fits in share.items() if fits >= least}
        if found and not all_like:
            break
    return frozenset(found)


# --- in a question ---------------------------------------------------------------------------

_HAS = r"(?:(?:ha|hanno|abbia|abbiano|aveva|has|have|had)\s+(?:gia\s+|ever\s+)?)?"
_VERBS = (
    (Part.MODERATES, rf"{_HAS}(?:moderat[oae]|moderava|moderated|chaired)|era\s+moderator[ei]"),
    (Part.HOSTS, rf"{_HAS}(?:ospitato|ospitava|hosted)"),
    (
        Part.ATTENDS,
        rf"{_HAS}(?:partecipato|partecipava(?:no)?|preso\s+parte|attended|participated|taken\s+part)"
        r"|took\s+part|(?:era|erano|was|were)\s+(?:present[ei]|present|at)|c'era(?:no)?",
    ),
    (
        Part.SPEAKS,
        rf"(?:e|sono|era|erano)\s+(?:intervenut[oaie]|relator[ei]|relatric[ei])|{_HAS}parlato"
        r"|spoke|(?:has|have)\s+spoken",
    ),
    (Part.ORGANISES, rf"{_HAS}(?:organizzato|promosso|organi[sz]ed)"),
)
_JOINT = (
    r"\s*(?:(?:a|al|all'|allo|alla|ai|agli|alle|in|nel|nella|at|to|about|su|sul|sull'|sulla|sui|sugli"
    r"|sulle|di|del|dell'|della|il|lo|la|l'|i|gli|le|un|uno|una|un'|the|an?)(?:\s+|(?<=')))*"
)
_EVENT = (
    r"(?P<event>(?:event[oi]|events?|convegn[oi]|workshops?|seminar(?:[io]|s)?|webinars?|conferenz[ae]"
    r"|conferences?|meet-?ups?|hackathons?|incontr[oi]|giornat[ae](?:\s+di\s+stud[io])?|assemble[ae]"
    r"|tavol[ae]\s+rotond[ae]|round\s?tables?|dibattit[oi]|meetings?|maraton[ae])\b)?"
)
_WHO = r"\b(?:chi|che|who|(?:quali|quale|which)\s+(?:cooperativ\w+|co-?op\w*|aziend\w+))\s+"
_NOUNS = (
    (Part.MODERATES, r"moderator[ei]|moderatric[ei]|moderators?|chairs?"),
    (Part.ATTENDS, r"partecipanti|participants|attendees"),
    (Part.SPEAKS, r"relator[ei]|relatric[ei]|speakers?"),
    (Part.ORGANISES, r"organizzator[ei]|organizzatric[ei]|organi[sz]ers?"),
)
_THOSE = r"^\W*(?:(?:chi\s+(?:sono|erano)|who\s+(?:are|were))\s+)?(?:(?:gli|le|i|l'|the)\s*)?"
_ASKED = tuple(
    (part, re.compile(rf"(?:{asking})\b{_JOINT}{_EVENT}(?P<rest>[^?!.;,]*)"))
    for part, asking in (
        *((part, rf"{_WHO}(?:{verbs})") for part, verbs in _VERBS),
        *((part, rf"{_THOSE}(?:{nouns})") for part, nouns in _NOUNS),
    )
)
_ON = re.compile(r"\s*(?:su|sul|sull'|sullo|sulla|sui|sugli|sulle|about|on)(?:\b|(?<='))")
_NEAR = len(" dalla cooperativa  ")
# "Eventi organizzati da X", where X is a name that is a filter of its own.
_BY_WHOM = tuple(
    (part, re.compile(rf"\b(?:{participle})(?=\s+(?:da|dal|dalla|by)\b)"))
    for part, participle in (
        (Part.ORGANISES, r"organizzat[oaie]|promoss[oaie]|organi[sz]ed|promoted"),
        (Part.HOSTS, r"ospitat[oaie]|hosted"),
        (Part.MODERATES, r"moderat[oaie]|moderated|chaired"),
    )
)


def _recognise(question: FoldedQuestion, known: KnownEvents) -> Mention | None:
    for part, participle in _BY_WHOM:
        by_whom = participle.search(question.folded)
        if by_whom and _names_follow(question, by_whom.end()):
            return _mention(question, by_whom.span(), part, None)
    for part, pattern in _ASKED:
        asked = pattern.search(question.folded)
        if asked and (found := _asked(question, asked, part, known)):
            return found
    return None


def _names_follow(question: FoldedQuestion, at: int) -> bool:
    """Whether a name follows a participle: "organizzati da Refolo", "… dalla coop Refolo"."""
    return any(0 < name.start - at < _NEAR for name in question.names)


def _asked(
    question: FoldedQuestion, asked: re.Match[str], part: Part, known: KnownEvents
) -> Mention | None:
    """What a question for a part means, if it names an event.

    Args:
        question: The question.
        asked: Where it asks.
        part: The part.
        known: The events of the index.

    """
    begin, rest, end = asked.start(), asked.start("rest"), asked.end()
    end = min((one.start for one in question.found if begin <= one.start < end), default=end)
    words = question.text[rest : max(end, rest)]
    if not word_spans(words):
        return _mention(question, (begin, end), part, None) if asked["event"] else None
    if asked["event"] and _ON.match(asked["rest"]):
        events = _named(words, known, all_like=True)
    else:
        title = question.text[rest - len(asked["event"] or "") : end]
        events = _named(title, known) or (_named(words, known) if asked["event"] else frozenset())
    return _mention(question, (begin, end), part, events) if events else None


def _mention(
    question: FoldedQuestion,
    span: tuple[int, int],
    part: Part,
    events: frozenset[str] | None,
) -> Mention:
    said = question.text[slice(*span)]
    return Mention(
        *span, RecognisedFilter(EventPartFilter.key, part.value, PARTS[part], said, events)
    )
