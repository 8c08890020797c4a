"""The wording of the service in the language of the screen. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from indexer.domain import (
    Document,
    DocumentKind,
    Level,
    Part,
    Period,
    Place,
    PlaceLevel,
    PlaceRelation,
    Role,
)
from search_service.domain import PlaceMatch, Proof, SearchArea, Widening
from search_service.errors import QueryError, QueryProblem
from search_service.presentation.italian_articles import away_from
from search_service.presentation.languages import ITALIAN, Language, language_of
from search_service.presentation.languages import marked as _

_PROVINCE = "provincia di "  # how the label of one begins
OLD_YEARS = 3  # evidence of so many years ago says how old it is
_KIND = {
    DocumentKind.PROFILE: _("profilo"),
    DocumentKind.CASE_STUDY: _("caso di studio"),
    DocumentKind.EVENT: _("evento"),
}
KINDS = {
    DocumentKind.PROFILE: _("profili"),
    DocumentKind.CASE_STUDY: _("casi di studio"),
    DocumentKind.EVENT: _("eventi"),
}
_ROLE = {
    Role.SUBJECT: _("è il suo profilo"),
    Role.AUTHOR: _("ha svolto il lavoro"),
    Role.ORGANISER: _("ha organizzato"),
    Role.PARTICIPANT: _("ha partecipato"),
    Role.MENTION: _("è nominata nel testo"),
}
_VISIBILITY = {
    Level.MEMBERS: _("riservato ai soci"),
    Level.ADMIN: _("riservato agli amministratori"),
}
PROOFS = {
    Proof.DECLARED: _("dichiarato"),
    Proof.DEMONSTRATED: _("dimostrato"),
    Proof.CORROBORATED: _("confermato da altri"),
    Proof.MENTIONED: _("citata"),
}
_PARTS = {
    Part.SPEAKS: _("è intervenuta"),
    Part.ORGANISES: _("ha organizzato"),
}
PLACE_MATCHES = {
    PlaceMatch.SEATED: _("sede nel luogo indicato"),
    PlaceMatch.SERVES: _("lavora nel luogo indicato"),
    PlaceMatch.REMOTE: _("lavora a distanza"),
}
_REFUSALS = {
    QueryProblem.EMPTY: _("La domanda è vuota: scrivi che cosa cerchi."),
    QueryProblem.TOO_LONG: _(
        "La domanda è troppo lunga: scrivila in una o due frasi, al massimo %(n)s caratteri."
    ),
    QueryProblem.UNKNOWN_PLACE: _(
        "Non conosco questo luogo: scrivi un comune, una provincia o una regione."
    ),
    QueryProblem.UNKNOWN_KIND: _("I tipi di documento sono %(kinds)s: scegline uno."),
    QueryProblem.BAD_DATE: _("Le date si scrivono così: 2025, 2025-03 oppure 2025-03-05."),
    QueryProblem.REVERSED_DATES: _("La data d'inizio viene dopo quella di fine: scambiale."),
    QueryProblem.UNKNOWN_FILTER: _("Un filtro scelto non esiste: togli i filtri e prova di nuovo."),
}
_WHERE = {
    PlaceLevel.COMUNE: _("a %(place)s"),
    PlaceLevel.PROVINCIA: _("in %(place)s"),
    PlaceLevel.REGIONE: _("nella regione %(place)s"),
    PlaceLevel.AREA: _("nell'area %(place)s"),
    PlaceLevel.COUNTRY: _("in %(place)s"),
}
_OF = {
    PlaceLevel.COMUNE: _("di %(place)s"),
    PlaceLevel.PROVINCIA: _("della %(place)s"),
    PlaceLevel.REGIONE: _("della regione %(place)s"),
    PlaceLevel.AREA: _("dell'area %(place)s"),
    PlaceLevel.COUNTRY: _("d'%(place)s"),
}


class Named(Protocol):
    """Something with an Italian name, and perhaps a different English one."""

    @property
    def label(self) -> str:
        """In Italian."""

    @property
    def english(self) -> str:
        """In English; empty if it is the same."""


@cache
def words_in(code: str) -> Words:
    """The wording in the language of a code ("it", "en")."""
    return Words(language_of(code))


class Words:
    """The wording in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._locale = Locale.parse(language.locale)

    def kind(self, kind: DocumentKind) -> str:
        """What a document is: "caso di studio"."""
        return self.language.text(_KIND[kind])

    def kinds(self, kind: DocumentKind) -> str:
        """Documents of a kind: "casi di studio"."""
        return self.language.text(KINDS[kind])

    def role(self, role: Role) -> str:
        """An organisation's part in a document: "ha organizzato"."""
        return self.language.text(_ROLE[role])

    def proof(self, proof: Proof) -> str:
        """What evidence is worth: "dimostrato"."""
        return self.language.text(PROOFS[proof])

    def credit(self, proof: Proof, part: Part) -> str:
        """What evidence is worth or, where it proves nothing, what the cooperative did there."""
        worth = PROOFS[proof]
        return self.language.text(_PARTS.get(part, worth) if proof is Proof.MENTIONED else worth)

    def visibility(self, level: Level) -> str:
        """For whom a document is that is not public: "riservato ai soci"."""
        return self.language.text(_VISIBILITY[level])

    def language_name(self, code: str) -> str:
        """The name of a document's language; the code itself if it has none."""
        return str(self._locale.languages.get(code, code))

    def number(self, number: float) -> str:
        """A number as people write it: "7.904" or "7,904"."""
        return format_decimal(number, locale=self._locale)

    def percent(self, share: float) -> str:
        """A share of one as people write it: "64%"."""
        return format_percent(share, locale=self._locale)

    def place_match_label(self, match: PlaceMatch) -> str:
        """How a cooperative is related to the place asked for, without naming the place."""
        return self.language.text(PLACE_MATCHES[match])

    def place(self, place: Place) -> str:
        """A place's name: "Bologna (BO)", "provincia di Bologna"."""
        if place.level is PlaceLevel.PROVINCIA:
            return self.language.text("provincia di %(name)s", name=place.name)
        return place.label

    def named(self, named: Named) -> str:
        """A name in the reader's language, or as documents write it."""
        if self.language.code == ITALIAN:
            return named.label
        return named.english or named.label

    def competence(self, named: Named) -> str:
        """A competence's name in the reader's language, or as documents write it."""
        return self.named(named)

    def place_label(self, identity: str, label: str) -> str:
        """The label of a place of which only the id is at hand."""
        if identity.startswith(f"{PlaceLevel.PROVINCIA}:"):
            return self.language.text("provincia di %(name)s", name=label.removeprefix(_PROVINCE))
        return label

    def where(self, place: Place) -> str:
        """In a place: "a Bologna (BO)", "nella regione Toscana"."""
        return self.language.text(_WHERE[place.level], place=self.place(place))

    def of(self, place: Place) -> str:
        """Of a place: "di Bologna (BO)", "della regione Toscana"."""
        return self.language.text(_OF[place.level], place=self.place(place))

    def widened(self, widening: Widening) -> str:
        """That nobody is in the place asked for, and where the answer comes from."""
        return self.language.text(
            "Nessuna cooperativa %(asked)s: ecco quelle %(searched)s.",
            asked=self.where(widening.asked),
            searched=self.of(widening.searched),
        )

    def remote_only(self) -> str:
        """That all who answer work at a distance."""
        return self.language.text(
            "Nessuna cooperativa ha sede nel luogo indicato o dichiara di lavorarci: queste "
            "lavorano a distanza."
        )

    def refusal(self, error: QueryError) -> str:
        """Why a search cannot be made, and what to do."""
        text, close = self.language.text, error.values.get("places")
        said = text(
            _REFUSALS[error.problem],
            n=self.number(float(str(error.values.get("n", 0)))),
            kinds=", ".join(self.kinds(kind) for kind in DocumentKind),
        )
        if not isinstance(close, tuple) or not close:
            return said
        hint = text("Forse cercavi: %(places)s.", places=", ".join(map(self.place, close)))
        return f"{said} {hint}"

    def period(self, period: Period) -> str:
        """A span of time: "5 marzo 2025", "marzo 2025", "2024", "da marzo 2024 in poi"."""
        text, words = self.language.text, self._wording(period)
        first = words(period.start) if period.start is not None else ""
        last = words(period.end) if period.end is not None else ""
        if first == last:
            return first or text("in qualsiasi data")
        if not last:
            return self._articulated(text("da %(first)s in poi", first=first))
        if not first:
            return self._articulated(text("fino a %(last)s", last=last))
        return self._articulated(text("da %(first)s a %(last)s", first=first, last=last))

    def day(self, day: date) -> str:
        """A day: "5 marzo 2025", "1º maggio 2024"."""
        said = format_date(day, "d MMMM y", locale=self._locale)
        first = self.language.code == ITALIAN and day.day == 1
        return said.replace("1", "1º", 1) if first else said

    def updated(self, day: date) -> str:
        """When a cooperative's profile was last changed: "aggiornata ad aprile 2026"."""
        text = self.language.text("aggiornata a %(month)s", month=self._month(day))
        return self._articulated(text)

    def age(self, document: Document, today: date) -> str:
        """How old a document is, if it is old: "4 anni fa"; else empty."""
        end = document.period.end if document.period else document.updated
        if end is None:
            return ""
        # A whole year does not say which day of it is meant.
        whole_year = document.period is not None and (end.month, end.day) == (12, 31)
        before = not whole_year and (today.month, today.day) < (end.month, end.day)
        years = today.year - end.year - before
        if years < OLD_YEARS:
            return ""
        return self.language.plural("%(n)s anno fa", "%(n)s anni fa", years)

    def area(self, found: SearchArea) -> str:
        """An area that was asked for: "entro 30 km da Bologna (BO)", "sede a Imola (BO)"."""
        if not found.seat_only:
            return self._area(found)
        inside = found.relation is PlaceRelation.IN and len(found.places) == 1
        where = self.where(found.places[0]) if inside else self._area(found)
        return self.language.text("sede %(where)s", where=where)

    def _area(self, found: SearchArea) -> str:
        text, labels = self.language.text, [self.place(place) for place in found.places]
        if found.relation is PlaceRelation.NEAR:
            km = f"{found.radius_km or 0:g}"
            return text("entro %(km)s km da %(place)s", km=km, place=labels[0])
        if found.relation is PlaceRelation.BETWEEN:
            return text("tra %(first)s e %(last)s", first=labels[0], last=labels[-1])
        if found.relation is PlaceRelation.OUTSIDE:
            labels = [self._away_from(place) for place in found.places]
            return text("fuori %(place)s", place=" / ".join(labels[:4]))
        return " / ".join(labels[:4])

    def _away_from(self, place: Place) -> str:
        """What follows "fuori", with its preposition in Italian."""
        named = self.place(place)
        return away_from(place, named) if self.language.code == ITALIAN else named

    def _wording(self, period: Period) -> Callable[[date], str]:
        """The shortest wording that says both ends exactly: years, months or days."""
        starts = [(day.month, day.day) for day in (period.start,) if day is not None]
        ends = [(day.month, day.day == _last_day(day)) for day in (period.end,) if day is not None]
        if set(starts) <= {(1, 1)} and set(ends) <= {(12, True)}:
            return lambda day: str(day.year)
        whole_months = all(day == 1 for _, day in starts) and all(is_last for _, is_last in ends)
        return self._month if whole_months else self.day

    def _month(self, day: date) -> str:
        return format_date(day, "MMMM y", locale=self._locale)

    def _articulated(self, text: str) -> str:
        """Dates after a preposition with the article that Italian wants: "dal 5", "all'8"."""
        if self.language.code != ITALIAN:
            return text
        text = re.sub(r"\b(d?a) (?=(?:8|11) )", r"\1ll'", text)
        text = re.sub(r"\b(d?a) (?=\d)", r"\1l ", text)
        return re.sub(r"\ba (?=a)", "ad ", text)


def _last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
