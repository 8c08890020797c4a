"""The metadata contract: front matter, sidecars and rows as typed fields.

Nothing here is fatal. A value that cannot be used is left out and reported, the rest is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from stdnum.exceptions import ValidationError
from stdnum.it import iva

from indexer.domain import DocumentKind, Level, Period, Place, PlaceLevel, Reason
from indexer.places import Gazetteer, written_place
from indexer.source.visibility import (
    CLOSED,
    FIELD,
    OPEN,
    Visibility,
    read_visibility,
    restricting_fields,
)
from indexer.source.written_dates import written_period
from indexer.text.field_names import FIELDS, LISTS, field_of, nearest_field
from indexer.text.folding import fold

_KINDS = {
    "profile": DocumentKind.PROFILE,
    "profilo": DocumentKind.PROFILE,
    "case_study": DocumentKind.CASE_STUDY,
    "case study": DocumentKind.CASE_STUDY,
    "caso di studio": DocumentKind.CASE_STUDY,
    "event": DocumentKind.EVENT,
    "evento": DocumentKind.EVENT,
}
_YES = frozenset({"true", "yes", "si", "vero", "1", "x"})
_NO = frozenset({"false", "no", "falso", "0", ""})
_LANGUAGES = {
    **dict.fromkeys(("italiano", "italian", "ita"), "it"),
    **dict.fromkeys(("inglese", "english", "eng"), "en"),
    **dict.fromkeys(("francese", "french"), "fr"),
    **dict.fromkeys(("tedesco", "german"), "de"),
    **dict.fromkeys(("spagnolo", "spanish"), "es"),
}
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]\w+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+$")


@dataclass(frozen=True, slots=True)
class Fields:
    """The contract's fields (corpus/README.md), typed; empty if a document does not state them."""

    kind: DocumentKind | None = None
    title: str = ""
    period: Period | None = None
    updated: date | None = None
    language: str = ""
    source: str = ""
    fictional: bool = False
    name: str = ""
    aliases: tuple[str, ...] = ()
    vat: str = ""
    legal_form: str = ""
    seat: Place | None = None
    works_in: tuple[Place, ...] = ()
    remote: bool = False
    competencies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    members: int | None = None
    employees: int | None = None
    website: str = ""
    contacts: tuple[str, ...] = ()
    contact_people: tuple[str, ...] = ()
    cooperatives: tuple[str, ...] = ()
    client: str = ""
    place: Place | None = None
    organisers: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    visibility: Visibility = OPEN

    def seen_by(self, level: Level) -> Fields:
        """The fields that a level may see; the others are as if they had never been written."""
        hidden = {_ATTRIBUTES.get(n, n) for n in self.visibility.hidden_from(level)}
        empty = Fields()
        return replace(self, **{name: getattr(empty, name) for name in hidden})

    def completed_by(self, other: Fields) -> Fields:
        """These fields, each that is empty as another has it; never less restricted."""
        empty = Fields()
        missing = {
            name: getattr(other, name)
            for name in Fields.__dataclass_fields__
            if name != FIELD and getattr(self, name) == getattr(empty, name)
        }
        return replace(self, **missing)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field that could not be used as written, ``value`` as a message quotes it.

    A problem of no single field has none, and says all in ``why``.
    """

    reason: Reason
    why: str
    remedy: str
    field: str = ""
    value: str = ""

    @property
    def detail(self) -> str:
        """What is wrong, in words."""
        return f"{self.field}: {self.value} {self.why}" if self.field else self.why


@dataclass
class _Reading:
    """One document's metadata while it is read: values by field, problems as they are met."""

    raw: Mapping[str, object]
    gazetteer: Gazetteer
    problems: list[FieldProblem] = field(default_factory=list)

    def fail(self, name: str, value: object, why: str, remedy: str) -> None:
        self.problems.append(FieldProblem(Reason.BAD_METADATA, why, remedy, name, repr(value)))

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        if isinstance(value, (list, tuple)):
            self.fail(name, value, "is a list where one value is meant", "Write one value.")
            value = value[0] if value else None
        return "" if value is None else _one_line(value)

    def names(self, name: str) -> tuple[str, ...]:
        """Several values: a YAML list, or one text with ``|``, ``;`` or lines between them."""
        items = _items(self.raw.get(name), commas=name in _COMMAS)
        texts = (_one_line(item) for item in items if item is not None)
        return tuple(dict.fromkeys(text for text in texts if text))

    def flag(self, name: str) -> bool:
        value = self.raw.get(name)
        word = "" if value is None else fold(str(value)).strip()
        if word not in _YES and word not in _NO:
            self.fail(name, value, "is neither yes nor no", "Write true or false.")
        return word in _YES

    def number(self, name: str) -> int | None:
        value = self.raw.get(name)
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            number = float(text.replace(".", "") if _THOUSANDS.match(text) else text)
        except ValueError:
            number = -1.0
        if number < 0 or not number.is_integer():
            self.fail(name, value, "is not a number", "Write digits only.")
            return None
        return int(number)

    def period(self, name: str) -> Period | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, datetime):
            return Period(value.date(), value.date())
        if isinstance(value, date):
            return Period(value, value)
        text = str(value).strip()
        if not text:
            return None
        try:
            return written_period(text)
        except ValueError:
            remedy = "Write it as 2025-03-05, 2025-03 or 2025."
            self.fail(name, value, "is not a date", remedy)
            return None

    def day(self, name: str) -> date | None:
        period = self.period(name)
        return period.end if period else None

    def place(
        self, name: str, value: str, beside: Sequence[str] = (), *, area: bool = False
    ) -> Place | None:
        """The place a value names, or at least that in which it lies, which is told.

        Args:
            name: The field.
            value: What is written in it.
            beside: What other fields say of where it is.
            area: Whether of a town and a region with one name the region is meant.
        """
        found = written_place(value, self.gazetteer, beside)
        if not found.places:
            self._unknown_place(name, value)
            return None
        regions = [p for p in found.places if p.level is PlaceLevel.REGIONE] if area else []
        best = regions[0] if regions else found.places[0]
        if not found.precise:
            why = "is no comune of ISTAT's list; what it lies in was taken"
            remedy = "Write the comune and its province, for example 'Imola (BO)'."
            self._place_problem(name, f"{value!r} ({best.label})", why, remedy)
            return best
        others = [p for p in found.places if p.level is best.level]
        if len(others) > 1:
            labels = ", ".join(p.label for p in others[:4])
            remedy = f"Write which one, for example {best.label!r}."
            why = f"can be {labels}; the first was taken"
            self._place_problem(name, repr(value), why, remedy)
        return best

    def _unknown_place(self, name: str, value: str) -> None:
        close = self.gazetteer.suggest(value)
        hint = f"Did you mean {close[0].label!r}?" if close else "Write an Italian place."
        self._place_problem(name, repr(value), "is not a place of ISTAT's list", hint)

    def _place_problem(self, name: str, value: str, why: str, remedy: str) -> None:
        self.problems.append(FieldProblem(Reason.UNKNOWN_PLACE, why, remedy, name, value))

    def seat(self) -> Place | None:
        """The registered office, from all that is written of where it is.

        A town in a field of its own tells more than an address; a province, a region or a postcode
        alone are better than nothing.
        """
        beside = [text for name in ("province", "region", "postcode") if (text := self.text(name))]
        written = [(n, text) for n in ("town", "seat", "address") if (text := self.text(n))]
        if not written:
            return next(iter(written_place("", self.gazetteer, beside).places), None)
        tried = [(n, v, written_place(v, self.gazetteer, beside)) for n, v in written]
        name, value, _ = next((one for one in tried if one[2].places and one[2].precise), tried[0])
        return self.place("seat" if name == "town" else name, value, beside)

    def one_place(self, name: str) -> Place | None:
        text = self.text(name)
        return self.place(name, text) if text else None

    def places(self, name: str) -> tuple[Place, ...]:
        found = (self.place(name, value, area=True) for value in self.names(name))
        return tuple(dict.fromkeys(place for place in found if place is not None))

    def vat(self, name: str) -> str:
        text = self.text(name).upper().removeprefix("IT").replace(" ", "")
        if not text:
            return ""
        try:
            # A spreadsheet drops the zeros that a VAT number may begin with.
            number: str = iva.validate(text.zfill(11) if text.isdigit() else text)
        except ValidationError:
            remedy = "Check its eleven digits; until then the name identifies the cooperative."
            self.fail(name, text, "is not a valid Italian VAT number", remedy)
            return ""
        return number

    def language(self, name: str) -> str:
        text = fold(self.text(name))
        code = _LANGUAGE.fullmatch(_LANGUAGES.get(text, text))
        if text and code is None:
            remedy = "Write its code (it, en); until then it is detected."
            self.fail(name, text, "is not the code of a language", remedy)
        return code.group(1) if code else ""

    def visibility(self) -> Visibility:
        if FIELD not in self.raw:
            return _for_members(OPEN) if "contact_people" in self.raw else OPEN
        found, wrong = read_visibility(self.raw[FIELD], field_of, _HIDEABLE)
        self.problems += [FieldProblem(Reason.BAD_METADATA, detail, how) for detail, how in wrong]
        named = "contact_people" in self.raw and "contact_people" not in dict(found.fields)
        return _for_members(found) if named else found

    def kind(self, name: str) -> DocumentKind | None:
        text = self.text(name)
        kind = _KINDS.get(fold(text).replace("-", " ")) or _KINDS.get(fold(text))
        if text and kind is None:
            remedy = "Write profile, case_study or event; the folder decided for now."
            detail = f"kind: {text!r} is unknown"
            self.problems.append(FieldProblem(Reason.UNKNOWN_KIND, detail, remedy))
        return kind


