"""HTML pages: their content, without menus, banners and the like."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from indexer.domain import ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.cleaning import clean, clean_line
from indexer.parsing.file_type import bom_encoding, decode
from indexer.text.restriction_words import mentions_visibility, visibility_notes


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _names(
    """
    aside audio button canvas datalist dialog embed footer head iframe input map menu meter
    nav noscript object option progress script select style svg template textarea title
    video
    """
)
_DROPPED_ROLES = _names(
    """
    alert alertdialog banner complementary contentinfo dialog menu menubar navigation search
    tablist toolbar
    """
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = _names(
    """
    address article blockquote body center dd details div dl dt fieldset figcaption figure
    form header hr html legend li main ol p pre section summary table tbody td tfoot th
    thead tr ul
    """
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CONSENT = re.compile(r"cookie|gdpr|consent|iubenda|onetrust", re.IGNORECASE)
_CONSENT_SIZE = 2_000
_MAIN_SHARE = 0.2
_MAX_SPAN = 50
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_BLANK_LINES = re.compile(r"\n{2,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_UNREAD = re.compile(r"<(?:script|style)\b|</(?:script|style)\s*>|<!--|-->", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_DATE_NAMES = _names(
    """
    date dc.date dc.date.issued dcterms.date dcterms.created article:published_time
    datepublished pubdate
    """
)
_ISO_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_TOO_DEEP = "Its tags are nested too deep: the text was read without headings and tables."


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Read the document in a page."""
    source = _decode(data)
    root, too_deep = _tree(source)
    if root is None or too_deep:
        assembler = BlockBuilder()
        for part in _TAG.sub("\n\n", _without_scripts(source)).split("\n\n"):
            assembler.paragraph(part)
        warnings = (_TOO_DEEP,) if too_deep else ()
        metadata = {} if root is None else _visibility(root)
        beside = visibility_notes(*_comments(source))
        return (ParsedText(assembler.blocks(), metadata, warnings=warnings, side_texts=beside),)
    assembler = BlockBuilder()
    _Page(assembler).read(_main(root))
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata=_metadata(root) | _visibility(root),
            title=_title(root) or assembler.first_heading,
            side_texts=visibility_notes(*_comments(source)) if mentions_visibility(source) else (),
        ),
    )


def text_of_fragment(markup: str) -> str:
    """The text of a piece of HTML inside another format, one paragraph on each line."""
    root, _ = _tree(markup)
    if root is None:
        return ""
    assembler = BlockBuilder()
    _Page(assembler).read(root)
    return "\n".join(block.text for block in assembler.blocks())


