"""PDF documents with text: opening them, pages, title. The layout is read in ``layout``."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pypdfium2 as pdfium
from pypdf import PdfReader, PdfWriter
from pypdf.errors import FileNotDecryptedError, LimitReachedError
from pypdf.generic import Destination

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.block_builder import check_characters
from indexer.parsing.cleaning import clean_line
from indexer.parsing.file_type import decode
from indexer.parsing.markup import property_lines
from indexer.parsing.pdf.form_fields import is_placeholder, page_fields
from indexer.parsing.pdf.headings import Bookmark
from indexer.parsing.pdf.layout import read_layout
from indexer.parsing.pdf.legibility import letter_warnings
from indexer.parsing.pdf.lines import PageText, page_text
from indexer.parsing.titles import made_by_program
from indexer.text.restriction_words import visibility_notes

MAX_PAGES = 2_000
# Letters per page: a scan may have a stamp, or its scanner's name, on every page.
_STAMP_LETTERS = 30
_LISTED_PAGES = 20
# Not a word of any language: "ServiziAVCP-RM", "scan0012".
_CODE = re.compile(r"\w?[^\W_]*[\d_A-Z.-]\S*")


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Read the document in a PDF."""
    reader = _open(data)
    texts, failed = _read_pages(data, reader)
    pages = [text.lines for text in texts]
    total = len(pages)
    if len(failed) == total:
        limited = any(isinstance(error, LimitReachedError) for error in failed.values())
        raise _inflated() if limited else _corrupt()
    if is_placeholder(reader, sum(len(line.text) for page in pages for line in page)):
        raise _dynamic_form()
    letters = [sum(char.isalpha() for line in page for char in line.text) for page in pages]
    images = [_has_image(reader, number) for number in range(total)]
    if all(count < _STAMP_LETTERS * image for count, image in zip(letters, images, strict=True)):
        raise _no_text(total)
    if not any(letters):
        raise _no_text(total)
    without_text = [
        number
        for number, (count, image) in enumerate(zip(letters, images, strict=True), 1)
        if image and not count
    ]
    layout = read_layout([line for page in pages for line in page], _bookmarks(reader))
    return (
        ParsedText(
            blocks=layout.blocks,
            title=_title(reader) or layout.title,
            warnings=(
                *_warnings(list(failed), without_text),
                *letter_warnings(texts),
            ),
            pages=total,
            side_texts=visibility_notes(
                # Running heads are not part of the text.
                *("\n".join(line.text for line in page) for page in pages),
                *_noted(_properties(reader)),
                *_noted(_annotations(reader)),
            ),
        ),
    )


def _noted(texts: Iterator[str]) -> list[str]:
    """The notes that can be read; a broken one only loses those that follow it."""
    found: list[str] = []
    with suppress(Exception):
        for text in texts:
            found.append(text)
    return found


def _properties(reader: PdfReader) -> Iterator[str]:
    for name, value in (reader.metadata or {}).items():
        yield from property_lines(f"{name.removeprefix('/')}: {value}")
    extended = reader.root_object.get("/Metadata")
    if extended is not None:
        yield from property_lines(decode(extended.get_object().get_data()))


def _annotations(reader: PdfReader) -> Iterator[str]:
    for page in reader.pages:
        for annotation in page.annotations or ():
            yield str(annotation.get_object().get("/Contents") or "")


