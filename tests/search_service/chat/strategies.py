"""Replies with everything in them that could break a format."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import strategies as st

from search_service.chat.model import Item, Link, Reply, Section

ORIGIN = "https://rete.example"
NASTY = (
    *"_*[]()~`<>&@#|\\!{}.-+=$%'\"",
    "<!everyone>",
    "<!channel|x>",
    "<@U123>",
    "@channel",
    "@here",
    "@all",
    "@room",
    "&lt;",
    "](https://evil.example)",
    "__",
    "**",
    "```",
    "\\\\",
    ":smile:",
    "1. ",
    "\n# ",
    "\n",
    "\r\n",
    "\u200f",
    "\u202e",
    "\u2028",
    "👩‍💻",
    "🇮🇹",
    "è",
    "coop",
    " ",
)


def texts(max_size: int = 5) -> st.SearchStrategy[str]:
    """Short and nasty, sometimes of 5,000 characters."""
    pieces = st.one_of(st.sampled_from(NASTY), st.text(max_size=4))
    short = st.lists(pieces, max_size=max_size).map("".join)
    long = st.builds(lambda piece: ((piece or "x") * 5_000)[:5_000], pieces)
    # One in ten is long: in most replies some of the texts are, and none takes seconds to make.
    return st.integers(0, 9).flatmap(lambda n: long if n == 9 else short)


def urls() -> st.SearchStrategy[str]:
    """Addresses of pages, as the service makes them; or empty."""
    path = st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
    return st.one_of(st.just(""), path.map(lambda p: f"{ORIGIN}/?q={quote(p, safe='()')}"))


def links() -> st.SearchStrategy[Link]:
    return st.builds(Link, texts(), urls())


def items() -> st.SearchStrategy[Item]:
    facts = st.lists(texts(2), max_size=3).map(tuple)
    return st.builds(Item, links(), texts(), links(), facts, texts(2), texts(2))


def replies() -> st.SearchStrategy[Reply]:
    """Any reply: up to 3 sections of up to 8 items."""
    some = st.lists(texts(), max_size=3).map(tuple)
    section = st.builds(Section, texts(2), st.lists(items(), max_size=8).map(tuple))
    return st.builds(
        Reply,
        st.sampled_from(["it", "en"]),
        texts(),
        some,
        st.lists(section, max_size=3).map(tuple),
        some,
        st.one_of(st.none(), links()),
    )
