"""How the service's words are said, in the language of the screen. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from indexer.domain import (
    Document,
    DocumentKind,
    Level,
    Period,
    Place,
    PlaceLevel,
    PlaceRelation,
    Role,
)
from search_service.domain import (
    Answer,
    Aspect,
    PlaceFilter,
    PlaceMatch,
    Proof,
    Query,
    RecognisedFilter,
    Widening,
)
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
    Role.AUTHOR: _("ha fatto il lavoro"),
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
}
PLACE_MATCHES = {
    PlaceMatch.SEATED: _("sede nel luogo chiesto"),
    PlaceMatch.SERVES: _("lavora nel luogo chiesto"),
    PlaceMatch.REMOTE: _("lavora a distanza"),
}
_ASPECT = {
    Aspect.PLACE: _("dove"),
    Aspect.KIND: _("che cosa"),
    Aspect.PERIOD: _("quando"),
    Aspect.CERTIFICATION: _("certificata"),
    Aspect.SECTOR: _("settore"),
    Aspect.ORGANISATION: _("chi"),
    Aspect.EXCLUSION: _("senza"),
    Aspect.SPELLING: _("corretto"),
    Aspect.LEGAL_FORM: _("forma"),
    Aspect.COMPETENCE: _("competenza"),
    Aspect.PROOF: _("prova"),
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

    def visibility(self, level: Level) -> str:
        """For whom a document is that is not public: "riservato ai soci"."""
        return self.language.text(_VISIBILITY[level])

    def aspect(self, aspect: Aspect) -> str:
        """What was understood of: "dove"."""
        return self.language.text(_ASPECT[aspect])

    def language_name(self, code: str) -> str:
        """The name of a document's language; the code itself where it has none."""
        return str(self._locale.languages.get(code, code))

    def number(self, number: float) -> str:
        """A number as it is written: "7.904" or "7,904"."""
        return format_decimal(number, locale=self._locale)

    def percent(self, share: float) -> str:
        """A share of one as it is written: "64%"."""
        return format_percent(share, locale=self._locale)

    def understood(self, item: RecognisedFilter, query: Query) -> str:
        """Something understood, in a few words."""
        text = self.language.text
        if item.aspect is Aspect.PERIOD and query.period is not None:
            return self.period(query.period)
        if item.aspect is Aspect.KIND:
            return self.kinds(DocumentKind(item.value))
        if item.aspect is Aspect.PROOF:
            return self.proof(Proof(item.value))
        if item.aspect is Aspect.SPELLING:
            return text("%(right)s (per «%(written)s»)", right=item.value, written=item.words)
        if item.aspect is Aspect.PLACE:
            filters = (*query.places, *query.excluded_places)
            found = next((f for f in filters if f.places[0].id == item.value), None)
            return self._places(found) if found else item.label
        if item.aspect is Aspect.CERTIFICATION and "|" in item.value:
            return text(" o ").join(item.label.split(" o "))
        return item.label

    def note(self, item: RecognisedFilter, query: Query) -> str:
        """What else follows from something understood that nobody asked for; mostly nothing."""
        if item.aspect is not Aspect.PERIOD:
            return ""
        if query.kinds is not None and DocumentKind.PROFILE not in query.kinds:
            return self.language.text("contano solo i documenti con una data")
        return self.language.text(
            "contano solo i documenti con una data, come casi di studio ed eventi: "
            "non i profili senza data"
        )

    def place_match(self, match: PlaceMatch | None, answer: Answer) -> str:
        """How a cooperative stands to the place asked for; empty when none was."""
        text = self.language.text
        if match is None or not answer.query.places:
            return ""
        if match is PlaceMatch.REMOTE:
            return text("lavora a distanza")
        if answer.widened is not None:
            verb = text("sede") if match is PlaceMatch.SEATED else text("lavora")
            return f"{verb} {self.where(answer.widened.searched)}"
        if match is PlaceMatch.SERVES:
            return text("lavora in zona")
        exact = all(f.relation is PlaceRelation.IN for f in answer.query.places)
        return text("sede qui") if exact else text("sede in zona")

    def place_match_label(self, match: PlaceMatch) -> str:
        """How a cooperative stands to the place asked for, where nothing else says which."""
        return self.language.text(PLACE_MATCHES[match])

    def place(self, place: Place) -> str:
        """A place's name: "Bologna (BO)", "provincia di Bologna"."""
        if place.level is PlaceLevel.PROVINCIA:
            return self.language.text("provincia di %(name)s", name=place.name)
        return place.label

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
        """That nobody is where it was asked, and where the answer is from."""
        return self.language.text(
            "Nessuna cooperativa %(asked)s: ecco quelle %(searched)s.",
            asked=self.where(widening.asked),
            searched=self.of(widening.searched),
        )

    def remote_only(self) -> str:
        """That all who answer work at a distance."""
        return self.language.text(
            "Nessuna cooperativa è nel luogo chiesto, né dice di lavorarci: queste lavorano a "
            "distanza."
        )

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

    def age(self, document: Document, today: date) -> str:
        """How old a document is, where it is old: "di 4 anni fa"; else nothing."""
        end = document.period.end if document.period else document.updated
        if end is None:
            return ""
        # Of a whole year nothing tells which day of it is meant.
        whole_year = document.period is not None and (end.month, end.day) == (12, 31)
        before = not whole_year and (today.month, today.day) < (end.month, end.day)
        years = today.year - end.year - before
        if years < OLD_YEARS:
            return ""
        return self.language.plural("di %(n)s anno fa", "di %(n)s anni fa", years)

    def _places(self, found: PlaceFilter) -> str:
        text, labels = self.language.text, [self.place(place) for place in found.places]
        if found.relation is PlaceRelation.NEAR:
            km = f"{found.radius_km or 0:g}"
            return text("entro %(km)s km da %(place)s", km=km, place=labels[0])
        if found.relation is PlaceRelation.BETWEEN:
            return text("tra %(first)s e %(last)s", first=labels[0], last=labels[-1])
        named = " / ".join(labels[:4])
        if found.relation is PlaceRelation.OUTSIDE:
            return text("fuori da %(place)s", place=named)
        return named

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
