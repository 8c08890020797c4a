"""Spans of time as people say them, in Italian and English. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.lexical import fold
from indexer.model import Period

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "gennaio january jan gen",
            "febbraio february feb febb",
            "marzo march mar",
            "aprile april apr",
            "maggio may mag",
            "giugno june jun giu",
            "luglio july jul lug",
            "agosto august aug ago",
            "settembre september sept sep set sett",
            "ottobre october oct ott",
            "novembre november nov",
            "dicembre december dec dic",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "un uno una one a l",
            "due two",
            "tre three",
            "quattro four",
            "cinque five",
            "sei six",
            "sette seven",
            "otto eight",
            "nove nine",
            "dieci ten",
            "undici eleven",
            "dodici twelve",
        ),
        start=1,
    )
    for word in words.split()
}
_SEASONS = {
    "primavera": 3, "spring": 3, "estate": 6, "summer": 6,
    "autunno": 9, "autumn": 9, "fall": 9, "inverno": 12, "winter": 12,
}  # fmt: skip
_PARTS = {"semestre": 6, "meta": 6, "half": 6, "trimestre": 3, "quarter": 3}
_ORDINALS = ("prim", "second", "terz", "quart", "first", "second", "third", "fourth")

_M = "|".join(sorted(_MONTHS, key=len, reverse=True))
_Y = r"(?P<year>(?:19|20)\d\d)"
_D = r"[0-3]?\d"
_TH = r"(?:°|º|st|nd|rd|th)?"
_DEL = r"(?:del(?:l')?\s*|of\s+)?"
# A day, a month or a year. The end of a group's name only tells it from its likes.
_POINT = (
    rf"(?:(?:(?:(?P<day>{_D}){_TH}\s+(?:of\s+)?)?(?P<month>{_M})\b\.?\s+{_DEL}"  # 5 marzo 2025
    rf"|(?P<month_en>{_M})\s+(?P<day_en>{_D}){_TH},?\s+)?{_Y}"  # March 5, 2025
    rf"|(?:(?P<day_it>{_D})/)?(?P<month_it>[01]?\d)/(?P<year_it>(?:19|20)\d\d)"  # 5/3/2025
    r"|(?P<year_iso>(?:19|20)\d\d)-(?P<month_iso>[01]\d)(?:-(?P<day_iso>[0-3]\d))?)"
)
_TO = _POINT.replace("?P<", "?P<to_")
# The first of two points may leave the month or the year to the second: "dal 5 al 12 marzo 2025".
_FIRST = (
    rf"(?:{_POINT}|(?:(?P<day_of>{_D}){_TH}\s+(?:of\s+)?)?(?P<month_of>{_M})\b\.?"
    rf"|(?P<day_only>{_D}){_TH})"
)
_OF = (
    r"(?:(?:nel\s+corso|negli\s+anni|anni|nella|nel|nell'|della|del|dell'|di|in|of|during"
    r"|durante|dal|per\s+il|for|anno|on|il|a|ad)\s*){0,4}"  # bounded: the time it may take
)
_END = r"(?:(?:la\s+|alla\s+|the\s+)?(?:fine|end)\s+(?:di|del|dell'|of)\s*)?(?:il\s+)?"
_UNIT = r"(?P<unit>anni|anno|mesi|mese|years?|months?)"
_ONE = r"(?P<unit>anno|mese|year|month)"
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """Words of a question that say when: character offsets and the span of days."""

    start: int
    end: int
    period: Period


# --- what the words mean -------------------------------------------------------------------

_Meaning = Callable[[re.Match[str], date], Period | None]  # None: no time after all


def _parts(match: re.Match[str], prefix: str = "") -> list[str]:
    """Year, month and day of a point as text, empty where it has none."""
    found = {}
    for name, text in match.groupdict().items():
        if text and name.startswith("to_") == bool(prefix):
            found[name.removeprefix(prefix).partition("_")[0]] = str(_MONTHS.get(text, text))
    return [found.get(part, "") for part in ("year", "month", "day")]


def _period(parts: list[str]) -> Period:
    return Period.parse("-".join(filter(None, parts)))


def _point(match: re.Match[str]) -> Period:
    return _period(_parts(match))


def _back(today: date, count: int, unit: str) -> date:
    months = count * (12 if unit.startswith(("ann", "year")) else 1)
    total = today.year * 12 + today.month - 1 - months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _last(match: re.Match[str], today: date) -> Period:
    text = match.groupdict().get("count") or "1"
    count = int(text) if text.isdigit() else _NUMBERS[text]
    return Period(_back(today, count, match["unit"]), today)


def _since(match: re.Match[str], today: date) -> Period:
    return Period(_point(match).start, None)


def _after(match: re.Match[str], today: date) -> Period:
    end = _point(match).end
    return Period(end + timedelta(days=1) if end else None, None)


def _until(match: re.Match[str], today: date) -> Period | None:
    """Until a day gone by; one to come is a deadline, which says nothing of documents."""
    end = _point(match).end
    return Period(None, end) if end and end < today else None


def _before(match: re.Match[str], today: date) -> Period | None:
    start = _point(match).start
    return Period(None, start - timedelta(days=1)) if start and start < today else None


def _between(match: re.Match[str], today: date) -> Period | None:
    second = _parts(match, "to_")
    year, month, day = _parts(match)
    month = month or (second[1] if day else "")
    if day and not month:
        return None
    first, last = _period([year or second[0], month, day]), _period(second)
    if first.start and last.end and first.start > last.end:
        first, last = last, first
    return Period(first.start, last.end)


def _exactly(match: re.Match[str], today: date) -> Period | None:
    """A time that may have been or come soon; one far ahead is an aim ("obiettivi 2030")."""
    period = _point(match)
    return period if period.start and period.start.year <= today.year + _SOON else None


def _season(match: re.Match[str], today: date) -> Period:
    first = _SEASONS[match["season"]]
    year = int(_parts(match)[0])
    last_year, last = (year + 1, 2) if first == 12 else (year, first + 2)
    end = date(last_year, last, calendar.monthrange(last_year, last)[1])
    return Period(date(year, first, 1), end)


def _part(match: re.Match[str], today: date) -> Period:
    """A half or a quarter of a year."""
    months = _PARTS[match["part"]]
    number = next(n % 4 for n, word in enumerate(_ORDINALS) if match["nth"].startswith(word))
    return _months(int(_parts(match)[0]), number, months)


def _quarter(match: re.Match[str], today: date) -> Period:
    return _months(int(_parts(match)[0]), int(match["nth"]) - 1, 3)


def _months(year: int, number: int, months: int) -> Period:
    first, last = number * months + 1, (number + 1) * months
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _this_year(match: re.Match[str], today: date) -> Period:
    return Period.parse(str(today.year))


def _years_ago(match: re.Match[str], today: date) -> Period:
    count = match["count"]
    return Period.parse(str(today.year - (int(count) if count.isdigit() else _NUMBERS[count])))


def _past_year(match: re.Match[str], today: date) -> Period:
    return Period.parse(str(today.year - 1))


def _this_month(match: re.Match[str], today: date) -> Period:
    return Period.parse(f"{today.year}-{today.month}")


def _past_month(match: re.Match[str], today: date) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return Period.parse(f"{last.year}-{last.month}")


# --- what is no time -----------------------------------------------------------------------

_SOON = 2  # years ahead that may be a date, as of an event to come
# "Una cooperativa nata nel 2009", "attiva dal 2009": how old it is, not when the work was done.
_SINCE_BIRTH = r"(?:\s+(?:a|ad|in)(?:\s+[\w'-]+){1,3})?(?:\s+(?:sin|fin))?\s+$"
_BORN = re.compile(
    rf"\b(?:(?:fondat|nat|costituit)[aeio]|founded|established|born|set\s+up){_SINCE_BIRTH}"
)
_AT_WORK = re.compile(
    r"\b(?:(?:attiv|operativ)[aeio]|in\s+attivita|operano?|lavorano?|esiston?[eo]|active|working)"
    + _SINCE_BIRTH
)
_SINCE = re.compile(r"(?:dal?|since|from)\b")
# "Legge 381 del 1991", "Horizon 2020", "Windows Server 2016": a name that holds a year.
_NAMED = re.compile(
    r"\b(?:(?:legge|decreto|direttiva|regolamento|delibera|d\.?\s?lgs\.?|d\.?p\.?r\.?|law|act"
    r"|directive|regulation)(?:\s+(?:regionale|legislativo|ministeriale|ue|eu|ce))*"
    r"\s+(?:n(?:°|º|r?\.)?\s*)?(?:\d[\d/]*\s+)?"
    r"|(?:agenda|horizon|orizzonte|europa|europe|vision|office|windows|server|exchange|sharepoint"
    r"|visual\s+studio|autocad|excel|iso|iec|en|fesr|fse|feasr|psr|por|pon|interreg|erasmus|expo)\s+"
    r"|euro\s+|versione\s+|version\s+)$|\bn(?:°|º|r?\.)\s*$|[€$£]\s*$"
)
_DIGITS_BEFORE = re.compile(r"((?:\+?\d+[ .-]+)*)$")
_DIGITS_AFTER = re.compile(r"((?:[ .-]+\d+)*)")
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d")
_AMOUNT = re.compile(
    r"\s*(?:[€$£%]|(?:euro|eur|dollari|utenti|utenze|users?|persone|people|soci|members|dipendenti"
    r"|employees|abitanti|famiglie|ore|hours|giorni|days|km|mq|ettari|copie|pagine|pages|documenti"
    r"|documents|posti|pezzi|clienti|customers|studenti|students|anziani|alunni|ospiti)\b)"
)
_TELLS_WHEN = re.compile(r"(?:nel|durante|during|dal|since|from|in|tra|fra|between)\b")


def _is_no_time(text: str, match: re.Match[str]) -> bool:
    """Whether the words around say that it is somebody's age, a name or an amount."""
    before, after = text[: match.start()], text[match.end() :]
    if _BORN.search(before) or _NAMED.search(before):
        return True
    if _SINCE.match(match[0]) and _AT_WORK.search(before):
        return True
    if _TELLS_WHEN.match(match[0]):
        return False
    return bool(_AMOUNT.match(after)) or _in_number(before, match[0], after)


