"""Addresses of the web page: each holds the page's whole state, so a link is another search."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from indexer.model import Document, Place
from search_service.model import Aspect, Choices, Query
from search_service.searcher import Searcher
from search_service.wording import ASPECTS, understood_words

_URL = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f\x7f]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_MAX_OFF = 16  # switched-off filters read from an address: more than a question can hold


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address writes it."""

    question: str = ""
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    off: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def read(cls, params: QueryParams) -> Asked:
        """Read an address; what is empty is not asked for, and a page that is none is the first."""

        def several(name: str) -> tuple[str, ...]:
            values = (value.strip() for value in params.getlist(name))
            return tuple(dict.fromkeys(value for value in values if value))

        page = params.get("page", "")
        return cls(
            question=" ".join(params.get("q", "").split()),
            places=several("place"),
            kinds=several("kind"),
            since=params.get("since", "").strip(),
            until=params.get("until", "").strip(),
            off=several("off")[:_MAX_OFF],
            page=int(page) if _PAGE_NUMBER.fullmatch(page) else 1,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: then the page only invites to ask."""
        return not (self.question or self.filtered)

    @property
    def filtered(self) -> bool:
        """Whether filters were chosen besides the question."""
        return bool(self.places or self.kinds or self.since or self.until)

    @property
    def choices(self) -> Choices:
        """The chosen filters, as the search takes them."""
        return Choices(self.places, self.kinds, self.since, self.until, frozenset(self.off))

    @property
    def url(self) -> str:
        """The address of this search."""
        pairs = [("q", self.question)] if self.question else []
        pairs += [("place", place) for place in self.places]
        pairs += [("kind", kind) for kind in self.kinds]
        pairs += [
            (name, day) for name, day in (("since", self.since), ("until", self.until)) if day
        ]
        pairs += [("off", key) for key in self.off]
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return f"/?{urlencode(pairs)}" if pairs else "/"

    def at(self, page: int) -> Asked:
        """The same search at another page."""
        return replace(self, page=page)

    def switched_off(self, key: str) -> Asked:
        """The same search without something understood of the question."""
        return replace(self, off=tuple(dict.fromkeys((*self.off, key))), page=1)

    def switched_on(self, key: str) -> Asked:
        """The same search with something understood again."""
        return replace(self, off=tuple(k for k in self.off if k != key), page=1)

    def with_place(self, number: int, *places: str) -> Asked:
        """The same search with other places for the chosen one of this number."""
        kept = (*self.places[:number], *places, *self.places[number + 1 :])
        return replace(self, places=tuple(dict.fromkeys(kept)), page=1)

    def without_kind(self, kind: str) -> Asked:
        """The same search without a chosen kind of document."""
        return replace(self, kinds=tuple(k for k in self.kinds if k != kind), page=1)


@dataclass(frozen=True, slots=True)
class Chip:
    """Something understood, and the address of the search that changes it."""

    aspect: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place's name that several places share, with a link for each."""

    name: str
    alternatives: tuple[Chip, ...]


def understood(asked: Asked, query: Query) -> list[Chip]:
    """What was understood or chosen, each with the address of the search without it."""
    chips = []
    number = -_places_in_question(asked, query)
    for item in query.understood:
        if item.aspect is Aspect.PLACE and number >= 0:
            without = asked.with_place(number)
        elif item.aspect is Aspect.KIND and item.value in asked.kinds:
            without = asked.without_kind(item.value)
        elif item.aspect is Aspect.PERIOD and (asked.since or asked.until):
            without = replace(asked, since="", until="", page=1)
        else:
            without = asked.switched_off(item.key)
        number += item.aspect is Aspect.PLACE
        chips.append(Chip(ASPECTS[item.aspect], understood_words(item, query), without.url))
    return chips


def ignored(asked: Asked, query: Query, searcher: Searcher) -> list[Chip]:
    """What was understood and then switched off, each with the address that switches it on."""
    chips = []
    for key in asked.off:
        wider = asked.switched_on(key)
        other = searcher.understand(wider.question, wider.choices)
        if _settles_a_name(asked, other):
            continue
        again = (u for u in other.understood if u not in query.understood)
        items = [u for u in again if key in (u.key, u.aspect.value)]
        if items:
            label = ", ".join(understood_words(item, other) for item in items)
            chips.append(Chip(ASPECTS[items[0].aspect], label, wider.url))
    return chips


def ambiguities(asked: Asked, query: Query) -> list[Ambiguity]:
    """The shared names among the places asked for: one click says which one is meant."""
    found = []
    first_chosen = len(query.places) - len(asked.places)
    for number, place_filter in enumerate(query.places):
        if not place_filter.ambiguous:
            continue
        alternatives = []
        for place in place_filter.places:
            if number >= first_chosen:
                chosen = asked.with_place(number - first_chosen, place.id)
            else:
                # Chosen places add to those of the question, so the question's own goes.
                key = f"{Aspect.PLACE}:{place_filter.places[0].id}"
                chosen = asked.switched_off(key).with_place(len(asked.places), place.id)
            alternatives.append(Chip(ASPECTS[Aspect.PLACE], place.label, chosen.url))
        found.append(Ambiguity(place_filter.places[0].name, tuple(alternatives)))
    return found


def with_labels(asked: Asked, query: Query, searcher: Searcher) -> Asked:
    """The same search, its chosen places as people write them ("Bologna (BO)").

    An id stays where its label, read again, would mean something else.
    """
    chosen = query.places[len(query.places) - len(asked.places) :]

    def written(name: str, found: tuple[Place, ...]) -> str:
        again = searcher.understand("", Choices(places=(found[0].label,))).places[0]
        return found[0].label if again.places == found else name

    names = zip(asked.places, chosen, strict=True)
    return replace(asked, places=tuple(written(name, f.places) for name, f in names))


def _places_in_question(asked: Asked, query: Query) -> int:
    """How many of the places understood are the question's: they come before the chosen ones."""
    return sum(u.aspect is Aspect.PLACE for u in query.understood) - len(asked.places)


def _settles_a_name(asked: Asked, query: Query) -> bool:
    """Whether a chosen place says which of the places of a shared name was meant."""
    return any(f.ambiguous and any(p.id in asked.places for p in f.places) for f in query.places)


# --- other pages and sites ----------------------------------------------------------------


def organisation_url(organisation: str) -> str:
    """The page of an organisation."""
    return f"/organisations/{quote(organisation, safe='')}"


def document_url(document: str, ordinal: int | None = None) -> str:
    """The page of a document, at one of its passages where given."""
    anchor = "" if ordinal is None else f"#p{ordinal}"
    return f"/documents/{quote(document)}{anchor}"


def original_url(document: Document, page: int | None = None) -> str:
    """The original file, at a page where it is a PDF."""
    is_pdf = document.path.lower().endswith(".pdf")
    anchor = f"#page={page}" if page is not None and is_pdf else ""
    return f"/api/v1/documents/{quote(document.id)}/original{anchor}"


def web_link(url: str) -> str:
    """The URL if a page may link to it (http or https), else nothing."""
    return url if _URL.fullmatch(url) else ""


def mail_link(contact: str) -> str:
    """A mailto: link if the contact is an e-mail address, else nothing."""
    return f"mailto:{contact}" if _EMAIL.fullmatch(contact) else ""
