"""The mood of a clause: that its subject does, used to do, only uses, intends or denies. Pure.

The clause, not the sentence, is the unit: "Facciamo siti, ma non facciamo grafica" says both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from indexer.text.negation import is_negated


class Mood(StrEnum):
    """The relation of a clause's subject to what the clause names."""

    DOES = "does"
    DENIES = "denies"
    FORMER = "former"
    USES = "uses"
    INTENDS = "intends"


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence: character offsets, and its mood."""

    start: int
    end: int
    mood: Mood


# Words after which the mood may change.
_TURN = re.compile(
    r"\s*;\s*|\s*,?\s+(?=(?:ma|però|invece|mentre|bensì|eccetto|tranne|but|while|whereas|except"
    r"|though)\b)|\s*,\s*(?=(?:non|niente|né|no|mai|not|never|we\s+do\s+not|we\s+don['’]t)\b)"
    r"|\s*[:–—]\s+(?=(?:non|niente|no|mai|never|not|none)\b)"
    r"|\s*,\s*(?=(?:per\s+(?:quell[oaie]|quest[oaie]|il\s+resto|i|le|la|il|gli)\b[^,;]*"
    r"\b(?:ci\s+rivolgiamo|ci\s+affidiamo|ci\s+appoggiamo)))",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"\b(?:fino\s+(?:al?l?['’]?|alla|allo)\s*(?:\w+\s+){0,2}(?:19|20)\d\d"
    r"|fino\s+a\s+(?:qualche|poch|du|tre|quattro|cinque)\w*\s+ann|un\s+tempo(?!\s+di)|in\s+passato"
    r"|una\s+volta\s+(?:facev|ci\s+occupav|offriv)\w*|non\s+(?:più|piu)(?!\s+(?:di|che))"
    r"|abbiamo\s+(?:smesso|ceduto|dismesso|abbandonato"
    r"|(?:chiuso|lasciato)\s+(?:l['’]attività|il\s+(?:servizio|ramo|settore|reparto)))"
    r"|\w+(?:av|ev|iv)amo|(?:we|they)\s+used\s+to|until\s+(?:19|20)\d\d|no\s+longer|we\s+(?:have\s+)?stopped"
    r"|formerly|we\s+(?:have\s+)?(?:closed|discontinued|dropped|gave\s+up|sold\s+off))\b",
    re.IGNORECASE,
)
_USES = re.compile(
    r"\b(?:usiamo|utilizziamo|adoperiamo|adottiamo|ci\s+serviamo|ci\s+appoggiamo|ci\s+affidiamo"
    r"|ci\s+rivolgiamo|acquistiamo|compriamo|noleggiamo"
    r"|(?:abbiamo|ho)\s+(?:acquistat|comprat|adottat|frequentat|commissionat"
    r"|partecipat(?!\w*\s+all[oa']?\s*(?:svilupp|realizz|progett|costru))"
    r"|ricevut(?!\w*\s+(?:l['’]|un\s+)incaric)"
    r"|affidat|seguit[oa]\s+(?:un|il|la|una)\s+(?:cors|formazion|webinar|seminari|master))\w*"
    r"|ci\s+siamo\s+(?:affidati|rivolti|iscritti|formati|appoggiati|fatti)"
    r"|(?:partecipiamo|frequentiamo|assistiamo)\s+a"
    r"|(?:ce|me)\s+l[oaie]\s+(?:ha|hanno|fa|fanno|cura|gestisce|segue)"
    # What others do: "il sito è di un fornitore", "la posta è gestita da una ditta".
    r"|(?:è|sono|viene|vengono)\s+(?:\w+[aiu]t[oaie]\s+)?d[ai]\s+(?:altr[ie]|terz[ie]"
    r"|un['oa]?\s*(?:altr[oa]\s+|nostr[oa]\s+)?(?:fornitor|società|ditt|aziend|studio|collega|tecnic"
    r"|consulent|professionist|partner)\w*(?:\s+\w+)?)"
    # Courses that were followed and meetings that were led are about others' competencies.
    r"|(?:ha|hanno)\s+(?:frequentat|seguit[oa]\s+(?:un|il|la|una)\s+(?:cors|formazion|webinar))\w*"
    r"|(?:abbiamo|we(?:\s+have)?)\s+(?:moderat|ospitat|moderated|hosted|chaired)\w*"
    r"|per\s+noi\s+(?:lo|la|li|le)?\s*(?:fa|cura|gestisce|segue|ha)|stiamo\s+(?:imparando|studiando)"
    r"|we\s+(?:use|bought|buy|rent|rely\s+on|attended|attend|took\s+part|joined|hired|outsource)"
    r"|(?:is|are|was|were)\s+(?:outsourced|run\s+for\s+us|done\s+for\s+us|built\s+for\s+us))\b",
    re.IGNORECASE,
)
_TO_DO_IT = re.compile(
    r"\b(?:per|così\s+da)\s+\w+(?:are|ere|ire|arre|orre)\b|\bto\s+(?!(?:our|the|us)\b)[a-z]+",
    re.IGNORECASE,
)
_ATTEND = re.compile(
    r"partecip|frequent|iscritt|cors|attend|took|imparando|studiando|moderat|ospitat|host|chair",
    re.IGNORECASE,
)
_INTENDS = re.compile(
    r"\b(?:vorremmo|ci\s+piacerebbe|stiamo\s+(?:pensando|valutando|cercando(?!\s+di))"
    r"|abbiamo\s+in\s+programma|prossimamente|speriamo\s+di|intendiamo"
    r"|cerchiamo\s+(?:un|una|chi|qualcuno|partner|aiuto|fornitor)\w*|ci\s+serv(?:e|irebbe)"
    r"|abbiamo\s+bisogno"
    r"|we\s+(?:would\s+like|plan|intend|hope|are\s+(?:looking|considering|planning)"
    r"|need\s+(?:an?|some|someone|somebody|help|to\s+find))"
    r")\b",
    re.IGNORECASE,
)
# "Traduzioni giurate: non ne facciamo": a subject, and what is said of it.
_DENIED_AT_ONCE = re.compile(
    r"^\W*(?:(?:non|not|we\s+do(?:\s+not|n['’]t))\b|(?:niente|no|mai|none|never)\s*(?:[.,;:]|$))",
    re.IGNORECASE,
)
_BARE_NO = re.compile(r"^\W*(?:niente|no|mai|none|never)\s*(?:[.,;:]|$)", re.IGNORECASE)
# "Vendita telefonica mai", "Contabilità e bilanci no: per quello …": the denial comes last.
_DENIED_AT_LAST = re.compile(
    r"^\W*(?:[\w'’-]+,?\s+){1,7}(?<!\b[èe]\s)(?<!\bse\s)(?<!\bo\s)(?<!\bche\s)(?:no|mai|niente)\s*(?:[:.;]|$)",
    re.IGNORECASE,
)
_MAX_SUBJECT = 8  # words
# "Né di prove di intrusione" goes on with a denial.
_NOR = re.compile(r"^\W*(?:né|ne['’]|nor|neither)\b", re.IGNORECASE)
_SAME_GOES = re.compile(
    r"^\W*(?:lo\s+stesso|altrettanto|idem|the\s+same|likewise)\b", re.IGNORECASE
)


def clauses(sentence: str, previous: Mood = Mood.DOES) -> list[Clause]:
    """The clauses of a sentence, in order, each with its mood.

    Args:
        sentence: One sentence, list item or table cell.
        previous: The mood of the clause before, which "lo stesso vale per …" repeats.
    """
    found: list[Clause] = []
    for start, end in _parts(sentence):
        text = sentence[start:end]
        before = found[-1].mood if found else previous
        mood = before if _SAME_GOES.search(text) else mood_of(text)
        denies = mood is Mood.DENIES or _BARE_NO.match(text) is not None
        if found and denies and _is_subject(sentence, found[-1], text):
            mood = Mood.DENIES
            found[-1] = replace(found[-1], mood=mood)
        found.append(Clause(start, end, mood))
    return found


def _is_subject(sentence: str, before: Clause, denial: str) -> bool:
    """Whether a clause is only what the denial right after it is about."""
    subject = sentence[before.start : before.end].strip()
    ends = sentence[before.end :].lstrip()[:1] in (":", "–", "—") or subject.endswith(":")
    short = len(subject.split()) <= _MAX_SUBJECT
    return ends and short and _DENIED_AT_ONCE.match(denial) is not None


def _parts(sentence: str) -> Iterator[tuple[int, int]]:
    start = 0
    for turn in _TURN.finditer(sentence):
        if turn.start() > start:
            yield start, turn.start()
        start = turn.end()
    if start < len(sentence):
        yield start, len(sentence)


def mood_of(clause: str) -> Mood:
    """The mood of a clause."""
    if is_negated(clause, ()) or _NOR.match(clause) or _DENIED_AT_LAST.match(clause):
        return Mood.DENIES
    if _FORMER.search(clause):
        return Mood.FORMER
    if _INTENDS.search(clause):
        return Mood.INTENDS
    used = _USES.search(clause)
    if used and (_ATTEND.search(used[0]) or not _TO_DO_IT.search(clause)):
        return Mood.USES
    return Mood.DOES
