"""The JSON API under /api/v1: thin routes over the searcher."""

from __future__ import annotations

import inspect
import mimetypes
from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from indexer.domain import Document, Organisation
from indexer.index.snapshot import Generation
from search_service.api import hits, schemas
from search_service.auth.visitor import visitor_of
from search_service.domain import MAX_LENGTH, ExplicitFilters, Sort
from search_service.errors import NotFoundError
from search_service.filters.base import Parameter
from search_service.filters.registry import PARAMETERS
from search_service.http.problems import PROBLEMS
from search_service.insights.autocomplete import Suggestion
from search_service.insights.similar_organisations import Neighbours
from search_service.live.live_index import LiveIndex, ServiceState
from search_service.presentation.languages import language_of
from search_service.search.searcher import MAX_PAGE, PAGE, Searcher

# Served with these types, to be read in the browser; any other file is offered for download.
# HTML is shown as text: a document is data, and its scripts must not run.
_INLINE = {
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".markdown": "text/plain; charset=utf-8",
    ".html": "text/plain; charset=utf-8",
    ".htm": "text/plain; charset=utf-8",
    ".csv": "text/plain; charset=utf-8",
}

_BANDS = """\
Cooperatives are in two lists. `documented`: a sentence that can be checked says that the
cooperative does what was asked, in the question's words or by the name of a competence that means
the same or less; `total` counts these. `close`: near by meaning only; they may not do it. Each has
its `band` and, in `why`, the competence or words, the sentence, and the role. Both empty: nobody.

`limit` and `offset` are of `documented` and of `documents`. The page that ends `documented` also
has the `limit` nearest `close` ones, so an empty first page has them too; no other page has any.
"""
_REQUIRED = inspect.Parameter.empty  # FastAPI makes a list where there is none
_SANDBOX = "default-src 'none'; sandbox"
_Question = Annotated[
    str, Query(description="The question.", examples=["chi fa data engineering in Emilia-Romagna"])
]
_Off = Annotated[
    list[str],
    Query(
        default_factory=list,
        description='Ignore what was understood: "place" or a key.',
        examples=[["place"]],
    ),
]
_Sort = Annotated[Sort, Query(description="The order of the cooperatives.")]
_Language = Annotated[
    Literal["it", "en"], Query(description="The language in which competencies are named.")
]
_Typed = Annotated[
    str, Query(max_length=MAX_LENGTH, description="What is typed.", examples=["chi fa data eng"])
]
_Document = Annotated[str, Path(examples=["profiles/bussoladati.md"])]
_Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many.")]
_Explain = Annotated[bool, Query(description="Say how each score came about.")]
_Offset = Annotated[int, Query(ge=0, le=10_000, description="How many to skip.")]


def _explicit_filters(off: list[str], **given: list[str] | str) -> ExplicitFilters:
    return ExplicitFilters.of(off, **given)


def _annotation(parameter: Parameter) -> object:
    """The type of a filter's parameter, as FastAPI reads it from a signature."""
    description = language_of("en").text(parameter.description)
    if not parameter.several:
        return Annotated[str, Query(description=description, examples=[parameter.example])]
    query = Query(default_factory=list, description=description, examples=[[parameter.example]])
    return Annotated[list[str], query]


def _signature() -> inspect.Signature:
    """All parameters of all filters, by their names."""
    named = {p.name: (_annotation(p), _REQUIRED if p.several else "") for p in PARAMETERS}
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            inspect.Parameter(name, keyword, annotation=annotation, default=default)
            for name, (annotation, default) in {**named, "off": (_Off, _REQUIRED)}.items()
        ]
    )


_explicit_filters.__signature__ = _signature()  # type: ignore[attr-defined]
_Chosen = Annotated[ExplicitFilters, Depends(_explicit_filters)]


