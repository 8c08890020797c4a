from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.conftest import HTML, IDS, ODD, REGISTER, SOURCES, build_sources
from tests.toy import ToyEncoder

API = "/api/v1"


def get(client: TestClient, path: str, **params: object) -> dict[str, Any]:
    response = client.get(f"{API}{path}", params=dict(params))
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


def assert_holds(found: dict[str, Any], expected: dict[str, object]) -> None:
    assert {key: found[key] for key in expected} == expected


def problem(client: TestClient, path: str, status: int, **params: object) -> dict[str, Any]:
    response = client.get(path, params=dict(params)) if params else client.get(path)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert set(found) == {"type", "title", "status", "detail", "remedy"}
    assert (found["type"], found["status"]) == ("about:blank", status)
    return found


# --- searching -----------------------------------------------------------------------------


def test_a_search_answers_with_organisations_and_their_evidence(client: TestClient) -> None:
    answer = get(client, "/search", q="data engineering a Bologna", limit=2)
    assert set(answer) >= {
        "query",
        "generation",
        "total",
        "offset",
        "documented",
        "close",
        "documents",
        "widened",
    }
    assert answer["query"] == {
        "question": "data engineering a Bologna",
        "text": "data engineering",
        "language": "it",
        "understood": [
            {
                "key": "place:comune:037006",
                "aspect": "place",
                "label": "Bologna (BO)",
                "words": "a Bologna",
                "note": "",
            }
        ],
    }
    assert (answer["offset"], answer["documents"], answer["widened"]) == (0, [], None)
    first = answer["documented"][0]
    assert_holds(
        first,
        {
            "id": IDS.bussola,
            "name": "Bussola",
            "rank": 1,
            "seat": {"id": "comune:037006", "name": "Bologna", "label": "Bologna (BO)"},
            "standing": "seated",
            "fictional": True,
            "url": "/organisations/it01114601006",
        },
    )
    assert 1 <= len(first["evidence"]) <= 3
    for evidence in first["evidence"]:
        assert evidence["text"]
        assert evidence["url"].startswith(f"/documents/{quote(evidence['document'])}#p")
        assert client.get(evidence["url"].partition("#")[0]).status_code == 200


def test_each_says_its_band_and_why(client: TestClient) -> None:
    answer = get(client, "/search", q="data engineering")
    first = answer["documented"][0]
    concept = {"id": "data-engineering", "it": "ingegneria dei dati", "en": "data engineering"}
    assert first["band"] == "documented"
    assert first["why"] == {
        "reason": "same",
        "role": "does",
        "concepts": [{"named": concept, "asked": concept}],
        "words": [],
        "sentence": first["why"]["sentence"],
        "passage": first["evidence"][0]["passage"],
    }
    assert first["why"]["sentence"] in first["evidence"][0]["text"]
    assert answer["close"]
    for hit in answer["close"]:
        assert (hit["band"], hit["why"]["reason"] in ("nearby", "meaning")) == ("close", True)
        assert hit["why"]["sentence"] in hit["evidence"][0]["text"]
    both = [hit["id"] for hit in (*answer["documented"], *answer["close"])]
    assert len(set(both)) == len(both)


