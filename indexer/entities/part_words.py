"""The words beside a name that tell its part in what a sentence says. Pure."""

from __future__ import annotations

import re

from indexer.domain import Part

# What stands right before a name and says its part.
_ARTICLE = (
    r"(?:(?:la|il|lo|i|le|gli|the|una?)\s+|l['’])?(?:(?:nostr[oaie]|our)\s+)?"
    r"(?:(?:piccola\s+)?(?:cooperativa|coop|soci[ae]|consorzio|partner|collegh[ei]|cooperative)"
    r"\s+(?:di\s+)?)?[«\"“]?$"
)
_AGENT = re.compile(
    rf"\b(?:da(?:l|lla|llo|i|gli|lle)?|dall['’]|by|a\s+cura\s+d[ie]l?l?a?)\s*{_ARTICLE}", re.I
)
_FOR_WHOM = re.compile(
    r"\b(?:per(?:\s+conto\s+di)?|for|on\s+behalf\s+of|presso|at|cliente:?|committente:?|client:?"
    rf"|a\s+favore\s+di|nella\s+sede\s+d[ie]l?l?a?|ospit[ei]\s+d[ie]l?l?a?)\s*{_ARTICLE}",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:con|insieme\s+a|assieme\s+a|with|together\s+with|di|del|della|dello|dei|of|a|al|alla|to"
    r"|from|in|su|come|like|tra|fra|between|among|oltre\s+a|verso|contro|grazie\s+a|thanks\s+to)"
    rf"\s*{_ARTICLE}",
    re.I,
)
# Somebody of an organisation: what they did at an event is their organisation's part in it.
_PERSON_OF = re.compile(
    r"\b(?:(?:vice)?president\w*|soci[aoe]|responsabil[ei]|direttor[ei]|direttrice|coordinator[ei]"
    r"|coordinatrice|referent[ei]|fondat\w+|tecnic[oaih]+|espert[oaei]|operat\w+|programmat\w+"
    r"|progettist[aei]|ingegner[eai]|formator[ei]|formatrice|ricercat\w+|collegh?[aie]|una\s+persona"
    r"|chair|lead|head|director|manager|engineers?|developers?|designers?|founders?|members?"
    r"|researchers?|trainers?|colleagues?)"
    rf"\s+(?:di|del|della|dello|dell['’]|of|from|at|for)\s*{_ARTICLE}",
    re.I,
)
_IN_PERSON = frozenset({Part.SPEAKS, Part.MODERATES, Part.ATTENDS})
# What follows a name that is the subject; the first that is found decides.
_VERBS: tuple[tuple[Part, re.Pattern[str]], ...] = tuple(
    (part, re.compile(rf"\b(?:{pattern})\b", re.I))
    for part, pattern in (
        (
            Part.HOSTS,
            r"ospit(?:a|ano|ato|ata|ati|erà|ò|ando)|host(?:s|ed|ing)?|mess[oa]\s+a\s+disposizione"
            r"|(?:ha|hanno)\s+(?:prestato|offerto|aperto|messo)\s+(?:la|le|una|i|gli)?\s*"
            r"(?:sal[ae]|sed[ei]|spazi\w*)|sponsor\w*|(?:co)?finanzia(?:to|va|no|\b)\w*|patrocin\w+"
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
            r"|discusso|ricordato|portato\s+(?:l['’]esperienza|la\s+testimonianza))|raccont(?:a|ano)"
            r"|present(?:a|ano|s|ed)|relat(?:ore|ori|rice)|spoke|speaks|talked|showed|explained"
            r"|described|interv(?:iene|engono)|intervent\w+|è\s+intervenut\w+|tenuto\s+(?:un|il|una|la)\s+(?:intervento"
            r"|relazione|talk|keynote)|gave\s+(?:a|the)\s+talk",
        ),
        (
            Part.ATTENDS,
            r"(?:(?:ha|hanno|have|has|ho)\s+)?(?:partecipat[oaie]|assistit[oaie]|ascoltat[oaie]"
            r"|seguit[oaie]\s+(?:il|la|un)\s+(?:cors|webinar|laborator|formazion)\w*)"
            r"|partecip(?:a|ano|anti)|attend(?:s|ed|ing)?|attendees?|took\s+part"
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
            r"|committente|client|customer|volev(?:a|ano)|chiedev(?:a|ano)|cercav(?:a|ano)"
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
            r"(?:ha|hanno|aveva|avevano)\s+(?!(?:apprezzat|imparat|subit|vint|dovut|potut|volut|sapevat"
            r"|preferit|vist|lett|sentit|scopert|capit|ottenut|avut|stat|perdut|pers)[oaie]\b)"
            r"\w+(?:[aiu]t|tt|st|rt|lt|nt|s)[oaie]"
            r"|(?:has|have|had)\s+(?!(?:learnt|learned|suffered|won|liked|enjoyed|heard|seen)\b)"
            r"\w+(?:ed|en|ne|lt|de|un|it|t)"
            r"|(?:si\s+)?(?:cura|curano|gestisce"
            r"|gestiscono|realizza|realizzano|sviluppa|sviluppano|fornisce|forniscono|segue|seguono"
            r"|occupa|occupano|produce|producono|tiene|tengono|conosce|offre|offrono|fa|fanno"
            r"|progetta|progettano|mantiene|scrive|lavora|lavorano)|built|wrote|(?!(?:based|located|called|named"
            r"|need|liked|learned|enjoyed|suffered)\b)[a-z]{3,}ed|(?:build|develop|design|manage|provide|offer"
            r"|maintain|write|make|handle|train|translate|produce|review|test|install|teache|publishe)s"
            r"|ran|led|made|(?:did|does)(?!\s+(?:not|never)\b|n['’]t)|runs?|took\s+care|(?:is|was)\s+responsible"
            r"|(?:è|era)\s+responsabile",
        ),
    )
)
_BY_WHOM = tuple(
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
LISTED = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:[:|–—-]|,\s*che\b)")
# "Modera Alfa", "la piattaforma la mette Alfa", "l'ha condotta Alfa": the verb comes first.
_OPENING_VERB = (
    r"modera|introduce|coordina|conduce|organizza|ospita|cura|tiene|presenta|racconta|interviene"
    r"|partecipa|realizza|sviluppa|gestisce|segue"
)
_INVERTED = re.compile(
    r"(?:(?:^|[.;:,(]\s*)(?P<opening>(?:" + _OPENING_VERB + r")(?:no)?)"
    r"|(?:\b(?:lo|la|li|le|ce\s+l[oaie]|ne|se\s+ne)\s+|\bl['’])(?P<clitic>(?:ha|hanno)\s+\w+|\w+)"
    r"(?:\s+(?:in|a|al|alla|nel|sul)\s+\w+)?)"
    rf"\s+(?:anche\s+)?{_ARTICLE}",
    re.I,
)
# "Per le buste paga chiamate Alfa": whoever is named is said to do it.
_REFERRAL = re.compile(
    r"(?:\b(?:segnaliamo|consigliamo|raccomandiamo|chiam(?:ate|are)|chiede(?:te|re)\s+a"
    r"|rivolge(?:tevi|rsi)\s+a|try|ask|call|talk\s+to|go\s+to)d?"
    r"|\b(?:per|for)\b[^.;:]*\b(?:ci\s+(?:rivolgiamo|affidiamo)\s+a|mandiamo\s+(?:\w+\s+)?(?:da|a)"
    r"|(?:lavoriamo|collaboriamo)\s+con|we\s+(?:work|team\s+up)\s+with"
    r"|we\s+(?:refer|send|pass)\s+(?:\w+\s+){0,2}to)d?)"
    rf"\s*{_ARTICLE}",
    re.I,
)
# "Cooperativa: Alfa; Parte svolta: restauro": a row of a table, as the parsers write it.
_ROW_OF = re.compile(
    r"(?:^|;\s*)(?:cooperativ[ae]|coop|partner|chi|soci[ao]|impresa|ente|organizzazione|soggetto"
    r"|who|by|cooperative|member|organi[sz]ation)\s*:\s*$",
    re.I,
)
_DUE = re.compile(r";\s*(?:entro|scadenza|quando|by\s+when|deadline|due)\b[^;:]*:", re.I)
_ROW_PARTS = tuple(
    (part, re.compile(rf":\s*(?:\w+\s+)?(?:{pattern})", re.I))
    for part, pattern in (
        (Part.HOSTS, r"ospit\w+|sede\b|sala\b|sponsor\w*|host\w*|venue"),
        (Part.MODERATES, r"modera\w+|chair\w*|facilitator"),
        (Part.SPEAKS, r"relat\w+|intervent\w+|speaker|talk\b"),
        (Part.ATTENDS, r"partecipa\w+|iscritt\w+|uditric\w+|attend\w+"),
        (Part.CLIENT, r"client\w*|committent\w+|beneficiari\w+|customer"),
    )
)


