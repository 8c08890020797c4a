"""When something took place, as people write it in a field."""

from __future__ import annotations

import re
from datetime import date

from indexer.domain import Period

_MONTHS = {
    name: number
    for names in (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
        "dicembre",
        "january february march april may june july august september october november december",
        "gen feb mar apr mag giu lug ago set ott nov dic",
    )
    for number, name in enumerate(names.split(), start=1)
}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[/.](\d{4})")
_IN_WORDS = re.compile(
    r"(?:(\d{1,2})\s*(?:°|º|st|nd|rd|th)?\s+(?:of\s+)?)?([a-z]+)\.?,?\s+(?:del\s+)?(\d{4})"
)
# "triennio 2021-2023", "a.s. 2023/24", "esercizio 2023": what kind of year it is changes nothing.
_KIND_OF_YEAR = re.compile(
    r"(?:nel\s+|il\s+|per\s+il\s+)?(?:biennio|triennio|quadriennio|quinquennio|decennio|anni|anno|esercizio"
    r"|esercizi|stagione|a\.?\s?[sa]\.?|f\.?y\.?|(?:school|academic|fiscal|financial)\s+year|years?)"
    r"(?:\s+(?:scolastico|accademico|sociale|finanziario|fiscale|solare|di\s+esercizio))?\s+"
)
_YEARS = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4}|\d{2})")


def written_period(text: str) -> Period:
    """The days that a text names: an ISO date, "5/3/2025", "marzo 2025", "triennio 2021-2023".

    Raises:
        ValueError: if it names none.

    """
    written = _KIND_OF_YEAR.sub("", text.strip().lower(), count=1)
    if found := _DAY_FIRST.fullmatch(written):
        day, month, year = found.groups()
        return Period.parse(f"{year}-{month}-{day}")
    if found := _MONTH_FIRST.fullmatch(written):
        return Period.parse(f"{found[2]}-{found[1]}")
    if (found := _IN_WORDS.fullmatch(written)) and found[2] in _MONTHS:
        parts = (found[3], str(_MONTHS[found[2]]), found[1] or "")
        return Period.parse("-".join(filter(None, parts)))
    if (found := _YEARS.fullmatch(written)) and (years := _years(*found.groups())):
        return years
    return Period.parse(written)


def _years(first: str, second: str) -> Period | None:
    """Two years; none where the second is a month, as in 2023-05."""
    if len(second) == 2 and 1 <= int(second) <= 12:
        return None
    last = int(second) if len(second) == 4 else int(first) // 100 * 100 + int(second)
    if last < int(first):
        raise ValueError(f"no years: {first}-{second}")
    return Period(date(int(first), 1, 1), date(last, 12, 31))