def test_the_description_tells_the_two_lists_and_their_pages(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/search"]["get"]
    assert "`documented`: a sentence that can be checked" in described["description"]
    assert "The page that ends `documented` also" in described["description"]


def test_evidence_says_its_document_its_date_and_what_it_proves(client: TestClient) -> None:
    answer = get(client, "/search", q="archivi dei musei", kind="case_study", place="Milano")
    (ovunque,) = [o for o in answer["documented"] if o["id"] == IDS.ovunque]
    evidence = ovunque["evidence"][0]
    assert_holds(
        evidence,
        {
            "headings": ["Il lavoro"],
            "page": None,
            "proof": "demonstrated",
            "document": ODD,
            "title": "Dati e musei",
            "kind": "case_study",
            "date": "2024-05",
        },
    )
    assert evidence["text"] == "Bussola e Ovunque hanno unito gli archivi dei musei."
    assert evidence["url"] == f"/documents/{quote(ODD)}#p1"


def test_limit_and_offset_page_through_the_organisations(client: TestClient) -> None:
    whole = get(client, "/search", place="Toscana", limit=100)
    assert whole["total"] == 5 == len(whole["documented"])
    paged = [
        organisation
        for offset in (0, 2, 4)
        for organisation in get(client, "/search", place="Toscana", limit=2, offset=offset)[
            "documented"
        ]
    ]
    assert paged == whole["documented"]


def test_filters_repeat_and_off_puts_words_back(client: TestClient) -> None:
    answer = get(client, "/search", kind=["event", "profile"], since="2024", until="2025-06")
    assert [u["key"] for u in answer["query"]["understood"]] == [
        "kind:event",
        "kind:profile",
        "period:2024-01-01/2025-06-30",
    ]
    assert "non i profili senza data" in answer["query"]["understood"][2]["note"]
    assert [d["kind"] for d in answer["documents"]] == ["event", "event"]
    back = get(client, "/search", q="eventi a Milano", off=["place", "kind:event"])
    assert (back["query"]["text"], back["query"]["understood"]) == ("eventi a Milano", [])


def test_passages_are_listed_whoever_they_speak_for(client: TestClient) -> None:
    answer = get(client, "/passages", q="archivi dei musei", limit=2)
    assert set(answer) >= {"query", "generation", "passages"}
    first = answer["passages"][0]
    assert (first["document"], first["rank"], first["date"]) == (ODD, 1, "2024-05")
    assert first["text"] == "Bussola e Ovunque hanno unito gli archivi dei musei."
    assert len(answer["passages"]) <= 2


# --- organisations, documents, facets ------------------------------------------------------


def test_an_organisation_lists_its_documents(client: TestClient) -> None:
    found = get(client, f"/organisations/{IDS.bussola}")
    documents = found.pop("documents")
    assert found == {
        "id": IDS.bussola,
        "name": "Bussola",
        "aliases": [],
        "vat": "01114601006",
        "legal_form": "",
        "seat": {"id": "comune:037006", "name": "Bologna", "label": "Bologna (BO)"},
        "works_in": [{"id": "provincia:034", "name": "Parma", "label": "provincia di Parma"}],
        "remote": False,
        "competencies": ["data engineering"],
        "sectors": [],
        "certifications": ["ISO 9001"],
        "members": None,
        "employees": None,
        "website": "",
        "contacts": [],
        "contact_people": [],
        "fictional": True,
    }
    assert {d["id"]: d["organisations"][IDS.bussola] for d in documents} == {
        "profiles/bussola.md": "subject",
        ODD: "author",
        "case_studies/senza data.md": "author",
    }


@pytest.mark.parametrize("name", ["città d'arte", "100% legno #1", "a/b", "Àncora & ?"])
def test_an_organisation_with_any_name_has_an_address(tmp_path: Path, name: str) -> None:
    source = f'---\nname: "{name}"\n---\nFacciamo sedie.\n'
    state = ServiceState(build_sources(tmp_path, {"profiles/x.md": source}).index, ToyEncoder())
    state.refresh()
    client = TestClient(create_app(state, ServiceSettings()))
    (hit,) = get(client, "/search", q="sedie")["documented"]
    assert get(client, f"/organisations/{quote(hit['id'], safe='')}")["name"] == name
    assert client.get(hit["url"]).status_code == 200


def test_a_document_says_what_it_is_and_where_its_file_is(client: TestClient) -> None:
    assert get(client, f"/documents/{quote(ODD)}") == {
        "id": ODD,
        "title": "Dati e musei",
        "kind": "case_study",
        "language": "it",
        "date": "2024-05",
        "updated": None,
        "place": {"id": "comune:034027", "name": "Parma", "label": "Parma (PR)"},
        "client": "un museo",
        "source": "",
        "fictional": False,
        "visibility": "public",
        "organisations": {IDS.bussola: "author", IDS.ovunque: "author"},
        "original": f"/api/v1/documents/{quote(ODD)}/original",
    }


def test_every_document_s_address_leads_to_its_file(client: TestClient) -> None:
    organisations = {
        o["id"] for o in get(client, "/search", kind="profile", limit=100)["documented"]
    }
    assert len(organisations) == 8
    for organisation in organisations:
        for document in get(client, f"/organisations/{organisation}")["documents"]:
            assert get(client, f"/documents/{quote(document['id'])}") == document
            assert client.get(document["original"]).status_code == 200


def test_a_document_named_original_is_not_taken_for_a_file(client: TestClient) -> None:
    row = f"{REGISTER}/original"
    document = get(client, f"/documents/{row}")
    assert (document["id"], document["title"]) == (row, "Original")
    assert document["original"] == f"/api/v1/documents/{row}/original"
    assert client.get(document["original"]).text.startswith("nome;sede;remoto")
    problem(client, f"{API}/documents/{REGISTER}", 404)  # a register is no document: its rows are


def test_facets_count_organisations_and_documents(client: TestClient) -> None:
    facets = get(client, "/facets")
    assert facets.pop("generation").startswith("g0")
    assert facets == {
        "regions": {
            "Toscana": 3,
            "Emilia-Romagna": 2,
            "Lombardia": 1,
            "Sicilia": 1,
        },
        "competencies": {
            "ingegneria dei dati": 2,
            "falegnameria": 1,
            "penetration testing": 1,
            "sartoria e tessile": 1,
            "spettacolo dal vivo e teatro": 1,
            "vendemmia": 1,
        },
        "sectors": {},
        "sizes": {},
        "certifications": {"ISO 9001": 1},
        "kinds": {"profile": 8, "case_study": 3, "event": 2},
        "years": {"2024": 2, "2023": 1, "2025": 1},
    }
    assert list(facets["regions"]) == ["Toscana", "Emilia-Romagna", "Lombardia", "Sicilia"]


# --- original files ------------------------------------------------------------------------


def original(client: TestClient, document: str) -> tuple[bytes, dict[str, str]]:
    response = client.get(f"{API}/documents/{quote(document)}/original")
    assert response.status_code == 200
    headers = {name: response.headers[name] for name in response.headers}
    return response.content, headers


@pytest.mark.parametrize("name", [ODD, HTML, "events/meetup.md"])
def test_the_original_is_the_file_byte_for_byte(
    client: TestClient, settings: ServiceSettings, name: str
) -> None:
    content, headers = original(client, name)
    assert content == (settings.corpus / name).read_bytes()
    assert headers["etag"].strip('"')


def test_a_row_s_original_is_its_register(client: TestClient, settings: ServiceSettings) -> None:
    content, headers = original(client, f"{REGISTER}/ancora-d-oro")
    assert content == (settings.corpus / REGISTER).read_bytes()
    assert headers["content-disposition"] == "inline; filename*=UTF-8''registro.csv"


def test_an_original_can_do_nothing_in_a_browser(client: TestClient) -> None:
    for name in (ODD, HTML, f"{REGISTER}/etrusca"):
        _, headers = original(client, name)
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["x-content-type-options"] == "nosniff"


def test_an_original_keeps_its_name_accents_included(client: TestClient) -> None:
    _, headers = original(client, ODD)
    assert (
        headers["content-disposition"]
        == "inline; filename*=UTF-8''citt%C3%A0%20d%27arte%20%231%2050%25.md"
    )


def test_a_format_that_browsers_may_run_is_offered_for_download(tmp_path: Path) -> None:
    from docx import Document as Word

    word = Word()
    word.add_paragraph("Costruiamo sedie di legno.")
    (tmp_path / "corpus/profiles").mkdir(parents=True)
    word.save(str(tmp_path / "corpus/profiles/sedie.docx"))
    state = ServiceState(build_sources(tmp_path, {}).index, ToyEncoder())
    state.refresh()
    content, headers = original(
        TestClient(create_app(state, ServiceSettings())), "profiles/sedie.docx"
    )
    assert content == (tmp_path / "corpus/profiles/sedie.docx").read_bytes()
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''sedie.docx"
    assert headers["x-content-type-options"] == "nosniff"


def test_an_original_that_was_tampered_with_is_not_served(tmp_path: Path) -> None:
    name = "events/meetup.md"
    index = build_sources(tmp_path, {name: SOURCES[name]}).index
    (kept,) = (index / "files").glob("??/*")
    kept.write_bytes(b"something else")
    state = ServiceState(index, ToyEncoder())
    state.refresh()
    found = problem(
        TestClient(create_app(state, ServiceSettings())), f"{API}/documents/{name}/original", 503
    )
    assert "something else" not in found["detail"]
    assert "python -m indexer build" in found["remedy"]


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%2F..%2F..%2Fetc%2Fpasswd",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "profiles/%2e%2e/profiles/bussola.md",
        "profiles%5c..%5cbussola.md",
        "profiles/bussola.md%00",
        "profiles/bussola",
        "profiles",
        "",
    ],
)
def test_what_is_no_document_s_id_is_no_path_either(client: TestClient, path: str) -> None:
    for address in (f"{API}/documents/{path}", f"{API}/documents/{path}/original"):
        raw = client.build_request("GET", "http://testserver/")
        raw.url = raw.url.copy_with(raw_path=address.encode())
        response = client.send(raw)
        assert response.status_code == 404
        assert b"root:" not in response.content
        assert b"Bussola" not in response.content


