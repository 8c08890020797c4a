"""Files to text. The suffix chooses the parser; every parser is a pure function of the bytes."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.fictional_mark import keep_mark
from indexer.parsing.file_type import HTML, check_content, is_html, is_text
from indexer.parsing.formats import (
    HTML_PAGE,
    SUFFIXES,
    format_of,
    replacement_for,
    suffix_of,
)
from indexer.parsing.frontmatter import parse_sidecar
from indexer.parsing.titles import own_title

__all__ = ["SUFFIXES", "load_parser", "parse_file", "parse_sidecar"]

_MAX_TITLE = 300  # characters; a "title" above that is body text in the wrong property
_MAX_UNDECODABLE = 0.1  # share of the characters
_SHOWN = 20  # characters beside one that could not be decoded
_SHORT_FILE = 8  # bytes: fewer may be a byte-order mark and spaces


def load_parser(name: str) -> None:
    """Import what parses a file of this name: some libraries load more slowly than they run."""
    file_format = format_of(name)
    if file_format is not None:
        file_format.load()


def parse_file(name: str, data: bytes) -> tuple[ParsedText, ...]:
    """Parse a file: one text for a document, one for each row of a register.

    Raises:
        UnreadableFileError: for anything wrong with the file, whatever its bytes are.
        MemoryError: if the process's memory is limited and too small.

    """
    file_format = format_of(name)
    if file_format is None:
        raise _unsupported(suffix_of(name))
    _check_not_empty(data)
    check_content(suffix_of(name), data, accepts=file_format.accepts)
    # An HTML page saved under a text suffix is still an HTML page.
    parser = (HTML_PAGE if HTML in file_format.accepts and is_html(data) else file_format).load()
    try:
        with _silenced(file_format.loggers):
            texts = parser.parse(data)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # libraries raise almost anything on malformed input
        raise UnreadableFileError(
            Reason.CORRUPT,
            f"It is damaged and cannot be read ({type(error).__name__}).",
            remedy="Open it in the program that made it and save it again.",
        ) from error
    by_metadata = file_format.metadata_is_content
    if not any(text.blocks or (by_metadata and text.metadata) for text in texts):
        raise _empty()
    return tuple(
        replace(keep_mark(text), title=_shortened(own_title(text))) for text in _checked(texts)
    )


@contextmanager
def _silenced(names: Sequence[str]) -> Iterator[None]:
    """Mute libraries' log messages and warnings: the build report explains problems instead."""
    loggers = [logging.getLogger(name) for name in names]
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
    is_blank = not data.strip(b"\x00\t\n\r\x0b\x0c ")
    if is_blank or (len(data) < _SHORT_FILE and is_text(data) and _is_only_bom(data)):
        raise _empty()


def _checked(texts: tuple[ParsedText, ...]) -> tuple[ParsedText, ...]:
    """The texts, with a warning where characters are U+FFFD, the mark of undecodable bytes.

    Raises:
        UnreadableFileError: if much of the text is.

    """
    found = [block.text for text in texts for block in text.blocks]
    found += [str(value) for text in texts for value in text.metadata.values()]
    lost = sum(text.count("\ufffd") for text in found)
    if lost > _MAX_UNDECODABLE * sum(map(len, found)):
        raise UnreadableFileError(
            Reason.CORRUPT,
            "Its text encoding cannot be recognised, or the file is damaged.",
            remedy="Open it in the program that made it and save it again, as UTF-8 if it asks.",
        )
    if not lost:
        return texts
    first = next(text for text in found if "\ufffd" in text)
    at = first.index("\ufffd")
    seen = " ".join(first[max(0, at - _SHOWN) : at + _SHOWN].split())
    warning = f'characters could not be read ({lost}: "{seen}"): save it again as UTF-8'
    return (replace(texts[0], warnings=(*texts[0].warnings, warning)), *texts[1:])


def _shortened(title: str) -> str:
    return title if len(title) <= _MAX_TITLE else f"{title[:_MAX_TITLE].rsplit(' ', 1)[0]}…"


def _is_only_bom(data: bytes) -> bool:
    """Whether there is nothing but a byte-order mark and white space."""
    return not data.strip(b"\xef\xbb\xbf\xff\xfe\x00\t\n\r ")


def _empty() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.EMPTY,
        "There is no text in it.",
        remedy="Write its content, or remove the file.",
    )


def _unsupported(suffix: str) -> UnreadableFileError:
    better = replacement_for(suffix)
    return UnreadableFileError(
        Reason.UNSUPPORTED,
        f"Files of type {suffix} are not supported." if suffix else "The file name has no suffix.",
        remedy=f"Save it as {better}." if better else f"Use one of: {', '.join(sorted(SUFFIXES))}.",
    )