def _decode(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared and not bom_encoding(data):
        try:
            return data.decode(codecs.lookup(declared[1].decode("ascii")).name)
        except (LookupError, UnicodeError, AttributeError):
            pass  # declared wrongly, as pages often do
    return decode(data)


def _tree(source: str) -> tuple[etree._Element | None, bool]:
    """The parsed page, and whether libxml2 stopped because it is nested too deeply."""
    source = _DECLARATION.sub("", source).replace("\x00", "")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    too_deep = any("depth" in entry.message for entry in parser.error_log)
    return root, too_deep


def _without_scripts(source: str) -> str:
    """The page without scripts, styles and comments."""
    return " ".join(text for text, mark in _parts(source) if not mark)


def _comments(source: str) -> Iterator[str]:
    """The text of a page's comments, without those inside scripts and styles."""
    return (text for text, mark in _parts(source) if mark == "<!--")


def _parts(source: str) -> Iterator[tuple[str, str]]:
    """Split a page in one pass into pieces, each with what opened it; the page itself has none."""
    end, opened, awaited = 0, "", ""
    for match in _UNREAD.finditer(source):
        mark = match[0].lower()
        if awaited and mark.startswith(awaited):
            yield source[end : match.start()], opened
            end, opened, awaited = match.end(), "", ""
        elif not awaited and not mark.startswith(("</", "-->")):
            yield source[end : match.start()], ""
            end, opened = match.end(), mark
            awaited = "-->" if mark == "<!--" else f"</{mark[1:]}"
    yield source[end:], opened


def _title(root: etree._Element) -> str:
    title = root.find(".//title")
    return clean_line("".join(map(str, title.itertext()))) if title is not None else ""


def _metadata(root: etree._Element) -> dict[str, object]:
    """The metadata in the page's head, under the names of our fields."""
    metadata: dict[str, object] = {}
    language = _LANGUAGE.fullmatch((root.get("lang") or root.get("xml:lang") or "").strip())
    if language:
        metadata["language"] = language[1].lower()
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        date = _ISO_DATE.match((meta.get("content") or "").strip())
        if name.lower() in _DATE_NAMES and date:
            metadata.setdefault("date", date[0])
    return metadata


def _visibility(root: etree._Element) -> dict[str, object]:
    """Every statement in the page's head about who may see it; there may be several."""
    said: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip()
        if mentions_visibility(name):
            said.setdefault(name.lower(), []).append(meta.get("content") or "")
    return dict(said)


def _main(root: etree._Element) -> etree._Element:
    """The element that holds the content, if the page marks one that really does."""
    body = root.find("body")
    body = root if body is None else body
    candidates = [
        element
        for element in body.iter("main", "article", "div", "section")
        if element.tag in ("main", "article") or element.get("role") == "main"
    ]
    marked = [one for one in candidates if one.tag == "main" or one.get("role") == "main"]
    articles = [one for one in candidates if one.tag == "article"]
    choice = marked[:1] or (articles if len(articles) == 1 else [])
    if choice and _length(choice[0]) > _MAIN_SHARE * _length(body):
        return choice[0]
    return body


def _length(element: etree._Element) -> int:
    return sum(len(text) for text in _visible_text(element))


def _visible_text(element: etree._Element) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if node is not element and _is_dropped(node, inside_main=True):
                walk.skip_subtree()
            elif node.text:
                yield node.text
        elif node is not element and node.tail:
            yield node.tail


def _is_dropped(element: etree._Element, *, inside_main: bool) -> bool:
    tag = element.tag
    if tag in _DROPPED or (tag == "header" and not inside_main):
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if element.get("role") in _DROPPED_ROLES or _HIDDEN_STYLE.search(element.get("style") or ""):
        return True
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    return bool(_CONSENT.search(names)) and tag != "body" and _is_shorter(element, _CONSENT_SIZE)


def _is_shorter(element: etree._Element, limit: int) -> bool:
    length = 0
    for text in element.itertext():
        length += len(text)
        if length > limit:
            return False
    return True


class _Page:
    """Walks a tree without recursion and passes its text to the block builder."""

    def __init__(self, assembler: BlockBuilder) -> None:
        self._assembler = assembler
        self._buffer: list[str] = []
        self._inside_main = False
        self._term = ""

    def read(self, root: etree._Element) -> None:
        """Read everything visible under ``root``."""
        self._inside_main = root.tag in ("main", "article")
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                dropped = element is not root and self._is_dropped(element)
                if dropped or self._take_whole(element):
                    walk.skip_subtree()
                else:
                    self._open(element)
            else:
                self._close(element)
                if element is not root and element.tail:
                    self._buffer.append(_SPACES.sub(" ", element.tail))
        self._flush()

    def _is_dropped(self, element: etree._Element) -> bool:
        if element.tag == "form":
            # A few systems wrap the whole page in a form: one with much text is content.
            return _is_shorter(element, _CONSENT_SIZE)
        inside_main = self._inside_main or element.tag != "header" or _in_article(element)
        return _is_dropped(element, inside_main=inside_main)

    def _take_whole(self, element: etree._Element) -> bool:
        """Read an element at once: a heading, a simple list, a data table or preformatted text."""
        tag = element.tag
        if tag in _HEADINGS:
            self._flush()
            self._assembler.heading(_HEADINGS[tag], _text(element))
        elif tag in ("ul", "ol") and _is_plain_list(element):
            self._flush()
            self._assembler.items([_text(item) for item in element.iterchildren("li")])
        elif tag == "table" and _is_data_table(element):
            self._flush()
            header, rows = _rows(element)
            self._assembler.table(rows, header)
        elif tag == "pre":
            self._flush()
            self._assembler.paragraph("".join(map(str, element.itertext())))
        else:
            return False
        return True

    def _open(self, element: etree._Element) -> None:
        if element.tag == "br":
            self._buffer.append("\n")
        elif element.tag in _BLOCKS and not (element.tag == "dd" and self._term):
            self._flush()
        if element.text:
            self._buffer.append(_SPACES.sub(" ", element.text))
        if element.tag == "img" and element.get("alt"):
            self._buffer.append(f" {element.get('alt')} ")

    def _close(self, element: etree._Element) -> None:
        if element.tag == "dt":
            self._term = clean_line("".join(self._buffer))
            self._buffer.clear()
        elif element.tag in _BLOCKS:
            self._flush()

    def _flush(self) -> None:
        text = clean("".join(self._buffer))
        self._buffer.clear()
        if self._term:
            text = f"{self._term}: {text}" if text else self._term
            self._term = ""
        self._assembler.paragraph(text)


def _in_article(element: etree._Element) -> bool:
    return next(element.iterancestors("article", "main"), None) is not None


def _is_plain_list(element: etree._Element) -> bool:
    """Whether it is a list of texts; one that lays out headings or tables is walked instead."""
    return next(element.iter("table", "pre", *_HEADINGS), None) is None


def _is_data_table(element: etree._Element) -> bool:
    """Whether it is a table of data; one used for layout is walked instead."""
    if element.get("role") == "presentation":
        return False
    inner = element.iter("table", "ul", "ol", *_HEADINGS)
    next(inner, None)  # the table itself
    if next(inner, None) is not None:
        return False
    return any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in element.iter("tr"))