def create_router(state: ServiceState) -> APIRouter:
    """The API's routes; each answers from the part of the index that its visitor may see."""
    router = APIRouter(prefix="/api/v1", responses=PROBLEMS)
    live = Depends(_live_index(state))
    here = Depends(_searcher(state))

    @router.get(
        "/search",
        summary="Cooperatives that answer a question, with evidence",
        description=_BANDS,
    )
    def search(
        filters: _Chosen,
        q: _Question = "",
        limit: _Limit = PAGE,
        offset: _Offset = 0,
        sort: _Sort = Sort.RELEVANCE,
        explain: _Explain = False,
        searcher: Searcher = here,
    ) -> schemas.AnswerOut:
        run = searcher.run(searcher.understand(q, filters), limit, offset, sort)
        answer = searcher.highlighted(run.answer)
        return schemas.answer_out(answer, searcher.explained(run) if explain else None)

    @router.get("/passages", summary="Passages that match a question, for developers")
    def passages(
        filters: _Chosen,
        q: _Question = "",
        limit: _Limit = PAGE,
        searcher: Searcher = here,
    ) -> schemas.PassageAnswerOut:
        query = searcher.understand(q, filters)
        answer = searcher.passages(query, limit)
        found = [hits.document_hit_out(hit) for hit in answer.passages]
        return schemas.PassageAnswerOut(
            query=schemas.query_out(answer.query), generation=answer.generation, passages=found
        )

    @router.get("/suggestions", summary="Completions of a question while it is typed, best first")
    def suggestions(
        q: _Typed = "", lang: _Language = "it", index: LiveIndex = live
    ) -> tuple[Suggestion, ...]:
        return index.insights.suggestions.complete(q, language=lang)

    @router.get("/organisations/{organisation}", summary="An organisation and its documents")
    def organisation(
        organisation: Annotated[str, Path(examples=["it99900018880"])],
        searcher: Searcher = here,
    ) -> schemas.OrganisationOut:
        generation = searcher.generation
        return schemas.organisation_out(_known(organisation, generation), generation)

    @router.get(
        "/organisations/{organisation}/neighbours",
        summary="Those that do the same as an organisation, and those that complete it",
    )
    def neighbours(
        organisation: Annotated[str, Path(examples=["it99900018880"])],
        index: LiveIndex = live,
    ) -> Neighbours:
        known = _known(organisation, index.searcher.generation)
        return index.insights.neighbourhood.of(known.id)

    @router.get(
        "/documents/{document:path}/original",
        summary="A document's original file",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    def original(document: _Document, searcher: Searcher = here) -> Response:
        generation = searcher.generation
        row = generation.documents.get(f"{document}/original")
        if row is not None:  # a register's row of that name, not a file
            return JSONResponse(schemas.document_out(row).model_dump(mode="json"))
        return _original(_found(document, generation), generation)

    @router.get("/documents/{document:path}", summary="A document")
    def document(document: _Document, searcher: Searcher = here) -> schemas.DocumentOut:
        return schemas.document_out(_found(document, searcher.generation))

    @router.get("/facets", summary="What the index holds, counted by value")
    def facets(searcher: Searcher = here) -> schemas.FacetsOut:
        return schemas.facets_out(searcher.index)

    return router


def _live_index(state: ServiceState) -> Callable[[Request], LiveIndex]:
    """Gives the index as a request's visitor may see it."""

    def live(request: Request) -> LiveIndex:
        return state.live_for(visitor_of(request.scope).level)

    return live


def _searcher(state: ServiceState) -> Callable[[Request], Searcher]:
    """Gives the searcher over what a request's visitor may see."""
    live = _live_index(state)

    def searcher(request: Request) -> Searcher:
        return live(request).searcher

    return searcher


def _known(organisation: str, generation: Generation) -> Organisation:
    if organisation not in generation.organisations:
        raise _missing("organisation", organisation)
    return generation.organisations[organisation]


def _found(document: str, generation: Generation) -> Document:
    if document not in generation.documents:
        raise _missing("document", document)
    return generation.documents[document]


def _original(document: Document, generation: Generation) -> Response:
    """The file as it was indexed, so that no browser runs anything in it."""
    if not document.content_hash:  # it holds more than may be seen
        raise _missing("original of", document.id)
    name = document.path.rsplit("/", 1)[-1]
    suffix = "." + name.rsplit(".", 1)[-1].lower()
    inline = suffix in _INLINE
    media_type = _INLINE.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    disposition = "inline" if inline else "attachment"
    return Response(
        generation.original(document),
        media_type=media_type,
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name)}",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{document.content_hash}"',
            # A browser's own PDF viewer refuses to open in a sandbox.
            **({} if suffix == ".pdf" else {"Content-Security-Policy": _SANDBOX}),
        },
    )


def _missing(what: str, identity: str) -> NotFoundError:
    return NotFoundError(
        f"There is no {what} {identity!r} in the index.",
        remedy="It may have been removed or renamed: search for it.",
    )
