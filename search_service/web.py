"""The web page: thin HTML routes that show an Answer. Its layout and texts are in templates/."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from indexer.errors import CompetenzeError, GenerationError
from indexer.model import Document, DocumentKind, Organisation, Passage, Period, Role
from search_service import links, wording
from search_service.errors import QueryError
from search_service.highlight import pieces
from search_service.kinds import KIND_LABELS
from search_service.links import Asked
from search_service.model import Answer
from search_service.query import MAX_LENGTH
from search_service.searcher import PAGE, Searcher
from search_service.state import ServiceState

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
EXAMPLES = (  # each with its language
    ("chi fa data engineering in Emilia-Romagna?", "it"),
    ("verifiche di accessibilità di siti web", "it"),
    ("who does penetration testing near Bologna", "en"),
    ("eventi nel 2025 sulle comunità energetiche", "it"),
)
_METHODS = ["GET", "HEAD"]
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


def create_router(state: ServiceState) -> APIRouter:
    """The pages' routes over ``state``."""
    site = _Site(state)
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.api_route("/", methods=_METHODS)
    def search(request: Request) -> Response:
        return site.search(Asked.read(request.query_params))

    @router.api_route("/organisations/{organisation}", methods=_METHODS)
    def organisation(organisation: str) -> Response:
        return site.organisation(organisation)

    @router.api_route("/documents/{document:path}", methods=_METHODS)
    def document(document: str) -> Response:
        return site.document(document)

    @router.api_route("/static/{name}", methods=_METHODS)
    def static(name: str) -> Response:
        return site.static(name)

    @router.api_route("/{address:path}", methods=_METHODS)
    def elsewhere(address: str) -> Response:
        return site.elsewhere(address)

    return router


class _Site:
    """The pages; each takes the searcher once, so that it never mixes two generations."""

    def __init__(self, state: ServiceState) -> None:
        self._state = state
        folder = templates_folder()
        self._assets = read_assets(folder / "static")
        self._templates = environment(folder, self._assets)

    def search(self, asked: Asked) -> Response:
        """The question's answer or, without a question, an invitation to ask."""
        return self._answered(lambda searcher: self._search(asked, searcher), asked)

    def organisation(self, organisation: str) -> Response:
        """Who a cooperative is, and the documents that speak of it."""
        return self._answered(lambda searcher: self._organisation(organisation, searcher))

    def document(self, document: str) -> Response:
        """What a document says, passage by passage."""
        return self._answered(lambda searcher: self._document(document, searcher))

    def static(self, name: str) -> Response:
        """A file of templates/static."""
        asset = self._assets.get(name)
        if asset is None:
            return self._missing("Questo file non c'è.")
        headers = {**HEADERS, "Cache-Control": "public, max-age=86400"}
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    def elsewhere(self, address: str) -> Response:
        """What to say of an address that leads nowhere; the API says it in its own way."""
        if address.startswith("api/"):
            raise HTTPException(404)
        return self._missing("Questa pagina non c'è.")

    def _search(self, asked: Asked, searcher: Searcher) -> Response:
        if asked.is_empty:
            manifest = searcher.generation.manifest
            return self._page("home.html", asked=asked, examples=EXAMPLES, manifest=manifest)
        try:
            query = searcher.understand(asked.question, asked.choices)
        except QueryError:
            return self._error(
                400, "Questa ricerca non si può fare", refusal(asked, searcher), asked
            )
        answer = searcher.highlighted(searcher.search(query, PAGE, (asked.page - 1) * PAGE))
        return self._page(
            "search.html",
            asked=links.with_labels(asked, query, searcher),
            answer=answer,
            understood=links.understood(asked, query),
            ignored=links.ignored(asked, query, searcher),
            ambiguities=links.ambiguities(asked, query),
            documents_first=bool((query.kinds or frozenset()) - {DocumentKind.PROFILE}),
            paging=paging(asked, answer),
        )

    def _organisation(self, identity: str, searcher: Searcher) -> Response:
        organisation = searcher.generation.organisations.get(identity)
        if organisation is None:
            return self._missing("Questa cooperativa non è nell'indice, o ha cambiato indirizzo.")
        documents = documents_of(organisation, searcher.generation.documents.values())
        return self._page(
            "organisation.html",
            organisation=organisation,
            documents=documents,
            neighbours=searcher.neighbourhood.of(identity),
        )

    def _document(self, identity: str, searcher: Searcher) -> Response:
        generation = searcher.generation
        document = generation.documents.get(identity)
        if document is None:
            return self._missing("Questo documento non è nell'indice, o ha cambiato indirizzo.")
        rows = searcher.shelves.rows_of_document(document.id).tolist()
        return self._page(
            "document.html",
            document=document,
            organisations=[
                (generation.organisations[link.organisation], link.role)
                for link in document.organisations
            ],
            sections=list(sections(document, (generation.passages[row] for row in rows))),
        )

    def _answered(
        self,
        make: Callable[[Searcher], Response],
        asked: Asked = Asked(),  # noqa: B008 - frozen
    ) -> Response:
        """The page that ``make`` makes or, while there is no index, one that says so."""
        try:
            return make(self._state.searcher)
        except GenerationError:
            text = (
                "Un indice non c'è ancora, o si sta caricando: riprova tra un momento. Se dura, va "
                "costruito da chi gestisce il servizio."
            )
            response = self._error(503, "La ricerca non è pronta", text, asked)
            response.headers["Retry-After"] = "5"
            return response

    def _missing(self, text: str) -> Response:
        return self._error(404, "Qui non c'è nulla", f"{text} Prova a cercare.", Asked())

    def _error(self, status: int, heading: str, text: str, asked: Asked) -> Response:
        return self._page("error.html", status, heading=heading, text=text, asked=asked)

    def _page(self, name: str, status: int = 200, **context: object) -> Response:
        html = self._templates.get_template(name).render(context)
        return HTMLResponse(html, status, HEADERS)


