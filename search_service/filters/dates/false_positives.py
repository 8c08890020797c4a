"""Words that look like a time and are none: ages, names that hold a year, amounts. Pure."""

from __future__ import annotations

import re

# "Una cooperativa nata nel 2009", "attiva dal 2009": how old it is, not when the work was done.
_SINCE_BIRTH = r"(?:\s+(?:a|ad|in)(?:\s+[\w'-]+){1,3})?(?:\s+(?:sin|fin))?\s+$"
_BORN = re.compile(
    rf"\b(?:(?:fondat|nat|costituit)[aeio]|founded|established|born|set\s+up){_SINCE_BIRTH}"
)
_AT_WORK = re.compile(
    r"\b(?:(?:attiv|operativ)[aeio]|in\s+attivita|operano?|lavorano?|esiston?[eo]|active|working)"
    + _SINCE_BIRTH
)
_SINCE = re.compile(r"(?:dall?a?|da|since|from)\b")
# "Legge 381 del 1991", "Horizon 2020", "Windows Server 2016": a name that holds a year.
_NAMED = re.compile(
    r"\b(?:(?:legge|decreto|direttiva|regolamento|delibera|circolare|sentenza|dpcm|dgr"
    r"|d\.?\s?lgs\.?|d\.?p\.?r\.?|law|act"
    r"|directive|regulation)(?:\s+(?:regionale|legislativo|ministeriale|ue|eu|ce))*"
    r"\s+(?:n(?:°|º|r?\.)?\s*)?(?:\d[\d/]*\s+)?"
    r"|(?:agenda|horizon|orizzonte|europa|europe|vision|office|windows|server|exchange|sharepoint"
    r"|visual\s+studio|autocad|excel|word|photoshop|revit|archicad|ubuntu"
    r"|iso|iec|en|fesr|fse|feasr|psr|por|pon|interreg|erasmus\+?|expo"
    r"|milano[\s-]+cortina|olimpiadi|paralimpiadi|olympics|giubileo|mondiali)\s+"
    r"|euro\s+|versione\s+|version\s+)$|\bn(?:°|º|r?\.)\s*$|[€$£]\s*$"
)
# A bare year behind one of these is part of its name; "il PNRR dal 2023" has a time.
_PROGRAMME = re.compile(
    r"\b(?:pnrr|programmazione"
    r"|pian[oi](?:\s+(?:strategic|social|di|nazional|regional|triennal|zona)\w*)+)\s+$"
)
# So is one close behind a standard: "norma CEI 64-8 edizione 2021".
_STANDARD = re.compile(r"\b(?:cei|uni|iso|iec|din|astm)\b[\w\s:/-]{0,24}\s$")
_DIGITS_BEFORE = re.compile(r"((?:\+?\d+[ .-]+)*)$")
_DIGITS_AFTER = re.compile(r"((?:[ .-]+\d+)*)")
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d")
_AMOUNT = re.compile(
    r"\s*(?:[€$£%]|(?:euro|eur|dollari|utenti|utenze|users?|persone|people|soci|members|dipendenti"
    r"|employees|abitanti|famiglie|ore|hours|giorni|days|km|mq|ettari|copie|pagine|pages|documenti"
    r"|documents|posti|pezzi|clienti|customers|studenti|students|anziani|alunni|ospiti|pasti)\b)"
)
_NUMERAL = re.compile(r"\d$|mila\b|mila\w+$")
_TELLS_WHEN = re.compile(r"(?:nel|durante|during|dal|since|from|in|tra|fra|between)\b")


def is_no_time(text: str, match: re.Match[str]) -> bool:
    """Whether the words around say that it is somebody's age, a name or an amount."""
    before, after = text[: match.start()], text[match.end() :]
    if _BORN.search(before) or _NAMED.search(before):
        return True
    if match[0][0].isdigit() and (_PROGRAMME.search(before) or _STANDARD.search(before)):
        return True
    if _SINCE.match(match[0]) and _AT_WORK.search(before):
        return True
    if _TELLS_WHEN.match(match[0]):
        return False
    if match[0].startswith("'"):
        return True  # "'24" alone may be feet, minutes or a quotation
    amount = _NUMERAL.search(match[0]) and _AMOUNT.match(after)
    return bool(amount) or _in_number(before, match[0], after)


def _in_number(before: str, text: str, after: str) -> bool:
    """Whether a bare year is a group of digits of a longer number, such as a telephone's."""
    if not _YEAR_LIKE.fullmatch(text):
        return False
    around = [
        found[1] for found in (_DIGITS_BEFORE.search(before), _DIGITS_AFTER.match(after)) if found
    ]
    groups = re.findall(r"\d+", " ".join(around))
    return not all(_YEAR_LIKE.fullmatch(group) for group in groups)