def part_told(text: str) -> Part | None:
    """The part that the first verb of a text tells, if any does."""
    found = [(m.end(), n, p) for n, (p, v) in enumerate(_VERBS) if (m := v.search(text))]
    return min(found)[2] if found else None


def part_before(before: str, after: str) -> Part | None:
    """The part that what stands before a name tells; ``None`` where what follows must tell.

    Args:
        before: The sentence up to the name.
        after: What follows the name, as far as it is about it.
    """
    if _ROW_OF.search(before) and after.lstrip().startswith(";"):
        if _DUE.search(after):
            return Part.INTENDS
        return next((part for part, pattern in _ROW_PARTS if pattern.search(after)), Part.DOES)
    if _REFERRAL.search(before):
        return Part.DOES
    if _FOR_WHOM.search(before):
        return Part.CLIENT
    if agent := _AGENT.search(before):
        by_whom = (p for p, pattern in _BY_WHOM if pattern.search(before[: agent.start()]))
        return next(by_whom, Part.DOES)
    if verb := _INVERTED.search(before):
        return part_told(verb["opening"] or verb["clitic"]) or Part.DOES
    if _BESIDE.search(before):
        in_person = part_told(after) if _PERSON_OF.search(before) else None
        return in_person if in_person in _IN_PERSON else Part.MENTION
    return None


def tells_backwards(before: str) -> bool:
    """Whether what a name does stands before it: "… curato da Alfa", "… la cura Alfa"."""
    return any(pattern.search(before) for pattern in (_AGENT, _INVERTED, _REFERRAL))
