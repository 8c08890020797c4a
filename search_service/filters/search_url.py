"""Addresses of searches: each holds the page's whole state, so a link is another search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from search_service.domain import ExplicitFilters
from search_service.filters.place import seated_in
from search_service.filters.registry import PARAMETERS
from search_service.filters.saved_list import SavedList
from search_service.presentation.languages import LANGUAGES
from search_service.presentation.urls import document_path, organisation_path

_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_ORDER = {parameter.name: n for n, parameter in enumerate(PARAMETERS)}  # in an address
_NONE = SavedList()
_WHOLE = "all"  # the parameter
_MOST = 20  # values of one filter read from an address


@dataclass(frozen=True, slots=True)
class SearchUrl:
    """A search as its address writes it, and what goes with a person from page to page.

    Attributes:
        question: The question.
        filters: What was chosen beside it, and what of it to ignore.
        sort: The order of the answer; empty for the usual.
        page: The page of the answer, from 1.
        whole: The group of filters of which all values are shown; links do not keep it.
        saved: The shortlist.
        lang: The language that was chosen; empty where the browser's decides.
        root: What leads to the first page: on a page it is relative, so that links keep the
            shortlist that the page's address begins with.

    """

    question: str = ""
    filters: ExplicitFilters = field(default_factory=ExplicitFilters)
    sort: str = ""
    page: int = 1
    whole: str = ""
    saved: SavedList = field(default_factory=SavedList)
    lang: str = ""
    root: str = "/"

    @classmethod
    def read(cls, params: QueryParams, saved: SavedList = _NONE) -> SearchUrl:
        """Read an address; what is empty is not asked for, and a page that is none is the first.

        Args:
            params: Its query.
            saved: The shortlist that its path begins with.
        """

        def several(name: str) -> tuple[str, ...]:
            values = (value.strip() for value in params.getlist(name))
            return tuple(dict.fromkeys(value for value in values if value))[:_MOST]

        page, lang = params.get("page", ""), params.get("lang", "")
        chosen = {
            p.name: several(p.name) if p.several else params.get(p.name, "").strip()
            for p in PARAMETERS
        }
        return cls(
            question=" ".join(params.get("q", "").split()),
            filters=ExplicitFilters.of(several("off"), **chosen),
            sort=params.get("sort", "").strip(),
            page=int(page) if _PAGE_NUMBER.fullmatch(page) else 1,
            whole=params.get(_WHOLE, ""),
            saved=saved.changed(params),
            lang=lang if lang in LANGUAGES else "",
        )

    @property
    def picks(self) -> tuple[str, ...]:
        """The ids of the cooperatives in the shortlist."""
        return self.saved.picks

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: then the page only invites to ask."""
        return not (self.question or self.filters.values)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of a query, in a fixed order, without what is not asked."""
        pairs = [("q", self.question)]
        known = (pair for pair in self.filters.values if pair[0] in _ORDER)
        pairs += sorted(known, key=lambda pair: _ORDER[pair[0]])
        pairs += [("off", key) for key in self.filters.off]
        pairs += [("sort", self.sort), ("page", str(self.page) if self.page > 1 else "")]
        pairs += [("lang", self.lang)]
        return [(name, value) for name, value in pairs if value]

    @property
    def url(self) -> str:
        """The address of this search."""
        return self.on("/")

    def on(self, path: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """The address of another page that is about this search, as a link of a page.

        Args:
            path: The page's path.
            more: Further pairs, which no link on that page keeps: a change of the shortlist.
        """
        return _address(self.root, path, [*self.pairs, *more])

    def absolute(self, path: str) -> str:
        """The address of another page that is about this search, from everywhere on the site."""
        return _address(self.saved.root, path, self.pairs)

    @property
    def kept(self) -> SearchUrl:
        """What goes with a person to pages that are not about this search."""
        return SearchUrl(saved=self.saved, lang=self.lang, root=self.root)

    def at(self, page: int) -> SearchUrl:
        """The same search at another page."""
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> SearchUrl:
        """The same search in another order."""
        return replace(self, sort=sort, page=1)

    def choosing(self, filters: ExplicitFilters) -> SearchUrl:
        """The same search with other filters chosen."""
        return replace(self, filters=filters, page=1)

    def switched_off(self, key: str) -> SearchUrl:
        """The same search without something understood of the question."""
        return self.choosing(self.filters.switched_off(key))

    def switched_on(self, key: str) -> SearchUrl:
        """The same search with something understood again."""
        return self.choosing(self.filters.switched_on(key))


@dataclass(frozen=True, slots=True)
class SaveAll:
    """A link that saves all that a list shows or, where all are saved, takes them out again.

    Attributes:
        url: Its address; empty where the shortlist is full.
        shown: How many the list shows.
        new: How many of them the link saves; 0 where it saves none.
        full: Whether some of them find no room.

    """

    url: str
    shown: int
    new: int
    full: bool


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

    def whole(self, group: str) -> str:
        """The same page with all values of a group of filters."""
        return self.asked.on(self.path, [(_WHOLE, group)])

    def pick(self, organisation: str) -> str:
        """The same page, with a cooperative more, or less, in the shortlist."""
        return self.asked.on(self.path, self.asked.saved.toggling(organisation))

    def pick_all(self, organisations: Iterable[str]) -> SaveAll:
        """The same page, with all these cooperatives in the shortlist, or none of them."""
        saved, shown = self.asked.saved, tuple(dict.fromkeys(organisations))
        missing = [one for one in shown if one not in saved.picks]
        added = saved.adding(missing)
        change = added if missing else saved.dropping(shown)
        url = self.asked.on(self.path, change) if change else ""
        return SaveAll(url, len(shown), len(added), len(added) < len(missing))

    def to(self, path: str) -> str:
        """Another page, not about this search."""
        return self.asked.kept.on(path)

    def form(self, path: str) -> str:
        """Where a form asks; its fields are the query."""
        return _address(self.asked.root, path, [])

    def search(self, question: str = "") -> str:
        """A new search."""
        return replace(self.asked.kept, question=question).on(self.home)

    def in_place(self, place: str) -> str:
        """All cooperatives with their seat in a place."""
        wanted = ExplicitFilters.of(place=seated_in(place))
        return self.asked.kept.choosing(wanted).on(self.home)

    def competence_in(self, value: str, place: str) -> str:
        """Those with their seat in a place who declare a competence."""
        filters = ExplicitFilters.of(place=seated_in(place), competence=value)
        wanted = self.asked.kept.choosing(filters)
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


def _address(root: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{root}{path.removeprefix('/')}{'?' if query else ''}{query}"
