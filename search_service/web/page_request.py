"""One request for a page: the visitor, the search, the language, and how the page is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from starlette.types import Scope

from search_service.auth.visitor import ANYBODY, Refusal, Visitor, announced
from search_service.filters.search_url import Links, SearchUrl
from search_service.presentation.labels import Words, words_in
from search_service.presentation.languages import preferred_language
from search_service.web.rendering import Renderer
from search_service.web.saved_list_paths import list_in_path

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)


def page_headers(framed_by: str = "'none'") -> dict[str, str]:
    """What every page is sent with; ``framed_by`` are the sites that may show it in a frame."""
    return {
        "Content-Security-Policy": f"{_POLICY}{framed_by}",
        "X-Content-Type-Options": "nosniff",
        # Other sites learn nothing. With no-referrer a browser hides from us, too, that a form is
        # sent by our own page ("Origin: null"), and nobody could sign in.
        "Referrer-Policy": "same-origin",
    }


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request for a page, and what makes the page."""

    renderer: Renderer
    path: str
    origin: str
    asked: SearchUrl
    language: str
    framed_by: str = ""
    visitor: Visitor = ANYBODY
    is_sample: bool = False  # whether all cooperatives of the index are invented

    @classmethod
    def of(cls, request: Request, renderer: Renderer, framed_by: str = "") -> PageRequest:
        """Read a request.

        A language in the address is preferred to the browser's, and the service's public address to
        the one that the request names.

        Args:
            request: The request.
            renderer: Makes the HTML, and knows the public address.
            framed_by: The sites that may show the page in a frame, where it is bare and anonymous;
                empty forbids frames.
        """
        before = list_in_path(request.scope)
        asked = SearchUrl.read(request.query_params, before)
        language = asked.lang or preferred_language(request.headers.get("accept-language", ""))
        origin = renderer.origin or str(request.base_url).rstrip("/")
        # Quoted anew: a path may hold "#" and "?", and two slashes would lead to another host.
        path = "/" + quote(request.scope["path"].lstrip("/\\"))
        kept = asked.saved == before
        asked = replace(asked, root=_up(request.scope) if kept else asked.saved.root)
        found = announced(request.scope)
        visitor = ANYBODY if framed_by or isinstance(found, Refusal) else found
        return cls(renderer, path, origin, asked, language, framed_by, visitor)

    @property
    def address(self) -> str:
        """The whole address of the page, its shortlist in the path."""
        return self.asked.absolute(self.path)

    @property
    def words(self) -> Words:
        """The wording in the visitor's language."""
        return words_in(self.language)

    @property
    def links(self) -> Links:
        """The addresses that the page links to."""
        return Links(self.path, self.asked, "/embed" if self.framed_by else "/")

    def text(self, message: str, /, **values: object) -> str:
        """A message in the visitor's language."""
        return self.words.language.text(message, **values)

    def about(self, asked: SearchUrl) -> PageRequest:
        """The same visit, its search written in another way."""
        return replace(self, asked=asked)

    def page(self, template: str, context: Mapping[str, object], *, status: int = 200) -> Response:
        """The response with a template's page for this visitor.

        Args:
            template: The template's name.
            context: What it shows, beside what every page knows.
            status: The HTTP status.
        """
        known = {
            "asked": self.asked,
            "links": self.links,
            "origin": self.origin,
            "page_url": self.origin + self.address,
            "bare": bool(self.framed_by),
            "visitor": self.visitor,
            "is_sample": self.is_sample,
        }
        html = self.renderer.html(self.language, template, {**known, **context})
        sent = {
            **page_headers(self.framed_by or "'none'"),
            "Content-Language": self.language,
            "Vary": "Accept-Language, Cookie, Authorization",
        }
        return HTMLResponse(html, status, sent)

    def error(self, status: int, heading: str, text: str) -> Response:
        """A page that says what is wrong and what to do.

        Args:
            status: The HTTP status.
            heading: What is wrong, in the visitor's language.
            text: What to do about it, in the visitor's language.
        """
        return self.page("error.html", {"heading": heading, "text": text}, status=status)

    def refused(self, text: str) -> Response:
        """A page for a search that cannot be made."""
        return self.error(400, self.text("Ricerca non valida"), text)

    def missing(self, text: str) -> Response:
        """A page for an address that leads nowhere."""
        heading, hint = self.text("Pagina non trovata"), self.text("Prova a cercare.")
        return self.about(self.asked.kept).error(404, heading, f"{text} {hint}")


def _up(scope: Scope) -> str:
    """What leads from a page to the first page, as its browser counts the slashes."""
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    return "../" * (path.count(b"/") - 1) or "./"
