"""HTML pages: their content, without menus, banners and the like."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from indexer.domain import ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.cleaning import clean_line
from indexer.parsing.file_type import bom_encoding, decode, is_utf8
from indexer.parsing.html.boilerplate import main_parts
from indexer.parsing.html.panels import Panels
from indexer.parsing.html.walker import Walker
from indexer.text.restriction_words import mentions_visibility, visibility_notes


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
# What browsers take these encodings for: pages that declare them hold curly quotes and the euro.
_BROWSERS_READ = {"iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252"}
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
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
    walker = Walker(assembler, Panels(root))
    for element in main_parts(root):
        walker.read(element)
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata=_metadata(root) | _visibility(root),
            title=_title(root) or assembler.first_heading,
            side_texts=visibility_notes(*_comments(source)) if mentions_visibility(source) else (),
        ),
    )


def read_fragment(markup: str, assembler: BlockBuilder) -> None:
    """Read a piece of HTML inside another format into that document's blocks."""
    root, _ = _tree(markup)
    if root is not None:
        Walker(assembler, Panels(root)).read(root)


def _decode(data: bytes) -> str:
    """Decode a page: by its mark, as UTF-8 if it is, else as it declares, as browsers do."""
    declared = _CHARSET.search(data[:4096])
    if declared is None or bom_encoding(data) or (is_utf8(data) and not data.isascii()):
        return decode(data)
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
        return data.decode(_BROWSERS_READ.get(name, name))
    except (LookupError, UnicodeError, AttributeError):
        return decode(data)  # declared wrongly, as pages often do


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
