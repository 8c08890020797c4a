"""How an answer's cooperatives stand on the page: the count, and the groups of cards. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from search_service.domain import Answer, OrganisationHit, PlaceMatch
from search_service.presentation.bands import close_heading, found_line
from search_service.presentation.labels import Words

MAX_CLOSE = 5  # more would only be noise; the API has them all


@dataclass(frozen=True, slots=True)
class CardGroup:
    """Cards under a heading; ``first`` is the number of the first card.

    ``name`` tells the group in the page's ids; ``is_close`` those who are only close.
    """

    name: str
    heading: str
    hits: tuple[OrganisationHit, ...]
    first: int = 1
    is_close: bool = False


def count_line(answer: Answer, words: Words) -> str:
    """How many cooperatives and documents there are."""
    found, n = found_line(answer, words), answer.total_documents
    documents = words.language.plural("%(n)s documento", "%(n)s documenti", n)
    return f"{found} · {documents}" if n else found


def card_groups(answer: Answer, words: Words) -> tuple[CardGroup, ...]:
    """The documented, those that only work at a distance apart; then the close ones."""
    text, hits = words.language.text, answer.documented
    remote = tuple(h for h in hits if h.place_match is PlaceMatch.REMOTE)
    here = tuple(h for h in hits if h.place_match is not PlaceMatch.REMOTE)
    first = answer.offset + 1
    close = close_heading(answer, words) if answer.total else text("Le più vicine")
    groups = (
        CardGroup("cooperative", text("Cooperative"), here, first),
        CardGroup("distanza", text("Lavorano a distanza"), remote, first + len(here)),
        CardGroup("vicine", close, answer.close[:MAX_CLOSE], is_close=True),
    )
    return tuple(group for group in groups if group.hits)