def _in_number(before: str, text: str, after: str) -> bool:
    """Whether a bare year is a group of digits of a longer number, such as a telephone's."""
    if not _YEAR_LIKE.fullmatch(text):
        return False
    around = [
        found[1] for found in (_DIGITS_BEFORE.search(before), _DIGITS_AFTER.match(after)) if found
    ]
    groups = re.findall(r"\d+", " ".join(around))
    return not all(_YEAR_LIKE.fullmatch(group) for group in groups)


# --- the rules -----------------------------------------------------------------------------


def _rule(pattern: str, meaning: _Meaning) -> tuple[re.Pattern[str], _Meaning]:
    return re.compile(rf"(?<![\w/.:-]){pattern}(?![\w/-])"), meaning


# In order: the first rule that fits a place of the text wins there. On folded text.
_RULES = (
    _rule(
        rf"(?:tra|fra|between|dal|dall'|da|from)\s*(?:il\s+|l')?{_FIRST}\s+"
        rf"(?:e|ed|and|al|all'|a|to|until|till|fino\s+al|fino\s+a)\s*(?:il\s+|l')?{_TO}",
        _between,
    ),
    _rule(rf"{_OF}{_Y}\s*[-–—/]\s*{_Y.replace('?P<', '?P<to_')}", _between),
    _rule(
        rf"(?:(?:negli|nell'|nell|gli|in|over|during|within)\s*)?(?:the\s+)?"
        rf"(?:ultim[ie]|last|past|scorsi)\s+{_COUNT}\s+{_UNIT}",
        _last,
    ),
    _rule(rf"da(?:gli)?\s+{_COUNT}\s+{_UNIT}\s+a\s+questa\s+parte", _last),
    _rule(rf"(?:nell'|nel|l')\s*ultim[oa]\s+{_ONE}", _last),
    _rule(rf"(?:in|over|during|within)\s+the\s+(?:last|past)\s+{_ONE}", _last),
    _rule(
        r"(?:da(?:l)?\s+|nel\s+corso\s+di\s+)?"
        r"(?:quest'anno|quest\s+anno|this\s+year|anno\s+in\s+corso)",
        _this_year,
    ),
    _rule(
        r"(?:(?:nel|in|da|del)?l'?\s*)?(?:anno\s+(?:scorso|passato|precedente)|last\s+year)",
        _past_year,
    ),
    _rule(rf"{_COUNT}\s+(?:anni|anno|years?)\s+(?:fa|ago)", _years_ago),
    _rule(r"(?:questo\s+mese|this\s+month)", _this_month),
    _rule(r"(?:il\s+|nel\s+)?(?:mese\s+scorso|last\s+month)", _past_month),
    _rule(rf"(?:non\s+prima\s+(?:del(?:l')?|di)|not\s+before)\s*{_POINT}", _since),
    _rule(
        rf"(?:dopo\s+(?:il\s+|l')?|after\s+|successiv[ie]\s+al\s+){_END}{_POINT}",
        _after,
    ),
    _rule(
        rf"(?:a\s+partire\s+dal(?:l')?|a\s+partire\s+da|dal(?:l'anno)?|dall'|da|since|from"
        rf"|starting\s+(?:in|from))\s*{_POINT}(?:\s+in\s+(?:poi|avanti)|\s+onwards?|\s+ad?\s+oggi)?",
        _since,
    ),
    _rule(
        rf"(?:fino\s+al(?:l')?|fino\s+a(?:lla)?|sino\s+al(?:la)?|sino\s+a|entro\s+il|entro|until|till"
        rf"|up\s+to|through|by|non\s+oltre(?:\s+il)?)\s*{_END}{_POINT}",
        _until,
    ),
    _rule(rf"(?:prima\s+del(?:l')?|prima\s+di|before|precedenti\s+al)\s*{_POINT}", _before),
    _rule(rf"{_OF}(?P<season>{'|'.join(_SEASONS)})\s+{_DEL}{_Y}", _season),
    _rule(
        rf"{_OF}(?:the\s+)?(?P<nth>(?:{'|'.join(_ORDINALS)})[oa]?)\s+"
        rf"(?P<part>{'|'.join(_PARTS)})\s+{_DEL}{_Y}",
        _part,
    ),
    _rule(rf"{_OF}q(?P<nth>[1-4])\s+{_DEL}{_Y}", _quarter),
    _rule(rf"{_OF}{_POINT}", _exactly),
)


