"""Addresses of the pages: each holds the page's whole state, so a link is another search."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from indexer.domain import (
    Document,
    Passage,
)
from search_service.domain import ExplicitFilters
from search_service.presentation.languages import LANGUAGES

_URL = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f\x7f]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_MOST = 20  # values of one filter read from an address
_MOST_PICKS = 200  # read from an address: how many are shown, and told of, is the shortlist's
# The filters that may have several values, by the name an address gives them.
_FILTERS = {
    "place": "places",
    "kind": "kinds",
    "competence": "competencies",
    "sector": "sectors",
    "certification": "certifications",
    "proof": "proofs",
}


@dataclass(frozen=True, slots=True)
class SearchUrl:
    """A search as its address writes it, and what goes with a person from page to page.

    ``picks`` are the ids of the cooperatives in the shortlist; ``lang`` is the language that was
    chosen, empty where the browser's decides.
    """

    question: str = ""
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    off: tuple[str, ...] = ()
    sort: str = ""
    page: int = 1
    picks: tuple[str, ...] = ()
    lang: str = ""

    @classmethod
    def read(cls, params: QueryParams) -> SearchUrl:
        """Read an address; what is empty is not asked for, and a page that is none is the first."""

        def several(name: str, most: int = _MOST) -> tuple[str, ...]:
            values = (value.strip() for value in params.getlist(name))
            return tuple(dict.fromkeys(value for value in values if value))[:most]

        page, lang = params.get("page", ""), params.get("lang", "")
        return cls(
            question=" ".join(params.get("q", "").split()),
            since=params.get("since", "").strip(),
            until=params.get("until", "").strip(),
            off=several("off"),
            sort=params.get("sort", "").strip(),
            page=int(page) if _PAGE_NUMBER.fullmatch(page) else 1,
            picks=several("pick", _MOST_PICKS),
            lang=lang if lang in LANGUAGES else "",
            **{field: several(name) for name, field in _FILTERS.items()},
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: then the page only invites to ask."""
        return not (self.question or self.filtered)

    @property
    def filtered(self) -> bool:
        """Whether filters were chosen besides the question."""
        chosen = (getattr(self, field) for field in _FILTERS.values())
        return any(chosen) or bool(self.since or self.until)

    @property
    def choices(self) -> ExplicitFilters:
        """The chosen filters, as the search takes them."""
        return ExplicitFilters(
            places=self.places,
            kinds=self.kinds,
            competencies=self.competencies,
            sectors=self.sectors,
            certifications=self.certifications,
            proofs=self.proofs,
            since=self.since,
            until=self.until,
            off=frozenset(self.off),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of an address, in a fixed order, without what is not asked."""
        pairs = [("q", self.question)]
        pairs += [(name, value) for name, f in _FILTERS.items() for value in getattr(self, f)]
        pairs += [("since", self.since), ("until", self.until)]
        pairs += [("off", key) for key in self.off]
        pairs += [("sort", self.sort), ("page", str(self.page) if self.page > 1 else "")]
        pairs += [("pick", pick) for pick in self.picks]
        pairs.append(("lang", self.lang))
        return [(name, value) for name, value in pairs if value]

    @property
    def url(self) -> str:
        """The address of this search."""
        return self.on("/")

    def on(self, path: str) -> str:
        """The address of another page that is about this search."""
        return f"{path}?{urlencode(self.pairs)}" if self.pairs else path

    @property
    def kept(self) -> SearchUrl:
        """What goes with a person to pages that are not about this search."""
        return SearchUrl(picks=self.picks, lang=self.lang)

    def at(self, page: int) -> SearchUrl:
        """The same search at another page."""
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> SearchUrl:
        """The same search in another order."""
        return replace(self, sort=sort, page=1)

    def switched_off(self, key: str) -> SearchUrl:
        """The same search without something understood of the question."""
        return replace(self, off=tuple(dict.fromkeys((*self.off, key))), page=1)

    def switched_on(self, key: str) -> SearchUrl:
        """The same search with something understood again."""
        return replace(self, off=tuple(k for k in self.off if k != key), page=1)

    def with_place(self, number: int, *places: str) -> SearchUrl:
        """The same search with other places for the chosen one of this number."""
        kept = (*self.places[:number], *places, *self.places[number + 1 :])
        return replace(self, places=tuple(dict.fromkeys(kept)), page=1)

    def having(self, name: str, value: str) -> SearchUrl:
        """The same search with one more value of a filter, by the filter's name in an address."""
        if name == "year":
            return replace(self, since=value, until=value, page=1)
        values = (*getattr(self, _FILTERS[name]), value)
        return self._with(name, tuple(dict.fromkeys(values)))

    def only(self, name: str, value: str) -> SearchUrl:
        """The same search with one value of a filter, and none of its others."""
        return self._with(name, (value,))

    def choosing(self, choices: ExplicitFilters) -> SearchUrl:
        """The same search with other filters chosen."""
        kept = (key for key in self.off if key in choices.off)
        return replace(
            self,
            **{field: getattr(choices, field) for field in _FILTERS.values()},
            since=choices.since,
            until=choices.until,
            off=(*kept, *sorted(choices.off.difference(self.off))),
            page=1,
        )

    def _with(self, name: str, values: tuple[str, ...]) -> SearchUrl:
        chosen: dict[str, Any] = {_FILTERS[name]: values}
        return replace(self, page=1, **chosen)

    def picked(self, organisation: str) -> SearchUrl:
        """The same page with a cooperative more, or less, in the shortlist."""
        if organisation in self.picks:
            return replace(self, picks=tuple(p for p in self.picks if p != organisation))
        return replace(self, picks=(*self.picks, organisation))


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses a page may lead to, with the language and the shortlist that go along.

    ``path`` is the page's own path and ``asked`` the search it is about; ``home`` is where a new
    search is asked.
    """

    path: str
    asked: SearchUrl
    home: str = "/"

    def here(self, asked: SearchUrl) -> str:
        """The same page, about another search."""
        return asked.on(self.path)

    def language(self, code: str) -> str:
        """The same page in another language."""
        return self.here(replace(self.asked, lang=code))

    def pick(self, organisation: str) -> str:
        """The same page, with a cooperative more, or less, in the shortlist."""
        return self.here(self.asked.picked(organisation))

    def to(self, path: str) -> str:
        """Another page, not about this search."""
        return self.asked.kept.on(path)

    def search(self, question: str = "") -> str:
        """A new search."""
        return replace(self.asked.kept, question=question).on(self.home)

    def in_place(self, place: str) -> str:
        """All cooperatives of a place."""
        return replace(self.asked.kept, places=(place,)).on(self.home)

    def competence_in(self, label: str, place: str) -> str:
        """Those of a place who declare a competence."""
        wanted = replace(self.asked.kept, places=(place,), competencies=(label,))
        return wanted.on(self.home)

    def organisation(self, organisation: str) -> str:
        """The page of an organisation."""
        return self.to(organisation_path(organisation))

    def competence(self, slug: str) -> str:
        """The page of a competence."""
        return self.to(f"/competencies/{quote(slug, safe='')}")

    def document(self, document: str, ordinal: int | None = None) -> str:
        """The page of a document, at one of its passages where given."""
        anchor = "" if ordinal is None else f"#p{ordinal}"
        return f"{self.to(document_path(document))}{anchor}"


# --- files and other sites ------------------------------------------------------------------


def organisation_path(organisation: str) -> str:
    """The path of an organisation's page."""
    return f"/organisations/{quote(organisation, safe='')}"


def document_path(document: str) -> str:
    """The path of a document's page."""
    return f"/documents/{quote(document)}"


def original_url(document: Document, page: int | None = None) -> str:
    """The original file, at a page where it is a PDF; empty where it may not be seen."""
    if not document.content_hash:
        return ""
    is_pdf = document.path.lower().endswith(".pdf")
    anchor = f"#page={page}" if page is not None and is_pdf else ""
    return f"/api/v1/documents/{quote(document.id)}/original{anchor}"


def web_link(url: str) -> str:
    """The URL if a page may link to it (http or https), else nothing."""
    return url if _URL.fullmatch(url) else ""


def mail_link(contact: str) -> str:
    """A mailto: link if the contact is an e-mail address, else nothing."""
    return f"mailto:{contact}" if _EMAIL.fullmatch(contact) else ""


def passage_url(passage: Passage) -> str:
    """The page that shows a passage in its document."""
    return f"/documents/{quote(passage.document)}#p{passage.ordinal}"
