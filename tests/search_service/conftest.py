"""A small index, built once, with every way an organisation can stand to a place and a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from fastapi.testclient import TestClient

from indexer.index.snapshot import Generation, load_current
from indexer.pipeline import build as pipeline
from search_service.live.live_index import ServiceState
from search_service.search.searcher import Searcher
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder

ODD = "case_studies/città d'arte #1 50%.md"  # a name that every address has to quote
HTML = "case_studies/archivio.html"
REGISTER = "profiles/registro.csv"
SOURCES = {
    "profiles/bussola.md": """\
        ---
        name: Bussola
        vat: "01114601006"
        seat: Bologna
        works_in: [provincia di Parma]
        competencies: [data engineering]
        certifications: [ISO 9001]
        fictional: true
        ---
        Facciamo data engineering e cruscotti per gli enti pubblici.
        """,
    "profiles/vicina.md": """\
        ---
        name: Vicina
        seat: Imola
        works_in: [Bologna]
        competencies: [sartoria]
        ---
        Cuciamo divise in una sartoria sociale.
        """,
    "profiles/distante.md": """\
        ---
        name: Distante
        seat: Palermo
        remote: true
        competencies: [data engineering]
        ---
        Facciamo data engineering lavorando da lontano.
        """,
    "profiles/ovunque.md": """\
        ---
        name: Ovunque
        seat: Milano
        works_in: [Italia]
        competencies: [penetration testing]
        ---
        Penetration testing di applicazioni e reti.
        """,
    "profiles/senzasede.md": """\
        ---
        name: Senzasede
        ---
        Traduciamo manuali di giardinaggio.
        """,
    REGISTER: """\
        nome;sede;remoto;competenze;descrizione
        Àncora d'Oro;Livorno;no;falegnameria;Restauriamo barche di legno.
        Etrusca;Toscana;no;vendemmia;Raccogliamo uva nelle vigne.
        Original;Siena;no;teatro;Recitiamo commedie nelle piazze.
        """,
    ODD: """\
        ---
        title: Dati e musei
        cooperatives: [Bussola, Ovunque]
        client: un museo
        place: Parma
        date: 2024-05
        competencies: [data engineering]
        ---
        # Il lavoro

        Bussola e Ovunque hanno unito gli archivi dei musei.
        """,
    "case_studies/senza data.md": """\
        ---
        title: Una prova
        cooperatives: [Bussola]
        ---
        Una migrazione di archivi, senza dire quando né per chi.
        """,
    HTML: """\
        <html><head><title>Archivio sonoro</title></head>
        <body><h1>Archivio sonoro</h1><script>alert(1)</script>
        <p>Distante ha ordinato un archivio sonoro di nastri.</p></body></html>
        """,
    HTML + ".yaml": """\
        cooperatives: [Distante]
        client: una radio
        date: 2023-11-05
        """,
    "events/accessibilita.md": """\
        ---
        title: Giornata sulla accessibilità
        organisers: [Ovunque]
        participants: [Vicina]
        place: Milano
        date: 2025-03-05
        ---
        Una giornata sulla accessibilità dei siti.
        """,
    "events/meetup.md": """\
        ---
        title: Data meetup
        organisers: [Distante]
        place: Bologna
        date: 2024
        language: en
        ---
        Distante spoke about data pipelines.
        """,
}


def write_corpus(folder: Path, sources: dict[str, str]) -> Path:
    for name, text in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return folder


def build_sources(folder: Path, sources: dict[str, str]) -> ServiceSettings:
    """Index ``sources`` inside ``folder``; building again there publishes another generation."""
    corpus = write_corpus(folder / "corpus", sources)
    settings = read_service_settings(corpus=corpus, index=folder / "index")
    pipeline.build_index(settings, ToyEncoder())
    return settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> ServiceSettings:
    return build_sources(tmp_path_factory.mktemp("service"), SOURCES)


@pytest.fixture(scope="session")
def generation(settings: ServiceSettings) -> Generation:
    return load_current(settings.index)[0]


@pytest.fixture(scope="session")
def searcher(generation: Generation) -> Searcher:
    return Searcher(generation, ToyEncoder())


@pytest.fixture(scope="session")
def client(settings: ServiceSettings) -> Iterator[TestClient]:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    with TestClient(create_app(state, ServiceSettings()), raise_server_exceptions=False) as client:
        yield client


@dataclass(frozen=True)
class Ids:
    """Short names for the organisations of the index."""

    bussola: str = "it01114601006"
    vicina: str = "vicina"
    distante: str = "distante"
    ovunque: str = "ovunque"
    senzasede: str = "senzasede"
    ancora: str = "ancora-d-oro"
    etrusca: str = "etrusca"
    original: str = "original"


IDS = Ids()


# --- a test collection in BEIR's layout ------------------------------------------------------

Rows = Sequence[Mapping[str, object]]
ORGANISATIONS: Rows = (
    {"id": "s0", "title": "Forno Rosso", "text": "Pane e focacce.", "city": "Torino"},
    {"id": "s1", "title": "Sarta Blu", "text": "Sartoria e divise.", "region": "Toscana"},
    {"id": "s2", "title": "Vigna Oro", "text": "Vino e uva.", "city": "Siena", "region": "Toscana"},
    {"id": "s3", "title": "Casa Viola", "text": "Mobili su misura."},
    {"id": "s4", "title": "Solo un nome", "text": " "},
)
QUESTIONS: Rows = (
    {"id": "q0", "text": "pane e focacce in Piemonte", "region": "Piemonte"},
    {"id": "q1", "text": "sartoria e divise in Toscana"},
    {"id": "q2", "text": "pane e focacce in Sardegna"},
    {"id": "q3", "text": "mobili su misura"},
    {"id": "unjudged", "text": "pane"},
)
QRELS = ["q0\ts0\t1", "q1\ts1\t2", "q1\ts2\t1", "q2\ts0\t1", "q3\ts3\t1", "q3\ts1\t1"]


def collection(
    folder: Path,
    rows: Rows = ORGANISATIONS,
    questions: Rows = QUESTIONS,
    qrels: Sequence[str] = QRELS,
    meta: Mapping[str, object] | None = None,
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    meta = meta or {"ranks": "organisations", "kind": "profile"}
    for name, objects in (("corpus", rows), ("queries", questions)):
        lines = "\n".join(json.dumps(o, ensure_ascii=False) for o in objects)
        (folder / f"{name}.jsonl").write_text(lines + "\n", "utf-8")
    lines = "\n".join(["query-id\tcorpus-id\tscore", *qrels])
    (folder / "qrels.tsv").write_text(lines + "\n", "utf-8")
    (folder / "meta.json").write_text(json.dumps(meta), "utf-8")
    return folder