def _items(value: object, *, commas: bool) -> Sequence[object]:
    """The values of a list, or of a text that separates them."""
    if value is None or isinstance(value, (list, tuple)):
        return value or ()
    return re.split(r"[|;\n,]" if commas else r"[|;\n]", str(value))


def _for_members(visibility: Visibility) -> Visibility:
    """That of a document that names people: members see them, where it does not say otherwise."""
    return replace(visibility, fields=(*visibility.fields, ("contact_people", Level.MEMBERS)))


def _one_line(value: object) -> str:
    """A value as text, without the half characters that an escape of YAML can make."""
    return " ".join(str(value).encode("utf-8", "replace").decode().split())


def read_fields(
    raw: Mapping[str, object], gazetteer: Gazetteer, *, of_row: bool = False
) -> tuple[Fields, tuple[FieldProblem, ...]]:
    """The typed fields of some metadata, and what of it could not be used.

    Args:
        raw: The metadata as written.
        gazetteer: Resolves places.
        of_row: Whether it is a register's row, whose unknown columns are its text.
    """
    known, problems = _known(raw, of_row=of_row)
    reading = _Reading(known, gazetteer, problems)
    fields = Fields(
        kind=reading.kind("kind"),
        title=reading.text("title"),
        period=reading.period("date"),
        updated=reading.day("updated"),
        language=reading.language("language"),
        source=reading.text("source"),
        fictional=reading.flag("fictional"),
        name=reading.text("name"),
        aliases=reading.names("aliases"),
        vat=reading.vat("vat"),
        legal_form=reading.text("legal_form"),
        seat=reading.seat(),
        works_in=reading.places("works_in"),
        remote=reading.flag("remote"),
        competencies=reading.names("competencies"),
        sectors=reading.names("sectors"),
        certifications=reading.names("certifications"),
        members=reading.number("members"),
        employees=reading.number("employees"),
        website=reading.text("website"),
        contacts=reading.names("contacts"),
        contact_people=reading.names("contact_people"),
        cooperatives=reading.names("cooperatives"),
        client=reading.text("client"),
        place=reading.one_place("place"),
        organisers=reading.names("organisers"),
        participants=reading.names("participants"),
        visibility=reading.visibility(),
    )
    return fields, tuple(reading.problems)


