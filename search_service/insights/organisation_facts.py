"""What profiles state of an organisation, listed once for every screen. Pure.

The cooperative's page, the comparison and its exports, the API and assistants all read
ORGANISATION_FACTS: a new field of profiles is one entry in it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from indexer.domain import Organisation, Period, Place
from search_service.filters.certification import certification_key
from search_service.filters.competencies import CompetenceName
from search_service.filters.sector_names import SectorName, sector_key, sector_name
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _


@dataclass(frozen=True, slots=True)
class FactValue:
    """One value of a fact.

    ``own``: an Italian text of the interface, to be translated; any other text is data, and shown
    as it was written.
    """

    value: str | int | Place | Period | CompetenceName | SectorName
    own: bool = False

    def text(self, words: Words) -> str:
        """The value in the reader's language."""
        match self.value:
            case Place():
                return words.place(self.value)
            case CompetenceName() | SectorName():
                return words.named(self.value)
            case Period():
                return words.period(self.value)
            case int():
                return words.number(self.value)
            case _:
                return words.language.text(self.value) if self.own else self.value


@dataclass(frozen=True, slots=True)
class OrganisationFact:
    """Something that a profile may state.

    ``key`` is the attribute of Organisation, and the name for programs; ``label`` is the Italian
    name for people; ``shown`` turns one stated value into what people read. ``same`` maps a value
    to what all its spellings share, where organisations are compared by it.
    """

    key: str
    label: str
    shown: Callable[[Any], FactValue] = FactValue
    same: Callable[[str], Hashable] | None = None

    def values(self, organisation: Organisation) -> tuple[FactValue, ...]:
        """What people read; empty if nothing is stated."""
        stated = getattr(organisation, self.key)
        several = stated if isinstance(stated, tuple) else (stated,)
        return tuple(self.shown(one) for one in several if one or type(one) is int)


def facts_json(organisation: Organisation) -> dict[str, Any]:
    """Every fact by its key, as programs read it: a place is ``{"id", "name", "label"}``."""
    return {fact.key: _plain(getattr(organisation, fact.key)) for fact in ORGANISATION_FACTS}


def _plain(stated: object) -> object:
    if isinstance(stated, tuple):
        return [_plain(one) for one in stated]
    if isinstance(stated, Place):
        return {"id": stated.id, "name": stated.name, "label": stated.label}
    return stated


_REMOTE = FactValue(_("sì, lavora anche a distanza"), own=True)
ORGANISATION_FACTS = (
    OrganisationFact("legal_form", _("Forma giuridica")),
    OrganisationFact("seat", _("Sede")),
    OrganisationFact("works_in", _("Lavora in")),
    OrganisationFact("remote", _("A distanza"), lambda _stated: _REMOTE),
    OrganisationFact("members", _("Soci lavoratori")),
    OrganisationFact("employees", _("Addetti")),
    OrganisationFact("competencies", _("Competenze")),
    OrganisationFact("certifications", _("Certificazioni"), same=certification_key),
    OrganisationFact(
        "sectors", _("Settori"), lambda sector: FactValue(sector_name(sector)), sector_key
    ),
    OrganisationFact("website", _("Sito")),
    OrganisationFact("contacts", _("Contatti")),
    OrganisationFact("contact_people", _("Referenti")),
    # With its country a spreadsheet does not take it for a number, and keeps its zeros.
    OrganisationFact("vat", _("Partita IVA"), lambda vat: FactValue(f"IT{vat}")),
    OrganisationFact("aliases", _("Altri nomi")),
)
# What a page lists of one organisation: its competencies stand apart, each with what proves it.
SHEET_FACTS = tuple(fact for fact in ORGANISATION_FACTS if fact.key != "competencies")