def _rows(table: etree._Element) -> tuple[list[str], list[list[str]]]:
    """The header's cells, empty without a header, and the other rows."""
    header: list[str] = []
    rows: list[list[str]] = []
    for row in table.iter("tr"):
        cells = list(row.iterchildren("td", "th"))
        texts = [text for cell in cells for text in _cells(cell)]
        in_head = next(row.iterancestors("thead"), None) is not None
        if not rows and not header and (in_head or all(cell.tag == "th" for cell in cells)):
            header = texts
        elif cells and cells[0].tag == "th" and len(texts) == 2:
            rows.append([f"{texts[0].rstrip(': ')}: {texts[1]}"])
        else:
            rows.append(texts)
    if not rows:
        return [], [header]
    return header, rows


def _cells(cell: etree._Element) -> list[str]:
    """The texts of the cells, with an empty one for each further column they span."""
    span = cell.get("colspan") or ""
    return [_text(cell), *[""] * (min(int(span), _MAX_SPAN) - 1 if span.isdecimal() else 0)]


def _text(element: etree._Element) -> str:
    """The visible text of an element; blocks start a line, list items begin with "- "."""
    parts = [_SPACES.sub(" ", element.text or "")]
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if node is element:
            continue
        if event == "start":
            if _is_dropped(node, inside_main=True):
                walk.skip_subtree()
                continue
            parts.append(_lead(node))
            parts.append(_SPACES.sub(" ", node.text or ""))
        else:
            parts.append("\n" if node.tag in _BLOCKS else "")
            parts.append(_SPACES.sub(" ", node.tail or ""))
    return _BLANK_LINES.sub("\n", clean("".join(parts)))


def _lead(node: etree._Element) -> str:
    if node.tag == "li":
        return "\n- "
    if node.tag == "img":
        return node.get("alt") or ""
    return "\n" if node.tag == "br" or node.tag in _BLOCKS else ""
