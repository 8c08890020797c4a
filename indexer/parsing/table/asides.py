"""Rows of a register that are nobody's: totals, notes, sources, headings between rows. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.domain import PlaceLevel
from indexer.parsing.table.columns import Column
from indexer.parsing.table.rows import RegisterRow, cell_text, has_value
from indexer.places import Gazetteer, resolve_place
from indexer.text.field_names import NAME
from indexer.text.folding import fold

_TOTAL = re.compile(
    r"(?:sub ?|grand |n\.? )?total[ei]?\b.*|(?:numero )?totale? .*|somma\b.*|media\b.*|sum|average",
    re.DOTALL,
)
_NOTE = re.compile(
    r"\W*(?:font[ei]|sources?|note?|n\.?\s?b\.?|legenda|avvertenz[ae]|aggiornat\w+|updated|"
    r"ultimo aggiornamento|dati|data|elaborazione|elaborato|compilat\w+|redatt\w+|prepared|"
    r"estrazione|elenco|pagina|page|in rosso|in grassetto|ente compilatore)\b.*[:.,\d].*"
    r"|\s*(?:\*+|\(\*+\)|\(\d\)|[¹²³])\s*\S.*",
    re.DOTALL,
)
_SENTENCE = 60  # characters of a lone cell that is a sentence rather than a name; by hand
_ABOVE = frozenset({PlaceLevel.PROVINCIA, PlaceLevel.REGIONE, PlaceLevel.AREA})


def is_total(row: RegisterRow, columns: Sequence[Column]) -> bool:
    """Whether a row sums others up: it says so, and all else in it is numbers.

    Args:
        row: The row.
        columns: The register's columns; the word stands in that of the name, or before all else.
    """
    filled = [cell for cell in row.cells if has_value(cell)]
    texts = [cell for cell in filled if not _is_number(cell)]
    names = {column.index for column in columns if column.meaning == NAME}
    named = [row.cells[n] for n in names if n < len(row.cells)]
    return (
        len(texts) == 1
        and (texts[0] is filled[0] or texts[0] in named)
        and _TOTAL.fullmatch(fold(cell_text(texts[0]))) is not None
    )


def is_note(row: RegisterRow, before: RegisterRow | None) -> bool:
    """Whether a row is a line of text under or between the others, and no cooperative.

    Args:
        row: The row.
        before: The one that it follows, where every row so far has several cells: a lone cell
            below an empty line then belongs to none of them.
    """
    filled = [cell_text(cell) for cell in row.cells if has_value(cell)]
    if len(filled) != 1:
        return False
    text = filled[0]
    if _NOTE.fullmatch(fold(text)) or (len(text) > _SENTENCE and text.endswith((".", ":", ";"))):
        return True
    return before is not None and row.number > before.number + 1


def group_of(row: RegisterRow, gazetteer: Gazetteer) -> str:
    """The region or province that a row says the rows below it are in; empty if it says none."""
    filled = [cell_text(cell) for cell in row.cells if has_value(cell)]
    if len(filled) != 1:
        return ""
    found = resolve_place(filled[0], gazetteer)
    lone = bool(found) and (
        found[0].level in _ABOVE or fold(filled[0]).startswith(("provincia ", "prov. "))
    )
    return filled[0] if lone else ""


def repeats(row: RegisterRow, columns: Sequence[Column]) -> bool:
    """Whether a row is the header again, as on every page of a list made for printing."""
    return len(columns) > 1 and all(
        column.index < len(row.cells) and cell_text(row.cells[column.index]) == column.header
        for column in columns
    )


def _is_number(cell: object) -> bool:
    return not isinstance(cell, str) or re.fullmatch(r"[\d.,€%\s]+", cell.strip()) is not None