# --- what the templates are given ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page of the answer stands among the others; empty addresses lead nowhere."""

    page: int
    pages: int
    previous: str
    next: str


def paging(asked: Asked, answer: Answer) -> Paging:
    """The pages of an answer; past the last one, the way back leads to the last."""
    pages = -(-max(answer.total, answer.total_documents) // PAGE)
    previous = min(asked.page - 1, pages)
    return Paging(
        page=asked.page,
        pages=pages,
        previous=asked.at(previous).url if previous >= 1 else "",
        next=asked.at(asked.page + 1).url if asked.page < pages else "",
    )


def refusal(asked: Asked, searcher: Searcher) -> str:
    """Why a search cannot be made, and what to do, to the person who asked."""
    if len(asked.question) > MAX_LENGTH:
        return (
            f"La domanda è troppo lunga: scrivila in una o due frasi, fino a {MAX_LENGTH} lettere."
        )
    known = [kind.value for kind in DocumentKind]
    if any(kind not in known for kind in asked.kinds):
        return (
            f"I tipi di documento sono {', '.join(KIND_LABELS.values())}: scegline uno di questi."
        )
    if not all(_is_date(day) for day in (asked.since, asked.until) if day):
        return "Le date si scrivono così: 2025, 2025-03 oppure 2025-03-05."
    if asked.since and asked.until and asked.since[:10] > asked.until[:10]:
        return "La data d'inizio viene dopo quella di fine: scambiale."
    close = [place.label for name in asked.places for place in searcher.gazetteer.suggest(name)]
    hint = f" Forse cercavi: {', '.join(close)}." if close else ""
    return f"Non conosco questo luogo: scrivi un comune, una provincia o una regione.{hint}"


def _is_date(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True


def foreign(language: str) -> str:
    """The language code for a lang attribute, empty where it is the page's own or no code."""
    return language if language != "it" and _LANGUAGE_CODE.fullmatch(language) else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A passage as its document's page shows it: with the headings and the page new to it.

    ``headings`` have their levels in HTML; ``leaves`` says that the heading before it is over and
    no other begins.
    """

    passage: Passage
    headings: tuple[tuple[int, str], ...]
    page: int | None
    leaves: bool


def sections(document: Document, passages: Iterable[Passage]) -> Iterator[Section]:
    """The passages of a document in order; a heading or a page is told once, where it begins."""
    above: tuple[str, ...] = ()
    page: int | None = None
    for passage in passages:
        path = passage.headings
        if path[:1] == (document.title,):
            path = path[1:]  # the title is the page's own heading
        pairs = enumerate(zip(above, path, strict=False))
        same = next((n for n, (before, now) in pairs if before != now), len(above))
        new = tuple((min(6, level + 2), path[level]) for level in range(same, len(path)))
        turned = passage.page if passage.page != page else None
        yield Section(passage, new, turned, leaves=not new and len(path) < len(above))
        above, page = path, passage.page


def documents_of(
    organisation: Organisation, documents: Iterable[Document]
) -> list[tuple[Document, Role]]:
    """The documents that name an organisation: mere mentions last, the newest first."""
    found = [
        (document, link.role)
        for document in documents
        for link in document.organisations
        if link.organisation == organisation.id
    ]
    found.sort(key=lambda pair: str(pair[0].period.end if pair[0].period else ""), reverse=True)
    return sorted(found, key=lambda pair: pair[1] is Role.MENTION)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of templates/static: what it is, its address and its bytes."""

    media_type: str
    url: str
    content: bytes


def templates_folder() -> Path:
    """Where the templates are: inside the installed package or at the top of the project."""
    package = Path(__file__).resolve().parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise CompetenzeError(
        f"The page templates are neither in {package} nor beside it.",
        remedy="Install the package again, or start the service in the project's folder.",
    )


def read_assets(folder: Path) -> Mapping[str, Asset]:
    """The static files by name; the address of each changes with its content."""
    assets = {}
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        url = f"/static/{quote(path.name)}?v={sha256(content).hexdigest()[:8]}"
        assets[path.name] = Asset(media_type, url, content)
    return assets


def environment(folder: Path, assets: Mapping[str, Asset]) -> Environment:
    """Jinja2 over the templates: everything is escaped, and a misspelt name is an error."""
    env = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(
        static={name: asset.url for name, asset in assets.items()},
        words=wording,
        links=links,
        foreign=foreign,
        pieces=pieces,
        kind_labels=KIND_LABELS,
    )
    return env