_COMMAS = frozenset("works_in competencies sectors certifications contacts".split())
_ATTRIBUTES = {"date": "period"}  # of fields whose attribute has another name
_FIELD_NAMES = frozenset(FIELDS)
_HIDEABLE = _FIELD_NAMES - frozenset("kind title language name fictional visibility".split())


def _known(
    raw: Mapping[str, object], *, of_row: bool
) -> tuple[dict[str, object], list[FieldProblem]]:
    """The metadata under the contract's names; of a document, others are reported."""
    known: dict[str, object] = {}
    written: dict[str, str] = {}
    problems: list[FieldProblem] = []
    for key, value in raw.items():
        name = field_of(str(key))
        if name is None:
            problems += [] if of_row else [_unknown_field(str(key))]
            continue
        if name in known and known[name] != value:
            problems.append(_written_twice(name, written.get(name, name), str(key)))
            if name == FIELD:
                value = [known[name], value]
            elif name in LISTS:
                commas = name in _COMMAS
                value = [*_items(known[name], commas=commas), *_items(value, commas=commas)]
        known[name] = value
        written[name] = str(key)
    if closing := restricting_fields(raw, field_of):
        known[FIELD] = [known.get(FIELD, Level.PUBLIC), CLOSED.document]
        problems += map(_may_restrict, closing)
    return known, problems


def _written_twice(name: str, first: str, second: str) -> FieldProblem:
    detail = f"the fields {first!r} and {second!r} are one field, written twice"
    kept = "their values were joined" if name in {*LISTS, FIELD} else "the last was taken"
    return FieldProblem(Reason.BAD_METADATA, detail, f"Keep one of the two; {kept}.")


def _may_restrict(written: str) -> FieldProblem:
    detail = f"the field {written!r} may say who sees the document: only administrators see it"
    remedy = f"Write it in a field of its own, {FIELD}: public, members or admin."
    return FieldProblem(Reason.BAD_METADATA, detail, remedy)


def _unknown_field(written: str) -> FieldProblem:
    near = nearest_field(written)
    remedy = f"Did you mean {near!r}?" if near else "See corpus/README.md."
    return FieldProblem(Reason.BAD_METADATA, f"the field {written!r} is not known", remedy)
