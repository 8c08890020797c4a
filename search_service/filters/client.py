"""Whom the organisation sought has worked for: "chi ha già lavorato con le università?".

A client is matched by its words: "biblioteche" finds "rete di biblioteche comunali". Clients are
mostly named by their kind, each in its own way and language, so the words of one kind stand for
each other: "hospitals" finds "azienda sanitaria locale".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from indexer.domain import Document, Organisation, Part, Role
from indexer.index.snapshot import Generation
from indexer.text.tokens import fold_same_length, query_stems, word_spans
from search_service.domain import Mention, Query, RecognisedFilter
from search_service.filters.base import (
    Eligibility,
    Filter,
    FoldedQuestion,
    Parameter,
    nobody_has,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.languages import marked as _

Clients = Mapping[str, frozenset[str]]  # a client as it is written → ids of documents


class ClientFilter(Filter[tuple[str, ...]]):
    """Organisations that did the work of a case study for any of some clients.

    Of a question only a client that the index knows is a filter: "chi ha lavorato con i bambini"
    names none.
    """

    key = "client"
    turn = 0  # before names are taken for those that are asked about
    heading = _("cliente")
    parameters = (
        Parameter(
            "client",
            "clients",
            _("Solo chi ha lavorato per questo cliente: parole del suo nome."),
            "comune",
        ),
    )

    def learn(self, generation: Generation) -> Clients:
        """The clients of case studies, and the organisations that are said to be one."""
        found: dict[str, set[str]] = defaultdict(set)
        for document in generation.documents.values():
            if document.client:
                found[document.client].add(document.id)
        columns = generation.columns
        clients = columns.saying(Part.CLIENT)
        documents = columns.document_of[columns.said_rows[clients]].tolist()
        who = columns.said_organisations[clients].tolist()
        for organisation, of in zip(who, documents, strict=True):
            name = generation.organisations[columns.organisations[organisation]].name
            found[name].add(columns.documents[of])
        return {client: frozenset(documents) for client, documents in found.items()}

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The clients behind "ha lavorato per" and its like."""
        return _recognise(question, self._known(question.vocabulary))

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """Words that the name of some client has."""
        if not _documents(value, self._known(vocabulary)):
            raise nobody_has("client", value)
        return RecognisedFilter(self.key, value, value)

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> tuple[str, ...] | None:
        """Any of these."""
        return tuple(item.value for item in items)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The documents about work for them, and who did it."""
        known = self._known(index.vocabulary)
        found = frozenset().union(*(_documents(asked, known) for asked in self.of(query) or ()))

        def counts(organisation: Organisation, document: Document) -> bool:
            roles = {o.role for o in document.organisations if o.organisation == organisation.id}
            return document.id in found and not roles.isdisjoint(_DOING)

        return Eligibility(
            rows=index.rows_of_documents(lambda document: document.id in found), counts=counts
        )

    def _known(self, vocabulary: IndexVocabulary) -> Clients:
        known: Clients = vocabulary.learnt.get(self.key, {})
        return known


CLIENT = ClientFilter()
_DOING = frozenset({Role.AUTHOR, Role.SUBJECT})

# --- names of clients ------------------------------------------------------------------------

_KINDS = tuple(
    frozenset().union(*(query_stems(word) for word in words.split()))
    for words in (
        "universita ateneo atenei politecnico accademia university universities college",
        "ospedale ospedali ospedaliera asl ausl usl ulss asst irccs clinica sanitaria sanitarie "
        "hospital hospitals clinic health",
        "comune comuni comunale comunali municipio municipality municipalities council councils",
        "scuola scuole scolastico liceo licei comprensivo comprensivi school schools",
        "regione regioni region regions",
        "provincia province provinces",
        "ministero ministeri ministry ministries",
        "museo musei museum museums",
        "biblioteca biblioteche library libraries",
        "archivio archivi archive archives",
        "banca banche bank banks",
        "parrocchia parrocchie diocesi parish parishes diocese",
        "festival festivals",
        "cooperativa cooperative cooperatives coop",
        "traghetti ferry ferries",
    )
)
# They say little of a client that other words name.
_VAGUE = frozenset(
    stem
    for word in "azienda aziende ente enti city local locale locali rete servizi grande pubblico "
    "pubblica pubblici pubbliche public authority authorities".split()
    for stem in query_stems(word)
)


def _stems(text: str) -> list[frozenset[str]]:
    """For each content word its stems, or those of all words of its kind."""
    found = []
    for _start, _end, word in word_spans(text):
        stems = query_stems(word)
        found.append(next((kind for kind in _KINDS if stems & kind), stems))
    return found


def _documents(asked: str, known: Clients) -> frozenset[str]:
    """The documents about work for a client that some words name."""
    words = _stems(asked)
    telling = [stems for stems in words if stems.isdisjoint(_VAGUE)] or words
    if not telling:
        return frozenset()
    found = (
        documents
        for client, documents in known.items()
        if all(any(stems & own for own in _stems(client)) for stems in telling)
    )
    return frozenset().union(*found)


# --- in a question ---------------------------------------------------------------------------

_DONE = r"(?:svolt|realizzat|fatt|conclus|completat)[aeio]"
_WORK = (
    r"(?:progett[oi]|lavor[oi]|attivita|incaric(?:o|hi)|esperienz[ae]|cas[oi]\s+(?:di\s+)?studio)"
)
_LEAD = re.compile(
    r"(?<!\w)(?:(?:(?:cooperativ[ae]|coop|chi|who)\s+)?(?:che\s+)?"
    r"(?:(?:ha|hanno|abbia|abbiano)\s+(?:gia\s+|mai\s+)?"
    rf"(?:lavorato|collaborato|avuto\s+a\s+che\s+fare|fatto\s+(?:dei\s+)?{_WORK}|{_DONE}\s+{_WORK})"
    r"|lavora(?:no)?\s+gia)\s+(?:per(?:\s+conto\s+d[ie])?|con|presso|insieme\s+a)"
    rf"|{_WORK}\s+(?:(?:gia\s+)?{_DONE}\s+)?(?:per(?:\s+conto\s+d[ie])?|presso)"
    r"|(?:(?:che|chi)\s+)?(?:ha|hanno|abbia|abbiano|con)\s+(?:gia\s+)?(?:avuto\s+)?"
    r"(?:(?:come|tra\s+i|fra\s+i)\s+)?(?:(?:suoi|propri)\s+)?(?:client[ei]|committent[ei])"
    r"(?:\s+(?:come|quali|tipo))?"
    r"|(?:who\s+)?(?:has|have|had|'ve)\s+(?:already\s+|ever\s+)?(?:worked|done\s+(?:some\s+)?(?:work|projects?)"
    r"|delivered\s+(?:projects?|work))\s+(?:for|with)|(?:who\s+)?worked\s+(?:for|with)"
    r"|projects?\s+(?:(?:done|delivered|carried\s+out)\s+)?for"
    r"|(?:whose|with)\s+clients?(?:\s+(?:like|such\s+as|includ(?:e|ing)|are))?)"
    r"\s+(?:(?:il|lo|la|i|gli|le|un|uno|una|dei|degli|delle|altre|altri|qualche|the|an?|any|some)\s+"
    r"|l'|un'|dell'|all')*"
)
_NAME = re.compile(
    r"[^\W_][^?!,;:()]*?(?=\s*(?:$|[?!,;:()]|\.(?:\s|$)|\s(?:che|chi|in|nel\w*|su|sul\w*|per|con|a|e|ed|o|who"
    r"|that|with|on|about|to|for|and|or|at|da|dal\w*|negli|presso)\b))"
)


_WITH = re.compile(r"\b(?:con|insieme\s+a|with)\s+(?:\w+\s+|l')*$")
_WHO_DID = re.compile(
    r"\W*(?:chi|who|(?:quale|which)\s+\w+)\s+(?:gli\s+|le\s+)?(?:(?:ha|hanno|has|have)\s+\w+|built|made|did|wrote"
    r"|developed|designed)\b"
)
_OF = re.compile(
    r"\b(?:di|del|della|dello|dei|per|da|al|alla|a|of|for)\s+(?:(?:la|il|lo|the)\s+)?$"
)


def _recognise(question: FoldedQuestion, known: Clients) -> list[Mention]:
    found = []
    for lead in _LEAD.finditer(question.folded):
        name = _NAME.match(question.folded, lead.end())
        if name is None:
            continue
        end = next((one.end for one in question.names if one.start == name.start()), None)
        if end is not None and _WITH.search(lead[0]):
            continue  # "chi ha lavorato con Lumecivico" asks for its partners
        end = max(name.end(), end or 0)  # "Pane e Mestolo" is one name
        written = question.text[name.start() : end]
        if _documents(fold_same_length(written), known):
            words = question.text[lead.start() : end]
            understood = RecognisedFilter(ClientFilter.key, written, written, words)
            found.append(Mention(lead.start(), end, understood))
    return found or _whose_work(question, known)


def _whose_work(question: FoldedQuestion, known: Clients) -> list[Mention]:
    """A client by its name after what was done: "chi ha fatto il sito di Alfa?"."""
    asked = _WHO_DID.match(question.folded)
    for name in question.names if asked else ():
        before = _OF.search(question.folded, 0, name.start)
        written = question.text[name.start : name.end]
        if before and _documents(fold_same_length(written), known):
            understood = RecognisedFilter(ClientFilter.key, written, written, before[0] + written)
            return [Mention(before.start(), name.end, understood)]
    return []
