"""How people say when, in Italian and English: patterns, and what each means. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from indexer.domain import Period
from search_service.filters.dates import vocabulary as words

_Y = rf"(?P<year>{words.YEAR})"
_M = words.MONTH
_D = r"(?:[0-3]?\d|primo(?!\s+\w*mestre))"
_TH = r"(?:°|º|st|nd|rd|th)?"
_DEL = r"(?:del(?:l')?\s*|(?:di|of)\s+)?"
_NO_YEAR = rf"(?!\s+{_DEL}(?:{words.YEAR}))"
# A day, a month or a year. The end of a group's name only tells it from its likes.
_POINT = (
    rf"(?:(?:(?:(?P<day>{_D}){_TH}\s+(?:of\s+)?)?(?P<month>{_M})\b\.?\s+{_DEL}"  # 5 marzo 2025
    rf"|(?P<month_en>{_M})\s+(?P<day_en>{_D}){_TH},?\s+)?{_Y}"  # March 5, 2025
    rf"|(?:(?P<day_it>{_D})/)?(?P<month_it>[01]?\d)/(?P<year_it>(?:19|20)\d\d)"  # 5/3/2025
    rf"|(?P<day_short>{_D})/(?P<month_short>[01]?\d)/(?P<year_short>\d\d)"  # 5/3/25
    rf"|(?P<day_dot>{_D})\.(?P<month_dot>[01]?\d)\.(?P<year_dot>(?:19|20)\d\d)"  # 5.3.2025
    rf"|(?P<day_dash>{_D})-(?P<month_dash>[01]?\d)-(?P<year_dash>(?:19|20)\d\d)"  # 5-3-2025
    r"|(?P<year_iso>(?:19|20)\d\d)-(?P<month_iso>[01]\d)(?:-(?P<day_iso>[0-3]\d))?)"
)
_TO = _POINT.replace("?P<", "?P<to_")
# A part of a year, or a month without its year.
_PART = (
    rf"(?:(?P<season>{words.SEASON})\s+{_DEL}{_Y.replace('year>', 'year_season>')}"
    rf"|(?:the\s+)?(?P<nth>{words.ORDINAL})\s+(?P<part>{words.PART})\s+"
    rf"{_DEL}{_Y.replace('year>', 'year_part>')}"
    rf"|(?P<part_letter>q|h)(?P<nth_letter>[1-4])[\s/-]+{_DEL}{_Y.replace('year>', 'year_letter>')}"
    rf"|(?P<side>(?:scors|passat|prossim|quest)[oa]\s+|quest')(?P<name>{words.ITALIAN_NAME}){_NO_YEAR}"
    rf"|(?P<name_it>{words.ITALIAN_NAME})\s+(?P<side_it>(?:scors|passat|prossim)[oa]){_NO_YEAR}"
    rf"|(?P<side_en>last|past|this(?!\s+may)|next)\s+(?P<name_en>{words.ENGLISH_NAME}){_NO_YEAR})"
)
_TIME = rf"(?:{_PART}|{_POINT})"
# The first of two points may leave the month or the year to the second: "dal 5 al 12 marzo 2025".
_FIRST = (
    rf"(?:{_POINT}|(?:(?P<day_of>{_D}){_TH}\s+(?:of\s+)?)?(?P<month_of>{_M})\b\.?"
    rf"|(?P<day_only>{_D}){_TH})"
)
# What a year or several are years of: it changes nothing of which they are.
_KIND_OF_YEAR = (
    r"biennio|triennio|quadriennio|quinquennio|decennio|(?<!d')esercizi(?:o)?|stagione|a\.\s?[sa]\.?"
    r"|annualita|annata|anno\s+(?:scolastico|accademico|sociale|finanziario|fiscale|solare|di\s+esercizio)"
    r"|(?:two|three|four|five)-year\s+period|(?:school|academic|fiscal|financial)\s+year|fy|years"
)
_OF = (  # bounded, for the time it may take
    rf"(?:(?:nell'|dell'|l')\s*|(?:{_KIND_OF_YEAR})\s+|(?:nel\s+corso|negli\s+anni|negli|nei|nella|nello|nel|della|dello|del"
    r"|di|in|of|mese|periodo|during|durante|dal|per\s+il|for|anni|anno|on|il|lo|la|i|a|ad)\s+){0,4}"
)
_THE = r"(?:il\s+|la\s+|lo\s+|l'|the\s+)?"
_END = rf"(?:(?:la\s+|alla\s+|the\s+)?(?:fine|end)\s+(?:di|del|dell'|of)?\s*)?{_THE}"
_START = r"(?:(?:l'|the\s+)?(?:inizio|beginning|start)\s+(?:di|dell'|del|of)?\s*)?"
# Of a year said so vaguely the whole is meant: nobody agrees where "fine 2024" begins.
_EDGE = (
    rf"(?:(?:verso\s+)?{_THE}(?:inizio|fine|meta|early|late|mid|beginning|end)[\s-]+"
    r"(?:(?:di|del|of)\s+|dell')?)?"
)
_UNTIL_NOW = (
    r"(?:\s+in\s+(?:poi|avanti)|\s+onwards?|\s+(?:fino\s+)?ad?\s+(?:oggi|ora|adesso)"
    r"|\s+to\s+date|\s+until\s+(?:now|today))?"
)
_SEVERAL = (
    rf"(?:(?:{words.COUNT})\s*(?:o|or|/|-)\s*)?(?:(?:un|a)\s+(?=paio|couple))?"
    rf"(?P<count>{words.COUNT})(?:\s+of\b|\s+di\b|\s+d')?\s*"
)


# --- what the words mean -------------------------------------------------------------------

Meaning = Callable[[re.Match[str], date], Period | None]  # None: no time after all
_SOON = 2  # years ahead that may be a date, as of an event to come


def _parts(match: re.Match[str], today: date, prefix: str = "") -> list[str]:
    """Year, month and day of a point as text, empty where it has none."""
    found = {}
    for name, text in match.groupdict().items():
        if text and name.startswith("to_") == bool(prefix):
            part = name.removeprefix(prefix).partition("_")[0]
            found[part] = str(words.year_of(text, today)) if part == "year" else _number(text)
    return [found.get(part, "") for part in ("year", "month", "day")]


def _number(text: str) -> str:
    return "1" if text == "primo" else str(words.MONTHS.get(text, text))


def _period(parts: list[str]) -> Period:
    return Period.parse("-".join(filter(None, parts)))


def _time(match: re.Match[str], today: date) -> Period:
    """What a point or a part of a year stands for."""
    groups = {
        name.partition("_")[0]: text
        for name, text in match.groupdict().items()
        if text and not name.startswith("to_")
    }
    if "name" in groups:
        return words.named(today, groups["name"], groups["side"])
    parts = _parts(match, today)
    if "season" in groups:
        return words.season_of(int(parts[0]), groups["season"])
    if "part" in groups:
        return words.part_of(int(parts[0]), groups["nth"], groups["part"])
    return _period(parts)


def _last(match: re.Match[str], today: date) -> Period:
    groups = match.groupdict()
    count = words.number_of(groups.get("count") or "1")
    start = words.back(today, count, match["unit"])
    return Period(words.shifted(start, -6) if groups.get("half") else start, today)


def _since_new_year(match: re.Match[str], today: date) -> Period:
    return Period(date(today.year, 1, 1), None)


def _since(match: re.Match[str], today: date) -> Period:
    return Period(_time(match, today).start, None)


def _after(match: re.Match[str], today: date) -> Period:
    end = _time(match, today).end
    return Period(end + timedelta(days=1) if end else None, None)


def _until(match: re.Match[str], today: date) -> Period | None:
    """Until a day gone by; one to come is a deadline, which says nothing of documents."""
    end = _time(match, today).end
    return Period(None, end) if end and end < today else None


def _before(match: re.Match[str], today: date) -> Period | None:
    start = _time(match, today).start
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
    period = _time(match, today)
    return period if period.start and period.start.year <= today.year + _SOON else None


def _decade(match: re.Match[str], today: date) -> Period:
    first = words.decade_of(match["decade"])
    return Period(date(first, 1, 1), date(first + 9, 12, 31))


def _months_at_the_edge(match: re.Match[str], today: date) -> Period:
    """The months a year begins or ends with: "i primi sei mesi del 2025"."""
    year, count = int(_parts(match, today)[0]), words.number_of(match["count"])
    if match["edge"].startswith(("prim", "first")):
        return Period(date(year, 1, 1), words.months_of(year, count - 1, 1).end)
    return Period(date(year, 13 - count, 1), date(year, 12, 31))


def _years_ago(match: re.Match[str], today: date) -> Period:
    return Period.parse(str(today.year - words.number_of(match["count"])))


def _relative(match: re.Match[str], today: date) -> Period:
    return words.relative(today, match[0])


def _from_today(match: re.Match[str], today: date) -> Period:
    return Period(today, None)


def _of_events_to_come(match: re.Match[str], today: date) -> Period | None:
    """From today on, where it is said of events: what is planned is otherwise no time."""
    return Period(today, None) if _of_events(match) else None


def _of_events_soon(match: re.Match[str], today: date) -> Period | None:
    end = words.back(today, -words.number_of(match["count"]), match["unit"])
    return Period(today, end) if _of_events(match) else None


def _of_events(match: re.Match[str]) -> bool:
    return _EVENTS.search(match.string, 0, match.start()) is not None


_EVENT = (
    r"(?:event[oi]|events?|convegn[oi]|congress(?:[oi]|es)?|workshops?|seminar(?:[io]|s)?|webinars?"
    r"|conferenz[ae]|conferences?|meet-?ups?|hackathons?|incontr[oi]|appuntament[oi]|fier[ae]|fairs?"
    r"|giornat[ae]\s+di\s+stud[io]|tavol[ae]\s+rotond[ae]|iniziativ[ae]|meetings?|festival)\b"
)
_EVENTS = re.compile(rf"(?<!per\s)(?<!for\s)(?<!di\s)(?<!of\s)\b{_EVENT}")

# --- the rules -----------------------------------------------------------------------------


def _rule(pattern: str, meaning: Meaning) -> tuple[re.Pattern[str], Meaning]:
    return re.compile(rf"(?<![\w/.:-]){pattern}(?![\w/-])"), meaning


# In order: the first rule that fits a place of the text wins there. On folded text.
RULES = (
    _rule(
        rf"(?:tra|fra|between|dal|dall'|da|from)\s*{_START}(?:il\s+|l')?{_FIRST}\s+"
        rf"(?:e|ed|and|al|all'|alla(?=\s+fine)|a|to|until|till|fino\s+al|fino\s+a)\s*(?:l')?{_END}{_TO}(?:\s+(?:compres|inclus)[oi])?",
        _between,
    ),
    _rule(
        rf"{_OF}(?P<month_of>{_M})\b\.?(?:\s*[-–—/&]\s*|\s+(?:(?:e|ed|and|o|or)\s+)?(?:(?:a|di|in)\s+)?)"
        rf"(?=(?:{_M})\b){_TO}",
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
        rf"{_OF}(?:the\s+)?(?P<edge>prim[ie]|ultim[ie]|first|last)\s+(?P<count>{words.COUNT})\s+"
        rf"(?:mesi|months)\s+{_DEL}{_Y}",
        _months_at_the_edge,
    ),
    _rule(
        r"(?:(?:calendario|agenda)\s+(?:dei|degli|of)\s+)?"
        r"(?:(?:il|i|gli|le|la|the|any|all)\s+)?(?:prossim[oaie]|futur[oaie]|imminent[ei]|upcoming"
        r"|forthcoming|future|next|coming|(?:calendario|agenda)(?:\s+(?:degli|dei|di|of))?)"
        rf"(?=\s+{_EVENT})",
        _from_today,
    ),
    _rule(
        r"(?:(?:(?:che\s+)?(?:ci\s+)?sono\s+)?in\s+(?:programma(?:zione)?|calendario|agenda|arrivo)"
        r"|(?:programmat|pianificat|previst|annunciat|futur)[oaie]|a\s+venire|prossimamente|a\s+breve"
        r"|(?:che\s+)?(?:(?:ci\s+)?sar(?:a|anno)|si\s+ter(?:ra|ranno)|verranno)"
        r"|(?:that\s+are\s+)?(?:upcoming|scheduled|planned|coming(?:\s+up)?|(?:yet\s+)?to\s+come|soon)"
        r"|(?:da\s+oggi|da\s+ora|d'ora)(?:\s+in\s+(?:poi|avanti))?"
        r"|from\s+(?:today|now)(?:\s+on(?:wards)?)?"
        r"|(?:nei|nelle|in\s+the|over\s+the|during\s+the)\s+(?:prossim[ie]|coming|next(?:\s+few)?)"
        r"\s+(?:mesi|settimane|giorni|months|weeks|days))",
        _of_events_to_come,
    ),
    _rule(
        r"(?:(?:nei|nelle|negli|entro|in|over|during|within)\s+)?(?:(?:i|le|gli|the)\s+)?"
        rf"(?:prossim[ie]|next|coming)\s+{_SEVERAL}(?P<unit>mesi|settimane|giorni|months|weeks|days)",
        _of_events_soon,
    ),
    _rule(
        rf"(?:(?:negli|nelle|nei|nell'|nell|gli|le|in|over|during|within|per)\s*)?(?:the\s+)?"
        rf"(?:ultim[ie]|last|past|scors[ie])\s+{_SEVERAL}(?P<unit>{words.UNITS})",
        _last,
    ),
    _rule(rf"(?:negli|nelle|nei)\s+{_SEVERAL}(?P<unit>{words.UNITS})\s+scors[ie]", _last),
    _rule(rf"da(?:gli)?\s+{_SEVERAL}(?P<unit>{words.UNITS})\s+a\s+questa\s+parte", _last),
    _rule(
        rf"(?:nell'|nella|nel|l'|la\s)\s*ultim[oa]\s+(?P<unit>{words.UNIT})(?P<half>\s+e\s+mezzo)?"
        rf"{_NO_YEAR}",
        _last,
    ),
    _rule(
        rf"(?:in|over|during|within)\s+the\s+(?:last|past)\s+(?P<unit>{words.UNIT}){_NO_YEAR}",
        _last,
    ),
    _rule(
        rf"(?:meno\s+di|less\s+than|not?\s+more\s+than)\s+{_SEVERAL}(?P<unit>{words.UNITS})\s+(?:fa|ago)",
        _last,
    ),
    _rule(
        rf"(?:non\s+piu\s+vecch\w+|non\s+anterior[ei]|not?\s+older)\s+(?:di|a|than)\s+"
        rf"{_SEVERAL}(?P<unit>{words.UNITS})",
        _last,
    ),
    _rule(rf"{_SEVERAL}(?:anni|anno|years?)\s+(?:fa|ago)", _years_ago),
    _rule(
        r"(?:nella\s+|nel\s+|della\s+|del\s+|dello\s+|lo\s+|la\s+|il\s+)?"
        r"(?:(?:mese|settimana)\s+(?:scors|passat|precedent|prossim)[oae]"
        r"|(?:scors|passat|prossim|quest)[oa]\s+(?:mese|settimana)"
        r"|(?:last|this|next)\s+(?:month|week))",
        _relative,
    ),
    _rule(rf"(?:non\s+prima\s+(?:del(?:l')?|di)|not\s+before)\s*{_TIME}", _since),
    _rule(
        rf"(?:dopo\s+(?:il\s+|l')?|after\s+|(?:successiv|posterior)[ieao]\s+a(?:l|ll')?\s*)"
        rf"{_END}{_TIME}",
        _after,
    ),
    _rule(
        r"(?:dall'|dal|da|since|from)\s*(?:l'|the\s+)?(?:inizio|beginning|start)\s+"
        r"(?:dell'|d'|di\s+|of\s+(?:the\s+)?)?(?:anno|year)(?!\s+(?:scors|passat|prossim))",
        _since_new_year,
    ),
    _rule(
        rf"(?:a\s+partire\s+dal(?:l')?|a\s+partire\s+da|dal(?:l'anno)?|dall[ao']|da|since|from"
        rf"|starting\s+(?:in|from))\s*{_START}{_THE}{_TIME}{_UNTIL_NOW}",
        _since,
    ),
    _rule(
        rf"(?:fino\s+al(?:l')?|fino\s+a(?:lla)?|sino\s+al(?:la)?|sino\s+a|entro\s+il|entro|until|till"
        rf"|up\s+to|through|by|non\s+oltre(?:\s+il)?)\s*{_END}{_TIME}",
        _until,
    ),
    _rule(
        rf"(?:prima\s+(?:dell[a']|del|di)|before|(?:precedent|anterior|antecedent)[ie]\s+al?(?:l')?)"
        rf"\s*{_THE}{_TIME}",
        _before,
    ),
    _rule(rf"{_OF}{_EDGE}{_TIME}", _exactly),
)