# --- errors --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "detail", "remedy"),
    [
        ({"q": "x", "limit": "0"}, "limit: Input should be greater than or equal to 1", "openapi"),
        ({"q": "x", "limit": "101"}, "limit: Input should be less than or equal to 100", "openapi"),
        ({"q": "x", "limit": "many"}, "limit: Input should be a valid integer", "openapi"),
        (
            {"q": "x", "kind": "evento"},
            "The kind 'evento' is unknown.",
            "profile, case_study, event",
        ),
        ({"q": "x", "place": "Bolonga"}, "The place 'Bolonga' is unknown.", "Bologna (BO)"),
        ({"q": "x", "since": "ieri"}, "'ieri'", "2025-03"),
        ({"q": "x", "since": "9" * 20}, "9999", "2025-03"),
        ({"q": "x", "since": "2025", "until": "2024"}, "'2024' is before '2025'", "earlier"),
        ({"q": " "}, "The question is empty.", "Write"),
        ({}, "The question is empty.", "Write"),
        ({"q": "a" * 10_000}, "10000 characters", "sentence"),
    ],
)
def test_a_search_that_cannot_be_made_says_why_and_what_to_do(
    client: TestClient, params: dict[str, str], detail: str, remedy: str
) -> None:
    paths = [f"{API}/search", f"{API}/passages"]
    for path in paths:
        found = problem(client, path, 400, **params) if params else problem(client, path, 400)
        assert found["title"] == "Bad Request"
        assert detail in found["detail"]
        assert remedy in found["remedy"]