def periods(text: str, today: date) -> tuple[PeriodMention, ...]:
    """The spans of time that a question names, left to right, none overlapping.

    A year counts only where it is not part of a standard's name ("ISO 9001:2015"), of an amount
    or of somebody's age; a deadline is no span either.
    """
    folded = fold_in_place(text)
    found: list[PeriodMention] = []
    taken: list[tuple[int, int]] = []
    for pattern, meaning in _RULES:
        for match in pattern.finditer(folded):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            period = _meant(match, meaning, folded, today)
            if period is not None:
                found.append(PeriodMention(*match.span(), period))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _meant(match: re.Match[str], meaning: _Meaning, text: str, today: date) -> Period | None:
    if _is_no_time(text, match):
        return None
    try:
        return meaning(match, today)
    except ValueError:
        return None  # "31 febbraio 2024" is no day


def joined(found: Sequence[Period]) -> Period | None:
    """One span for several: "nel 2024 e nel 2025" is both years, "dopo il 2020 … prima del 2023"
    the time between.
    """
    if not found:
        return None
    starts, ends = [p.start for p in found if p.start], [p.end for p in found if p.end]
    if len(starts) == len(ends) == len(found):
        return Period(min(starts), max(ends))
    start, end = max(starts, default=None), min(ends, default=None)
    return found[0] if start and end and start > end else Period(start, end)


def fold_in_place(text: str) -> str:
    """The text folded letter by letter, so that what is found there stands there in the text.

    Letters that fold to none or to several stay; a typographic apostrophe becomes a plain one.
    """
    letters = ("'" if c in "’‘ʼ" else fold(c) for c in text)
    return "".join(f if len(f) == 1 else c for f, c in zip(letters, text, strict=True))
