"""Files to text: the suffix chooses the parser, and each parser is pure, bytes to parsed text."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.file_type import check_type, is_html, is_text
from indexer.parsing.frontmatter import parse_sidecar

__all__ = ["REGISTER_SUFFIXES", "SUFFIXES", "parse", "parse_sidecar", "prepare"]

# Modules are named, not imported: a build with nothing to read loads no PDF library.
_PARSERS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain_text",
    ".pdf": "pdf.document",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".csv": "table.csv",
    ".xlsx": "table.xlsx",
}
SUFFIXES: frozenset[str] = frozenset(_PARSERS)
REGISTER_SUFFIXES: frozenset[str] = frozenset({".csv", ".xlsx"})

_SAVE_AS = {
    ".doc": ".docx",
    ".odt": ".docx",
    ".rtf": ".docx",
    ".pages": ".docx",
    ".xls": ".xlsx",
    ".ods": ".xlsx",
    ".ppt": ".pdf",
    ".pptx": ".pdf",
    ".odp": ".pdf",
    ".key": ".pdf",
    ".epub": ".pdf",
}
# A profile may be front matter alone, or a row of cells; a date in a file's properties is no text.
_METADATA_IS_CONTENT = frozenset({"markdown", "table.csv", "table.xlsx"})
_MAX_TITLE = 300
_ILLEGIBLE = 0.1  # share of the characters
_NOISY_LIBRARIES = ("pypdf", "openpyxl", "markdown_it")


def prepare(name: str) -> None:
    """Load what a file of this name is parsed with: libraries take longer to load than to run."""
    module = _PARSERS.get(PurePath(name).suffix.lower())
    if module is not None:
        import_module(f"{__name__}.{module}")


def parse(name: str, data: bytes) -> tuple[ParsedText, ...]:
    """Read a file: one text for a document, one a row for a register.

    Raises UnreadableFileError, or MemoryError where that is bounded, and nothing else, whatever
    the bytes are.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise _unsupported(suffix)
    _check_not_empty(data)
    check_type(suffix, data)
    parser = import_module(f"{__name__}.{_module(suffix, data)}")
    try:
        with _quiet():
            texts: tuple[ParsedText, ...] = parser.parse(data)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # a library met what its authors did not think of
        raise UnreadableFileError(
            Reason.CORRUPT,
            f"It is damaged and cannot be read ({type(error).__name__}).",
            remedy="Open it in the program that made it and save it again.",
        ) from error
    may_be_metadata = _PARSERS[suffix] in _METADATA_IS_CONTENT
    if not any(text.blocks or (may_be_metadata and text.metadata) for text in texts):
        raise _empty()
    _check_legible(texts)
    return tuple(replace(text, title=_short(text.title)) for text in texts)


def _module(suffix: str, data: bytes) -> str:
    """Choose the parser by the suffix; a page saved under the name of a text is still a page."""
    module = _PARSERS[suffix]
    if module in ("text", "markdown") and is_html(data):
        return "html"
    return module


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what libraries log and warn from people's screens: the report says it in our words."""
    loggers = [logging.getLogger(name) for name in _NOISY_LIBRARIES]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _check_not_empty(data: bytes) -> None:
    if not data.strip(b"\x00\t\n\r\x0b\x0c ") or (len(data) < 8 and is_text(data) and _blank(data)):
        raise _empty()


def _check_legible(texts: tuple[ParsedText, ...]) -> None:
    """Refuse what is mostly the marks that stand for bytes of another encoding."""
    read = [block.text for text in texts for block in text.blocks]
    if sum(text.count("\ufffd") for text in read) > _ILLEGIBLE * sum(map(len, read)):
        raise UnreadableFileError(
            Reason.CORRUPT,
            "Its characters are in an encoding that cannot be told, or it is damaged.",
            remedy="Open it in the program that made it and save it again, as UTF-8 if it asks.",
        )


def _short(title: str) -> str:
    """A title that is none, but a whole text in its place, is shown beside each passage: cut it."""
    return title if len(title) <= _MAX_TITLE else f"{title[:_MAX_TITLE].rsplit(' ', 1)[0]}…"


def _blank(data: bytes) -> bool:
    """Whether nothing but a byte-order mark and spaces is there."""
    return not data.strip(b"\xef\xbb\xbf\xff\xfe\x00\t\n\r ")


def _empty() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.EMPTY,
        "There is no text in it.",
        remedy="Write its content, or remove the file.",
    )


def _unsupported(suffix: str) -> UnreadableFileError:
    supported = ", ".join(sorted(SUFFIXES))
    better = _SAVE_AS.get(suffix)
    return UnreadableFileError(
        Reason.UNSUPPORTED,
        f"Files of type {suffix} are not read." if suffix else "The file's name has no suffix.",
        remedy=f"Save it as {better}." if better else f"Use one of: {supported}.",
    )