def test_a_negative_offset_is_refused(client: TestClient) -> None:
    assert "offset" in problem(client, f"{API}/search", 400, q="x", offset=-1)["detail"]


@pytest.mark.parametrize(
    "path", ["/organisations/nobody", "/documents/none.md", "/documents/none.md/original", "/none"]
)
def test_what_is_not_there_is_a_problem_too(client: TestClient, path: str) -> None:
    assert problem(client, f"{API}{path}", 404)["title"] == "Not Found"


def test_what_is_missing_is_named_with_what_to_do(client: TestClient) -> None:
    found = problem(client, f"{API}/organisations/nobody", 404)
    assert found["detail"] == "There is no organisation 'nobody' in the index."
    assert "search for it" in found["remedy"]


def test_a_wrong_method_says_which_are_right(client: TestClient) -> None:
    response = client.post(f"{API}/search")
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["allow"] == "GET, HEAD"
    assert response.json()["title"] == "Method Not Allowed"


# --- OpenAPI -------------------------------------------------------------------------------


def test_openapi_lists_every_route_with_what_it_takes(client: TestClient) -> None:
    spec = client.get(f"{API}/openapi.json").json()
    assert set(spec["paths"]) == {
        f"{API}/search",
        f"{API}/passages",
        f"{API}/organisations/{{organisation}}",
        f"{API}/organisations/{{organisation}}/neighbours",
        f"{API}/documents/{{document}}",
        f"{API}/documents/{{document}}/original",
        f"{API}/facets",
        f"{API}/suggestions",
        f"{API}/check",
        f"{API}/index",
        f"{API}/index/{{job}}",
        "/healthz",
        "/readyz",
    }
    writes = {(path, way) for path in spec["paths"] for way in spec["paths"][path] if way != "get"}
    assert writes == {
        (f"{API}/check", "post"),
        (f"{API}/index", "post"),
        (f"{API}/documents/{{document}}", "put"),
    }
    operations = [(path, o) for path, ways in spec["paths"].items() for o in ways.values()]
    for path, operation in operations:
        assert operation["summary"]
        assert {"200", "202", "204"} & set(operation["responses"])
        in_path = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert in_path == {part.strip("{}") for part in path.split("/") if part.startswith("{")}
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            assert {"example", "examples", "default"} & {*schema, *parameter}, parameter["name"]


