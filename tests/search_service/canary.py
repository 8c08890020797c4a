"""A corpus with documents that the public may not see, the same without them, and every way to ask.

``words`` are in the hidden documents only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote, urlencode

from tests.search_service.conftest import IDS, SOURCES

WORDS = (
    "zanzibarda",
    "zanzibardi",
    "criptozoologia",
    "criptozoologi",
    "55001",
    "99900088883",
    "yeti",
    "ninfea",
    "matera",
    "fagottini",
    "1987",
)
NAME, IDENTITY, NAMESAKE = "Zanzibarda", "it99900088883", "ovunque--matera-mt"
COMPETENCE, CERTIFICATION, SECTOR = "criptozoologia applicata", "ISO 55001", "72.10"
HIDDEN = {
    "profiles/zanzibarda.md": f"""\
        ---
        name: {NAME}
        aliases: [Zanzibardi Uniti]
        vat: "99900088883"
        seat: Matera
        competencies: [{COMPETENCE}, data engineering]
        certifications: [{CERTIFICATION}]
        sectors: ["{SECTOR}", fagottini]
        legal_form: cooperativa sociale di tipo B
        contacts: [yeti@zanzibarda.example]
        visibility: members
        ---
        Zanzibarda fa criptozoologia e data engineering, cuce divise e cerca lo yeti.
        """,
    # A second profile of a public cooperative: nothing of it may be joined to the first.
    "profiles/senzasede-riservata.md": """\
        ---
        name: Senzasede
        aliases: [Ninfea Nera]
        seat: Matera
        competencies: [criptozoologia applicata]
        visibility: members
        updated: 2026-01
        ---
        Senzasede traduce anche dallo yeti.
        """,
    # A namesake of a public one: events that name it still mean the other.
    "profiles/ovunque-due.txt": "Ovunque di Matera prepara fagottini di giardinaggio.\n",
    "profiles/ovunque-due.txt.yaml": "name: Ovunque\nseat: Matera\nvisibility: soci\n",
    "case_studies/yeti.md": """\
        ---
        title: Lo yeti di Bussola
        cooperatives: [Bussola, Zanzibarda]
        client: il barone Ninfea
        place: Matera
        date: 1987-05
        competencies: [criptozoologia applicata, data engineering]
        visibility: members
        ---
        Bussola e Zanzibarda hanno contato gli yeti con il data engineering.
        """,
    "events/ninfea.html": """\
        <html><head><title>Cena della Ninfea</title></head>
        <body><h1>Cena</h1><p>Vicina e Distante a tavola con lo yeti.</p></body></html>
        """,
    "events/ninfea.html.yaml": "date: 1987\nplace: Matera\nvisibility: members\n",
    "profiles/soli.csv": "nome;sede;descrizione;visibilità\nYeti Soli;Matera;Fagottini.;admin\n",
}
BARE = SOURCES
FULL = {**SOURCES, **HIDDEN}
QUESTIONS = (
    "criptozoologia",
    "chi fa criptozologia applicata?",  # misspelt
    "zanzibarda",
    "Zanzibrda",
    "chi fa data engineering",
    "sartoria a Matera",
    "data engineering vicino a Matera",
    "eventi nel 1987",
    "chi ha la ISO 55001",
    "yeti ninfea fagottini",
    "giardinaggio",
    "Ovunque",
    "data engineering ma non Zanzibarda",
    "who does cryptozoology in Basilicata",
)
_TYPED = ("z", "zanz", "cripto", "chi fa cri", "iso 5", "mater", "yeti", "ninf", "data")
_FILTERS: tuple[dict[str, str], ...] = (
    {"competence": COMPETENCE},
    {"certification": CERTIFICATION},
    {"sector": SECTOR},
    {"sector": "fagottini"},
    {"place": "Matera"},
    {"place": "regione:17"},
    {"since": "1987", "until": "1987"},
    {"kind": "event"},
    {"proof": "demonstrated"},
    {"off": "place"},
    {"sort": "date"},
    {"competence": "data engineering", "sort": "name"},
)
ORGANISATIONS = (IDENTITY, NAMESAKE, "zanzibarda", "ninfea-nera", "yeti-soli", *vars(IDS).values())
DOCUMENTS = (*HIDDEN, "profiles/soli.csv/yeti-soli", *SOURCES, "profiles/registro.csv/original")
COMPETENCIES = ("criptozoologia-applicata", "data-engineering", "sartoria", "nessuna")
_LANGUAGES = ("", "en")
_FILES = ("results.xlsx", "results.csv", "results.json", "contacts.csv", "contacts.vcf", "nothing")


def addresses() -> Iterator[str]:
    """Every way to ask for what is hidden, and for what is beside it."""
    yield from _of_programs()
    yield from _of_searches()
    for path in (
        "/",
        "/network",
        "/organisations",
        "/competencies",
        "/shortlist",
        "/privacy",
        "/ranking",
        "/api",
    ):
        yield from (f"{path}{f'?lang={lang}' if lang else ''}" for lang in _LANGUAGES)
    yield from (
        "/login",
        "/accessibility",
        "/robots.txt",
        "/sitemap.xml",
        "/opensearch.xml",
        "/favicon.ico",
        "/nessuna",
    )
    yield from (f"/competencies/{name}" for name in COMPETENCIES)
    yield from (f"/competencies?{urlencode({'q': name})}" for name in (COMPETENCE, "data", "yeti"))
    yield from (f"/organisations/{quote(name, safe='')}" for name in ORGANISATIONS)
    yield from (f"/documents/{quote(name)}" for name in DOCUMENTS)
    yield from (f"/organisations?{urlencode(one)}" for one in _FILTERS)
    gaps = ("old", "undated", "proof", "competencies", "contacts", "site", "seat", "none")
    yield from (f"/network/{key}/{name}" for key, name in product(gaps, _FILES))
    lists = ("regions", "families", "scarce", "undeclared", "competencies")
    yield from (f"/network/{key}/table.{end}" for key, end in product(lists, ("csv", "xlsx")))
    yield "/network/network.xlsx"
    for name, one in product(
        _FILES, ({}, {"q": QUESTIONS[0]}, {"q": "data engineering"}, *_FILTERS)
    ):
        yield f"/export/{name}?{urlencode(one)}"
    for name, question in product(("", ".csv", ".json", ".xlsx", ".pdf"), ("", QUESTIONS[0])):
        path = f"/shortlist/results{name}" if name else "/shortlist"
        picks = [("pick", one) for one in (IDENTITY, NAMESAKE, IDS.bussola, IDS.senzasede)]
        yield f"{path}?{urlencode([('q', question), *picks])}"
        yield f"{path}?{urlencode({'q': question, 'pick': IDENTITY})}"


def _of_programs() -> Iterator[str]:
    yield from (
        "/api/v1/index/none",
        "/healthz",
        "/readyz",
        "/api/v1/facets",
        "/api/v1/openapi.json",
        "/api/v1/nothing",
    )
    yield from (f"/api/v1/suggestions?{urlencode({'q': typed})}" for typed in _TYPED)
    for name in ORGANISATIONS:
        yield f"/api/v1/organisations/{quote(name, safe='')}"
        yield f"/api/v1/organisations/{quote(name, safe='')}/neighbours"
    for name in DOCUMENTS:
        yield f"/api/v1/documents/{quote(name)}"
        yield f"/api/v1/documents/{quote(name)}/original"


def _of_searches() -> Iterator[str]:
    asked: list[dict[str, str]] = [{"q": question} for question in QUESTIONS]
    asked += [*_FILTERS, *({"q": "data engineering", **one} for one in _FILTERS)]
    for one in asked:
        yield f"/api/v1/search?{urlencode({**one, 'explain': 'true', 'limit': '50'})}"
        passages = {key: value for key, value in one.items() if key != "sort"}
        yield f"/api/v1/passages?{urlencode({**passages, 'limit': '100'})}"
        yield f"/?{urlencode(one)}"
        yield f"/embed?{urlencode({**one, 'lang': 'en'})}"


def traces(text: str) -> list[str]:
    """The hidden words in a text."""
    return [word for word in WORDS if re.search(rf"(?<!\w){word}", text, re.IGNORECASE)]
