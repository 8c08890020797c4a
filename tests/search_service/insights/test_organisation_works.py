from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.snapshot import Generation, load_current
from search_service.domain import Proof
from search_service.insights.organisation_profile import organisation_profile
from search_service.insights.organisation_works import met_at_events, works_of
from tests.search_service.conftest import build_sources


def event(title: str, organisers: str, participants: str) -> str:
    head = f"title: {title}\norganisers: [{organisers}]\nparticipants: [{participants}]"
    return f"---\n{head}\ndate: 2024-03-01\n---\nUna giornata di incontri.\n"


SOURCES = {
    "profiles/alba.md": (
        "---\nname: Alba\ncompetencies: [data engineering, SAP]\n---\nFacciamo data engineering.\n"
    ),
    "profiles/brina.md": "---\nname: Brina\n---\nCuciamo vele.\n",
    "profiles/cima.md": "---\nname: Cima\n---\nSaliamo sui monti.\n",
    "case_studies/dati.md": """\
        ---
        title: Dati in ordine
        cooperatives: [Alba, Brina]
        client: un comune
        date: 2024-05
        competencies: [data engineering, SAP]
        ---
        Un lavoro lungo.
        """,
    "case_studies/muri.md": (
        "---\ntitle: Muri\ncooperatives: [Alba]\ndate: 2025-01\n---\nUn muro a secco.\n"
    ),
    "events/brina.md": (
        "---\ntitle: Brina racconta\norganisers: [Brina]\ndate: 2025-02-01\n---\n"
        "Alba ha curato il data engineering del porto. Alba ha ascoltato.\n"
    ),
    "events/fiera.md": event("Fiera", "Alba", "Brina, Cima"),
    "events/cena.md": event("Cena", "Cima", "Alba"),
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder: Path = tmp_path_factory.mktemp("works")
    return load_current(build_sources(folder, SOURCES).index)[0]


def test_a_work_stands_once_with_all_that_it_shows(generation: Generation) -> None:
    profile = organisation_profile(generation.organisations["alba"], generation)
    works = works_of(profile)
    assert [(w.document.title, w.proof, [c.slug for c in w.shows]) for w in works] == [
        ("Brina racconta", Proof.CORROBORATED, ["data-engineering"]),
        ("Dati in ordine", Proof.DEMONSTRATED, ["data-engineering", "sap"]),
        ("Muri", Proof.DEMONSTRATED, []),
    ]


def test_a_profile_is_no_work_of_its_own(generation: Generation) -> None:
    cima = organisation_profile(generation.organisations["cima"], generation)
    assert works_of(cima) == ()


def test_those_of_the_same_events_who_did_no_job_with_it(generation: Generation) -> None:
    def met(name: str) -> list[tuple[str, list[str]]]:
        profile = organisation_profile(generation.organisations[name], generation)
        found = met_at_events(profile, generation)
        return [(one.organisation.id, [d.title for d in one.documents]) for one in found]

    assert met("alba") == [("cima", ["Cena", "Fiera"])]
    assert met("brina") == [("cima", ["Fiera"])]
