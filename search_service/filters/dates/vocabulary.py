"""The words of the calendar, in Italian and English, and the numbers they stand for. Pure.

All are read on folded text. Patterns are made of the tables, so that a word is written once.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date, timedelta

from indexer.domain import Period

_ITALIAN_MONTHS = (
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)
_ENGLISH_MONTHS = (
    "january february march april may june july august september october november december"
)
_SHORT_MONTHS = (
    "jan gen",
    "feb febb",
    "mar",
    "apr",
    "mag",
    "jun giu",
    "jul lug",
    "aug ago",
    "sept sep set sett",
    "oct ott",
    "nov",
    "dec dic",
)
MONTHS = {
    name: number
    for names in (_ITALIAN_MONTHS.split(), _ENGLISH_MONTHS.split(), _SHORT_MONTHS)
    for number, group in enumerate(names, start=1)
    for name in group.split()
}
# The month a season begins with.
_ITALIAN_SEASONS = {"primavera": 3, "estate": 6, "autunno": 9, "inverno": 12}
_ENGLISH_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
SEASONS = _ITALIAN_SEASONS | _ENGLISH_SEASONS
# Months of a part of a year, and which one of them is meant; the last counts from the end.
PARTS = {
    "semestre": 6, "meta": 6, "half": 6, "quadrimestre": 4, "trimestre": 3, "quarter": 3,
    "q": 3, "h": 6,
}  # fmt: skip
_ORDINALS = {
    "prim": 1, "second": 2, "terz": 3, "quart": 4, "ultim": 0,
    "first": 1, "third": 3, "fourth": 4, "last": 0,
    "iv": 4, "iii": 3, "ii": 2, "i": 1,
}  # fmt: skip
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "un uno una one a l",
            "due two couple paio",
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
            "tredici thirteen",
            "quattordici fourteen",
            "quindici fifteen",
            "sedici sixteen",
            "diciassette seventeen",
            "diciotto eighteen",
            "diciannove nineteen",
            "venti twenty",
            "ventuno",
            "ventidue",
            "ventitre",
            "ventiquattro",
            "venticinque",
            "ventisei",
            "ventisette",
            "ventotto",
            "ventinove",
            "trenta thirty",
        ),
        start=1,
    )
    for word in words.split()
}
_DECADES = {
    "cinquanta": 1950, "sessanta": 1960, "settanta": 1970, "ottanta": 1980, "novanta": 1990,
    "duemila": 2000, "dieci": 2010,
    "fifties": 1950, "sixties": 1960, "seventies": 1970, "eighties": 1980, "nineties": 1990,
}  # fmt: skip
# What a unit of time counts: months, or days.
_MONTHS_IN = {
    "ann": 12, "year": 12, "mes": 1, "month": 1, "bienni": 24, "trienni": 36, "quinquenni": 60,
    "decenni": 120, "decade": 120, "semestr": 6, "quadrimestr": 4, "trimestr": 3, "quarter": 3,
}  # fmt: skip
_DAYS_IN = {"settiman": 7, "week": 7, "giorn": 1, "day": 1}
_CENTURY_TURNS = 40  # "'39" is of this century, "'40" of the last


def _either(words: Iterable[str]) -> str:
    """Any of some words, the longest first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


# --- patterns ------------------------------------------------------------------------------

MONTH = _either(MONTHS)
SEASON = rf"(?<!real )(?:{_either(SEASONS)})"  # "real estate 2024"
PART = _either(part for part in PARTS if len(part) > 1)
ORDINAL = (
    rf"(?:{_either(w for w in _ORDINALS if len(w) > 3)})[oa]?|[1-4](?:°|º|st|nd|rd|th)|i{{1,3}}|iv"
)
COUNT = rf"\d{{1,2}}|{_either(_NUMBERS)}"
DECADE = rf"'?[4-9]0|(?:19|20)\d0|{_either(_DECADES)}"
UNITS = (
    r"anni|anno|mesi|mese|settimane|giorni|trimestri|semestri|years?|months?|weeks?|days?|quarters?"
)
UNIT = (
    r"anno|mese|settimana|biennio|triennio|quinquennio|decennio|trimestre|quadrimestre|semestre"
    r"|year|month|week|decade|quarter"
)
# Years as people write and say them: "2024", "'24", "duemilaventiquattro", "l'anno scorso".
_SAID = _either(w for w, n in _NUMBERS.items() if n > 1 and w[0] != "p")
RELATIVE_YEAR = (
    r"(?:l'\s*)?anno\s+(?:scorso|passato|precedente|prossimo|in\s+corso|corrente)"
    r"|(?:scorso|passato|prossimo)\s+anno|quest['o]\s*anno|(?:last|this|next)\s+year"
)
YEAR = (
    r"(?:19|20)\d\d|(?<!\w)(?<!anni )'\d\d"
    rf"|due\s?mila\s*(?:e\s*)?(?:{_SAID})|twenty[\s-]twenty[\s-](?:{_SAID})|{RELATIVE_YEAR}"
)
_WORDS_OF_A_YEAR = re.compile(r"(?:due\s?mila\s*(?:e\s*)?|twenty[\s-]twenty[\s-])(\w+)")
# A month or a season that is named without its year, "lo scorso settembre".
ITALIAN_NAME = rf"{_ITALIAN_MONTHS.replace(' ', '|')}|{_either(_ITALIAN_SEASONS)}"
ENGLISH_NAME = rf"{_ENGLISH_MONTHS.replace(' ', '|')}|{_either(_ENGLISH_SEASONS)}"


