"""The API's description for people: what the schema says, and examples that are true."""

from __future__ import annotations

import html
import itertools
import json
import re
import shlex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from search_service.api.examples import abridged
from search_service.api.reference import Example, Text, TypeName, reference, type_of
from search_service.api.reference_page import _ERRORS, _GROUPS
from tests.web_site import hrefs, text_of

SPEC: dict[str, Any] = {
    "paths": {
        "/things/{thing}": {
            "get": {
                "summary": "A thing",
                "description": "It is `round`.\n\nMostly.",
                "parameters": [
                    {
                        "name": "thing",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "examples": ["ball"]},
                    },
                    {
                        "name": "size",
                        "in": "query",
                        "schema": {
                            "type": "integer",
                            "minimum": 1,
                            "maximum": 9,
                            "default": 2,
                            "description": "How large.",
                        },
                    },
                    {"name": "order", "in": "query", "schema": {"$ref": "#/components/schemas/Up"}},
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    },
                    "404": {},
                    "default": {},
                },
            },
            "put": {
                "tags": ["making"],
                "security": [{"HTTPBearer": []}],
                "parameters": [
                    {
                        "name": "thing",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "examples": ["it's"]},
                    }
                ],
                "responses": {"204": {}, "413": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Up": {"type": "string", "enum": ["up", "down"], "description": "Where to."},
            "Thing": {
                "description": "One.",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "order": {"$ref": "#/components/schemas/Up"},
                },
            },
        }
    },
}


def test_operations_stand_in_groups_with_what_they_take_and_answer() -> None:
    example = Example({"thing": "ball", "size": "3"}, '{"name": "ball"}')
    found = reference(SPEC, "https://rete.example", {"/things/{thing}": example})
    (get,), (put,) = found.groups["search"], found.groups["making"]
    assert (get.anchor, get.method, get.summary) == ("get-things-thing", "GET", "A thing")
    assert get.text == Text(
        ((("It is ", False), ("round", True), (".", False)), (("Mostly.", False),))
    )
    assert get.answers == (("200", TypeName("Thing", is_model=True)),)
    assert get.curl == ("curl -s -G https://rete.example/things/ball \\\n  --data-urlencode size=3")
    assert get.example == '{"name": "ball"}'
    thing, size, order = get.parameters
    assert (thing.where, thing.required, thing.example) == ("path", True, "ball")
    assert (size.least, size.most, size.standard) == (1, 9, "2")
    assert (order.type.name, order.choices) == ("Up", ("up", "down"))
    assert put.needs_token
    assert put.curl == (
        'curl -s --upload-file FILE -H "Authorization: Bearer $TOKEN" '
        + shlex.quote("https://rete.example/things/it's")
    )
    assert found.errors == ("404", "413")
    assert [(m.name, [f.name for f in m.fields], m.choices) for m in found.models] == [
        ("Thing", ["name", "order"], ()),
        ("Up", [], ("up", "down")),
    ]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, TypeName("string")),
        ({"type": "string", "format": "date"}, TypeName("date")),
        ({"type": "array", "items": {"$ref": "#/components/schemas/A"}}, TypeName("A", True, True)),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, TypeName("number", nullable=True)),
        (
            {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
            TypeName("string", many=True, named=True),
        ),
        ({}, TypeName("any")),
    ],
)
def test_what_a_value_is(schema: dict[str, Any], kind: TypeName) -> None:
    assert type_of(schema) == kind


def test_an_answer_is_cut_to_be_read() -> None:
    long = {"list": [{"text": "a" * 200}, 2], "one": [1], "none": [], "number": 3}
    assert abridged(long) == {
        "list": [{"text": f"{'a' * 160}…"}, "…"],
        "one": [1],
        "none": [],
        "number": 3,
    }


# --- the page of the real API ---------------------------------------------------------------


@pytest.fixture(scope="module")
def page(client: TestClient) -> str:
    response = client.get("/api?lang=it")
    assert response.status_code == 200
    return response.text


def test_every_operation_parameter_and_model_is_on_the_page(client: TestClient, page: str) -> None:
    spec, text = client.get("/api/v1/openapi.json").json(), text_of(page)
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            assert f"{method.upper()} {path} {operation['summary']}." in text
            for one in operation.get("parameters", ()):
                assert f"<code>{one['name']}</code>" in page
    for name in spec["components"]["schemas"]:
        assert f'id="model-{name}"' in page
    anchors = {url[1:] for url in hrefs(page) if url.startswith("#")}
    ids = set(re.findall(r' id="([^"]+)"', page))
    assert len(anchors) > 50
    assert anchors <= ids


def test_every_group_and_error_has_words_of_the_page(client: TestClient) -> None:
    spec = client.get("/api/v1/openapi.json").json()
    operations = [o for path in spec["paths"].values() for o in path.values()]
    assert {tag for o in operations for tag in o.get("tags", ("search",))} == _GROUPS.keys()
    codes = {code for o in operations for code in o["responses"] if code.isdecimal()}
    assert {code for code in codes if int(code) >= 400} == _ERRORS.keys()


def test_the_examples_are_what_the_api_answers(client: TestClient, page: str) -> None:
    blocks = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    texts = [text_of(block) if "curl" in block[:6] else block for block in blocks]
    pairs = [
        (request, answer)
        for request, answer in itertools.pairwise(texts)
        if request.startswith("curl") and not answer.startswith("curl")
    ]
    assert len(pairs) == 7
    for request, answer in pairs:
        words = shlex.split(request.replace("\\ ", " "))
        url = urlsplit(next(word for word in words if word.startswith("http")))
        query = [word for before, word in itertools.pairwise(words) if "data" in before]
        asked = client.get(url.path, params=parse_qsl("&".join(query)))
        assert asked.status_code == 200
        assert json.loads(html.unescape(answer)) == abridged(asked.json())


def test_the_page_says_where_the_api_is_and_how_often_it_may_be_asked(page: str) -> None:
    assert "http://testserver/api/v1" in page
    assert "1.200 richieste al minuto" in page
    assert "/api/v1/openapi.json" in hrefs(page)