PROBLEM_CONTENT = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
}


def test_openapi_says_that_errors_are_problems(client: TestClient) -> None:
    spec = client.get(f"{API}/openapi.json").json()
    operations = [(path, o) for path, ways in spec["paths"].items() for o in ways.values()]
    assert len(operations) == 14
    for path, operation in operations:
        responses = operation["responses"]
        assert "422" not in responses  # a request that does not fit is a 400
        if path.startswith(API):
            for status in ("400", "401", "404", "429", "503"):
                assert responses[status]["content"] == PROBLEM_CONTENT
            assert responses["default"]["content"] == PROBLEM_CONTENT
            well = [r for status, r in responses.items() if status.startswith("2")]
            assert well
            assert all("application/problem+json" not in r.get("content", {}) for r in well)


def test_openapi_is_sound(client: TestClient) -> None:
    spec = client.get(f"{API}/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
    assert spec["info"]["title"] == "Competenze in Rete"
    schemas = spec["components"]["schemas"]
    operations = [o for path in spec["paths"].values() for o in path.values()]
    names = [o["operationId"] for o in operations]
    assert len(names) == len(set(names))
    references = list(_references(spec))
    assert references
    assert {r.removeprefix("#/components/schemas/") for r in references} <= set(schemas)


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_answers_fit_their_schema(client: TestClient) -> None:
    spec = client.get(f"{API}/openapi.json").json()
    answer = get(client, "/search", q="eventi sulla accessibilità a Milano")
    _fits(answer, {"$ref": "#/components/schemas/AnswerOut"}, spec)
    _fits(get(client, "/facets"), {"$ref": "#/components/schemas/FacetsOut"}, spec)
    assert answer["documents"]


def _fits(value: Any, schema: dict[str, Any], spec: dict[str, Any]) -> None:  # noqa: ANN401
    """Every required key is there and no other; the leaves are left alone."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        schema = next((s for s in schema["anyOf"] if value is None or s.get("type") != "null"), {})
        if value is not None:
            _fits(value, schema, spec)
        return
    if "properties" in schema:
        known = set(schema["properties"])
        assert set(schema["required"]) == known
        assert known == set(value) if "additionalProperties" not in schema else known < set(value)
        for name, inner in schema["properties"].items():
            _fits(value[name], inner, spec)
    elif schema.get("type") == "array":
        for item in value:
            _fits(item, schema["items"], spec)
