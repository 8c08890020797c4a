"""Which kind of document a question asks for ("casi di studio su …", "eventi …")."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.domain import DocumentKind
from search_service.domain import FacetValue, Mention, Query, RecognisedFilter
from search_service.errors import QueryProblem
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    FoldedQuestion,
    Holders,
    Parameter,
    member,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.labels import KINDS, Words
from search_service.presentation.languages import marked as _


@dataclass(frozen=True, slots=True)
class KindCondition:
    """Documents of any of these kinds.

    ``for_documents``: the question is for documents, not for the cooperatives in them; places are
    then those of the documents.
    """

    kinds: frozenset[DocumentKind]
    for_documents: bool = False


class KindFilter(Filter[KindCondition]):
    """Only documents of some kinds are evidence."""

    key = "kind"
    heading = _("che cosa")
    parameters = (
        Parameter(
            "kind",
            "kinds",
            _("Solo documenti di questo tipo."),
            DocumentKind.EVENT.value,
            values=tuple(kind.value for kind in DocumentKind),
        ),
    )
    groups = (Facet("kinds", _("Documenti"), 70),)
    turn = 3
    alone_is_question = True

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The kinds that the question begins with."""
        return _recognise(question.text, question.folded, question.taken)

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The kind of a name ("case_study")."""
        found = member(DocumentKind, value, "kind", QueryProblem.UNKNOWN_KIND)
        return RecognisedFilter(self.key, found.value, KINDS[found])

    def settle(
        self, said: Sequence[RecognisedFilter], chosen: Sequence[RecognisedFilter]
    ) -> list[RecognisedFilter]:
        """Each once, by name."""
        return sorted(super().settle(said, chosen), key=lambda item: item.value)

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> KindCondition | None:
        """Any of these; what the question itself asks for says what it is for."""
        said = {DocumentKind(item.value) for item in items if item.words}
        kinds = frozenset(DocumentKind(item.value) for item in items)
        return KindCondition(kinds, bool(said) and DocumentKind.PROFILE not in said)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The passages of documents of these kinds."""
        kinds = kinds_of(query) or frozenset()
        return Eligibility(rows=index.rows_of_documents(lambda document: document.kind in kinds))

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """Documents of that kind."""
        return words.kinds(DocumentKind(item.value))

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """The kinds of the evidence that there would be."""
        found: dict[FacetKey, list[str]] = defaultdict(list)
        for organisation, evidence in answering.if_asked.items():
            for one in evidence:
                kind = one.document.kind
                found[FacetKey(kind.value, KINDS[kind])].append(organisation)
        return {"kinds": found}

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """The kind of each document."""
        return {"kinds": (d.kind.value for d in index.generation.documents.values())}

    def value_label(self, value: FacetValue, words: Words) -> str:
        """Documents of that kind."""
        return words.kinds(DocumentKind(value.value))


KIND = KindFilter()


def kinds_of(query: Query) -> frozenset[DocumentKind] | None:
    """The kinds of document asked for; ``None`` where any will do."""
    condition = KIND.of(query)
    return None if condition is None else condition.kinds


def asks_for_documents(query: Query) -> bool:
    """Whether the question is for documents, not for the cooperatives in them."""
    condition = KIND.of(query)
    return condition is not None and condition.for_documents


# --- in a question -------------------------------------------------------------------------

