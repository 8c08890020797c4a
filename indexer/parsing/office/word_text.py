"""The text of a Word paragraph: what is printed, not what is hidden, deleted or to be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from indexer.text.check_boxes import TICKED, UNTICKED

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

P, TBL, TR, TC = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"
SDT, SDT_CONTENT = f"{W}sdt", f"{W}sdtContent"
TEXT_BOX = f"{W}txbxContent"
VAL = f"{W}val"
# What wraps paragraphs, rows or cells and is not one itself.
WRAPPERS = frozenset({SDT, SDT_CONTENT, f"{W}customXml", f"{W}ins", f"{W}moveTo"})

_R, _RPR = f"{W}r", f"{W}rPr"
_MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_TEXTS = frozenset({f"{W}t", f"{_MATH}t"})
# Fallback repeats a drawing for old programs; deleted text is no longer the document's.
_SKIPPED = frozenset(
    {
        f"{W}del",
        f"{W}moveFrom",
        f"{W}pPr",
        _RPR,
        f"{W}instrText",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)
_NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_OFF = frozenset({"0", "false", "off"})
# Characters of fonts for symbols that forms use for boxes, by font and code (without its F0).
_SYMBOLS = {
    ("wingdings", code): mark
    for mark, codes in {
        TICKED: "52 53 54 78 FB FC FD FE",
        UNTICKED: "6F 70 71 72 A8",
    }.items()
    for code in codes.split()
} | {
    ("wingdings 2", code): mark
    for mark, codes in {TICKED: "50 51 52 53 54 55 56", UNTICKED: "2A 2B A3 30"}.items()
    for code in codes.split()
}


@dataclass
class Unread:
    """What of a document was left out on purpose: hidden texts, and whether any was struck out."""

    hidden: list[str] = field(default_factory=list)
    struck: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)  # kind and id, not yet read


def paragraph_text(paragraph: Element, unread: Unread, hidden_styles: frozenset[str]) -> str:
    """A paragraph's text with insertions, links and formulas.

    Args:
        paragraph: the paragraph.
        unread: takes note of what is left out, and of footnotes referred to.
        hidden_styles: the ids of character and paragraph styles that hide text.

    """
    parts: list[str] = []
    waiting = list(reversed(paragraph))
    whole = paragraph.find(f"{W}pPr/{W}pStyle")
    if whole is not None and whole.get(VAL) in hidden_styles:
        unread.hidden += [element.text or "" for element in paragraph.iter(f"{W}t")]
        return ""
    while waiting:
        element = waiting.pop()
        if element.tag in _SKIPPED or element.tag == TEXT_BOX or is_placeholder(element):
            continue
        if element.tag == _R and _is_left_out(element, unread, hidden_styles):
            continue
        if element.tag in _NOTES:
            unread.notes.append((_NOTES[element.tag], element.get(f"{W}id", "")))
        parts.append(_printed(element))
        waiting.extend(reversed(element))
    return "".join(parts)


def text_boxes(paragraph: Element) -> Iterator[Element]:
    """The text boxes anchored in a paragraph, each once."""
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == TEXT_BOX:
            yield element
        elif element.tag not in _SKIPPED:
            waiting.extend(reversed(element))


def is_placeholder(element: Element) -> bool:
    """Whether it is a content control that still shows what should be typed into it."""
    return (
        element.tag == SDT
        and (shown := element.find(f"{W}sdtPr/{W}showingPlcHdr")) is not None
        and is_on(shown)
    )


def is_on(element: Element | None) -> bool:
    """Whether a property that can be switched is on."""
    return element is not None and (element.get(VAL) or "1").lower() not in _OFF


def _is_left_out(run: Element, unread: Unread, hidden_styles: frozenset[str]) -> bool:
    properties = run.find(_RPR)
    if properties is None:
        return False
    style = properties.find(f"{W}rStyle")
    own = properties.find(f"{W}vanish")
    hidden = is_on(own) or (own is None and style is not None and style.get(VAL) in hidden_styles)
    struck = is_on(properties.find(f"{W}strike")) or is_on(properties.find(f"{W}dstrike"))
    if hidden:
        unread.hidden += [element.text or "" for element in run.iter(f"{W}t")]
    elif struck:
        unread.struck = unread.struck or next(run.iter(f"{W}t"), None) is not None
    return hidden or struck


def _printed(element: Element) -> str:
    if element.tag in _TEXTS:
        return element.text or ""
    if element.tag == f"{W}sym":
        code = (element.get(f"{W}char") or "").upper()[-2:]
        return _SYMBOLS.get(((element.get(f"{W}font") or "").lower(), code), "")
    if element.tag == f"{W}checkBox":  # of a form of old
        state = element.find(f"{W}checked")
        state = element.find(f"{W}default") if state is None else state
        return TICKED if is_on(state) else UNTICKED
    return _MARKS.get(element.tag, "")
