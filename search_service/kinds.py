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
    r"last\s+year|this\s+year|the|an|only|just|past|recent|recenti|prossimi|passati)\s+)*"
)
_KINDS = (
    (DocumentKind.CASE_STUDY, r"(?:cas[io]\s+(?:di\s+|d')?studio|case[\s-]stud(?:y|ies))"),
    (
        DocumentKind.EVENT,
        r"(?:event[oi]|events?|convegn[oi]|workshops?|seminar[io]|webinars?|conferenz[ae]|meetups?)",
    ),
    (DocumentKind.PROFILE, r"(?:profil[oi]|profiles?|schede|scheda)"),
)


def _rule(kind: DocumentKind, words: str) -> tuple[DocumentKind, re.Pattern[str]]:
    """A case study is never a trade; events and profiles may be ("chi organizza eventi"), so
    these two count only where the question begins with them.
    """
    may_lead = "?" if kind is DocumentKind.CASE_STUDY else ""
    return kind, re.compile(rf"(?:{_LEAD}){may_lead}\b(?:{words})\b(?:\s+(?:recenti|passati)\b)?")


_KIND_RULES = tuple(_rule(kind, words) for kind, words in _KINDS)


def kinds(question: str) -> list[Mention]:
    """The kinds that a question names, the likeliest first: a search is for one of them."""
    folded = fold_in_place(question)
    found = []
    for kind, rule in _KIND_RULES:
        match = rule.search(folded)
        if match:
            words = question[match.start() : match.end()]
            understood = Understood(Aspect.KIND, kind.value, KIND_LABELS[kind], words)
            found.append(Mention(match.start(), match.end(), understood))
    return found