_UNDERSTOOD = "\0"  # stands for each letter of what was understood: a place, a time, a name
# What may stand before the kind where the question begins with it.
_LEAD = (
    rf"(?:^|[.?!,;:]\s*)(?:(?:{_UNDERSTOOD}+|"
    r"mostra(?:mi|temi)?|trova(?:mi|re)?|elenca(?:mi)?|cerc(?:o|a|ami|avo|ando|hiamo)|vorrei|vorremmo|"
    r"volevo|dammi|dimmi|fa[mt]e?mi|fai|fate|puoi|potete|mi|ci|vi|vedere|sapere|conoscere|avere|"
    r"avete|sto|stiamo|serv(?:e|ono)|interess(?:a|ano)|se|e|quali|quale|che|sono|stat[oi]|c'e|"
    r"esistono|lista|elenco|tutti|tutte|gli|i|le|la|il|un|uno|una|un'|dei|degli|delle|di|a|qualche|"
    r"alcun[ie]|solo|soltanto|solamente|buongiorno|buonasera|ciao|salve|scus(?:a|i|ate)|senti|allora|"
    r"show|find|list|give|tell|see|know|me|us|which|what|any|some|are|is|were|was|been|there|all|of|"
    r"last\s+year|this\s+year|the|an|only|just|hello|hi|please|could|can|you|we|i'm|am|"
    r"looking\s+for|want|need|would|like|to|do|have|past|recent|latest|upcoming|recenti|ultim[ie]|both|sia|"
    r"prossim[ie]|passat[ie])\s+)*+"  # taken whole: words again and again take no long time
)
# Behind these words an event is a trade, and not what was held: "event management".
_TRADE = (
    r"(?!\s+(?:management|managers?|plann(?:ing|ers?)|organi[sz]\w+|catering|(?:photo|video)graph\w*"
    r"|security|staff|staffing|software|apps?|tools?|platforms?|equipment|rooms?|halls?|venues?|hire"
    r"|rentals?|services?|agenc(?:y|ies)|produc\w+|marketing|calls?|technology|technicians?"
    r"|compan(?:y|ies)|ticketing|design\w*|furniture"
    r"|avvers[io]|sentinella|meteo\w*|estrem[io]|sismic[io]|alluvionali|atmosferici)\b)"
)
# What is held too, but as often is a trade or a lesson: a kind only beside an event, before it or
# behind.
_LIKE_EVENTS = r"(?:fier[ae]|mostr[ae]|incontr[oi]|cors[oi]|festival|fairs?|exhibitions?|talks)"
_SHEETS_OF = r"cooperativ|coop\b|aziend|impres|soci|consorzi|organizzazion|realta|partner"
_OF = r"(?:di|del|della|delle|dei|degli|dell'|su|sulle|sui)"

# A case study is never a trade; events, profiles and what else is told of a success may be ("chi
# organizza eventi"), so these count only where the question begins with them.
_ANYWHERE = (
    (
        DocumentKind.CASE_STUDY,
        r"cas[io]\s+(?:di\s+|d')?studio|stud[io]\s+di\s+cas[io]|case[\s-]stud(?:y|ies)",
    ),
)
_LEADING = (
    (
        DocumentKind.CASE_STUDY,
        r"(?:casi|caso|stori[ae])\s+di\s+successo|success\s+(?:stor(?:y|ies)|cases?)"
        r"|case\s+histor(?:y|ies)",
    ),
    (
        DocumentKind.EVENT,
        rf"(?:{_LIKE_EVENTS}\s+(?:e|ed|o|and|or)\s+)?"
        r"(?:event[oi]|events?|convegn[oi]|congress(?:[oi]|es)?|workshops?|seminar(?:[io]|s)?"
        r"|webinars?|conferenz[ae]|conferences?|meetups?|hackathons?|simposio?|symposi(?:um|a)"
        rf"|tavol[ae]\s+rotond[ae]|round\s?tables?|dibattit[oi]|giornat[ae]\s+di\s+stud[io])\b{_TRADE}"
        rf"(?:(?:\s*,|\s+(?:e|ed|o|and|or))\s+{_LIKE_EVENTS}\b{_TRADE})*",
    ),
    (
        DocumentKind.PROFILE,
        r"profil[oi]\b(?!\s+(?:(?:in|di)\s+)?(?:allumini|acciai|pvc|metall|plastic|profession|social"
        r"|instagram|facebook|linkedin))"
        r"|profiles\b(?!\s+(?:pictures?|photos?|pages?|cutting|management))"
        rf"|profile(?=\s*$|\s+of\b)|sched[ae](?=\s*$|\s+(?:{_OF}\s*)?(?:{_SHEETS_OF}))",
    ),
)

