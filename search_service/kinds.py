"""Which kind of document a question asks for ("casi di studio su …", "eventi …"). Pure."""

from __future__ import annotations

import re

from indexer.model import DocumentKind
from search_service.model import Aspect, Mention, Understood
from search_service.periods import fold_in_place

KIND_LABELS = {
    DocumentKind.PROFILE: "profili",
    DocumentKind.CASE_STUDY: "casi di studio",
    DocumentKind.EVENT: "eventi",
}

_LEAD = (
    r"(?:^|[.?!,;:]\s*)(?:(?:mostra(?:mi|temi)?|trova(?:mi)?|elenca(?:mi)?|cerco|cerca(?:mi)?|vorrei|"
    r"dammi|fammi\s+vedere|quali|quale|che|ci\s+sono(?:\s+stati)?|c'e(?:\s+stato)?|lista|elenco|"
    r"tutti|tutte|gli|i|le|la|il|un|uno|una|dei|degli|di|a|solo|soltanto|solamente|"
    r"show(?:\s+me)?|find(?:\s+me)?|list(?:\s+of)?|give\s+me|which|what|any|are|is|there|all|"
    r"last\s+year|this\s+year|the|an|only|just|past|recent|recenti|prossimi|passati|both|sia)\s+)*"
)
_KINDS = (
    (DocumentKind.CASE_STUDY, r"(?:cas[io]\s+(?:di\s+|d')?studio|case[\s-]stud(?:y|ies))"),
    (
        DocumentKind.EVENT,
        r"(?:event[oi]|events?|convegn[oi]|workshops?|seminar[io]|webinars?|conferenz[ae]|meetups?)",
    ),
    (DocumentKind.PROFILE, r"(?:profil[oi]|profiles?|schede|scheda)"),
)
_AGE = r"(?:\s+(?:recenti|passati)\b)?"
# Between two kinds that are asked for together, and what may follow the second: "casi di studio ed
# eventi su …" asks for both, "casi di studio ed eventi estremi" speaks of the weather.
_AND = re.compile(
    r"\s*(?P<and>(?:(?:,|/|&|\+)|\b(?:(?:e/)?o|ed?|od|oppure|sia|che|and(?:/or)?|or|as\s+well\s+as)\b)"
    r"(?:\s*\b(?:e|ed|and|or|o|anche|also|gli|i|le|la|il|dei|degli|di|the|any|all)\s)*\s*)"
)
_THEN = re.compile(
    r"\s*(?:$|[?.!,;:/&+(]|\d|(?:su|sul|sull|sullo|sulla|sui|sugli|sulle|a|ad|al|allo|alla|all|in|nel"
    r"|nell|nella|nei|di|del|dell|della|dei|delle|degli|da|dal|dall|tra|fra|per|con|che|dove|vicino"
    r"|fuori|e|ed|o|and|or|about|on|at|of|for|from|with|near|since|after|before|between|during|where"
    r"|that|organizzati|tenuti|svolti|dedicati|legati|relativi|held|organi[sz]ed|related)\b)"
)


def _rule(kind: DocumentKind, words: str) -> re.Pattern[str]:
    """A case study is never a trade; events and profiles may be ("chi organizza eventi"), so
    these two count only where the question begins with them.
    """
    may_lead = "?" if kind is DocumentKind.CASE_STUDY else ""
    return re.compile(rf"(?:{_LEAD}){may_lead}\b(?P<{kind}>{words})\b{_AGE}")


_FIRST = tuple(_rule(kind, words) for kind, words in _KINDS)
_NEXT = tuple(re.compile(rf"(?P<{kind}>{words})\b{_AGE}") for kind, words in _KINDS)


def kinds(question: str) -> list[Mention]:
    """The kinds that a question asks for: the first it names, and those joined to it."""
    folded = fold_in_place(question)
    firsts = [match for rule in _FIRST if (match := rule.search(folded))]
    match = min(firsts, key=re.Match.start, default=None)
    start = match.start() if match else 0
    spans: list[tuple[str, int, int]] = []
    while match is not None:
        kind, end = str(match.lastgroup), match.end()
        if spans and spans[-1][0] == kind:  # "eventi e convegni"
            start = spans.pop()[1]
        spans.append((kind, start, end))
        joint = _AND.match(folded, end)
        start, match = (joint.start("and"), _joined(folded, joint.end())) if joint else (end, None)
    return [_mention(question, DocumentKind(kind), start, end) for kind, start, end in spans]


def _joined(folded: str, position: int) -> re.Match[str] | None:
    """The kind that follows a joint, if what comes after it leaves it one."""
    found = (rule.match(folded, position) for rule in _NEXT)
    return next((m for m in found if m and _THEN.match(folded, m.end())), None)


def _mention(question: str, kind: DocumentKind, start: int, end: int) -> Mention:
    understood = Understood(Aspect.KIND, kind.value, KIND_LABELS[kind], question[start:end])
    return Mention(start, end, understood)
