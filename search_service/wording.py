"""How the service's words are said in Italian. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date

from indexer.model import DocumentKind, Period, Place, PlaceLevel, PlaceRelation, Role
from search_service.model import Answer, Aspect, Proof, Query, Standing, Understood

_MONTHS = (
    *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
    *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
)
KINDS = {
    DocumentKind.PROFILE: "profilo",
    DocumentKind.CASE_STUDY: "caso di studio",
    DocumentKind.EVENT: "evento",
}
ROLES = {
    Role.SUBJECT: "è il suo profilo",
    Role.AUTHOR: "ha fatto il lavoro",
    Role.ORGANISER: "ha organizzato",
    Role.PARTICIPANT: "ha partecipato",
    Role.MENTION: "è nominata nel testo",
}
PROOFS = {
    Proof.DECLARED: "dichiarato",
    Proof.DEMONSTRATED: "dimostrato",
    Proof.CORROBORATED: "confermato da altri",
}
STANDINGS = {
    Standing.SEATED: "sede nel luogo chiesto",
    Standing.SERVES: "lavora nel luogo chiesto",
    Standing.REMOTE: "lavora a distanza",
}
ASPECTS = {
    Aspect.PLACE: "dove",
    Aspect.KIND: "che cosa",
    Aspect.PERIOD: "quando",
    Aspect.CERTIFICATION: "certificata",
    Aspect.SECTOR: "settore",
    Aspect.ORGANISATION: "chi",
    Aspect.EXCLUSION: "senza",
    Aspect.SPELLING: "corretto",
    Aspect.LEGAL_FORM: "forma",
}
LANGUAGES = {
    "it": "italiano",
    "en": "inglese",
    "de": "tedesco",
    "fr": "francese",
    "es": "spagnolo",
    "sl": "sloveno",
}


def understood_words(item: Understood, query: Query) -> str:
    """The label of something understood, its dates in words."""
    if item.aspect is Aspect.PERIOD and query.period is not None:
        return period_words(query.period)
    return item.label


def dated_only(kinds: frozenset[DocumentKind] | None) -> str:
    """What a search in time leaves out: a profile says what is done, seldom when."""
    if kinds is not None and DocumentKind.PROFILE not in kinds:
        return "contano solo i documenti con una data"
    return (
        "contano solo i documenti con una data, come casi di studio ed eventi: "
        "non i profili senza data"
    )


def standing_words(standing: Standing | None, answer: Answer) -> str:
    """How a cooperative stands to the place asked for; empty when none was."""
    query = answer.query
    if standing is None or not query.places:
        return ""
    if standing is Standing.REMOTE:
        return "lavora a distanza"
    if answer.widened is not None:
        verb = "sede" if standing is Standing.SEATED else "lavora"
        return f"{verb} {place_words(answer.widened.searched)}"
    if standing is Standing.SERVES:
        return "lavora in zona"
    exact = all(f.relation is PlaceRelation.IN for f in query.places)
    return "sede qui" if exact else "sede in zona"


def place_words(place: Place, preposition: str = "in") -> str:
    """Where, in words that read well after a verb ("in") or after "quelle" ("di")."""
    if place.level is PlaceLevel.COMUNE:
        return f"{'a' if preposition == 'in' else 'di'} {place.label}"
    if place.level is PlaceLevel.PROVINCIA:
        return f"{'in' if preposition == 'in' else 'della'} {place.label}"
    if place.level is PlaceLevel.REGIONE:
        return f"{'nella' if preposition == 'in' else 'della'} regione {place.label}"
    return f"{preposition} {place.label}"


REMOTE_ONLY = (
    "Nessuna cooperativa è nel luogo chiesto, né dice di lavorarci: queste lavorano a distanza."
)


def period_words(period: Period) -> str:
    """A span of time in words: "5 marzo 2025", "marzo 2025", "2024", "da marzo 2024 in poi"."""
    words = _wording(period)
    first = words(period.start) if period.start is not None else ""
    last = words(period.end) if period.end is not None else ""
    if first == last:
        return first or "in qualsiasi data"
    if not last:
        return f"{_joined('da', first)} in poi"
    if not first:
        return f"fino {_joined('a', last)}"
    return f"{_joined('da', first)} {_joined('a', last)}"


def day_words(day: date) -> str:
    """A day in words: "5 marzo 2025", "1º maggio 2024"."""
    return f"{'1º' if day.day == 1 else day.day} {_month_words(day)}"


def _month_words(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _wording(period: Period) -> Callable[[date], str]:
    """The shortest wording that says both ends exactly: years, months or days."""
    starts = [(day.month, day.day) for day in (period.start,) if day is not None]
    ends = [(day.month, day.day == _last_day(day)) for day in (period.end,) if day is not None]
    if set(starts) <= {(1, 1)} and set(ends) <= {(12, True)}:
        return lambda day: str(day.year)
    whole_months = all(day == 1 for _, day in starts) and all(is_last for _, is_last in ends)
    return _month_words if whole_months else day_words


def _last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _joined(preposition: str, words: str) -> str:
    """A preposition before a date, with the article that Italian wants ("dal 5", "all'8")."""
    if words.startswith(("8 ", "11 ")):
        return f"{preposition}ll'{words}"
    if words[0].isdigit():
        return f"{preposition}l {words}"
    return f"ad {words}" if preposition == "a" and words[0] == "a" else f"{preposition} {words}"