_AGE = r"(?:\s+(?:recenti|passati)\b)?"
# Between two kinds that are asked for together, and what may follow the second: "casi di studio ed
# eventi su …" asks for both, "casi di studio ed eventi estremi" speaks of the weather.
_AND = re.compile(
    r"\s*(?P<and>(?:(?:,|/|&|\+)|\b(?:(?:e/)?o|ed?|od|oppure|sia|che|and(?:/or)?|or|as\s+well\s+as)\b)"
    r"(?:\s*\b(?:e|ed|and|or|o|anche|also|gli|i|le|la|il|dei|degli|di|the|any|all)\s)*\s*)"
)
_THEN = re.compile(
    rf"\s*(?:$|[{_UNDERSTOOD}?.!,;:/&+(]|\d|(?:su|sul|sull|sullo|sulla|sui|sugli|sulle|a|ad|al|allo|alla|all|in|nel"
    r"|nell|nella|nei|di|del|dell|della|dei|delle|degli|da|dal|dall|tra|fra|per|con|che|dove|vicino"
    r"|fuori|e|ed|o|and|or|about|on|at|of|for|from|with|near|since|after|before|between|during|where"
    r"|that|organizzati|tenuti|svolti|dedicati|legati|relativi|held|organi[sz]ed|related)\b)"
)


def _rule(kind: DocumentKind, words: str, lead: str = "") -> re.Pattern[str]:
    return re.compile(rf"{lead}\b(?P<{kind}>{words})(?!\w){_AGE}")


_FIRST = (
    *(_rule(kind, words, rf"(?:{_LEAD})?") for kind, words in _ANYWHERE),
    *(_rule(kind, words, _LEAD) for kind, words in _LEADING),
)
_NEXT = tuple(_rule(kind, words) for kind, words in (*_ANYWHERE, *_LEADING))


def _recognise(question: str, folded: str, taken: Sequence[tuple[int, int]]) -> list[Mention]:
    """The kinds that a question asks for: the first it names, and those joined to it.

    Args:
        question: The question.
        folded: The same, folded.
        taken: The spans of what was already recognised: no kind is in them, but a question may
            begin with them ("a Lecce nel 2025 eventi sul turismo").

    """
    for start, end in taken:
        folded = folded[:start] + _UNDERSTOOD * (end - start) + folded[end:]
    firsts = [match for rule in _FIRST if (match := rule.search(folded))]
    match = min(firsts, key=re.Match.start, default=None)
    start = _after_understood(match, folded) if match else 0
    spans: list[tuple[str, int, int]] = []
    while match is not None:
        kind, end = str(match.lastgroup), match.end()
        if spans and spans[-1][0] == kind:  # "eventi e convegni"
            start = spans.pop()[1]
        spans.append((kind, start, end))
        joint = _AND.match(folded, end)
        start, match = (joint.start("and"), _joined(folded, joint.end())) if joint else (end, None)
    return [_mention(question, DocumentKind(kind), start, end) for kind, start, end in spans]


def _after_understood(match: re.Match[str], folded: str) -> int:
    """Where the words of a kind begin, behind what was already understood."""
    start = max(match.start(), folded.rfind(_UNDERSTOOD, match.start(), match.end()) + 1)
    return start + len(folded[start:]) - len(folded[start:].lstrip())


def _joined(folded: str, position: int) -> re.Match[str] | None:
    """The kind that follows a joint, if what comes after it leaves it one."""
    found = (rule.match(folded, position) for rule in _NEXT)
    return next((m for m in found if m and _THEN.match(folded, m.end())), None)


def _mention(question: str, kind: DocumentKind, start: int, end: int) -> Mention:
    understood = RecognisedFilter(KindFilter.key, kind.value, KINDS[kind], question[start:end])
    return Mention(start, end, understood)
