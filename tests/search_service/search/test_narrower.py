"""What lies under a competence counts for it, is shown, and can be switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.index.snapshot import load_current
from search_service.cli.main import main
from search_service.domain import Answer, ExplicitFilters
from search_service.live.live_index import ServiceState
from search_service.presentation.labels import words_in
from search_service.query import wording
from search_service.query.narrower import NARROWER
from search_service.search.searcher import Searcher
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder


def profile(name: str, competencies: str, text: str) -> str:
    return f"---\nname: {name}\nseat: Bologna\ncompetencies: [{competencies}]\n---\n{text}\n"


KEY = "narrower:cybersecurity"
SOURCES = {
    "profiles/chiave.md": profile("Chiave", "penetration testing", "Proviamo le difese altrui."),
    "profiles/cifra.md": profile("Cifra", "crittografia", "Nascondiamo i messaggi."),
    "profiles/guardia.md": profile("Guardia", "sicurezza informatica", "Teniamo fuori i ladri."),
    "profiles/sarta.md": profile("Sarta", "sartoria", "Cuciamo divise."),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sources(tmp_path_factory.mktemp("narrower"), SOURCES).index


@pytest.fixture(scope="module")
def searcher(index: Path) -> Searcher:
    return Searcher(load_current(index)[0], ToyEncoder())


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    state = ServiceState(index, ToyEncoder())
    state.refresh()
    with TestClient(create_app(state, ServiceSettings())) as client:
        yield client


def ask(searcher: Searcher, question: str, *off: str) -> Answer:
    return searcher.search(searcher.understand(question, ExplicitFilters.of(off)))


def documented(answer: Answer) -> set[str]:
    return {hit.organisation.name for hit in answer.documented}


def chips(answer: Answer, language: str = "it") -> list[str]:
    words = words_in(language)
    return [
        f"{wording.heading(u.aspect, words)}: {wording.label(u, words)}"
        for u in answer.query.understood
        if u.aspect == NARROWER
    ]


def test_what_lies_under_a_concept_counts_and_is_told(searcher: Searcher) -> None:
    answer = ask(searcher, "chi fa sicurezza informatica a Bologna?")
    assert documented(answer) == {"Chiave", "Cifra", "Guardia"}
    assert chips(answer) == ["competenza: anche crittografia, penetration testing"]
    assert chips(answer, "en") == ["competence: also cryptography, penetration testing"]
    assert answer.query.understood[-1].key == KEY


@pytest.mark.parametrize("off", [KEY, NARROWER])
def test_switched_off_only_its_own_names_count(searcher: Searcher, off: str) -> None:
    answer = ask(searcher, "chi fa cybersecurity a Bologna?", off)
    assert documented(answer) == {"Guardia"}
    assert chips(answer) == []


def test_another_concept_switched_off_changes_nothing(searcher: Searcher) -> None:
    answer = ask(searcher, "chi fa sicurezza informatica?", "narrower:payroll")
    assert documented(answer) == {"Chiave", "Cifra", "Guardia"}


def test_nothing_is_told_where_nothing_lies_under_it_that_anybody_does(searcher: Searcher) -> None:
    for question in ("chi fa penetration testing?", "chi fa buste paga?", "chi c'è a Bologna?"):
        assert chips(ask(searcher, question)) == []


def test_a_product_is_no_name_of_a_concept(tmp_path: Path) -> None:
    sources = {
        "profiles/a.md": profile("Alfa", "content management, Drupal", "Pubblichiamo."),
        "profiles/b.md": profile("Beta", "Drupal", "Pubblichiamo."),
    }
    made = Searcher(load_current(build_sources(tmp_path, sources).index)[0], ToyEncoder())
    concept = made.generation.linker.named("content management")
    assert concept is not None
    query = made.understand("content management")
    assert documented(made.search(query)) == {"Alfa", "Beta"}
    strict = replace(query, own_names_only=frozenset({concept}))
    assert documented(made.search(strict)) == {"Alfa"}


def test_the_most_common_come_first_and_the_rest_are_counted(tmp_path: Path) -> None:
    names = ("penetration testing", "backup", "SOC", "firewall", "ISO 27001", "crittografia")
    sources = {
        f"profiles/p{n}.md": profile(f"Prova {n}", ", ".join(names[: n + 1]), "Testo.")
        for n in range(len(names))
    }
    made = Searcher(load_current(build_sources(tmp_path, sources).index)[0], ToyEncoder())
    (item,) = [
        i for i in ask(made, "sicurezza informatica").query.understood if i.aspect == NARROWER
    ]
    assert isinstance(item.meaning, tuple)
    assert item.meaning[0].english == "penetration testing"
    assert len(item.meaning) > 4
    shown = ", ".join(name.label for name in item.meaning[:4])
    rest = len(item.meaning) - 4
    assert item.label == f"anche {shown} e " + ("un'altra" if rest == 1 else f"altre {rest}")


# --- on every screen -------------------------------------------------------------------------


def test_the_page_shows_a_chip_that_can_be_switched_off_and_on_again(client: TestClient) -> None:
    page = client.get("/?q=sicurezza+informatica").text
    assert "competenza: <b>anche crittografia, penetration testing</b>" in page
    assert "off=narrower%3Acybersecurity" in page
    without = client.get("/?q=sicurezza+informatica&off=narrower:cybersecurity").text
    assert "competenza: <s>anche crittografia, penetration testing</s>" in without
    assert "1 cooperativa" in without
    assert (
        "competence: <b>also cryptography, penetration testing</b>"
        in client.get("/?q=cybersecurity&lang=en").text
    )


def test_nobody_is_told_to_leave_it_out(client: TestClient) -> None:
    page = client.get("/?q=sicurezza+informatica+a+Palermo&since=2030").text
    assert "competenza: <b>anche crittografia, penetration testing</b>" in page
    assert "Cerca senza «anche crittografia, penetration testing»" not in page


def test_the_api_tells_it_and_takes_it_off(client: TestClient) -> None:
    asked = {"q": "sicurezza informatica"}
    answer = client.get("/api/v1/search", params=asked).json()
    (understood,) = answer["query"]["understood"]
    assert (understood["key"], understood["label"]) == (
        KEY,
        "anche crittografia, penetration testing",
    )
    assert answer["total"] == 3
    assert client.get("/api/v1/search", params={**asked, "off": KEY}).json()["total"] == 1


def test_the_command_line_takes_it_off(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ["search", "sicurezza informatica", "--index", str(index)]
    assert main(question, ToyEncoder()) == 0
    assert "capito: anche crittografia, penetration testing" in capsys.readouterr().out
    assert main([*question, "--off", NARROWER], ToyEncoder()) == 0
    out = capsys.readouterr().out
    assert "crittografia, penetration testing" not in out
    assert "1 cooperativa" in out
