"""Rows of tables, as the parsers write them: "Attività: restauro; Responsabile: Alfa". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.domain import Part
from indexer.entities.part_words import part_of_label
from indexer.text.organisation_names import NameMention

_CELL = re.compile(r"(?:^|;\s+)(?P<heading>[^;:]{1,60}):\s*(?P<value>[^;]*)")
_JOINING = re.compile(
    r"(?:\b(?:la|il|lo|the|cooperativa|coop|consorzio|e|ed|and|con)\b|[\s,/&+().«»\"“”])*", re.I
)
# "Ruolo: ospite dell'incontro": another cell names the part.
_ROLE_CELL = re.compile(
    r"^(?:ha\s+)?(?:ospit\w+|sponsor\w*|host(?:s|ed)?\b|venue|modera\w+|chair\w*|relat(?:or|ric)\w+"
    r"|speaker|uditric\w+|partecipa\w+|iscritt\w+|attend\w+|client\w*|committent\w+|beneficiari\w+)",
    re.I,
)
_DUE = re.compile(r"^(?:entro|scadenza|quando|by\s+when|deadline|due)\b", re.I)


def parts_of_row(
    text: str, mentions: Sequence[NameMention], listed_part: Part
) -> list[tuple[NameMention, Part]] | None:
    """The part of each organisation that stands alone in a cell of a row.

    Args:
        text: A table's row; anything else gives ``None``.
        mentions: The names in it.
        listed_part: The part of who is only listed.

    Returns:
        The names that fill a cell, with their parts; ``None`` where no cell holds only names.

    """
    cells = list(_CELL.finditer(text))
    if len(cells) < 2 or cells[0].start() != 0:
        return None
    due = any(_DUE.match(cell["heading"].strip()) for cell in cells)
    found = []
    for cell in cells:
        inside = [m for m in mentions if cell.start("value") <= m.start < cell.end("value")]
        if not inside or not _only_names(cell, inside):
            continue
        others = " ".join(other["value"] for other in cells if other is not cell)
        part = part_of_label(cell["heading"]) or _of_cells(others) or listed_part
        found += [(m, Part.INTENDS if due and part is listed_part else part) for m in inside]
    return found or None


def _only_names(cell: re.Match[str], inside: Sequence[NameMention]) -> bool:
    rest, at = "", cell.start("value")
    for mention in inside:
        rest += cell.string[at : mention.start] + " "
        at = mention.end
    return _JOINING.fullmatch(rest + cell.string[at : cell.end("value")]) is not None


def _of_cells(values: str) -> Part | None:
    """The part that the other cells of a row name, if one does."""
    return part_of_label(values) if _ROLE_CELL.match(values.strip()) else None
