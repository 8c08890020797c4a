"""The words beside a name that tell its part in what a sentence says. Pure."""

from __future__ import annotations

import re

from indexer.domain import Part

# A label or a table's heading that names a part: "Sede: Alfa", "Relatori: Beta".
_NOUNS = tuple(
    (part, re.compile(rf"\b(?:{pattern})", re.I))
    for part, pattern in (
        (
            Part.HOSTS,
            r"ospit\w+|sed[ei]\b|sal[ae]\b|sponsor\w*|host(?!ing)\w*|venue|buffet|catering",
        ),
        (Part.MODERATES, r"modera\w+|chair\w*|facilitator"),
        (Part.SPEAKS, r"relat(?:or|ric)\w+|intervent\w+|speaker|talk\b|docent\w+|keynote"),
        (
            Part.ATTENDS,
            r"partecipa\w+|iscritt\w+|present[ei]\b|uditric\w+|attend\w+|pubblico\b|invitat\w+",
        ),
        (
            Part.CLIENT,
            r"client\w*|committent\w+|beneficiari\w+|customer|per\s+chi\b|for\s+whom\b",
        ),
    )
)

_ADVERBS = (
    r"(?:(?:poi|già|anche|inoltre|invece|infine|sempre|subito|ora|quindi"
    r"|also|then|already|later)\s+)*"
)
# What follows a name that is the subject; the first that is found decides.
_VERBS: tuple[tuple[Part, re.Pattern[str]], ...] = tuple(
    (part, re.compile(rf"\b(?:{pattern})\b", re.I))
    for part, pattern in (
        (
            Part.HOSTS,
            r"ospit(?:a|ano|ato|ata|ati|erà|ò|ando)|host(?:s|ed|ing)?|mess[oa]\s+a\s+disposizione"
            r"|(?:ha|hanno)\s+(?:prestato|offerto|aperto|messo|portato)\s+(?:la|le|una?|i|il|gli|lo|l['’])?\s*"
            r"(?:sal[ae]|sed[ei]|spazi\w*|merend\w+|pranzo|cen[ae]|caff\w+|rinfresc\w+|aperitiv\w+|buffet|proiettor\w+)|sponsor\w*|(?:co)?finanzia(?:to|va|no|\b)\w*|patrocin\w+"
            r"|support(?:ato|ed)\s+(?:economicamente|financially)|funded"
            r"|provided\s+the\s+(?:room|venue|space)",
        ),
        (
            Part.MODERATES,
            r"introduc(?:e|ono)|moder(?:a|ato|ata|ano|ava|ates?|ated|ating)|(?:ha|hanno)\s+(?:introdotto"
            r"|aperto\s+i\s+lavori|coordinato\s+(?:il\s+)?(?:dibattito|tavolo|discussion\w+)"
            r"|condotto\s+(?:il\s+dibattito|la\s+serata|l['’]incontro|la\s+discussion\w+))"
            r"|facilit(?:ato|ated)|chaired|chairs?",
        ),
        (
            Part.SPEAKS,
            r"(?:ha|hanno|have|has)\s+(?:presentato|raccontato|illustrato|spiegato|parlato|mostrato"
            r"|discusso|ricordato|risposto|portato\s+(?:l['’]esperienza|la\s+testimonianza))|(?:raccont|spieg|illustr|mostr|parl)(?:a|ano)"
            r"|apr(?:e|ono)\s+con"
            r"|present(?:a|ano|s|ed)|relat(?:ore|ori|rice)|spoke|speaks|talked|showed|explained"
            r"|described|interv(?:iene|engono)|intervent\w+|è\s+intervenut\w+|tenuto\s+(?:un|il|una|la)\s+(?:intervento"
            r"|relazione|talk|keynote)|gave\s+(?:a|the)\s+talk",
        ),
        (
            Part.ATTENDS,
            r"(?:(?:ha|hanno|have|has|ho)\s+)?(?:partecipat[oaie]|assistit[oaie]|ascoltat[oaie]"
            r"|seguit[oaie]\s+(?:il|la|un)\s+(?:cors|webinar|laborator|formazion)\w*)"
            r"|(?:ha|hanno)\s+(?:posto|fatto)\s+(?:la|una|delle|molte)\s+domand\w+"
            r"|(?:joined|came)\s+to\s+listen|partecip(?:a|ano|anti)|attend(?:s|ed|ing)?|attendees?|took\s+part"
            r"|(?:era|erano|sono|è)\s+(?:present[ei]|stat[aei]\s+present[ei]|iscritt\w+"
            r"|tra\s+il\s+pubblico)|presenti|iscritt[ei]|in\s+sala|was\s+there|were\s+there"
            r"|in\s+the\s+(?:room|audience)|non\s+(?:è|sono|era)\s+(?:potut|venut|riuscit|present)\w+"
            r"|assent[ei]|did\s+not\s+(?:come|show)",
        ),
        (
            Part.CLIENT,
            r"(?:ha|hanno|aveva|avevano|has|had|have)\s+(?:chiesto|voluto|commissionato|affidato"
            r"|scelto|acquistato|comprato|ricevuto|richiesto|bisogno|deciso|ordinato|adottato|asked"
            r"|wanted|commissioned|chosen|bought|ordered|needed|received)|commission(?:a|ed|s)|cliente"
            r"|committente|client|customer|(?:vol|dov)ev(?:a|ano)|chiedev(?:a|ano)|cercav(?:a|ano)"
            r"|aveva\s+bisogno|us(?:a|ano|ava|avano|es|ed)|utilizz(?:a|ano|ava|avano)|adott(?:a|ano)"
            r"|asked\s+for|needed|wanted|bought|receiv(?:es|ed)",
        ),
        (
            Part.INTENDS,
            r"[a-zà-ú]+(?:erà|irà|arà|eranno|iranno|aranno)|sarà|saranno|farà|faranno"
            r"|si\s+(?:è|sono)\s+(?:offert|impegnat|candidat|propost)\w+"
            r"|(?:vorrebbe|dovrebbe|potrebbe)(?:ro)?|propon(?:e|gono)|valuta(?:no)?|sta\s+valutando"
            r"|dovrà|will|would|should|could|might|is\s+going\s+to|plans?\s+to|offered\s+to|proposes?",
        ),
        (
            Part.DENIES,
            r"non\s+(?!sol[oaie]\b|soltanto\b)(?:(?:ci|si|l[oaie]|gli|ne|vi)\s+)?\w+"
            r"|(?:did|does|do|has|have|had|is|are|was|were)(?:\s+(?:not|never)|n['’]t)",
        ),
        (
            Part.FORMER,
            r"(?:ha|hanno)\s+smesso|(?:has|have)\s+(?:stopped|ceased)|no\s+longer",
        ),
        (
            Part.ORGANISES,
            r"organizz(?:a|ano|ato|ata|ati)|promoss[oaie]|promuov(?:e|ono)|organi[sz](?:e|es|ed)",
        ),
        (
            Part.DOES,
            # What it learnt, won or suffered is nothing that it does.
            r"(?:ha|hanno|aveva|avevano)\s+"
            rf"{_ADVERBS}(?!(?:apprezzat|imparat|subit|vint|dovut|potut|volut|sapevat"
            r"|preferit|vist|lett|sentit|scopert|capit|ottenut|avut|stat|perdut|pers)[oaie]\b)"
            r"\w+(?:[aiu]t|tt|st|rt|lt|nt|s)[oaie]"
            rf"|(?:has|have|had)\s+{_ADVERBS}(?!(?:learnt|learned|suffered|won|liked|enjoyed|heard|seen)\b)"
            r"\w+(?:ed|en|ne|lt|de|un|it|t)"
            r"|(?:si\s+)?(?:cura|curano|gestisce"
            r"|gestiscono|realizza|realizzano|sviluppa|sviluppano|fornisce|forniscono|segue|seguono"
            r"|occupa|occupano|produce|producono|tiene|tengono|conosce|offre|offrono|fa|fanno"
            r"|progetta|progettano|mantiene|scrive|lavora|lavorano)|built|wrote|taught|(?!(?:based|located|called|named"
            r"|need|liked|learned|enjoyed|suffered)\b)[a-z]{3,}ed|(?:build|develop|design|manage|provide|offer"
            r"|maintain|write|make|handle|train|translate|produce|review|test|install|teache|publishe)s"
            r"|ran|led|made|(?:did|does)(?!\s+(?:not|never)\b|n['’]t)|runs?|took\s+(?:care|charge)|(?:is|was)\s+responsible"
            r"|(?:is|was|were)\s+in\s+charge|(?:è|era)\s+responsabile"
            r"|si\s+(?:è|sono|era|erano)\s+(?:(?:già|poi|anche|invece)\s+)?"
            r"(?:occupat|pres|fatt|incaricat|dedicat)[oaie]|si\s+(?:occup|incaric|dedic)\w+",
        ),
    )
)
# Whose verb stands before it: "moderata da Alfa".
BY_WHOM = tuple(
    (part, re.compile(rf"\b(?:{pattern})\s*$", re.I))
    for part, pattern in (
        (
            Part.HOSTS,
            r"ospitat[oaie]|hosted|finanziat[oaie]|funded|sponsor\w*|mess[oaie]\s+a\s+disposizione",
        ),
        (
            Part.MODERATES,
            r"moderat[oaie]|introdott[oaie]|moderated|chaired|facilitat[oaie]|facilitated"
            r"|coordinat[oaie]",
        ),
        (Part.SPEAKS, r"presentat[oaie]|raccontat[oaie]|illustrat[oaie]|presented|told"),
        (Part.ORGANISES, r"organizzat[oaie]|promoss[oaie]|organi[sz]ed|promoted"),
        (
            Part.CLIENT,
            r"commissionat[oaie]|richiest[oaie]|volut[oaie]|usat[oaie]|utilizzat[oaie]|commissioned"
            r"|requested|used",
        ),
    )
)
TOGETHER = re.compile(
    r"\b(?:(?:le|i)\s+(?:due|tre|quattro|cinque)\s+(?:cooperative|partner|soci\w*|realtà)"
    r"|entramb[ei]|tutt[ei]\s+e\s+(?:due|tre|quattro)|both\s+(?:cooperatives|partners)"
    r"|(?:the\s+)?(?:two|three|four)\s+(?:cooperatives|partners))\b",
    re.I,
)


