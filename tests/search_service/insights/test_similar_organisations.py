from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from indexer.index.snapshot import Generation, load_current
from search_service.filters.registry import index_of
from search_service.insights.similar_organisations import (
    MAX_NEIGHBOURS,
    Neighbour,
    NeighbourFinder,
)
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder


def profile(name: str, competencies: str, text: str) -> str:
    return f"---\nname: {name}\ncompetencies: [{competencies}]\n---\n{text}\n"


def case(title: str, who: str, competencies: str = "", text: str = "Un lavoro.") -> str:
    head = f'title: "{title}"\ncooperatives: [{who}]\ncompetencies: [{competencies}]'
    return f"---\n{head}\n---\n{text}\n"


SOURCES = {
    "profiles/rossa.md": profile("Rossa", "data engineering, SAP", "Facciamo data engineering."),
    "profiles/verde.md": profile("Verde", "data engineering", "Facciamo data engineering."),
    "profiles/blu.md": profile("Blu", "sartoria", "Nel tempo libero data engineering e cuciture."),
    "profiles/gialla.md": profile("Gialla", "crisantemi", "Disegniamo crisantemi."),
    "profiles/nera.md": profile("Nera", "falegnameria", "Armadi; chi sapeva fare SAP?"),
    "profiles/bianca.md": profile("Bianca", "falegnameria", "Sedie e tavoli."),
    "profiles/viola.md": profile("Viola", "catering", "Pranzi e cene."),
    "profiles/sola.md": profile("Sola", "", "Nulla in comune con altri."),
    "case_studies/uno.md": case("Uno", "Viola, Rossa", "catering"),
    "case_studies/due.md": case("Due <script>", "Verde", "data engineering, crisantemi"),
    "case_studies/tre.md": case("Tre", "Verde", "data engineering, crisantemi, falegnameria"),
    "events/fiera.md": (
        "---\ntitle: Fiera\norganisers: [Nera]\nparticipants: [Rossa, Viola]\n---\nUna fiera.\n"
    ),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sources(tmp_path_factory.mktemp("neighbours"), SOURCES).index


@pytest.fixture(scope="module")
def generation(index: Path) -> Generation:
    return load_current(index)[0]


@pytest.fixture(scope="module")
def near(generation: Generation) -> NeighbourFinder:
    return NeighbourFinder(index_of(generation))


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    state = ServiceState(index, ToyEncoder())
    state.refresh()
    with TestClient(create_app(state, ServiceSettings())) as client:
        yield client


def by_id(found: tuple[Neighbour, ...]) -> dict[str, Neighbour]:
    return {neighbour.id: neighbour for neighbour in found}


def labels(neighbour: Neighbour) -> list[str]:
    return [name.label for name in neighbour.competencies]


def documents(neighbour: Neighbour) -> list[str]:
    return [reference.id for reference in neighbour.documents]


def test_those_that_do_the_same_are_similar(near: NeighbourFinder) -> None:
    similar = near.of("rossa").similar
    assert similar[0].id == "verde"
    assert labels(similar[0]) == ["ingegneria dei dati"]
    assert not similar[0].worked_together
    assert "sola" not in by_id(similar)


def test_what_both_declare_counts_more_than_what_one_only_speaks_of(near: NeighbourFinder) -> None:
    similar = by_id(near.of("rossa").similar)
    assert similar["verde"].score > similar["blu"].score
    assert labels(similar["blu"]) == ["ingegneria dei dati"]
    assert similar["verde"].declared_by_both == similar["verde"].competencies
    assert similar["blu"].declared_by_one == similar["blu"].competencies
    (key,) = near._shared("rossa", "blu")
    size = len(SOURCES) - 4  # each profile is an organisation
    declared, alone = np.log1p(size / 3), np.log1p(size / 1)  # by three; SAP and sartoria by one
    assert near._overlap("rossa", "verde", [key]) == pytest.approx(declared / (declared + alone))
    assert near._overlap("rossa", "blu", [key]) == pytest.approx(
        0.5 * declared / (declared + 2 * alone)
    )


def test_an_acronym_is_not_read_in_another_word(near: NeighbourFinder) -> None:
    assert "nera" not in by_id(near.of("rossa").similar)


def test_what_was_done_together_is_no_sign_of_doing_the_same(near: NeighbourFinder) -> None:
    assert "viola" not in by_id(near.of("rossa").similar)


def test_those_it_worked_with_complete_it_jobs_before_meetings(near: NeighbourFinder) -> None:
    found = near.of("rossa").complementary
    assert [(n.id, documents(n)) for n in found if n.worked_together] == [
        ("viola", ["case_studies/uno.md", "events/fiera.md"]),
        ("nera", ["events/fiera.md"]),
    ]
    assert found[0].score == pytest.approx(1 + 1 / 3)
    assert found[1].score == pytest.approx(1 / 3)


def test_what_often_stands_beside_its_own_and_it_lacks_completes_it(near: NeighbourFinder) -> None:
    gialla = by_id(near.of("rossa").complementary)["gialla"]
    assert labels(gialla) == ["crisantemi"]
    assert documents(gialla) == ["case_studies/due.md", "case_studies/tre.md"]
    assert not gialla.worked_together


def test_what_it_speaks_of_itself_it_does_not_lack(near: NeighbourFinder) -> None:
    assert "gialla" not in by_id(near.of("verde").complementary)


def test_beside_once_is_not_often(near: NeighbourFinder) -> None:
    """Falegnameria stands beside data engineering in one document only."""
    assert by_id(near.of("blu").complementary) == {}
    assert "bianca" not in by_id(near.of("rossa").complementary)


def test_who_shares_nothing_has_no_neighbours(near: NeighbourFinder) -> None:
    assert near.of("sola").similar == near.of("sola").complementary == ()


def test_no_neighbour_without_a_reason_nor_of_itself(
    near: NeighbourFinder, generation: Generation
) -> None:
    for organisation in generation.organisations:
        found = near.of(organisation)
        for neighbours in (found.similar, found.complementary):
            assert all(n.competencies or n.documents for n in neighbours)
            assert organisation not in by_id(neighbours)
            assert len(by_id(neighbours)) == len(neighbours)
        completing = {n.id for n in found.complementary if not n.worked_together}
        assert not completing & set(by_id(found.similar))


def test_the_same_generation_gives_the_same_neighbours(
    near: NeighbourFinder, generation: Generation
) -> None:
    again = NeighbourFinder(index_of(generation))
    assert all(near.of(o) == again.of(o) for o in generation.organisations)


def test_at_most_five_are_named(tmp_path: Path) -> None:
    sources = {
        f"profiles/p{n}.md": profile(f"Prova {n}", "apicoltura", "Facciamo apicoltura.")
        for n in range(8)
    }
    # Many others, so that beekeeping still tells these apart.
    sources |= {f"profiles/x{n}.md": profile(f"Altra {n}", "", "Altro.") for n in range(40)}
    generation = load_current(build_sources(tmp_path, sources).index)[0]
    similar = NeighbourFinder(index_of(generation)).of("prova-0").similar
    assert len(by_id(similar)) == len(similar) == MAX_NEIGHBOURS == 5
    assert [n.score for n in similar] == sorted((n.score for n in similar), reverse=True)


def test_what_everybody_says_tells_nobody_apart(tmp_path: Path) -> None:
    sources = {
        f"profiles/p{n}.md": profile(f"Prova {n}", "consulenza", "Facciamo consulenza.")
        for n in range(8)
    }
    generation = load_current(build_sources(tmp_path, sources).index)[0]
    assert NeighbourFinder(index_of(generation)).of("prova-0").similar == ()


def test_an_empty_index_has_no_neighbours(tmp_path: Path) -> None:
    source = {"profiles/a.md": profile("Unica", "teatro", "Recitiamo.")}
    generation = load_current(build_sources(tmp_path, source).index)[0]
    found = NeighbourFinder(index_of(generation)).of("unica")
    assert found.similar == found.complementary == ()


def test_the_api_answers_with_both_lists(client: TestClient) -> None:
    found = client.get("/api/v1/organisations/rossa/neighbours").json()
    assert found["similar"][0]["id"] == "verde"
    assert found["complementary"][0]["documents"][0] == {
        "id": "case_studies/uno.md",
        "title": "Uno",
        "kind": "case_study",
    }
    assert client.get("/api/v1/organisations/nessuna/neighbours").status_code == 404


def test_the_page_shows_both_lists_with_their_reasons(client: TestClient) -> None:
    page = client.get("/organisations/rossa").text
    before, _, complementary = page.partition("Cooperative con competenze complementari")
    partners, _, similar = before.partition("Cooperative simili")
    assert '<a href="../organisations/verde">Verde</a>' in similar
    for reason in ("Dichiarano entrambe", "Una la dichiara, l'altra ne scrive"):
        assert f"{reason}: ingegneria dei dati" in html.unescape(similar)
    english = client.get("/organisations/rossa?lang=en").text
    assert "Both declare: data engineering" in english
    assert '<a href="../organisations/viola">Viola</a>' in partners
    assert '<a href="../documents/case_studies/uno.md">Uno</a>' in partners
    assert "Viola" not in complementary
    assert "Offre: crisantemi" in complementary
    assert "Due &lt;script&gt;" in complementary
    alone = client.get("/organisations/sola").text
    assert "Cooperative simili" not in alone
    assert "complementari" not in alone
