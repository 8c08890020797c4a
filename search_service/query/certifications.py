"""Certifications that an organisation must hold ("certificata ISO 27001"). Pure.

A standard is a filter only where it is said of the organisation: "certificata …", "con …"; or bare
beside other words, when somebody holds it. "Consulenza ISO 27001" and "chi fa audit ISO 27001" ask
for work about the standard, which is content.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from indexer.text.tokens import fold_same_length
from search_service.domain import Aspect, Mention, RecognisedFilter
from search_service.vocabulary.certifications import (
    _PARITY,
    _STANDARD,
    _key,
    holds,
)

_OF_ORGANISATION = re.compile(
    r"(?:(?:che\s+(?:sia(?:no)?|e|sono)\s+)?(?:in\s+possesso\s+d(?:i|ella|elle)\s+(?:certificazion[ei]\s+)?"
    r"|(?:che\s+)?(?:ha|hanno|abbia(?:no)?|possied[ea](?:no)?)\s+(?:la\s+|le\s+)?(?:certificazion[ei]\s+)?"
    r"|(?:con|dotat[aeio]\s+di)\s+(?:(?:la|una|le)\s+)?(?:certificazion[ei]\s+)?"
    r"|(?:certificat[aeio]|certified)\s+(?:(?:secondo|con|per|per\s+la|to|for|against)\s+)?(?:la\s+)?"
    r"|(?:that\s+(?:is|are)\s+)?certified\s+(?:to\s+|for\s+)?"
    r"|with\s+(?:an?\s+|the\s+)?|holding\s+(?:an?\s+)?|that\s+(?:has|have|holds?)\s+(?:an?\s+)?))$"
)
_AFTER = re.compile(r"\s*-?\s*(?:certificat[aeio]|certified)\b")
_NOUN_AFTER = re.compile(r"\s*(?:certification|certificate|certificazione)\b")
# "Chi ci aiuta con la certificazione ISO 9001": the help is wanted, not the certificate.
_HELP = re.compile(
    r"\b(?:aiut|assist|support|help|segu|lavor|work|esperienz|experienc)\w*(?:\s+(?:me|us|you))?\s*$"
)
_LEADING = re.compile(r"^(?:sulla|per la|della|di)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|e|ed|and|&|/|\+)\s*(?:(?:la|con|di)\s+)?$")
_OR = re.compile(r"\s*(?:o|oppure|or)\s*(?:(?:la|con|di)\s+)?$")
# Work about a standard: with one of these words in the question, a bare standard is content.
_WORK = re.compile(
    r"\b(?:consulen|consult|audit|verific|ispezion|implement|adegu|percors|accompagn|otten|consegu"
    r"|sistem[ai]\s+di\s+gestione|management\s+system|formazion|corso|corsi|training|course|prepar"
    r"|support|gap|complian|norm[ae]\b|standard|requisit|conformit|certificator|certificazion|rilasci"
    r"|ente\b|chi\s+(?:fa|si\s+occupa)|who\s+does|manutenz|aggiorn|rinnov|help|aiut|assist)"
)


NOT_HELD = "certification:"  # before the key of one that whoever is looked for must not hold
_DENIED = re.compile(
    r"\b(?:senza|tranne|without|except|non\s+(?:ha|hanno|abbia|abbiano|sia|siano))\s+"
    r"(?:(?:la|le|una|the|a|any|certificazion[ei]|certificat[aeio]|certifications?)\s+)*$"
)


def certifications(question: str, held: Collection[str]) -> list[Mention]:
    """The certifications that the question wants of organisations, left to right.

    ``held`` are the keys of those that somebody holds. Of "ISO 9001 o ISO 27001" one is enough:
    they are one mention, its value "iso9001|iso27001". One not to be held ("senza ISO 9001") is
    an exclusion, its value NOT_HELD and the key.
    """
    folded = fold_same_length(question)
    bare_counts = _bare_counts(folded)
    found: list[Mention] = []
    for match in _STANDARD.finditer(folded):
        before, value = folded[: match.start()], _key(match[0])
        denied = _DENIED.search(before)
        if denied:  # who is without it is not who has it
            found.append(_unwanted(question, denied.start(), match.start(), match.end(), value))
            continue
        said, joined = _OF_ORGANISATION.search(before), _joined(found, before)
        if said and _HELP.search(before[: said.start()]):
            continue
        after = _AFTER.match(folded, match.end())
        bare = bare_counts and value != _PARITY and holds(held, value)
        if not (said or joined or after or bare):
            continue
        after = after or (_NOUN_AFTER.match(folded, match.end()) if said else None)
        start = said.start() if said else found[-1].end if joined else match.start()
        end = after.end() if after else match.end()
        label = _LEADING.sub("", question[match.start() : match.end()])
        words = question[start:end].strip()
        if joined and _OR.search(before):
            start = found[-1].start
            first = found.pop().understood
            words = question[start:end]
            value, label = f"{first.value}|{value}", f"{first.label} o {label}"
        found.append(
            Mention(start, end, RecognisedFilter(Aspect.CERTIFICATION, value, label, words))
        )
    return found


def _unwanted(question: str, start: int, name: int, end: int, value: str) -> Mention:
    label, words = _LEADING.sub("", question[name:end]), question[start:end]
    return Mention(
        start, end, RecognisedFilter(Aspect.EXCLUSION, f"{NOT_HELD}{value}", label, words)
    )


def _bare_counts(folded: str) -> bool:
    """Whether a standard without a word about holding it may be a filter: beside content that is
    not about certification itself.
    """
    content = _STANDARD.sub(" ", folded)
    return not _WORK.search(folded) and re.search(r"[^\W\d_]{3,}", content) is not None


def _joined(found: list[Mention], before: str) -> bool:
    """Whether only "e" or "o" stands between this standard and the one before."""
    if not found:
        return False
    between = before[found[-1].end :]
    return bool(_AND.fullmatch(between) or _OR.fullmatch(between))
