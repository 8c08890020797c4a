"""Replies that try to break every format."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import strategies as st

from search_service.chat.types import Item, Link, Reply, ReplySection

ORIGIN = "https://rete.example"
_NASTY = (
    "_*[]()~`<>&@#|\\!",
    "<!everyone>",
    "<!channel|x>",
    "<@U012AB3CD>",
    "<https://evil.example|qui>",
    "@channel",
    "@here",
    "@all",
    "@room",
    "@user",
    "#tag",
    "~town-square",
    ":smile:",
    ":-)",
    "<3",
    "&lt;b&gt;",
    "<b>x</b>",
    "https://evil.example/a",
    "www.evil.example",
    "a@b.example",
    "[x](https://evil.example)",
    "![x](https://evil.example)",
    "```",
    "**",
    "__",
    "# Titolo",
    "1. uno",
    "- uno",
    "> detto",
    "| a | b |",
    "---",
    "===",
    "\n",
    "\r\n\n",
    "    ",
    "\t",
    "\u202e",
    "\u200f",
    "\u2066",
    "\u2060",
    "👩‍🔬",
    "é",
    "e\u0301",
    "Cooperativa sociale",
    "chi fa reti",
)


def _texts(longest: int) -> st.SearchStrategy[str]:
    some = st.lists(st.sampled_from(_NASTY), max_size=4).map("".join)
    apart = st.lists(st.sampled_from(_NASTY), max_size=4).map(" ".join)
    long = st.builds(_repeated, st.sampled_from(_NASTY), st.integers(0, longest))
    return some | apart | st.text(max_size=12) | long


def _repeated(piece: str, size: int) -> str:
    return (piece * size)[:size]


def _urls() -> st.SearchStrategy[str]:
    paths = _texts(600).map(lambda text: f"{ORIGIN}/{quote(text)}?q={quote(text)}#p1")
    return st.just("") | paths


def _links() -> st.SearchStrategy[Link]:
    return st.builds(Link, _texts(5_000), _urls())


def replies() -> st.SearchStrategy[Reply]:
    """Any reply, of up to three sections of eight items."""
    items = st.builds(
        Item,
        name=_links(),
        quote=_texts(5_000),
        source=_links() | st.just(Link("")),
        facts=st.lists(_texts(400), max_size=4).map(tuple),
        proof=_texts(100),
        date=_texts(100),
    )
    listed = st.lists(items, max_size=8).map(tuple)
    sections = st.builds(ReplySection, _texts(400), listed, st.integers(1, 95))
    return st.builds(
        Reply,
        language=st.sampled_from(("it", "en")),
        heading=_texts(5_000),
        notes=st.lists(_texts(5_000), max_size=20).map(tuple),
        sections=st.lists(sections, max_size=3).map(tuple),
        hints=st.lists(_texts(5_000), max_size=3).map(tuple),
        more=st.none() | _links(),
    )
