"""Spans of time as people say them, in Italian and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.lexical import fold
from indexer.model import Period
from search_service import calendar_words as words
from search_service.no_times import is_no_time

_Y = rf"(?P<year>{words.YEAR})"
_M = words.MONTH
_D = r"[0-3]?\d"
_TH = r"(?:°|º|st|nd|rd|th)?"
_DEL = r"(?:del(?:l')?\s*|(?:di|of)\s+)?"
# A day, a month or a year. The end of a group's name only tells it from its likes.
_POINT = (
    rf"(?:(?:(?:(?P<day>{_D}){_TH}\s+(?:of\s+)?)?(?P<month>{_M})\b\.?\s+{_DEL}"  # 5 marzo 2025
    rf"|(?P<month_en>{_M})\s+(?P<day_en>{_D}){_TH},?\s+)?{_Y}"  # March 5, 2025
    rf"|(?:(?P<day_it>{_D})/)?(?P<month_it>[01]?\d)/(?P<year_it>(?:19|20)\d\d)"  # 5/3/2025
    rf"|(?P<day_dot>{_D})\.(?P<month_dot>[01]?\d)\.(?P<year_dot>(?:19|20)\d\d)"  # 5.3.2025
    r"|(?P<year_iso>(?:19|20)\d\d)-(?P<month_iso>[01]\d)(?:-(?P<day_iso>[0-3]\d))?)"
)
_TO = _POINT.replace("?P<", "?P<to_")
# The first of two points may leave the month or the year to the second: "dal 5 al 12 marzo 2025".
_FIRST = (
    rf"(?:{_POINT}|(?:(?P<day_of>{_D}){_TH}\s+(?:of\s+)?)?(?P<month_of>{_M})\b\.?"
    rf"|(?P<day_only>{_D}){_TH})"
)
_OF = (
    r"(?:(?:nel\s+corso|negli\s+anni|anni|nella|nello|nel|nell'|della|dello|del|dell'|di|in|of"
    r"|during|durante|dal|per\s+il|for|anno|on|il|lo|la|l'|a|ad)\s*){0,4}"  # bounded: its time
)
_END = r"(?:(?:la\s+|alla\s+|the\s+)?(?:fine|end)\s+(?:di|del|dell'|of)\s*)?(?:il\s+)?"
_START = r"(?:(?:l'|the\s+)?(?:inizio|beginning|start)\s+(?:di|dell'|del|of)?\s*)?"
_NO_YEAR = rf"(?!\s+{_DEL}(?:19|20)\d\d)"
_SEVERAL = (
    rf"(?:(?:{words.COUNT})\s*(?:o|or|/|-)\s*)?(?:(?:un|a)\s+(?=paio|couple))?"
    rf"(?P<count>{words.COUNT})(?:\s+of\b|\s+di\b|\s+d')?\s*"
)


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """Words of a question that say when: character offsets and the span of days."""

    start: int
    end: int
    period: Period


# --- what the words mean -------------------------------------------------------------------

_Meaning = Callable[[re.Match[str], date], Period | None]  # None: no time after all
_SOON = 2  # years ahead that may be a date, as of an event to come


def _parts(match: re.Match[str], today: date, prefix: str = "") -> list[str]:
    """Year, month and day of a point as text, empty where it has none."""
    found = {}
    for name, text in match.groupdict().items():
        if text and name.startswith("to_") == bool(prefix):
            part = name.removeprefix(prefix).partition("_")[0]
            year = str(words.year_of(text, today)) if part == "year" else text
            found[part] = str(words.MONTHS.get(year, year))
    return [found.get(part, "") for part in ("year", "month", "day")]


def _period(parts: list[str]) -> Period:
    return Period.parse("-".join(filter(None, parts)))


def _point(match: re.Match[str], today: date) -> Period:
    return _period(_parts(match, today))


def _last(match: re.Match[str], today: date) -> Period:
    groups = match.groupdict()
    count = words.number_of(groups.get("count") or "1")
    start = words.back(today, count, match["unit"])
    return Period(words.shifted(start, -6) if groups.get("half") else start, today)


def _since_new_year(match: re.Match[str], today: date) -> Period:
    return Period(date(today.year, 1, 1), None)


def _since(match: re.Match[str], today: date) -> Period:
    return Period(_point(match, today).start, None)


def _after(match: re.Match[str], today: date) -> Period:
    end = _point(match, today).end
    return Period(end + timedelta(days=1) if end else None, None)


def _until(match: re.Match[str], today: date) -> Period | None:
    """Until a day gone by; one to come is a deadline, which says nothing of documents."""
    end = _point(match, today).end
    return Period(None, end) if end and end < today else None


def _before(match: re.Match[str], today: date) -> Period | None:
    start = _point(match, today).start
    return Period(None, start - timedelta(days=1)) if start and start < today else None


def _between(match: re.Match[str], today: date) -> Period | None:
    second = _parts(match, today, "to_")
    year, month, day = _parts(match, today)
    month = month or (second[1] if day else "")
    if day and not month:
        return None
    first, last = _period([year or second[0], month, day]), _period(second)
    if first.start and last.end and first.start > last.end:
        first, last = last, first
    return Period(first.start, last.end)


def _school_year(match: re.Match[str], today: date) -> Period:
    """Years of which the second is short: "2024/25"."""
    first = words.year_of(match["year"], today)
    last = first - first % 100 + int(match["short"])
    if last < first:
        raise ValueError(f"no years: {match[0]!r}")
    return Period(date(first, 1, 1), date(last, 12, 31))


def _exactly(match: re.Match[str], today: date) -> Period | None:
    """A time that may have been or come soon; one far ahead is an aim ("obiettivi 2030")."""
    period = _point(match, today)
    return period if period.start and period.start.year <= today.year + _SOON else None


def _decade(match: re.Match[str], today: date) -> Period:
    first = words.decade_of(match["decade"])
    return Period(date(first, 1, 1), date(first + 9, 12, 31))


def _season(match: re.Match[str], today: date) -> Period:
    return words.season_of(int(_parts(match, today)[0]), match["season"])


def _part(match: re.Match[str], today: date) -> Period:
    """A half or a quarter of a year."""
    return words.part_of(int(_parts(match, today)[0]), match["nth"], match["part"])


def _short_part(match: re.Match[str], today: date) -> Period:
    """The same, abbreviated: "Q3 2024", "H1 2025"."""
    months = 3 if match["part"] == "q" else 6
    return words.months_of(int(_parts(match, today)[0]), int(match["nth"]) - 1, months)


def _years_ago(match: re.Match[str], today: date) -> Period:
    return Period.parse(str(today.year - words.number_of(match["count"])))


def _relative(match: re.Match[str], today: date) -> Period:
    return words.relative(today, match[0])


def _named(match: re.Match[str], today: date) -> Period:
    return words.named(today, match["name"], match["side"])


# --- the rules -----------------------------------------------------------------------------


def _rule(pattern: str, meaning: _Meaning) -> tuple[re.Pattern[str], _Meaning]:
    return re.compile(rf"(?<![\w/.:-]){pattern}(?![\w/-])"), meaning


# In order: the first rule that fits a place of the text wins there. On folded text.
_RULES = (
    _rule(
        rf"(?:tra|fra|between|dal|dall'|da|from)\s*{_START}(?:il\s+|l')?{_FIRST}\s+"
        rf"(?:e|ed|and|al|all'|alla(?=\s+fine)|a|to|until|till|fino\s+al|fino\s+a)\s*(?:l')?{_END}{_TO}",
        _between,
    ),
    _rule(rf"{_OF}{_Y}\s*[-–—/]\s*{_Y.replace('?P<', '?P<to_')}", _between),
    _rule(rf"{_OF}(?P<year>(?:19|20)\d\d)\s*[-–—/]\s*(?P<short>1[3-9]|[2-9]\d)", _school_year),
    _rule(
        rf"(?:negli|durante\s+gli|nel\s+corso\s+degli)\s+anni\s+(?P<decade>{words.DECADE})"
        r"(?!\s*(?:e|ed|o|,|-|–|/)\s*\d)",
        _decade,
    ),
    _rule(rf"(?:in|during)\s+the\s+(?P<decade>{words.DECADE})(?:(?<=\d)s|(?<=ies))", _decade),
    _rule(
        rf"(?:(?:negli|nelle|nei|nell'|nell|gli|le|in|over|during|within|per)\s*)?(?:the\s+)?"
        rf"(?:ultim[ie]|last|past|scors[ie])\s+{_SEVERAL}(?P<unit>{words.UNITS})",
        _last,
    ),
    _rule(rf"(?:negli|nelle|nei)\s+{_SEVERAL}(?P<unit>{words.UNITS})\s+scors[ie]", _last),
    _rule(rf"da(?:gli)?\s+{_SEVERAL}(?P<unit>{words.UNITS})\s+a\s+questa\s+parte", _last),
    _rule(
        rf"{_OF}(?:the\s+)?(?P<nth>{words.ORDINAL})\s+(?P<part>{words.PART})\s+{_DEL}{_Y}", _part
    ),
    _rule(
        rf"(?:nell'|nella|nel|l'|la\s)\s*ultim[oa]\s+(?P<unit>{words.UNIT})(?P<half>\s+e\s+mezzo)?",
        _last,
    ),
    _rule(rf"(?:in|over|during|within)\s+the\s+(?:last|past)\s+(?P<unit>{words.UNIT})", _last),
    _rule(rf"{_SEVERAL}(?:anni|anno|years?)\s+(?:fa|ago)", _years_ago),
    _rule(
        r"(?:nella\s+|nel\s+|della\s+|del\s+|dello\s+|lo\s+|la\s+|il\s+)?"
        r"(?:(?:mese|settimana)\s+(?:scors|passat|precedent|prossim)[oae]"
        r"|(?:scors|passat|prossim|quest)[oa]\s+(?:mese|settimana)"
        r"|(?:last|this|next)\s+(?:month|week))",
        _relative,
    ),
    _rule(
        rf"{_OF}(?P<side>(?:scors|passat|prossim|quest)[oa]\s+|quest')(?P<name>{words.ITALIAN_NAME})"
        rf"{_NO_YEAR}",
        _named,
    ),
    _rule(
        rf"{_OF}(?P<name>{words.ITALIAN_NAME})\s+(?P<side>(?:scors|passat|prossim)[oa]){_NO_YEAR}",
        _named,
    ),
    _rule(
        rf"(?:in\s+|during\s+|of\s+)?(?P<side>last|past|this(?!\s+may)|next)\s+"
        rf"(?P<name>{words.ENGLISH_NAME}){_NO_YEAR}",
        _named,
    ),
    _rule(rf"(?:non\s+prima\s+(?:del(?:l')?|di)|not\s+before)\s*{_POINT}", _since),
    _rule(
        rf"(?:dopo\s+(?:il\s+|l')?|after\s+|(?:successiv|posterior)[ieao]\s+a(?:l|ll')?\s*)"
        rf"{_END}{_POINT}",
        _after,
    ),
    _rule(
        r"(?:dall'|dal|da|since|from)\s*(?:l'|the\s+)?(?:inizio|beginning|start)\s+"
        r"(?:dell'|d'|di\s+|of\s+(?:the\s+)?)?(?:anno|year)(?!\s+(?:scors|passat|prossim))",
        _since_new_year,
    ),
    _rule(
        rf"(?:a\s+partire\s+dal(?:l')?|a\s+partire\s+da|dal(?:l'anno)?|dall'|da|since|from"
        rf"|starting\s+(?:in|from))\s*{_START}{_POINT}"
        r"(?:\s+in\s+(?:poi|avanti)|\s+onwards?|\s+ad?\s+oggi)?",
        _since,
    ),
    _rule(
        rf"(?:fino\s+al(?:l')?|fino\s+a(?:lla)?|sino\s+al(?:la)?|sino\s+a|entro\s+il|entro|until|till"
        rf"|up\s+to|through|by|non\s+oltre(?:\s+il)?)\s*{_END}{_POINT}",
        _until,
    ),
    _rule(
        rf"(?:prima\s+del(?:l')?|prima\s+di|before|(?:precedent|anterior|antecedent)[ie]\s+al?(?:l')?)"
        rf"\s*{_POINT}",
        _before,
    ),
    _rule(rf"{_OF}(?P<season>{words.SEASON})\s+{_DEL}{_Y}", _season),
    _rule(rf"{_OF}(?P<part>q|h)(?P<nth>[1-4])\s+{_DEL}{_Y}", _short_part),
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
    if is_no_time(text, match):
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