# --- what they stand for -------------------------------------------------------------------


def number_of(text: str) -> int:
    """A number in digits or in words."""
    return int(text) if text.isdigit() else _NUMBERS[text]


def year_of(text: str, today: date) -> int:
    """A year in digits or in words, or one counted from today."""
    digits = text.removeprefix("'")
    if digits.isdigit():
        century = 2000 if int(digits) < _CENTURY_TURNS else 1900
        return int(digits) + (century if len(digits) == 2 else 0)
    if said := _WORDS_OF_A_YEAR.fullmatch(text):
        return (2000 if text.startswith("due") else 2020) + _NUMBERS[said[1]]
    return today.year + _step(text)


def _step(text: str) -> int:
    """How many years, months or weeks from now: -1 for "scorso", 1 for "next", 0 for "this"."""
    if re.search(r"scors|passat|precedent|last|past", text):
        return -1
    return 1 if re.search(r"prossim|next", text) else 0


def decade_of(text: str) -> int:
    """The first year of a decade: "novanta", "'90" and "1990" are 1990."""
    digits = text.strip("'")
    if not digits.isdigit():
        return _DECADES[text]
    return int(digits) + (1900 if len(digits) == 2 else 0)


def part_of(year: int, which: str, part: str) -> Period:
    """A half, a third or a quarter of a year.

    Args:
        year: The year.
        which: The ordinal as it is written: "2", "secondo", "last".
        part: The word for the part: "semestre", "quarter".
    """
    months = PARTS[part]
    digits = re.match(r"\d+", which)
    number = int(digits[0]) if digits else _ordinal(which)
    return months_of(year, (number or 12 // months) - 1, months)


def _ordinal(which: str) -> int:
    return next(n for begin, n in _ORDINALS.items() if which.startswith(begin))


def months_of(year: int, number: int, months: int) -> Period:
    """One of the equal parts of a year.

    Args:
        year: The year.
        number: Which of its parts, counted from 0.
        months: Length of each part.

    Raises:
        ValueError: The year has no such part.
    """
    first, last = number * months + 1, (number + 1) * months
    if last > 12:
        raise ValueError(f"no such part of a year: {number}")
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def season_of(year: int, name: str) -> Period:
    """A season that begins in a year: winter ends in the next one."""
    first = SEASONS[name]
    last_year, last = (year + 1, 2) if first == 12 else (year, first + 2)
    end = date(last_year, last, calendar.monthrange(last_year, last)[1])
    return Period(date(year, first, 1), end)


def back(today: date, count: int, unit: str) -> date:
    """The day so many units before today; the last of its month where that is too short.

    Args:
        today: The day counted from.
        count: How many units.
        unit: The word for the unit: "giorni", "years".
    """
    for begin, days in _DAYS_IN.items():
        if unit.startswith(begin):
            return today - timedelta(days=count * days)
    months = count * next(n for begin, n in _MONTHS_IN.items() if unit.startswith(begin))
    return shifted(today, -months)


def shifted(day: date, months: int) -> date:
    """The same day some months later or, below zero, before."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def relative(today: date, text: str) -> Period:
    """A week, month or year counted from today's: "la settimana scorsa", "next month"."""
    step = _step(text)
    if re.search(r"settiman|week", text):
        monday = today - timedelta(days=today.weekday() - 7 * step)
        return Period(monday, monday + timedelta(days=6))
    if re.search(r"mese|month", text):
        return Period.parse(f"{shifted(today.replace(day=1), step):%Y-%m}")
    return Period.parse(str(today.year + step))


def named(today: date, name: str, text: str) -> Period:
    """The month or season nearest to today, on the side the words say: "last December".

    One that is still going on is neither the last nor the next, but this one.

    Args:
        today: The day counted from.
        name: Of the month or season.
        text: The words that say "last", "next" or "this".
    """
    step = _step(text)
    around = [_named_in(year, name) for year in range(today.year - 2, today.year + 3)]
    if step < 0:
        return next(p for p in reversed(around) if p.end and p.end < today)
    if step > 0:
        return next(p for p in around if p.start and p.start > today)
    now = [p for p in around if p.start and p.end and p.start <= today <= p.end]
    return now[0] if now else _named_in(today.year, name)


def _named_in(year: int, name: str) -> Period:
    return season_of(year, name) if name in SEASONS else Period.parse(f"{year}-{MONTHS[name]}")
