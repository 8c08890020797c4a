"""Requests about what an index really holds, with their true answers, cut to be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel, TypeAdapter

from search_service.api import hits, schemas
from search_service.api.reference import Example
from search_service.domain import ExplicitFilters
from search_service.live.live_index import LiveIndex
from search_service.search.searcher import Searcher

_LONGEST = 160  # characters of a text
_TYPED = 4  # letters after which a word is completed
_made: WeakKeyDictionary[Searcher, Mapping[str, Example]] = WeakKeyDictionary()


def examples_of(live: LiveIndex) -> Mapping[str, Example]:
    """An example of each operation that reads, by its path; made once for an index."""
    if live.searcher not in _made:
        _made[live.searcher] = _make(live)
    return _made[live.searcher]


def _make(live: LiveIndex) -> Mapping[str, Example]:
    searcher, generation = live.searcher, live.searcher.generation
    rows = live.insights.overview.heat_map.rows
    name = rows[0].name.label if rows else ""
    asked = f"chi fa {name}" if name else "chi"
    found: dict[str, Example] = {}

    def add(path: str, answer: object, **values: str) -> None:
        found[f"/api/v1{path}"] = Example(values, _shown(answer))

    add("/facets", schemas.facets_out(searcher.index))
    if name:
        query = searcher.understand(asked, ExplicitFilters())
        answer = searcher.highlighted(searcher.search(query, limit=1))
        passages = searcher.passages(query, 1)
        add("/search", schemas.answer_out(answer), q=asked, limit="1")
        add(
            "/passages",
            schemas.PassageAnswerOut(
                query=schemas.query_out(query),
                generation=passages.generation,
                passages=[hits.document_hit_out(hit) for hit in passages.passages],
            ),
            q=asked,
            limit="1",
        )
        typed = name[:_TYPED]
        add("/suggestions", live.insights.suggestions.complete(typed, language="it"), q=typed)
    for organisation in list(generation.organisations.values())[:1]:
        one = organisation.id
        out = schemas.organisation_out(organisation, generation)
        add("/organisations/{organisation}", out, organisation=one)
        near = live.insights.neighbourhood.of(one)
        add("/organisations/{organisation}/neighbours", near, organisation=one)
    for document in list(generation.documents.values())[:1]:
        add("/documents/{document}", schemas.document_out(document), document=document.id)
        values = {"document": document.id}
        found["/api/v1/documents/{document}/original"] = Example(values, "")
    return found


def _shown(answer: object) -> str:
    if isinstance(answer, BaseModel):
        plain: Any = answer.model_dump(mode="json")
    else:
        plain = TypeAdapter(Any).dump_python(answer, mode="json")
    return json.dumps(abridged(plain), ensure_ascii=False, indent=2)


def abridged(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A value of JSON with the first item of each list and the beginning of each long text.

    "…" stands for what was left out.
    """
    if isinstance(value, dict):
        return {key: abridged(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [*map(abridged, value[:1]), *(["…"] if len(value) > 1 else [])]
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST].rstrip()}…"
    return value