def _open(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
    except FileNotDecryptedError as error:
        raise _encrypted() from error
    except LimitReachedError as error:
        raise _inflated() from error
    except MemoryError:
        raise
    except Exception as error:
        raise _corrupt() from error
    if locked:
        raise _encrypted()
    if not count:
        raise _corrupt()
    if count > MAX_PAGES:
        raise UnreadableFileError(
            Reason.TOO_LARGE,
            f"It has {count:,} pages; at most {MAX_PAGES:,} are read.",
            remedy="Split it into several files.",
        )
    return reader


def _read_pages(data: bytes, reader: PdfReader) -> tuple[list[PageText], dict[int, Exception]]:
    """The text of every page, and the numbers of unreadable pages, each with its reason."""
    pages: list[PageText] = []
    failed: dict[int, Exception] = {}
    characters = 0
    with _drawn(data, reader) as document:
        for number in range(1, len(reader.pages) + 1):
            try:
                page = _read_page(document, reader, number)
            except MemoryError:
                raise
            except Exception as error:  # one unreadable page must not lose the others
                page = PageText([], 0)
                failed[number] = error
            characters += sum(len(line.text) for line in page.lines)
            check_characters(characters)
            pages.append(page)
    return pages, failed


def _drawn(data: bytes, reader: PdfReader) -> pdfium.PdfDocument:
    """Open a document for PDFium; one that it refuses is given as pypdf repaired or opened it."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        repaired = io.BytesIO()
        PdfWriter(clone_from=reader).write(repaired)
        return pdfium.PdfDocument(repaired.getvalue())


def _read_page(document: pdfium.PdfDocument, reader: PdfReader, number: int) -> PageText:
    page = reader.pages[number - 1]
    contents = page.get_contents()
    if contents is not None:
        contents.get_data()  # refuses what unpacks beyond a limit, which PDFium does not
    try:
        fields = page_fields(page)
    except Exception:
        fields = []  # broken annotations cost themselves, nothing else
    drawn = document[number - 1]
    try:
        return page_text(drawn, number, fields)
    finally:
        drawn.close()


def _has_image(reader: PdfReader, index: int) -> bool:
    try:
        resources = reader.pages[index].get("/Resources")
        objects = resources.get_object().get("/XObject") if resources is not None else None
        items = objects.get_object().values() if objects is not None else ()
        return any(item.get_object().get("/Subtype") == "/Image" for item in items)
    except Exception:
        return False  # the page was read anyway


def _bookmarks(reader: PdfReader) -> list[Bookmark]:
    """The document's outline: title, level and page of each entry."""
    try:
        return list(_flatten(reader, reader.outline))
    except Exception:
        return []  # a broken outline only loses the headings


def _flatten(reader: PdfReader, outline: object) -> Iterator[Bookmark]:
    waiting: list[tuple[object, int]] = [(outline, 0)]
    while waiting:
        entry, level = waiting.pop()
        if isinstance(entry, list):
            waiting.extend((inner, level + 1) for inner in reversed(entry))
        elif isinstance(entry, Destination):
            page = reader.get_destination_page_number(entry)
            if page is not None:
                yield Bookmark(clean_line(str(entry.title)), level, page + 1)


def _title(reader: PdfReader) -> str:
    """The title in the properties, unless a program put it there."""
    try:
        title = clean_line(str(reader.metadata.title or "")) if reader.metadata else ""
    except Exception:
        return ""
    return "" if made_by_program(title) or _CODE.fullmatch(title) else title


def _warnings(failed: Sequence[int], without_text: Sequence[int]) -> Iterator[str]:
    if failed:
        yield f"{_pages(failed)} could not be read: damaged"
    if without_text:
        yield f"{_pages(without_text)} without text (scanned?): run OCR, e.g. ocrmypdf"


def _pages(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers[:_LISTED_PAGES]))
    more = f" and {len(numbers) - _LISTED_PAGES} more" if len(numbers) > _LISTED_PAGES else ""
    return f"{'page' if len(numbers) == 1 else 'pages'} {listed}{more}"


def _no_text(pages: int) -> UnreadableFileError:
    count = "1 page" if pages == 1 else f"{pages} pages"
    return UnreadableFileError(
        Reason.NO_TEXT,
        f"It looks scanned: {count}, no text.",
        remedy="Run OCR on it, e.g. with ocrmypdf.",
    )


def _dynamic_form() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.NO_TEXT,
        "It is a dynamic form (XFA) that only Adobe Reader shows: its pages hold no content.",
        remedy="Open it in Adobe Reader and print it to a new PDF.",
    )


def _encrypted() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.ENCRYPTED,
        "It is protected by a password.",
        remedy="Save a copy without the password.",
    )


def _inflated() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.TOO_LARGE,
        "It unpacks to much more than a document holds, or refers to itself without end.",
        remedy="Check where it comes from; if it is genuine, print it to a new PDF.",
    )


def _corrupt() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.CORRUPT,
        "It is damaged and cannot be read.",
        remedy="Open it in a PDF reader and print it to a new PDF, or ask for another copy.",
    )
