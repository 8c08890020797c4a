from __future__ import annotations

from dataclasses import fields

from indexer.domain import Organisation, Place, PlaceLevel
from search_service.api.schemas import OrganisationOut
from search_service.insights.organisation_facts import ORGANISATION_FACTS, facts_json
from search_service.mcp.schemas import CooperativeCard
from search_service.presentation.labels import words_in

BOLOGNA = Place("comune:037006", PlaceLevel.COMUNE, "Bologna", "BO")
PARMA = Place("provincia:034", PlaceLevel.PROVINCIA, "Parma", "PR")
FULL = Organisation(
    "it01114601006",
    "Bussola",
    aliases=("Bussola Dati",),
    vat="01114601006",
    seat=BOLOGNA,
    works_in=(PARMA,),
    remote=True,
    sectors=("62.10.00", "sanità"),
    members=0,
    employees=1200,
)


def shown(organisation: Organisation, language: str) -> dict[str, list[str]]:
    words = words_in(language)
    return {
        fact.key: texts
        for fact in ORGANISATION_FACTS
        if (texts := [value.text(words) for value in fact.values(organisation)])
    }


def test_every_field_of_an_organisation_is_a_fact_on_every_screen() -> None:
    keys = {fact.key for fact in ORGANISATION_FACTS}
    assert keys | {"id", "name", "fictional"} == {field.name for field in fields(Organisation)}
    assert keys <= OrganisationOut.model_fields.keys()
    assert keys <= CooperativeCard.model_fields.keys()


def test_what_people_read() -> None:
    assert shown(FULL, "it") == {
        "aliases": ["Bussola Dati"],
        "vat": ["IT01114601006"],
        "seat": ["Bologna (BO)"],
        "works_in": ["provincia di Parma"],
        "remote": ["sì, lavora anche a distanza"],
        "sectors": ["62.10.00 Attività di programmazione informatica", "sanità"],
        "members": ["0"],
        "employees": ["1.200"],
    }
    assert shown(FULL, "en")["employees"] == ["1,200"]
    assert shown(FULL, "en")["remote"] == ["yes, it works remotely too"]
    assert shown(Organisation("a", "A"), "it") == {}


def test_what_programs_read() -> None:
    told = facts_json(FULL)
    assert told["seat"] == {"id": "comune:037006", "name": "Bologna", "label": "Bologna (BO)"}
    assert told["works_in"] == [{"id": "provincia:034", "name": "Parma", "label": PARMA.label}]
    assert (told["vat"], told["remote"], told["website"]) == ("01114601006", True, "")
    assert (told["sectors"], told["contacts"]) == (["62.10.00", "sanità"], [])
