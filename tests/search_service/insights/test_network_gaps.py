"""What the network lacks: families by region, scarce ones, profiles to complete."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer.index.snapshot import Generation, load_current
from indexer.places import Gazetteer
from search_service.insights.competence_families import families_of
from search_service.insights.network_gaps import (
    family_table,
    profile_gaps,
    profiles_updated,
    scarce_by_family,
)
from search_service.insights.network_overview import network_overview
from tests.search_service.conftest import build_sources

GAZETTEER = Gazetteer.load()
SOURCES = {
    "profiles/alba.md": """\
        ---
        name: Alba
        seat: Bologna
        competencies: [data engineering, falconeria]
        contacts: [info@alba.example]
        website: https://alba.example
        updated: 2024-01-10
        ---
        Alba fa data engineering.
        """,
    "profiles/brina.md": """\
        ---
        name: Brina
        seat: Lecce
        competencies: [data engineering, business intelligence]
        updated: 2025-06-01
        ---
        Brina fa data engineering e business intelligence.
        """,
    "profiles/cima.md": "---\nname: Cima\nwebsite: https://cima.example\n---\nSale sui monti.\n",
    "case_studies/dati.md": """\
        ---
        title: Dati in ordine
        cooperatives: [Alba]
        client: un comune
        date: 2024-05
        competencies: [data engineering]
        ---
        Alba ha messo in ordine i dati.
        """,
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder: Path = tmp_path_factory.mktemp("gaps")
    return load_current(build_sources(folder, SOURCES).index)[0]


def test_a_family_counts_each_cooperative_once_in_the_region_of_its_seat(
    generation: Generation,
) -> None:
    scarce = network_overview(generation, GAZETTEER).scarce
    table = family_table(families_of(generation), scarce, generation, GAZETTEER)
    assert [region.name for region in table.regions] == ["Emilia-Romagna", "Puglia"]
    rows = {row.id: (row.total, row.rare, row.cells) for row in table.rows}
    assert rows == {"data": (2, 1, (1, 1)), "": (1, 1, (1, 0))}
    assert table.most == 1


def test_what_is_scarce_stands_under_its_family(generation: Generation) -> None:
    scarce = network_overview(generation, GAZETTEER).scarce
    found = scarce_by_family(scarce, families_of(generation))
    assert [(family.id, [one.slug for one in inside]) for family, inside in found] == [
        ("data", ["business-intelligence"]),
        ("", ["falconeria"]),
    ]


@pytest.mark.parametrize(("today", "old"), [(date(2025, 7, 1), []), (date(2025, 8, 1), ["Alba"])])
def test_what_profiles_lack(generation: Generation, today: date, old: list[str]) -> None:
    unproven = network_overview(generation, GAZETTEER).unproven
    gaps = profile_gaps(generation, unproven, profiles_updated(generation), today)
    assert {key: [o.name for o in found] for key, found in gaps.items()} == {
        "old": old,
        "undated": ["Cima"],
        "proof": ["Brina", "Cima"],
        "competencies": ["Cima"],
        "contacts": ["Brina", "Cima"],
        "site": ["Brina"],
        "seat": ["Cima"],
    }
