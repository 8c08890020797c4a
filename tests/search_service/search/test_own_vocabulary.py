"""An association's own vocabulary, as the service knows it: from the index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

VOCABULARY = """\
concepts:
- id: seamanship
  it: arte marinaresca
  en: seamanship
  family: local-services
- id: sailing-school
  it: scuola di vela
  en: sailing school
  synonyms: {it: [corsi di vela], en: [sailing courses]}
  broader: [seamanship]
- id: translation
  it: traduzioni di bordo
remove: [payroll]
"""


def profile(name: str, competence: str, text: str) -> str:
    return f"---\nname: {name}\ncompetencies: [{competence}]\n---\n{text}\n"


SOURCES = {
    "vocabulary.yaml": VOCABULARY,
    "profiles/randa.md": profile("Randa", "corsi di vela", "Andiamo per mare."),
    "profiles/fiocco.md": profile("Fiocco", "sailing school", "We go out."),
    "profiles/remo.md": profile("Remo", "buste paga", "Facciamo conti."),
    "profiles/zattera.md": profile("Zattera", "translation", "Traduciamo."),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("own")
    index = build_sources(folder, SOURCES).index
    (folder / "corpus" / "vocabulary.yaml").unlink()  # the index has it
    state = ServiceState(index, ToyEncoder())
    state.refresh()
    with TestClient(create_app(state, ServiceSettings())) as client:
        yield client


def documented(client: TestClient, question: str, **chosen: str) -> set[str]:
    answer = client.get("/api/v1/search", params={"q": question, **chosen}).json()
    return {hit["name"] for hit in answer["documented"]}


def test_questions_are_understood_with_it(client: TestClient) -> None:
    assert documented(client, "chi fa scuola di vela?") == {"Randa", "Fiocco"}
    assert documented(client, "who does seamanship?") == {"Randa", "Fiocco"}
    assert documented(client, "who does seamanship?", off="narrower") == set()


def test_its_tags_are_one(client: TestClient) -> None:
    for name in ("scuola di vela", "Sailing courses", "sailing-school"):
        assert documented(client, "", competence=name) == {"Randa", "Fiocco"}
    page = client.get("/competencies/sailing-school").text
    assert "<h1>Scuola di vela</h1>" in page
    assert "Chi la dichiara" in page


def test_its_labels_are_shown_and_the_old_ones_are_understood(client: TestClient) -> None:
    assert "<h1>Traduzioni di bordo</h1>" in client.get("/competencies/translation").text
    assert documented(client, "servizi di traduzione") == {"Zattera"}


def test_its_words_are_suggested(client: TestClient) -> None:
    found = client.get("/api/v1/suggestions", params={"q": "marinar"}).json()
    assert [one["text"] for one in found] == ["arte marinaresca"]
    found = client.get("/api/v1/suggestions", params={"q": "vela", "lang": "en"}).json()
    assert [one["text"] for one in found] == ["sailing school"]


def test_what_it_removes_is_a_word_like_others(client: TestClient) -> None:
    assert client.get("/competencies/buste-paga").status_code == 200
    assert client.get("/competencies/payroll").status_code == 404
