"""Builds blocks under their headings, for the parsers of structured formats."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.domain import Block, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.cleaning import clean, clean_line
from indexer.text.check_boxes import options_apart

MAX_CHARACTERS = 5_000_000
_SHORT_LIST = 12  # items
_SHORT_ITEM = 120  # characters, as below
_SHORT_INTRODUCTION = 300
_MAX_HEADING = 200


class BlockBuilder:
    """Collects headings and blocks in reading order."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._path: list[tuple[int, str]] = []
        self._pending: tuple[int, str, int | None] | None = None
        self._introduction = False
        self._characters = 0
        self.first_heading = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above what comes next, outermost first."""
        return tuple(text for _, text in self._path)

    @property
    def level(self) -> int:
        """The level of the innermost open section; 0 outside of all."""
        return self._path[-1][0] if self._path else 0

    def end_section(self, level: int) -> None:
        """Close the section of this level: what follows stands beside it."""
        if self._pending is not None and self._pending[0] >= level:
            self._keep_empty_section()
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._introduction = False

    def heading(self, level: int, text: str, page: int | None = None) -> None:
        """Open a section.

        Args:
            level: 1 for the outermost.
            text: the heading; one longer than 200 characters is added as a paragraph.
            page: page number, from 1.
        """
        text = clean_line(text)
        if not text:
            return
        if len(text) > _MAX_HEADING:  # a paragraph somebody styled as a heading
            self.paragraph(text, page)
            return
        self.end_section(level)
        self._path.append((level, text))
        self._pending = (level, text, page)
        self.first_heading = self.first_heading or text

    def paragraph(self, text: str, page: int | None = None) -> None:
        """Add one block, unless it is blank."""
        text = clean(text)
        if text:
            self._add(text, page)
            self._introduction = True

    def items(self, items: Sequence[str], page: int | None = None) -> None:
        """Add a list: a short one as one block with its introduction, else one block per item."""
        lines = [f"- {text}" for text in map(clean, items) if text]
        if not lines:
            return
        if len(lines) > _SHORT_LIST or any(len(line) > _SHORT_ITEM for line in lines):
            for line in lines:
                self._add(line.removeprefix("- "), page)
        elif self._introduction and len(self._blocks[-1].text) <= _SHORT_INTRODUCTION:
            last = self._blocks.pop()
            self._add("\n".join((last.text, *lines)), last.page)
        else:
            self._add("\n".join(lines), page)
        self._introduction = False

    def table(
        self, rows: Sequence[Sequence[str]], header: Sequence[str] = (), page: int | None = None
    ) -> None:
        """Add a table, one block per row: "Header: cell; Header: cell".

        Args:
            rows: the cells of each row.
            header: the column names, if there are any.
            page: page number, from 1.
        """
        names = [clean_line(name).rstrip(":") for name in header]
        for row in rows:
            self._add(table_row([clean_line(cell) for cell in row], names), page)
        self._introduction = False

    def blocks(self) -> tuple[Block, ...]:
        """Everything added, in order."""
        self._keep_empty_section()
        return tuple(self._blocks)

    def _keep_empty_section(self) -> None:
        """Keep a heading without content as a block: as a mere path it would be lost."""
        if self._pending is not None:
            _, text, page = self._pending
            self._pending = None
            above = self.path[:-1] if self._path and self._path[-1][1] == text else self.path
            self._blocks.append(Block(text, above, page))

    def _add(self, text: str, page: int | None) -> None:
        if not text:
            return
        text = options_apart(text)
        self._characters += len(text)
        check_characters(self._characters)
        self._pending = None
        self._blocks.append(Block(text, self.path, page))


def table_row(cells: Sequence[str], names: Sequence[str]) -> str:
    """One table row as text; empty cells are omitted."""
    padded = [*names, *[""] * (len(cells) - len(names))]
    return "; ".join(
        f"{name}: {cell}" if name and name != cell else cell
        for name, cell in zip(padded, cells, strict=False)
        if cell
    )


def check_characters(count: int) -> None:
    """Refuse a document with more than ``MAX_CHARACTERS`` of text."""
    if count > MAX_CHARACTERS:
        raise UnreadableFileError(
            Reason.TOO_LARGE,
            f"It holds more than {MAX_CHARACTERS:,} characters of text.",
            remedy="Split it into several files.",
        )
