"""Which kind of document a question asks for ("casi di studio su …", "eventi …"). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.model import DocumentKind
from search_service.model import Aspect, Mention, Understood
from search_service.periods import fold_in_place

KIND_LABELS = {
    DocumentKind.PROFILE: "profili",
    DocumentKind.CASE_STUDY: "casi di studio",
    DocumentKind.EVENT: "eventi",
}

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
    r"looking\s+for|want|need|would|like|to|do|have|past|recent|latest|upcoming|recenti|ultim[ie]|"
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
# What is held too, but as often is a trade or a lesson: a kind only beside an event.
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
        rf"|tavol[ae]\s+rotond[ae]|round\s?tables?|dibattit[oi]|giornat[ae]\s+di\s+stud[io])\b{_TRADE}",
    ),
    (
        DocumentKind.PROFILE,
        r"profil[oi]\b(?!\s+(?:(?:in|di)\s+)?(?:allumini|acciai|pvc|metall|plastic|profession|social"
        r"|instagram|facebook|linkedin))"
        r"|profiles\b(?!\s+(?:pictures?|photos?|pages?|cutting|management))"
        rf"|profile(?=\s*$|\s+of\b)|sched[ae](?=\s*$|\s+(?:{_OF}\s*)?(?:{_SHEETS_OF}))",
    ),
)


def _rules() -> list[tuple[DocumentKind, re.Pattern[str]]]:
    anywhere = [(kind, rf"(?:{_LEAD})?\b(?:{words})") for kind, words in _ANYWHERE]
    leading = [(kind, rf"(?:{_LEAD})\b(?:{words})") for kind, words in _LEADING]
    behind = r"(?!\w)(?:\s+(?:recenti|passati)\b)?"
    return [(kind, re.compile(pattern + behind)) for kind, pattern in (*anywhere, *leading)]


_KIND_RULES = _rules()


def kinds(question: str, taken: Sequence[tuple[int, int]] = ()) -> list[Mention]:
    """The kinds that a question names, the likeliest first: a search is for one of them.

    ``taken`` are the spans of what was already understood: no kind is in them, but a question may
    begin with them ("a Lecce nel 2025 eventi sul turismo").
    """
    folded = fold_in_place(question)
    for start, end in taken:
        folded = folded[:start] + _UNDERSTOOD * (end - start) + folded[end:]
    found = []
    for kind, rule in _KIND_RULES:
        match = rule.search(folded)
        if match:
            start = max(match.start(), folded.rfind(_UNDERSTOOD, match.start(), match.end()) + 1)
            words = question[start : match.end()]
            start += len(words) - len(words.lstrip())
            understood = Understood(Aspect.KIND, kind.value, KIND_LABELS[kind], words.strip())
            found.append(Mention(start, match.end(), understood))
    return found
