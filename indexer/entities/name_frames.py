"""What stands around a name in a sentence and tells its part. Pure.

The first frame that fits decides: "realizzato da Alfa", "scavi e posa: Alfa", "docente Alfa".
Where none fits, the verb after the name tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.domain import Part
from indexer.entities.part_words import BY_WHOM, part_of_label, part_of_verb


@dataclass(frozen=True, slots=True)
class NamePart:
    """The part that a sentence gives a name, and where what it did stands.

    Attributes:
        part: The part.
        before: Whether it stands before the name: "il sito è di Alfa".
        after: Whether it stands after the name: "Alfa cura i siti".

    """

    part: Part
    before: bool = False
    after: bool = True


# What may stand between a preposition or a verb and a name.
_ARTICLE = (
    r"(?:(?:(?:i|le|gli|the)\s+)?(?:quell[ie]|collegh[ie]|tecnic(?:i|he)|soci|socie|ragazz[ie]"
    r"|operat(?:ori|rici)|sviluppat(?:ori|rici)|engineers?|staff|people)\s+(?:di|of|from)\s+)?"
    r"(?:(?:la|il|lo|i|le|gli|the|una?)\s+|l['’])?(?:(?:nostr[oaie]|our)\s+)?"
    r"(?:(?:piccola\s+)?(?:cooperativa(?:\s+sociale)?|coop|soci[ae]|consorzio|partner|collegh[ei]|cooperative)"
    r"\s+(?:di\s+)?)?[«\"“]?$"
)


def _before(pattern: str, flags: re.RegexFlag = re.I) -> re.Pattern[str]:
    """A pattern that ends right before a name."""
    return re.compile(rf"(?:{pattern})\s*{_ARTICLE}", flags)


_AGENT = _before(r"\b(?:da(?:l|lla|llo|i|gli|lle)?|dall['’]|by|a\s+cura\s+d[ie]l?l?a?)")
# Whom somebody copied or learnt from did nothing here.
_TAKEN = re.compile(
    r"\b(?:copi(?:ando|at)\w*|ispirat\w+|prestat[oaie]|prestito|imparat\w+|lontan\w+|divers[oaie]|indipendent[ei]"
    r"|copied|borrowed|inspired|taken|learnt|learned)\b[^,;.]*$",
    re.I,
)
_AT = _before(r"\b(?:presso|at|nella\s+(?:sede|sala)\s+d[ie]l?l?a?|ospit[ei]\s+d[ie]l?l?a?)")
_FOR_WHOM = _before(
    r"\b(?:per(?:\s+conto\s+di)?|for|on\s+behalf\s+of|presso|at|cliente:?|committente:?|client:?"
    r"|a\s+favore\s+di|nella\s+sede\s+d[ie]l?l?a?|ospit[ei]\s+d[ie]l?l?a?)"
)
_BESIDE = _before(
    r"\b(?:con|insieme\s+a|assieme\s+a|with|together\s+with|di|del|della|dello|dei|of|a|al|alla|to"
    r"|from|in|su|come|like|tra|fra|between|among|oltre\s+a|verso|contro|grazie\s+a|thanks\s+to)"
)
# Somebody of an organisation: what they did at an event is their organisation's part in it.
_PERSON_OF = _before(
    r"\b(?:(?:vice)?president\w*|soci[aoe]|responsabil[ei]|direttor[ei]|direttrice|coordinator[ei]"
    r"|coordinatrice|referent[ei]|fondat\w+|tecnic[oaih]+|espert[oaei]|operat\w+|programmat\w+"
    r"|progettist[aei]|ingegner[eai]|formator[ei]|formatrice|ricercat\w+|collegh?[aie]|una\s+persona"
    r"|chair|lead|head|director|manager|engineers?|developers?|designers?|founders?|members?"
    r"|researchers?|trainers?|colleagues?)\s+(?:di|del|della|dello|dell['’]|of|from|at|for)"
)
_IN_PERSON = frozenset({Part.SPEAKS, Part.MODERATES, Part.ATTENDS})
LISTED = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:[:|–—-]|,\s*che\b)")
# "Modera Alfa", "la piattaforma la mette Alfa", "l'ha condotta Alfa": the verb comes first.
_OPENING_VERB = (
    r"modera|introduce|coordina|conduce|organizza|ospita|cura|tiene|presenta|racconta|interviene"
    r"|partecipa|realizza|sviluppa|gestisce|segue"
)
_INVERTED = _before(
    r"(?:(?:(?:^|[.;:,(]\s*)(?P<opening>(?:" + _OPENING_VERB + r")(?:no)?)"
    r"|(?:\b(?:lo|la|li|le|ce\s+l[oaie]|ne|se\s+ne|se\s+l[oaie])\s+|\bl['’])"
    r"(?P<clitic>(?:ha|hanno|è|sono)\s+\w+|\w+)(?:\s+(?:in|a|al|alla|nel|sul)\s+\w+)?"
    r"|\bsi\s+(?P<reflexive>(?:è|sono)\s+\w+|occup\w+|incaric\w+))\s+(?:anche\s+)?)"
)
# "Per le buste paga chiamate Alfa": whoever is named is said to do it.
_REFERRAL = _before(
    r"(?:\b(?:segnaliamo|consigliamo|raccomandiamo|chiam(?:ate|are)|chiede(?:te|re)\s+a"
    r"|rivolge(?:tevi|rsi)\s+a|prov(?:ate|are)|\(\s*c['’]è|try|ask|call|talk\s+to|go\s+to)d?"
    r"|\b(?:per|for)\b[^.;:]*\b(?:ci\s+(?:rivolgiamo|affidiamo)\s+a|mandiamo\s+(?:\w+\s+)?(?:da|a)"
    r"|(?:lavoriamo|collaboriamo)\s+con|we\s+(?:work|team\s+up)\s+with"
    r"|c['’]è|ci\s+sono|there\s+is|we\s+(?:refer|send|pass)\s+(?:\w+\s+){0,2}to)d?)"
)
# "È toccata ad Alfa", "a carico di Alfa", "was left to Alfa".
_ASSIGNED = _before(
    r"\b(?:toccat[oaie]|tocc(?:a|ava|ò)|spett(?:a|ano|ava|avano|at[oaie])|affidat[oaie]"
    r"|assegnat[oaie]|delegat[oaie]|left|assigned|entrusted|given|fell|falls|goes|go)\s+(?:ad?|al|alla|to)"
    r"|\ba\s+carico\s+(?:di|del|della)|\b(?:in\s+capo|compito)\s+(?:ad?|al|alla|di|del|della)"
)
# "La grafica è di Alfa", "è opera di Alfa", "the videos came from Alfa".
_IS_OF = _before(
    r"\b(?:è|era|sono|erano|fu|furono|resta|restano)\s+(?:(?:stat[oaie]|tutt[oaie]|invece|anche"
    r"|sempre|solo)\s+){0,2}(?:(?:opera|lavoro|merito|compito|frutto\s+del\s+lavoro)\s+)?"
    r"(?:di|del|della|dello)"
    r"|\b(?:is|are|was|were)\s+the\s+work\s+of|\b(?:came|comes?)\s+from"
)
_POSSESSED = re.compile(
    r"^['’]s?\s+(?:job|task|work|part|responsibility|contribution|business)\b", re.I
)
_COPULA = re.compile(r"\b(?:is|are|was|were)\s*$", re.I)
# "Di Alfa sono i manuali", "ad Alfa abbiamo chiesto di fotografare".
_OPENS_OF = re.compile(r"(?:^|[.;,:(]\s*|\s(?:e|and)\s+)(?:di|del|della)\s*$", re.I)
_IS = re.compile(r"^\s*(?:invece\s+)?(?:è|sono|era|erano|fu|furono)\b", re.I)
_OPENS_TO = re.compile(r"(?:^|[.;,:(]\s*|\s(?:e|and)\s+)(?:ad?|al|alla)\s*$", re.I)
_ASKED = re.compile(
    r"^\s*(?:(?:abbiamo|è\s+stato|hanno|ha)\s+(?:chiesto|affidato|domandato)\b"
    r"|(?:è|sono)\s+(?:toccat|spettat|andat|stat)[oaie]\b|spetta|tocca|va\b|vanno\b"
    r"|di\s+\w+(?:are|ere|ire|rre|r[lcnv][oaiei])\b)",
    re.I,
)
_ASKING = _before(
    r"\b(?:chiest[oaie]|chiese|domandato|asked|hired|commissioned|got|paid)(?:\s+(?:ad?|al|alla))?"
)
_TO_DO = re.compile(r"^\s*(?:di\s+\w+(?:are|ere|ire|rre|r[lcnv][oaiei])|to\s+[a-z]+)\b", re.I)
_THANKS = _before(r"(?:^|[.;,:]\s*|\be\s+|\band\s+)(?:grazie\s+a|thanks\s+to)")
_FOR = re.compile(r"^\s*,?\s*(?:per|for|che|who)\b|^\s*[.;]", re.I)
# What is passed on: "facciamo fare la topografia ad Alfa".
_PASSED_ON = re.compile(
    r"\b(?:facciamo\s+(?:fare|svolgere|eseguire)|appaltiamo|subappaltiamo|deleghiamo|affidiamo"
    r"|we\s+(?:outsource|subcontract|delegate))\b",
    re.I,
)
_TO = _before(r"\s(?:ad?|al|alla|to)")
# "Docente Alfa", "relatrice Alfa", "tra gli iscritti Alfa": the word says the part.
_ROLES = tuple(
    (part, _before(pattern))
    for part, pattern in (
        (
            Part.SPEAKS,
            r"\b(?:relat(?:ore|rice|ori|rici)|docent[ei]|speakers?|interv(?:iene|engono)|keynote"
            r"|intervento\s+di|sono\s+intervenut[ei](?:,?\s+da)?)\s*:?",
        ),
        (Part.MODERATES, r"\b(?:moderat(?:ore|rice)|modera|presiede|coordina|chair)\s*:?"),
        (
            Part.ATTENDS,
            r"\b(?:iscritt[ie]|present[ei]|partecipanti|in\s+sala|attendees|in\s+visita)\s*:?",
        ),
    )
)
# What a name in brackets, or behind a label, did stands before it: "front office (Alfa)".
_IN_BRACKETS = re.compile(r"(?P<what>[^.;:,()]*)\(\s*$")
_PERSON_NAME = re.compile(r"(?:[A-ZÀ-Ý][\w'’]+\s+){2}\s*$")
_LABEL = re.compile(r"(?:^|[.;,]\s*)(?P<label>[^.;:,|]{3,80}):\s*$")
_LABEL_BEFORE = re.compile(r"(?:^|[.;]\s*)(?P<label>[^.;:,|]{3,40}):[^:]*$")
_NO_LABEL = re.compile(
    r"\b(?:c['’](?:è|era|erano)|ci\s+(?:sono|erano)|ha|hanno|è|sono|era|erano|is|are|was|were|has|have)\b",
    re.I,
)
_ENDS = re.compile(r"^\s*(?:$|[.;,]|\(|e\s|and\s)", re.I)
_RELATIVE = re.compile(r"^\s*,?\s*(?:che|who|which|la\s+quale|il\s+quale)\s+", re.I)
_ASIDE = re.compile(
    r"^\s*,\s*(?:che|who|which|nat[oa]|fondat[oa]|based|founded)\b[^,;.]*,\s*", re.I
)


def part_of_name(
    before: str, after: str, listed_part: Part, *, owns: bool, several: bool = False
) -> NamePart:
    """The part of a name; a mention where nothing tells.

    Args:
        before: The sentence up to the name.
        after: What follows the name, as far as it is about it.
        listed_part: The part of who is only listed: at an event they speak.
        owns: Whether the document is by the organisation named.
        several: Whether there are several names.

    """
    return (
        _framed(before, after, listed_part)
        or _labelled(before, after, listed_part, several=several)
        or (_thanked(before, after) if owns else None)
        or _beside(before, after)
        or _by_verb(after)
        or NamePart(listed_part if LISTED.match(after) else Part.MENTION)
    )


def _framed(before: str, after: str, listed_part: Part) -> NamePart | None:
    """The part that what stands right before a name tells."""
    role = next((part for part, pattern in _ROLES if pattern.search(before)), None)
    if role or _REFERRAL.search(before):
        return NamePart(role or Part.DOES, before=True)
    if _TO_DO.match(after) and _ASKING.search(before):
        return NamePart(Part.DOES)
    if listed_part is Part.SPEAKS and _AT.search(before):
        return NamePart(Part.HOSTS, before=True)
    if _FOR_WHOM.search(before):
        return NamePart(Part.CLIENT)
    agent = _AGENT.search(before)
    if agent and not _TAKEN.search(before[: agent.start()]):
        by_whom = (p for p, pattern in BY_WHOM if pattern.search(before[: agent.start()]))
        return NamePart(next(by_whom, Part.DOES), before=True, after=False)
    if verb := _INVERTED.search(before):
        written = verb["opening"] or verb["clitic"] or verb["reflexive"]
        return NamePart(part_of_verb(written) or Part.DOES, before=True)
    return _assigned(before, after)


def _assigned(before: str, after: str) -> NamePart | None:
    """The part of a name whose work something is said to be."""
    passed_on = _PASSED_ON.search(before) and _TO.search(before)
    possessed = _COPULA.search(before) and _POSSESSED.match(after)
    is_of = _IS_OF.search(before) and not _PERSON_OF.search(before)
    if passed_on or possessed or is_of or _ASSIGNED.search(before):
        return NamePart(Part.DOES, before=True, after=False)
    of_it = _OPENS_OF.search(before) and _IS.match(after)
    to_it = _OPENS_TO.search(before) and _ASKED.match(after)
    return NamePart(Part.DOES) if of_it or to_it else None


def _labelled(before: str, after: str, listed_part: Part, *, several: bool) -> NamePart | None:
    """The part of a name in brackets behind what it did, or behind a label and a colon."""
    inside = _IN_BRACKETS.search(before)
    if inside and re.match(r"^\s*[),;e]", after):
        if several or _PERSON_NAME.search(inside["what"]):
            return None  # of several in brackets each may have done another of several things
        return NamePart(listed_part, before=True, after=False) if inside["what"].strip() else None
    label = _LABEL.search(before)
    if label is None or not _ENDS.match(after) or _NO_LABEL.search(label["label"]):
        return None
    return NamePart(part_of_label(label["label"]) or listed_part, before=True, after=False)


def _thanked(before: str, after: str) -> NamePart | None:
    """What follows "grazie ad Alfa" is Alfa's work, where it is no mere thanks."""
    if _THANKS.search(before) and not _FOR.match(after):
        return NamePart(Part.DOES)
    return None


def _beside(before: str, after: str) -> NamePart | None:
    """A name that stands beside the subject has a part only where a relative clause gives one."""
    if not _BESIDE.search(before):
        return None
    if _PERSON_OF.search(before):
        label = _LABEL_BEFORE.search(before)
        in_person = (part_of_label(label["label"]) if label else None) or part_of_verb(after)
        return NamePart(in_person if in_person in _IN_PERSON else Part.MENTION)
    said = part_of_verb(after[relative.end() :]) if (relative := _RELATIVE.match(after)) else None
    return NamePart(said or Part.MENTION)


def _by_verb(after: str) -> NamePart | None:
    """The part that the verb after a name tells; that of the main clause first."""
    main = after[aside.end() :] if (aside := _ASIDE.match(after)) else after
    part = part_of_verb(main) or part_of_verb(after)
    return NamePart(part) if part else None
