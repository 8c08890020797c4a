"""Every filter of the registry is wherever filters are given, by construction."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from search_service.cli.main import app
from search_service.filters.base import Parameter
from search_service.filters.registry import FILTERS, GROUPS, PARAMETERS
from search_service.filters.search_url import SearchUrl
from search_service.mcp.server import create_server
from search_service.search.searcher import Searcher

NAMES = {parameter.name for parameter in PARAMETERS}


def test_keys_and_names_are_each_of_one_filter() -> None:
    for names in (
        [f.key for f in FILTERS],
        [p.name for p in PARAMETERS],
        [p.argument for p in PARAMETERS],
        [group.name for group, _ in GROUPS],
    ):
        assert len(set(names)) == len(names)
    assert {"place", "kind", "competence", "sector", "certification", "proof", "size"} <= NAMES


def test_the_api_takes_every_parameter(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path in ("/api/v1/search", "/api/v1/passages"):
        taken = {p["name"]: p["schema"].get("type") for p in paths[path]["get"]["parameters"]}
        assert {p.name: "array" if p.several else "string" for p in PARAMETERS}.items() <= (
            taken.items()
        )


def test_the_command_line_has_every_option() -> None:
    commands: Any = typer.main.get_command(app)
    assert {option.name for option in commands.commands["search"].params} >= NAMES


def test_an_assistant_has_every_argument(searcher: Searcher) -> None:
    tools = asyncio.run(create_server(lambda: searcher).list_tools())
    (search,) = (tool for tool in tools if tool.name == "cerca_competenze")
    arguments = search.input_schema["properties"]
    assert {p.argument for p in PARAMETERS} <= set(arguments)
    assert all(arguments[p.argument]["description"] == p.description for p in PARAMETERS)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_an_address_keeps_every_parameter(parameter: Parameter) -> None:
    address = f"q=dati&{parameter.name}={parameter.example.replace(' ', '+')}"
    assert SearchUrl.read(QueryParams(address)).url == f"/?{address}"
