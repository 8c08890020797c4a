"""The file formats of a corpus, in one list.

To add a format, write a module with a function ``parse(data: bytes) -> tuple[ParsedText, ...]`` and
add its entry to ``FORMATS``: scanning, type checks, parsing, uploads and the documentation's tests
all read that list. A new content type is described in ``file_type.py``. Modules are named, not
imported, so that a build with nothing to read loads no PDF library.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import Protocol, cast

from indexer.domain import ParsedText
from indexer.parsing.file_type import DOCX, HTML, ODS, ODT, PDF, PPTX, TEXT, XLSX


class ParserModule(Protocol):
    """What the module of a format has to offer."""

    def parse(self, data: bytes) -> tuple[ParsedText, ...]:
        """Parse a file: one text for a document, one for each row of a register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format that can be indexed.

    Attributes:
        suffixes: the file name suffixes, lower case, dot included.
        module: the parser, a module below ``indexer.parsing``.
        accepts: the content types (see ``file_type.content_type``) such a file may have.
        replaces: suffixes of unsupported formats whose files should be saved in this one.
        is_register: whether each row is a document of its own.
        metadata_is_content: whether a file with metadata but no text still counts as content.
        loggers: loggers of the parser's libraries, silenced because the report explains failures.

    """

    suffixes: tuple[str, ...]
    module: str
    accepts: frozenset[str]
    replaces: tuple[str, ...] = ()
    is_register: bool = False
    metadata_is_content: bool = False
    loggers: tuple[str, ...] = ()

    def load(self) -> ParserModule:
        """Import the parser with its libraries."""
        return cast(ParserModule, import_module(f"indexer.parsing.{self.module}"))


_PAGE_OR_TEXT = frozenset({TEXT, HTML})

HTML_PAGE = FileFormat(suffixes=(".html", ".htm"), module="html.page", accepts=_PAGE_OR_TEXT)

FORMATS = (
    FileFormat(
        suffixes=(".md", ".markdown"),
        module="markdown",
        accepts=_PAGE_OR_TEXT,
        metadata_is_content=True,  # a profile may be front matter alone
        loggers=("markdown_it",),
    ),
    FileFormat(suffixes=(".txt",), module="plain_text", accepts=_PAGE_OR_TEXT),
    FileFormat(
        suffixes=(".pdf",),
        module="pdf.document",
        accepts=frozenset({PDF}),
        replaces=(".odp", ".key", ".epub"),
        loggers=("pypdf",),
    ),
    HTML_PAGE,
    FileFormat(
        suffixes=(".docx",),
        module="office.docx",
        accepts=frozenset({DOCX}),
        replaces=(".doc", ".rtf", ".pages"),
    ),
    FileFormat(suffixes=(".odt",), module="office.odt", accepts=frozenset({ODT})),
    FileFormat(
        suffixes=(".pptx",),
        module="office.pptx",
        accepts=frozenset({PPTX}),
        replaces=(".ppt",),
    ),
    FileFormat(
        suffixes=(".csv",),
        module="table.csv",
        accepts=frozenset({TEXT}),
        is_register=True,
        metadata_is_content=True,
    ),
    FileFormat(
        suffixes=(".xlsx",),
        module="table.xlsx",
        accepts=frozenset({XLSX}),
        replaces=(".xls",),
        is_register=True,
        metadata_is_content=True,
        loggers=("openpyxl",),
    ),
    FileFormat(
        suffixes=(".ods",),
        module="table.ods",
        accepts=frozenset({ODS}),
        is_register=True,
        metadata_is_content=True,
    ),
)

_BY_SUFFIX = {suffix: entry for entry in FORMATS for suffix in entry.suffixes}
_REPLACEMENTS = {suffix: entry for entry in FORMATS for suffix in entry.replaces}
SUFFIXES: frozenset[str] = frozenset(_BY_SUFFIX)


def suffix_of(name: str) -> str:
    """The suffix of a file name, lower case, dot included; empty if it has none."""
    return PurePath(name).suffix.lower()


def format_of(name: str) -> FileFormat | None:
    """The format a file name claims; ``None`` if it is not supported."""
    return _BY_SUFFIX.get(suffix_of(name))


def replacement_for(suffix: str) -> str | None:
    """The suffix to save a file of an unsupported format as, if one suits it."""
    entry = _REPLACEMENTS.get(suffix)
    return entry.suffixes[0] if entry else None
