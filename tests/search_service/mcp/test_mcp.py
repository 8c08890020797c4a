"""What assistants are told, through the library's own client, on both ways they connect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from search_service.domain import Answer, Highlight, Query
from search_service.mcp.text import LONGEST, excerpt
from search_service.search.searcher import Searcher
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.conftest import IDS, ODD, build_sources
from tests.search_service.mcp.clients import (
    ORIGIN,
    PROGRAM,
    TOOLS,
    ask,
    ids,
    on,
    serving,
    stdio,
    talk,
    text,
    until_known,
)

QUESTIONS = [
    "chi fa data engineering a Bologna",
    "who does data engineering near Bologna",
    "sartoria in Toscana",
    "penetration testing",
    "eventi sulla accessibilità",
    "chi fa sartoria a Cagliari",
]
Connect = Callable[[], Client]


@pytest.fixture(params=["stdio", "http", "http, with a handshake"])
def connect(request: pytest.FixtureRequest, settings: ServiceSettings) -> Connect:
    if request.param == "stdio":
        command = stdio(PROGRAM, "--index", str(settings.index))
        return lambda: Client(command)
    url = f"{request.getfixturevalue('service')}/mcp"
    return lambda: Client(url, mode="auto" if request.param == "http" else "legacy")


def test_every_tool_is_listed_and_its_results_are_of_the_type_it_says(connect: Connect) -> None:
    calls = [
        *(("cerca_competenze", {"domanda": question}) for question in QUESTIONS),
        ("scheda_cooperativa", {"id": IDS.bussola}),
        ("scheda_cooperativa", {"id": IDS.senzasede}),
        ("documento", {"id": ODD}),
        ("documento", {"id": "events/meetup.md"}),
    ]

    async def conversation(client: Client) -> None:
        await until_known(client, IDS.bussola)
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == TOOLS
        for name, arguments in calls:
            result = await client.call_tool(name, arguments)
            assert not result.is_error, text(result)
            jsonschema.validate(arguments, tools[name].input_schema)
            jsonschema.validate(result.structured_content, tools[name].output_schema)
        for tool in tools.values():
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint is True

    talk(connect(), conversation)


def test_the_same_cooperatives_in_the_same_order_as_the_api(connect: Connect, service: str) -> None:
    more: list[tuple[str, dict[str, Any], str]] = [
        ("data engineering", {"limit": 2, "offset": 1}, "limit=2&offset=1"),
        ("data", {"places": ["Toscana"], "kinds": "profile"}, "place=Toscana&kind=profile"),
        ("archivi", {"since": "2024", "until": "2024-06"}, "since=2024&until=2024-06"),
        ("sartoria a Bologna", {"off": ["place"]}, "off=place"),
    ]
    asked = [*((question, {}, "") for question in QUESTIONS), *more]

    async def conversation(client: Client) -> list[CallToolResult]:
        await until_known(client, IDS.bussola)
        return [await ask(client, question, **arguments) for question, arguments, _ in asked]

    told = talk(connect(), conversation)
    assert any((result.structured_content or {})["documented"] for result in told)
    for result, (question, _, address) in zip(told, asked, strict=True):
        answer = result.structured_content
        api = httpx2.get(f"{service}/api/v1/search?q={quote(question)}&{address}").json()
        assert ids(answer["documented"]) == ids(api["documented"])
        assert ids(answer["close"]) == ids(api["close"])[:5]
        assert ids(answer["elsewhere"]) == ids(api["elsewhere"])
        assert ids(answer["documents"]) == [found["document"] for found in api["documents"]]
        assert answer["understood"] == api["query"]["understood"]
        assert (answer["total"], answer["nobody"]) == (api["total"], api["total"] == 0)


def test_every_name_has_evidence_and_absolute_links(service: str) -> None:
    question = "chi fa data engineering a Bologna"
    result = talk(Client(f"{service}/mcp"), lambda client: ask(client, question))
    answer = result.structured_content
    first = answer["documented"][0]
    assert (first["id"], first["seat"]) == (IDS.bussola, "Bologna (BO)")
    assert (first["standing"], first["fictional"], first["band"]) == ("seated", True, "documented")
    for hit in answer["documented"]:
        assert hit["url"] == f"{ORIGIN}/organisations/{hit['id']}"
        assert hit["evidence"]
        for evidence in hit["evidence"]:
            assert evidence["text"]
            assert evidence["url"].startswith(f"{ORIGIN}/documents/")
            assert "#p" in evidence["url"]
    assert answer["web"] == f"{ORIGIN}/?q=chi+fa+data+engineering+a+Bologna"
    lines = text(result).splitlines()
    assert lines[0] == "Capito: Bologna (BO)"
    assert lines[2] == f"1. Bussola · Bologna (BO) · sede qui · dato inventato: {first['url']}"
    assert lines[3] == "   Dichiara: ingegneria dei dati"
    assert lines[5] == f"   dichiarato: Bussola · profilo: {first['evidence'][0]['url']}"
    assert lines[-1] == f"La stessa ricerca nella pagina: {answer['web']}"


def test_nobody_is_said_as_such_in_the_language_of_the_question(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Searcher.search

    def nobody(self: Searcher, query: Query, limit: int, offset: int) -> Answer:
        answer = search(self, query, limit, offset)
        hits = answer.documented
        return replace(answer, documented=(), total=0, close=hits[:1], elsewhere=hits[1:2])

    monkeypatch.setattr(Searcher, "search", nobody)

    async def conversation(client: Client) -> list[CallToolResult]:
        asked = ("chi fa data engineering a Bologna", "who does data engineering for companies")
        return [await ask(client, question) for question in asked]

    italian, english = talk(Client(f"{service}/mcp"), conversation)
    assert italian.structured_content["nobody"] is True
    assert italian.structured_content["documented"] == []
    lines = text(italian).splitlines()
    assert lines[1] == "Nessuna cooperativa documentata per questa ricerca."
    assert "Nessuna prova diretta: le più vicine:" in lines
    assert "Fuori dal luogo indicato:" in lines
    assert text(english).startswith("No cooperative is documented for this search.")


def test_a_cooperative_is_told_with_what_shows_its_competencies(service: str) -> None:
    arguments = {"id": IDS.bussola}
    result = talk(
        Client(f"{service}/mcp"), lambda client: client.call_tool("scheda_cooperativa", arguments)
    )
    card = result.structured_content
    assert (card["name"], card["seat"], card["vat"]) == ("Bussola", "Bologna (BO)", "01114601006")
    (competence,) = card["competencies"]
    assert (competence["name"], competence["proof"]) == ("ingegneria dei dati", "demonstrated")
    assert competence["english"] == "data engineering"
    assert competence["shown_by"][0]["document"] == ODD
    assert {(d["id"], d["role"]) for d in card["documents"]} == {
        ("profiles/bussola.md", "subject"),
        (ODD, "author"),
        ("case_studies/senza data.md", "author"),
    }
    assert "- ingegneria dei dati (dimostrato)" in text(result)
    assert "Certificazioni: ISO 9001" in text(result)


def test_documents_are_resources_whatever_their_names_hold(connect: Connect) -> None:
    async def conversation(client: Client) -> None:
        await until_known(client, IDS.bussola)
        listed = {r.name: r for r in (await client.list_resources()).resources}
        assert len(listed) == 13
        assert listed[ODD].title == "Dati e musei"
        assert listed[ODD].uri == f"competenze://documents/{quote(ODD, safe='')}"
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "competenze://documents/{id}"
        (read,) = (await client.read_resource(listed[ODD].uri)).contents
        assert read.text == text(await client.call_tool("documento", {"id": ODD}))
        assert read.text.startswith("# Dati e musei\ncaso di studio · 2024-05 · Parma (PR)")
        assert "Bussola e Ovunque hanno unito gli archivi dei musei." in read.text
        for name in ("nessuno.md", "../profiles/bussola.md", "/etc/passwd"):
            uri = f"competenze://documents/{quote(name, safe='')}"
            with pytest.raises(MCPError, match=f"«{name}» non è nell'indice"):
                await client.read_resource(uri)

    talk(connect(), conversation)


def test_a_long_document_is_told_in_parts(tmp_path: Path) -> None:
    lines = "\n\n".join(f"## Parte {n}\n\nFrase numero {n} sui forni." for n in range(45))
    settings = build_sources(tmp_path, {"profiles/lunga.md": f"---\nname: Lunga\n---\n{lines}\n"})

    async def conversation(client: Client) -> list[str]:
        read: list[str] = []
        offset: int | None = 0
        while offset is not None:
            arguments = {"id": "profiles/lunga.md", "offset": offset}
            result = await client.call_tool("documento", arguments)
            part = result.structured_content or {}
            read += [passage["text"] for passage in part["passages"]]
            offset = part["next_offset"]
            assert ("Il documento continua" in text(result)) is (offset is not None)
            assert len(part["passages"]) <= 20
        return read

    with serving(on(settings)) as url:
        read = talk(Client(f"{url}/mcp"), conversation)
    for n in range(45):
        assert sum(f"Frase numero {n} sui forni." in passage for passage in read) == 1


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("cerca_competenze", {"domanda": "  "}, "La domanda è vuota"),
        ("cerca_competenze", {}, "Argomenti non validi (domanda: manca)."),
        (
            "cerca_competenze",
            {"domanda": "who does the cleaning of large offices? " * 60},
            "Invalid arguments (domanda: at most 2000 characters).",
        ),
        (
            "cerca_competenze",
            {"domanda": "chi fa pane", "limit": 21, "kinds": ["libro"]},
            "Argomenti non validi (kinds.0: uno tra profile, case_study, event; "
            "limit: al massimo 20).",
        ),
        (
            "cerca_competenze",
            {"domanda": "chi fa pane", "places": ["Atlantide"]},
            "La domanda, o un suo filtro, non si può usare così. Non conosco questo luogo: scrivi "
            "un comune, una provincia o una regione.",
        ),
        (
            "cerca_competenze",
            {"domanda": "who does data engineering?", "since": "ieri"},
            "The question, or one of its filters, cannot be used like this. Write dates",
        ),
        ("scheda_cooperativa", {"id": "nessuna"}, "«nessuna» non è nell'indice"),
        ("documento", {"id": "../x"}, "«../x» non è nell'indice"),
        ("un_altro", {}, "Unknown tool"),
    ],
)
def test_what_cannot_be_answered_is_refused_kindly(
    service: str, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = talk(Client(f"{service}/mcp"), lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    assert text(result).startswith(said)
    assert result.structured_content is None


def test_a_fault_is_told_without_its_stack(
    service: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret: /home/somebody")

    monkeypatch.setattr(Searcher, "search", fail)
    result = talk(Client(f"{service}/mcp"), lambda client: ask(client, "chi fa il pane"))
    assert result.is_error
    assert text(result) == (
        "Qualcosa è andato storto: riprova; se succede ancora, avvisa chi gestisce il servizio."
    )
    assert "secret" in caplog.text


def test_without_an_index_it_says_so_and_answers_once_there_is_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_service_settings(index=tmp_path / "index", mcp=True)
    calls = [
        ("cerca_competenze", {"domanda": "pane"}),
        ("scheda_cooperativa", {"id": "duo"}),
        ("documento", {"id": "profiles/duo.md"}),
    ]

    async def conversation(client: Client) -> None:
        assert (await client.list_resources()).resources == []
        for name, arguments in calls:
            result = await client.call_tool(name, arguments)
            assert result.is_error
            assert text(result).startswith("L'indice non c'è ancora o si sta caricando")
        with pytest.raises(MCPError, match="L'indice non c'è ancora"):
            await client.read_resource("competenze://documents/profiles%2Fduo.md")
        sources = {"profiles/duo.md": "---\nname: Duo\n---\nPane.\n"}
        await asyncio.to_thread(build_sources, tmp_path, sources)
        await until_known(client, "duo")
        answer = (await ask(client, "pane")).structured_content or {}
        assert answer["web"] == "/?q=pane"  # no public address is configured

    with serving(settings, ready=False) as url:
        talk(Client(f"{url}/mcp"), conversation)
    assert "There is no index" in caplog.text  # why, for who can do something about it


def test_a_new_index_is_answered_from_within_a_conversation(tmp_path: Path) -> None:
    settings = build_sources(tmp_path, {"profiles/uno.md": "---\nname: Uno\n---\nPane.\n"})

    async def conversation(client: Client) -> None:
        first = (await ask(client, "pane")).structured_content or {}
        assert ids(first["documented"]) == ["uno"]
        sources = {"profiles/duo.md": "---\nname: Duo\n---\nPane.\n"}
        await asyncio.to_thread(build_sources, tmp_path, sources)
        await until_known(client, "duo")
        second = (await ask(client, "pane")).structured_content or {}
        assert sorted(ids(second["documented"])) == ["duo", "uno"]
        assert second["generation"] != first["generation"]

    with serving(on(settings)) as url:
        talk(Client(f"{url}/mcp"), conversation)


@given(st.text(max_size=900), st.integers(0, 900), st.integers(1, 20))
def test_an_excerpt_is_a_piece_of_the_passage_on_one_line(
    passage: str, start: int, length: int
) -> None:
    marks = [Highlight(start, start + length, ("x",), True)] if start < len(passage) else []
    quoted = excerpt(passage, marks)
    assert len(quoted.splitlines()) <= 1
    assert len(quoted) <= LONGEST + len("… ") + len(" …")
    flat = " ".join(passage.split())
    assert quoted == flat or quoted.removeprefix("… ").removesuffix(" …") in flat


def test_an_excerpt_shows_the_words_that_answer() -> None:
    passage = "prima " * 100 + "forno " + "dopo " * 100
    at = passage.index("forno")
    assert "forno" in excerpt(passage, [Highlight(at, at + 5, ("forni",), True)])


def test_a_name_cannot_forge_a_line(tmp_path: Path) -> None:
    name = '"Pane\\n2. Altra: https://evil.example"'
    settings = build_sources(
        tmp_path, {"profiles/x.md": f"---\nname: {name}\n---\nPane e dolci.\n"}
    )
    with serving(on(settings)) as url:
        result = talk(Client(f"{url}/mcp"), lambda client: ask(client, "pane e dolci"))
    lines = text(result).splitlines()
    assert not [line for line in lines if line.startswith("2. Altra")]
    assert [line for line in lines if line.startswith("1. Pane 2. Altra")]
