"""Spans of time as people say them, in Italian and English. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
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

_M = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_M2 = _M.replace("month", "month2")
_Y = r"(?P<year>(?:19|20)\d\d)"
_Y2 = _Y.replace("year", "year2")
_D = r"(?P<day>[0-3]?\d)(?:°|st|nd|rd|th)?"
_POINT = rf"(?:(?:{_D}\s+(?:of\s+)?)?{_M}\s+(?:del(?:l')?\s*|of\s+)?)?{_Y}"
_POINT2 = rf"(?:{_M2}\s+(?:del(?:l')?\s*|of\s+)?)?{_Y2}"
_OF = (
    r"(?:(?:nel\s+corso|nel|nell'|del|dell'|in|of|during"
    r"|durante(?:\s+il)?|dal|per\s+il|for|anno|on|il|a|ad)\s*)*"
)
_UNIT = r"(?P<unit>anni|anno|mesi|mese|years?|months?)"
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """Words of a question that say when: character offsets and the span of days."""

    start: int
    end: int
    period: Period


def _point(match: re.Match[str], suffix: str = "") -> Period:
    groups = match.groupdict()
    year = groups[f"year{suffix}"]
    month = groups.get(f"month{suffix}")
    if month is None:
        return Period.parse(year)
    day = groups.get(f"day{suffix}")
    text = f"{year}-{_MONTHS[month]}" + (f"-{day}" if day else "")
    return Period.parse(text)


def _back(today: date, count: int, unit: str) -> date:
    months = count * (12 if unit.startswith(("ann", "year")) else 1)
    total = today.year * 12 + today.month - 1 - months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _count(match: re.Match[str]) -> int:
    text = match["count"] or "1"
    return int(text) if text.isdigit() else _NUMBERS[text]


def _last(match: re.Match[str], today: date) -> Period:
    return Period(_back(today, _count(match), match["unit"]), today)


def _one_last(match: re.Match[str], today: date) -> Period:
    return Period(_back(today, 1, match["unit"]), today)


def _since(match: re.Match[str], today: date) -> Period:
    return Period(_point(match).start, None)


def _after(match: re.Match[str], today: date) -> Period:
    end = _point(match).end
    return Period(end + timedelta(days=1) if end else None, None)


def _until(match: re.Match[str], today: date) -> Period:
    return Period(None, _point(match).end)


def _before(match: re.Match[str], today: date) -> Period:
    start = _point(match).start
    return Period(None, start - timedelta(days=1) if start else None)


def _between(match: re.Match[str], today: date) -> Period:
    first, last = _point(match), _point(match, "2")
    if first.start and last.end and first.start > last.end:
        first, last = last, first
    return Period(first.start, last.end)


def _exactly(match: re.Match[str], today: date) -> Period:
    return _point(match)


def _season(match: re.Match[str], today: date) -> Period:
    first = _SEASONS[match["season"]]
    year = int(match["year"])
    last_year, last = (year + 1, 2) if first == 12 else (year, first + 2)
    end = date(last_year, last, calendar.monthrange(last_year, last)[1])
    return Period(date(year, first, 1), end)


def _half(match: re.Match[str], today: date) -> Period:
    year = int(match["year"])
    if match["half"].startswith(("prim", "first")):
        return Period(date(year, 1, 1), date(year, 6, 30))
    return Period(date(year, 7, 1), date(year, 12, 31))


def _this_year(match: re.Match[str], today: date) -> Period:
    return Period.parse(str(today.year))


def _past_year(match: re.Match[str], today: date) -> Period:
    return Period.parse(str(today.year - 1))


def _this_month(match: re.Match[str], today: date) -> Period:
    return Period.parse(f"{today.year}-{today.month}")


def _past_month(match: re.Match[str], today: date) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return Period.parse(f"{last.year}-{last.month}")


# "Una cooperativa nata nel 2009" says how old it is, not when the work was done.
_FOUNDED = re.compile(r"\b(?:fondat|nat|costituit|founded|established|born|set\s+up)\w*\s+$")

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]]


def _rule(pattern: str, meaning: Callable[[re.Match[str], date], Period]) -> _Rule:
    return re.compile(rf"(?<![\w/.:-]){pattern}(?![\w/-])"), meaning


# In order: the first rule that fits a place of the text wins there. On folded text.
_RULES: tuple[_Rule, ...] = (
    _rule(
        rf"(?:tra|fra|between|dal|dall'|da|from)\s*(?:il\s+)?{_POINT}\s+"
        rf"(?:e|ed|and|al|all'|a|to|until|till|fino\s+al)\s*(?:il\s+)?{_POINT2}",
        _between,
    ),
    _rule(rf"{_OF}(?P<year>(?:19|20)\d\d)\s*[-–—/]\s*(?P<year2>(?:19|20)\d\d)", _between),
    _rule(
        rf"(?:negli|nell'|nell|gli|in|over|during|within)?\s*(?:the\s+)?"
        rf"(?:ultim[ie]|last|past|scorsi)\s+{_COUNT}\s+{_UNIT}",
        _last,
    ),
    _rule(rf"da(?:gli)?\s+{_COUNT}\s+{_UNIT}(?:\s+a\s+questa\s+parte)?", _last),
    _rule(rf"(?:nell'|nel|l'|negli)\s*ultim[oaie]\s+{_UNIT}", _one_last),
    _rule(r"(?:da(?:l)?\s+)?(?:quest'anno|quest\s+anno|this\s+year|anno\s+in\s+corso)", _this_year),
    _rule(
        r"(?:(?:nel|in|da)?l'?\s*)?(?:anno\s+(?:scorso|passato|precedente)|last\s+year)", _past_year
    ),
    _rule(r"(?:questo\s+mese|this\s+month)", _this_month),
    _rule(r"(?:il\s+|nel\s+)?(?:mese\s+scorso|last\s+month)", _past_month),
    _rule(
        rf"(?:dopo\s+(?:il\s+|l')?|after\s+|successiv[ie]\s+al\s+){_POINT}",
        _after,
    ),
    _rule(
        rf"(?:a\s+partire\s+dal(?:l')?|a\s+partire\s+da|dal(?:l'anno)?|dall'|da|since|from"
        rf"|starting\s+(?:in|from))\s*{_POINT}(?:\s+in\s+(?:poi|avanti)|\s+onwards?|\s+ad?\s+oggi)?",
        _since,
    ),
    _rule(
        rf"(?:fino\s+al(?:l')?|fino\s+a|sino\s+al|entro\s+il|entro|until|till|up\s+to|through|by)"
        rf"\s*(?:il\s+)?{_POINT}",
        _until,
    ),
    _rule(rf"(?:prima\s+del(?:l')?|prima\s+di|before|precedenti\s+al)\s*{_POINT}", _before),
    _rule(
        rf"{_OF}(?P<season>{'|'.join(_SEASONS)})\s+(?:del\s+|dell'|of\s+)?{_Y}", _season
    ),
    _rule(
        rf"{_OF}(?:the\s+)?(?P<half>prim[oa]|second[oa]|first|second)\s+"
        rf"(?:semestre|meta|half)\s+(?:del\s+|dell'|of\s+)?{_Y}",
        _half,
    ),
    _rule(rf"{_OF}{_POINT}", _exactly),
)  # fmt: skip


def periods(text: str, today: date) -> tuple[PeriodMention, ...]:
    """The spans of time that a question names, left to right, none overlapping.

    A year counts only where it is not part of a standard's name ("ISO 9001:2015").
    """
    folded = fold(text)
    if len(folded) != len(text):  # offsets must stay true: composed letters fold one to one
        folded = text.lower()
    taken: list[PeriodMention] = []
    for pattern, meaning in _RULES:
        for match in pattern.finditer(folded):
            if any(m.start < match.end() and match.start() < m.end for m in taken):
                continue
            if _FOUNDED.search(folded[: match.start()]):
                continue
            try:
                period = meaning(match, today)
            except ValueError:
                continue  # "31 febbraio 2024" is no day
            taken.append(PeriodMention(match.start(), match.end(), period))
    return tuple(sorted(taken, key=lambda mention: mention.start))
