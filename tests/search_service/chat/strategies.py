"""Replies as nasty as can be, for the property tests of every platform."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import strategies as st

from search_service.chat.model import Item, Link, Reply, Section

ORIGIN = "https://rete.example"
_NASTY = (
    "_*[]()~`<>&@#|\\!",
    "<!everyone>",
    "<!here|here>",
    "<@U123>",
    "@channel",
    "@here",
    "@room",
    "[x](https://evil.example)",
    "<b>",
    "&amp;",
    "```",
    "a\nb\r\n- c",
    "\u202ertl\u202c",
    "\u200fשלום",
    "👩‍👩‍👧‍👦",
    "Caffè 100%",
)
_short = st.one_of(st.sampled_from(_NASTY), st.text(max_size=40))
_parts = st.lists(_short, min_size=1, max_size=4).map(" ".join)
_long = st.builds(lambda text, n: (text * n)[:5_000], _parts, st.integers(1, 1_000))


def texts() -> st.SearchStrategy[str]:
    """A text that says something: mostly short, now and then of thousands of characters."""
    some = st.one_of(*[_parts] * 7, _long)
    return some.filter(lambda text: any(letter.isalnum() for letter in text))


def urls() -> st.SearchStrategy[str]:
    """An address of ours, percent-encoded as ours are; or none."""
    return st.one_of(
        st.just(""), _parts.map(lambda text: f"{ORIGIN}/organisations/{quote(text[:40], safe='')}")
    )


def links() -> st.SearchStrategy[Link]:
    """A link with a label."""
    return st.builds(Link, texts(), urls())


def items() -> st.SearchStrategy[Item]:
    """A cooperative, or a document, which has no source of its own."""
    return st.builds(
        Item,
        links(),
        texts(),
        st.one_of(links(), st.just(Link(""))),
        st.lists(texts(), max_size=3).map(tuple),
        st.one_of(st.just(""), st.sampled_from(("dichiarato", "demonstrated"))),
        st.one_of(st.just(""), st.just("2024-03 (due anni fa)"), texts()),
    )


def replies() -> st.SearchStrategy[Reply]:
    """Any reply: up to three sections of eight items."""
    sections = st.builds(
        Section,
        st.one_of(st.just(""), texts()),
        st.lists(items(), min_size=1, max_size=8).map(tuple),
    )
    return st.builds(
        Reply,
        st.sampled_from(("it", "en")),
        texts(),
        st.lists(texts(), max_size=4).map(tuple),
        st.lists(sections, max_size=3).map(tuple),
        st.lists(texts(), max_size=3).map(tuple),
        st.one_of(st.none(), links()),
    )