def part_of_verb(text: str) -> Part | None:
    """The part that the first verb of a text tells, if any does."""
    found = [(m, n, p) for n, (p, v) in enumerate(_VERBS) if (m := v.search(text))]
    if not found:
        return None
    first, _, _ = min(found, key=lambda one: (one[0].end(), one[1]))
    # "Ha prestato la sala" says more than "ha prestato".
    saying_more = (
        (n, p) for m, n, p in found if m.start() <= first.start() and first.end() <= m.end()
    )
    return min(saying_more)[1]


def part_of_label(label: str) -> Part | None:
    """The part that a label names, if any: "Sede", "Relatori"."""
    return next((part for part, pattern in _NOUNS if pattern.search(label)), None)


# Verbs of work: an event may tell of work that was done elsewhere.
_WORKS = re.compile(
    r"\b(?:svilupp|realizz|costru|progett|implement|programmat|creat|fatt[oaie]\b|restaur|traduc|tradott"
    r"|svolt|eseguit|effettuat|gestit|fornit|installat|configurat|migrat|digitalizz|scritt[oaie]\b"
    r"|cur(?:a|ano|at[oaie])\b|prepar|sottotitol|interpretariat|built|builds?\b|made\b|develop|designed"
    r"|designs\b|wrote\b|translat|carried\s+out|delivered|provided|managed|installed)",
    re.I,
)
_SHOWS = re.compile(
    r"\b(?:ten(?:uto|uta|uti|ute)|tiene|tengono|condott|conduce|guidat|insegn|simul|format|mostr|spieg"
    r"|port(?:ato|ata|a|ano)\b|ran|led|taught|teach|demonstrat|train)",
    re.I,
)


def part_at_event(part: Part, text: str) -> Part:
    """The part at an event: who did something there showed it, at most.

    Args:
        part: The part that the verb tells.
        text: What is said of the name.

    """
    if part is not Part.DOES or _WORKS.search(text):
        return part
    return Part.SPEAKS if _SHOWS.search(text) else Part.MENTION
