"""Documents for members only, asked for by the public in every way there is: nothing tells of them.

The strongest form of it: each answer is, byte by byte, that of an index that never had them.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType, MethodType, ModuleType

import pytest
from fastapi.testclient import TestClient
from mcp import Client
from starlette.routing import Route

from indexer.domain import Level
from indexer.index.passages import MappedPassages
from indexer.text.folding import fold
from indexer.vocabulary import Vocabulary
from search_service.chat.handler import MessageHandler
from search_service.chat.store import Store
from search_service.chat.types import Message
from search_service.live.live_index import ServiceState
from search_service.mcp.server import create_server
from search_service.rate_limit import RateLimiter
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.canary import (
    BARE,
    DOCUMENTS,
    FULL,
    HIDDEN,
    IDENTITY,
    NAME,
    ORGANISATIONS,
    QUESTIONS,
    addresses,
    traces,
)
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

ADDRESSES = list(dict.fromkeys(addresses()))


@dataclass(frozen=True)
class Service:
    """A service over one of the two indexes."""

    settings: ServiceSettings
    state: ServiceState
    client: TestClient


def _service(folder: Path, sources: dict[str, str]) -> Service:
    settings = build_sources(folder, sources)
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    return Service(settings, state, TestClient(create_app(state, settings), follow_redirects=False))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = _service(tmp_path_factory.mktemp("full"), FULL)
    with service.client:
        yield service


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = _service(tmp_path_factory.mktemp("bare"), BARE)
    with service.client:
        yield service


# What differs from one answer to the next, whoever asks.
PASSING = frozenset({"content-length", "date", "x-request-id"})


def answer(service: Service, address: str) -> tuple[int, dict[str, str], bytes]:
    """What is sent, but for the name of the generation and the date of a workbook."""
    response = service.client.get(address)
    body = response.content
    if body.startswith(b"PK"):
        book = zipfile.ZipFile(io.BytesIO(body))
        body = b"".join(book.read(n) for n in book.namelist() if not n.endswith("core.xml"))
    generation = service.state.readiness.generation.encode()
    headers = {k: v for k, v in response.headers.items() if k not in PASSING}
    return response.status_code, headers, body.replace(generation, b"GENERATION")


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_public_is_answered_as_if_it_had_never_been_written(
    full: Service, bare: Service, address: str
) -> None:
    assert answer(full, address) == answer(bare, address)


def test_every_route_was_asked(full: Service) -> None:
    paths = [re.split(r"[?#]", address)[0] for address in ADDRESSES]
    app = full.client.app
    missed = [
        route.path
        for route in app.routes  # type: ignore[attr-defined]
        if isinstance(route, Route) and "GET" in (route.methods or ())
        if route.path != "/static/{name:path}"
        and not any(route.path_regex.fullmatch(path) for path in paths)
    ]
    assert missed == []
    described = full.client.get("/api/v1/openapi.json").json()["paths"]
    for path, operations in described.items():
        pattern = re.sub(r"\{[^}]*\}", ".+", path)
        if "get" in operations:
            assert any(re.fullmatch(pattern, asked) for asked in paths), path


def test_nothing_hidden_is_said_where_nobody_asked_for_it(full: Service) -> None:
    for address in ADDRESSES:
        if not traces(address):
            _, headers, body = answer(full, address)
            assert not traces(f"{headers} {body.decode('utf-8', 'replace')}"), address


def test_the_log_says_nothing_hidden(full: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for address in ADDRESSES:
            full.client.get(address)
    own = [r.getMessage() for r in caplog.records if r.name.startswith(("search_", "indexer"))]
    assert not traces("\n".join(own))


# --- chats and assistants --------------------------------------------------------------------


def _said(service: Service, folder: Path) -> list[str]:
    handler = MessageHandler(
        service.state,
        Store(folder / f"{id(service)}.sqlite"),
        "https://rete.example",
        ("slack",),
        RateLimiter(person=100_000, channel=100_000),
        clock=lambda: 1_800_000_000.0,
    )
    asked = [*QUESTIONS, "altri", "e a Matera?", "solo casi di studio", "avvisi", "avvisi?"]
    asked += [f"avvisami quando {question}" for question in QUESTIONS[:3]]
    return [repr(handler.reply(Message("slack", "C", "C u", "u", "", text))) for text in asked]


def test_chats_answer_as_if_it_had_never_been_written(
    full: Service, bare: Service, tmp_path: Path
) -> None:
    assert _said(full, tmp_path) == _said(bare, tmp_path)


def _told(service: Service) -> list[str]:
    server = create_server(lambda: service.state.searcher, "https://rete.example")

    async def conversation() -> list[str]:
        async with Client(server) as client:
            found: list[object] = [await client.list_resources()]
            for question in QUESTIONS:
                found.append(await client.call_tool("cerca_competenze", {"domanda": question}))
            for name in ORGANISATIONS:
                found.append(await client.call_tool("scheda_cooperativa", {"id": name}))
            for name in DOCUMENTS:
                found.append(await client.call_tool("documento", {"id": name}))
            return [str(one) for one in found]

    return [
        one.replace(service.state.readiness.generation, "GENERATION")
        for one in asyncio.run(conversation())
    ]


def test_assistants_are_told_as_if_it_had_never_been_written(full: Service, bare: Service) -> None:
    assert _told(full) == _told(bare)


# --- what is not there cannot be told, nor take time -------------------------------------------


def _reachable(root: object) -> Iterator[str]:
    """Every text that can be reached from an object, through whatever it holds."""
    seen: set[int] = set()
    todo: list[object] = [root]
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, (type, ModuleType, FunctionType, MethodType)):
            continue
        seen.add(id(one))
        if isinstance(one, (str, bytes, Path)):
            yield str(one)
        elif isinstance(one, dict):
            todo += [*one, *one.values()]
        elif isinstance(one, (list, tuple, set, frozenset, MappedPassages)):
            todo += one
        else:
            todo += vars(one).values() if hasattr(one, "__dict__") else ()
            names = (n for kind in type(one).__mro__ for n in getattr(kind, "__slots__", ()))
            todo += [getattr(one, name) for name in names if hasattr(one, name)]


def test_what_the_public_is_answered_from_does_not_hold_it(full: Service) -> None:
    """So there is nothing that a mistake could show, and nothing whose absence takes time."""
    live = full.state.live_for(Level.PUBLIC)
    searcher, insights = live.searcher, live.insights
    for name in ("neighbourhood", "overview", "families", "family_table", "suggestions"):
        getattr(insights, name)
    # All of Italy, Matera too, and the project's own vocabulary, in which there are "materassi".
    built_in = {*_reachable(searcher.gazetteer), *_reachable(Vocabulary.load().concepts)}
    built_in |= {word for text in built_in for word in (fold(text), *fold(text).split())}
    held = [text for text in _reachable(replace(searcher.generation)) if text not in built_in]
    held += [text for text in _reachable((searcher, insights)) if text not in built_in]
    assert len(held) > 300
    assert [text for text in held if traces(text)] == []
    seen = " ".join(_reachable(full.state.searcher_for(Level.MEMBERS)))
    assert len(traces(seen)) > 5  # the walk would have found it


def test_what_is_absent_and_what_is_hidden_are_refused_in_the_same_words(full: Service) -> None:
    for kind, hidden in (("organisations", IDENTITY), ("documents", next(iter(HIDDEN)))):
        absent = re.sub("[^/]", "x", hidden)  # links are relative to the path that was asked for
        for path in (f"/api/v1/{kind}/", f"/{kind}/"):
            answers = [full.client.get(path + name).text for name in (hidden, absent)]
            assert answers[0].replace(hidden, absent) == answers[1]


# --- those who may, do see it ------------------------------------------------------------------


def test_members_and_administrators_see_what_is_theirs(full: Service) -> None:
    members, admins = (full.state.searcher_for(level) for level in (Level.MEMBERS, Level.ADMIN))
    query = members.understand("criptozoologia")
    assert NAME in {hit.organisation.name for hit in members.search(query).documented}
    assert IDENTITY in members.generation.organisations
    assert "yeti-soli" not in members.generation.organisations  # for administrators
    assert "yeti-soli" in admins.generation.organisations
    counted = json.loads(full.client.get("/api/v1/facets").content)["kinds"]
    assert sum(counted.values()) < len(members.generation.documents)


# --- fields -----------------------------------------------------------------------------------

_FIELDS = {
    "vat": '"99900088883"',
    "contacts": "[yeti@zanzibarda.example]",
    "competencies": "[criptozoologia applicata]",
    "certifications": "[ISO 55001]",
    "aliases": "[Ninfea Nera]",
    "works_in": "[Matera]",
    "website": "https://ninfea.example",
    "members": "1987",
}
_PROFILE = "profiles/mista.md"


def _profile(lines: list[str]) -> dict[str, str]:
    text = "\n".join(["---", "name: Mista", "seat: Bologna", *lines, "---", "Cuce divise."])
    return {**BARE, _PROFILE: f"{text}\n"}


def test_fields_that_few_may_see_are_as_if_never_written(tmp_path: Path) -> None:
    fields = [f"{name}: {value}" for name, value in _FIELDS.items()]
    levels = ", ".join(f"{name}: members" for name in _FIELDS)
    mixed = _service(tmp_path / "mixed", _profile([*fields, f"visibility: {{{levels}}}"]))
    plain = _service(tmp_path / "plain", _profile([]))
    original = f"/api/v1/documents/{_PROFILE}/original"
    asked = [*ADDRESSES, "/organisations/mista", "/api/v1/organisations/mista"]
    differing = [
        address
        for address in (*asked, f"/documents/{_PROFILE}", f"/api/v1/documents/{_PROFILE}")
        if answer(mixed, address) != answer(plain, address)
    ]
    # The file itself holds the fields: only that it cannot be opened is told.
    told = {f"/documents/{_PROFILE}", f"/api/v1/documents/{_PROFILE}"}
    told |= {"/api/v1/organisations/mista"}
    assert set(differing) == told
    assert mixed.client.get(original).status_code == 404
    assert plain.client.get(original).status_code == 200
    shown = "".join(mixed.client.get(address).text for address in (*told, original))
    assert not traces(shown)
    members = mixed.state.searcher_for(Level.MEMBERS).generation
    assert members.organisations["it99900088883"].members == 1987
    assert members.documents[_PROFILE].content_hash
