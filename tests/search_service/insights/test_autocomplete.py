from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from indexer.cli.terminal import OK
from indexer.index.snapshot import Generation, load_current
from indexer.places import Gazetteer
from search_service.cli.main import main
from search_service.insights.autocomplete import (
    MAX_SUGGESTIONS,
    Autocomplete,
    Entry,
    Suggestion,
    SuggestionKind,
)
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

COMPETENCE, ORGANISATION, PLACE = SuggestionKind


@pytest.fixture(scope="module")
def suggestions(generation: Generation) -> Autocomplete:
    return Autocomplete.of(generation, Gazetteer.load())


def texts(found: tuple[Suggestion, ...]) -> list[str]:
    return [suggestion.text for suggestion in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ingegneria", ["ingegneria dei dati"]),
        ("DATA ENG", ["ingegneria dei dati"]),
        ("chi fa engin", ["chi fa ingegneria dei dati"]),
        ("chi fa data engineering", ["chi fa ingegneria dei dati"]),
        ("teat", ["spettacolo dal vivo e teatro"]),
        ("Àncora", ["Àncora d'Oro"]),
        ("ancora d", ["Àncora d'Oro"]),
        ("cosa ha fatto buss", ["cosa ha fatto Bussola"]),
        ("sartoria in emi", ["sartoria in Emilia-Romagna", "sartoria in Reggio nell'Emilia"]),
        ("sartoria near tosc", ["sartoria near Toscana"]),
        ("sartoria nell'emilia rom", ["sartoria nell'Emilia-Romagna"]),
        ("sartoria emi", []),  # no preposition: no place
        ("sartoria", ["sartoria e tessile"]),
        ("sartoria e tessile", []),  # all of it is there
        ("d", []),
        ("", []),
        ("  !? ", []),
        ("xyzzy", []),
    ],
)
def test_the_last_words_are_completed(
    suggestions: Autocomplete, typed: str, expected: list[str]
) -> None:
    assert texts(suggestions.complete(typed)) == expected


def test_what_begins_so_comes_first_then_what_more_have() -> None:
    found = Autocomplete(
        [
            Entry("analisi dati", COMPETENCE, 9),
            Entry("Dati Insieme", ORGANISATION, 1),
            Entry("dati aperti", COMPETENCE, 1),
            Entry("dati geografici", COMPETENCE, 4),
        ]
    ).complete("chi fa dat")
    assert found == (
        Suggestion("chi fa dati geografici", COMPETENCE),
        Suggestion("chi fa dati aperti", COMPETENCE),
        Suggestion("chi fa Dati Insieme", ORGANISATION),
        Suggestion("chi fa analisi dati", COMPETENCE),
    )


def test_the_longest_run_of_words_decides() -> None:
    both = Autocomplete(
        [Entry("data engineering", COMPETENCE, 1), Entry("English lessons", COMPETENCE, 9)]
    )
    assert texts(both.complete("data eng")) == ["data engineering"]
    assert texts(both.complete("big eng")) == ["big English lessons", "big data engineering"]


def test_a_concept_is_found_by_all_its_names_and_called_in_the_readers_language(
    suggestions: Autocomplete,
) -> None:
    """Ovunque declares penetration testing, which is a part of it."""
    assert texts(suggestions.complete("chi fa cyb"))[0] == "chi fa sicurezza informatica"
    assert texts(suggestions.complete("cyb", language="en"))[0] == "cybersecurity"
    assert texts(suggestions.complete("cibersic"))[0] == "sicurezza informatica"
    assert texts(suggestions.complete("sicurezza inf", language="en"))[0] == "cybersecurity"


def test_a_concept_that_nobody_has_is_not_suggested(suggestions: Autocomplete) -> None:
    assert suggestions.complete("buste pag") == ()


def test_concepts_come_before_what_the_vocabulary_does_not_know() -> None:
    both = Autocomplete(
        [
            Entry("cybernetica", COMPETENCE, 9),
            Entry("sicurezza informatica", COMPETENCE, 1, "cybersecurity", ("cyber", "hacker")),
        ]
    )
    assert texts(both.complete("cyb")) == ["sicurezza informatica", "cybernetica"]
    assert texts(both.complete("cyb", 1, "en")) == ["cybersecurity"]


def test_a_value_is_suggested_once_and_no_more_than_asked() -> None:
    many = Autocomplete(
        [
            Entry("rete reti reticolo", COMPETENCE, 1),
            *(Entry(f"rete {n:02}", COMPETENCE, 1) for n in range(20)),
        ]
    )
    assert len(many.complete("ret")) == MAX_SUGGESTIONS
    assert texts(many.complete("ret", 2)) == ["rete 00", "rete 01"]
    assert texts(many.complete("ret", 50)).count("rete reti reticolo") == 1


def test_places_with_more_organisations_come_first(suggestions: Autocomplete) -> None:
    found = suggestions.complete("sartoria in t")
    assert found == ()
    found = suggestions.complete("sartoria a to")
    assert found[0] == Suggestion("sartoria a Toscana", PLACE)
    assert "sartoria a Torino" in texts(found)


def test_the_api_suggests(client: TestClient) -> None:
    found = client.get("/api/v1/suggestions", params={"q": "chi fa pene"}).json()
    assert found == [{"text": "chi fa penetration testing", "kind": "competence"}]
    english = {"q": "who does pene", "lang": "en"}
    found = client.get("/api/v1/suggestions", params=english).json()
    assert found == [{"text": "who does penetration testing", "kind": "competence"}]
    assert client.get("/api/v1/suggestions", params={"lang": "xx"}).status_code == 400
    assert client.get("/api/v1/suggestions").json() == []


def test_the_command_line_takes_the_filters_and_the_order(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = {
        f"profiles/{name}.md": (
            f"---\nname: {name}\ncompetencies: [pane]\nsectors: ['10.71']\n"
            f"certifications: [ISO 9001]\n---\nPane e focacce.\n"
        )
        for name in ("Zeta", "Beta")
    }
    index = build_sources(tmp_path_factory.mktemp("cli"), sources).index
    assert load_current(index)[0].organisations
    options = ["--competence", "pane", "--sector", "10", "--certification", "iso 9001"]
    options += ["--proof", "declared", "--sort", "name"]
    assert main(["search", "focacce", "--index", str(index), *options], ToyEncoder()) == OK
    out = capsys.readouterr().out
    assert 0 < out.index("Beta") < out.index("Zeta")
