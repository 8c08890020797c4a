"""How an answer's cooperatives stand on the page: the count, and the groups of cards. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from search_service.domain import Answer, OrganisationHit, PlaceMatch
from search_service.filters.place import wanted_areas
from search_service.presentation.bands import close_heading
from search_service.presentation.labels import Words
from search_service.query.wording import found_line, is_exact_place

MAX_CLOSE = 5  # more would only be noise; the API has them all


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Cooperatives under a heading.

    Attributes:
        name: Tells the group in the page's ids.
        heading: What stands over it.
        hits: Those of this page.
        total: How many there are, on every page.
        first: The number of the first.
        is_close: Whether they are only close.
        folded: Whether they are unfolded by a click.

    """

    name: str
    heading: str
    hits: tuple[OrganisationHit, ...]
    total: int
    first: int = 1
    is_close: bool = False
    folded: bool = False


def count_line(answer: Answer, words: Words) -> str:
    """How many cooperatives and documents there are."""
    found, n = found_line(answer, words), answer.total_documents
    documents = words.language.plural("%(n)s documento", "%(n)s documenti", n)
    return f"{found} · {documents}" if n else found


def hit_groups(answer: Answer, words: Words) -> tuple[HitGroup, ...]:
    """The documented: those seated in the place asked for, those who work there, those who do at
    a distance; then the close ones. All but the first group with somebody are folded by place.
    """
    text, hits = words.language.text, answer.documented
    serving = tuple(h for h in hits if h.place_match is PlaceMatch.SERVES)
    remote = tuple(h for h in hits if h.place_match is PlaceMatch.REMOTE)
    here = tuple(h for h in hits if h not in serving and h not in remote)
    counts = answer.by_place
    n_serving = counts.get(PlaceMatch.SERVES, 0)
    n_remote = counts.get(PlaceMatch.REMOTE, 0)
    n_here = answer.total - n_serving - n_remote
    first = answer.offset + 1
    close = close_heading(answer, words) if answer.total else text("Le più vicine")
    nearest = answer.close[:MAX_CLOSE]
    groups = (
        HitGroup(
            "cooperative",
            _seated(answer, words),
            here,
            n_here,
            first,
        ),
        HitGroup(
            "zona",
            text("Lavorano in zona"),
            serving,
            n_serving,
            first + len(here),
            folded=bool(here),
        ),
        HitGroup(
            "distanza",
            text("Lavorano a distanza"),
            remote,
            n_remote,
            first + len(here) + len(serving),
            folded=bool(here or serving),
        ),
        HitGroup("vicine", close, nearest, len(nearest), is_close=True),
    )
    return tuple(group for group in groups if group.hits)


def _seated(answer: Answer, words: Words) -> str:
    """What stands over those that come first: where they have their seat, if a place was asked."""
    text = words.language.text
    if not (wanted_areas(answer.query) and answer.by_place.get(PlaceMatch.SEATED)):
        return text("Cooperative")
    return text("Con sede qui") if is_exact_place(answer) else text("Con sede in zona")
