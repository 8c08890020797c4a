"""Whether the first row of a table names its columns, where the file does not say."""

from __future__ import annotations

from collections.abc import Sequence

_HEADER_CELL = 60  # characters


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of several rows has short and different words in every cell."""
    first = rows[0]
    if len(rows) < 2 or len(first) < 2 or not all(first) or len(set(first)) < len(first):
        return False
    return all(
        len(cell) <= _HEADER_CELL and cell[0].isalpha() and cell[-1] not in ".:" for cell in first
    )
