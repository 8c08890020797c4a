"""The text inside a block of Markdown, with what note-taking programs add to it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it.token import Token

from indexer.text.check_boxes import TICKED, UNTICKED

# Obsidian's comments, on lines of their own or within one.
_NOTE = re.compile(r"^%%[ \t]*\n.*?\n%%[ \t]*$|%%[^\n%]+%%", re.MULTILINE | re.DOTALL)
# "[Sede]: Rovigo" would define a link, and be no text. What it leads to would look like an address.
_NO_LINK = re.compile(
    r"^( {0,3})\[(?!\^)([^\[\]\n]+)\]:(?=[ \t]+(?!<|#|/|\.|\w+:|www\.|\S+[./]\w{2,}\S*\s*$)\S)",
    re.MULTILINE,
)
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|#]*)(?:#[^\[\]|]*)?(?:\|([^\[\]]*))?\]\]")
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,40}\]:?[ \t]*")
_CALLOUT = re.compile(r"^\[!\w+\][+-]?[ \t]*", re.IGNORECASE)
_TASK = re.compile(r"^\[( |x|X|-)\][ \t]+")
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_ELEMENTS = frozenset(
    """
    a abbr address area article aside audio b base bdi bdo big blockquote body br button canvas
    caption center cite code col colgroup data datalist dd del details dfn dialog div dl dt em
    embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i
    iframe img input ins kbd label legend li link main map mark menu meta meter nav noscript
    object ol optgroup option output p param picture pre progress q rp rt ruby s samp script
    section select slot small source span strike strong style sub summary sup svg table tbody td
    template textarea tfoot th thead time title tr track tt u ul var video wbr
    """.split()
)


def without_notes(source: str) -> str:
    """A source without Obsidian's comments; "[Sede]: Rovigo" is text in it."""
    return _NO_LINK.sub(r"\1\\[\2]:", _NOTE.sub("", source))


def inline_text(token: Token) -> str:
    """Text without marks: links and images become their text; tags are dropped, as is struck text.

    What only looks like a tag, as in "List<String>", is text.
    """
    parts: list[str] = []
    struck = 0
    for child in token.children or ():
        struck += {"s_open": 1, "s_close": -1}.get(child.type, 0)
        if not struck:
            parts.append(_printed(child))
    text = _FOOTNOTE_MARK.sub("", _WIKI_LINK.sub(_linked, "".join(parts)))
    return _CALLOUT.sub("", _TASK.sub(_task, text))


def has_struck_text(tokens: Iterable[Token]) -> bool:
    """Whether any text is struck out."""
    return any(child.type == "s_open" for token in tokens for child in token.children or ())


def _printed(child: Token) -> str:
    match child.type:
        case "text" | "code_inline" | "image":
            return child.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            name = _TAG_NAME.match(child.content)
            if name is None or name[1].lower() in _ELEMENTS:
                return "\n" if name is not None and name[1].lower() == "br" else ""
            return child.content
        case _:
            return ""


def _linked(link: re.Match[str]) -> str:
    """What a link to a note shows; an embedded picture shows nothing."""
    embedded, target, label = link.groups()
    return "" if embedded else (label or target).strip()


def _task(mark: re.Match[str]) -> str:
    return f"{TICKED if mark[1] in 'xX' else UNTICKED} "
