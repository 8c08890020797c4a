"""A shortlist as a file: CSV and XLSX for a spreadsheet, JSON for a program. Pure.

Nothing that people wrote is run: a text that looks like a formula stays a text.
Every address begins with ``base``, the origin of the page ("https://…"), to be opened from there.
``words`` translates into the reader's language what is written here in Italian.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from indexer.domain import Document, Organisation, Period, Role
from search_service.domain import Evidence
from search_service.insights.organisation_facts import FactValue, facts_json
from search_service.insights.shortlist import SHORTLIST_FACTS, Pick, Shortlist
from search_service.presentation.bands import why_line
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.presentation.urls import document_path, organisation_path, passage_url, web_link

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | None

MAX_CELL = 32_767  # UTF-16 units that a cell of a spreadsheet holds
_MAX_LINK = 2_079  # characters of an address that a spreadsheet opens
_WIDE, _NARROW = 40, 14  # characters
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_FORMULA = re.compile(rf"[\t\r]|[{_UNSEEN}]*[=+\-@＝＋－＠]")
# Where a cell may begin for a spreadsheet with another separator than ours.
_SEPARATOR = re.compile(r"([,;|\t\r\n])")
_INNER_FORMULA = re.compile(rf'\A([{_UNSEEN}"]*)([=+\-@＝＋－＠])')
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its title, the heading of each column with its width, and the rows."""

    title: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


def shortlist_csv(shortlist: Shortlist, words: Words, base: str) -> bytes:
    """One row for each organisation, as Italian spreadsheets read it: UTF-8 with BOM, ``;``.

    An apostrophe turns into text what a spreadsheet would run: at the start of a cell, and after
    what other spreadsheets, or other settings, take for a separator.

    Args:
        shortlist: The picked organisations.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    return csv_of(organisations_table(shortlist, words, base))


def csv_of(table: Table) -> bytes:
    """A table as CSV, in which nothing is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(table.headings)
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def shortlist_xlsx(shortlist: Shortlist, words: Words, base: str) -> bytes:
    """A workbook: a sheet of the organisations, and one with a row for each piece of evidence.

    Args:
        shortlist: The picked organisations.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    organisations = organisations_table(shortlist, words, base)
    return xlsx_of((organisations, evidence_table(shortlist, words, base)))


def xlsx_of(tables: Iterable[Table]) -> bytes:
    """A workbook with a sheet for each table."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in tables:
        _fill(workbook.create_sheet(table.title), table)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def shortlist_json(shortlist: Shortlist, base: str) -> bytes:
    """An object for programs, in UTF-8; names and values as the JSON API has them.

    ``{"name", "generation", "question", "missing": [id], "left_out", "organisations": [{"id",
    "name", "url", "note", "fictional", …, "standing", "elsewhere", "band", "reason", "sentence",
    "confidence", "evidence": [{"document", "title", "kind", "date", "page", "proof", "role",
    "text", "url"}], "documents": [{"id", "title", "kind", "date", "role", "url"}]}]}``, where …
    are the keys of ORGANISATION_FACTS. The list's ``name`` and a ``note`` are empty where the
    person wrote none. ``question`` is ``null`` where none was asked, and so are then ``band``,
    ``reason``, ``sentence`` and ``confidence``; a place is ``{"id", "name", "label"}``; a date is
    ISO, as far as it is known ("2024-05").
    """
    answer = shortlist.answer
    content = {
        "name": shortlist.name,
        "generation": shortlist.generation,
        "question": answer.query.question if answer is not None else None,
        "missing": list(shortlist.missing),
        "left_out": shortlist.left_out,
        "organisations": [_organisation(pick, base) for pick in shortlist.picks],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


# --- tables ----------------------------------------------------------------------------------


def organisations_table(shortlist: Shortlist, words: Words, base: str) -> Table:
    """A row for each organisation; a pick that is not in the index has one that says so.

    Args:
        shortlist: The picked organisations.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    own = own_columns(shortlist)
    headings = (
        _("Cooperativa"),
        *own,
        *(fact.label for fact in SHORTLIST_FACTS),
        _("Perché"),
        _("Brano migliore"),
        _("Documento del brano"),
        _("Indirizzo del documento"),
        _("Scheda"),
    )
    rows: list[tuple[Cell, ...]] = []
    for pick in shortlist.picks:
        facts = (_joined(f.values(pick, shortlist.answer), words) for f in SHORTLIST_FACTS)
        best = pick.evidence[:1]
        rows.append(
            (
                pick.organisation.name,
                *(column(pick) for column in own.values()),
                *facts,
                why_line(pick.hit, words) or None if pick.hit is not None else None,
                *(text for e in best for text in (e.passage.text, e.document.title)),
                *(base + passage_url(e.passage) for e in best),
                *(() if best else (None, None, None)),
                _address(pick.organisation, base),
            )
        )
    gone = words.language.text("non è più presente")
    rest = len(headings) - len(own) - 2
    rows += [(pick, *(None for _one in own), gone, *(None,) * rest) for pick in shortlist.missing]
    return table_of(words.language.text("Cooperative"), headings, rows, words)


def own_columns(shortlist: Shortlist) -> dict[str, Callable[[Pick], Cell]]:
    """What the person who made the list wrote: each heading, in Italian, and how it is filled."""
    columns: dict[str, Callable[[Pick], Cell]] = {}
    if shortlist.name:
        columns[_("Lista")] = lambda _pick: shortlist.name
    if any(pick.note for pick in shortlist.picks):
        columns[_("Nota")] = lambda pick: pick.note or None
    return columns


def evidence_table(shortlist: Shortlist, words: Words, base: str) -> Table:
    """A row for each piece of evidence.

    Args:
        shortlist: The picked organisations.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    headings = (
        _("Cooperativa"),
        _("Prova"),
        _("Documento"),
        _("Data"),
        _("Pagina"),
        _("Brano"),
        _("Indirizzo del documento"),
        _("Avvertenze"),
    )
    invented = words.language.text("dato inventato")
    rows: list[tuple[Cell, ...]] = [
        (
            pick.organisation.name,
            words.credit(evidence.proof, evidence.part),
            evidence.document.title,
            _date(evidence.document),
            evidence.passage.page,
            evidence.passage.text,
            base + passage_url(evidence.passage),
            invented if evidence.document.fictional else None,
        )
        for pick in shortlist.picks
        for evidence in pick.evidence
    ]
    return table_of(words.language.text("Prove"), headings, rows, words)


def table_of(
    title: str, headings: Sequence[str], rows: Sequence[tuple[Cell, ...]], words: Words
) -> Table:
    """A table whose columns are as wide as what they hold.

    Args:
        title: Its title, in the reader's language.
        headings: The columns' headings, in Italian.
        rows: The cells, row by row.
        words: The wording in the reader's language.
    """
    cells = [[str(cell or "") for cell in column] for column in zip(*rows, strict=True)]
    longest = [max(map(len, column)) for column in cells] or [0] * len(headings)
    widths = tuple(_NARROW if length <= _NARROW else _WIDE for length in longest)
    return Table(title, tuple(map(words.language.text, headings)), widths, tuple(rows))


def _joined(values: Sequence[FactValue], words: Words) -> Cell:
    """The values in one cell; a number alone stays a number, and dates are ISO, to sort by."""
    if len(values) == 1 and isinstance(values[0].value, int):
        return values[0].value
    texts = (str(v.value) if isinstance(v.value, Period) else v.text(words) for v in values)
    return "; ".join(texts) or None


def _address(organisation: Organisation, base: str) -> str:
    return base + organisation_path(organisation.id)


# --- cells -----------------------------------------------------------------------------------


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula, spaces and unseen marks aside."""
    return _FORMULA.match(text) is not None


def _csv_cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    first, *rest = _SEPARATOR.split(cell)
    inert = first + "".join(_INNER_FORMULA.sub(r"\1'\2", piece) for piece in rest)
    return _cut(f"'{inert}" if is_formula(cell) else inert)


def _cut(text: str) -> str:
    """The text as far as a cell holds it."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * (MAX_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def _fill(sheet: Worksheet, table: Table) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    bold, wrapped, top = (
        Font(bold=True),
        Alignment(vertical="top", wrap_text=True),
        Alignment(vertical="top"),
    )
    for column, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate((table.headings, *table.rows), start=1):
        for column, value in enumerate(row, start=1):
            if value is None:
                continue
            cell = cast("SheetCell", sheet.cell(number, column))  # none of them is merged
            if number == 1:
                cell.font = bold
            cell.alignment = wrapped if isinstance(value, str) else top
            _write(cell, value)
    sheet.freeze_panes = "B2"


def _write(cell: SheetCell, value: Cell) -> None:
    """Write a value: a text is a text, whatever it looks like."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = _cut(_NOT_XML.sub("", value))
    cell.value = text
    cell.data_type = "s"
    if is_formula(text):
        cell.quotePrefix = True
    elif len(text) <= _MAX_LINK and web_link(text):
        cell.hyperlink = text


# --- JSON ------------------------------------------------------------------------------------


def _organisation(pick: Pick, base: str) -> dict[str, object]:
    organisation, hit = pick.organisation, pick.hit
    return {
        "id": organisation.id,
        "name": organisation.name,
        "url": _address(organisation, base),
        "note": pick.note,
        "fictional": organisation.fictional,
        **facts_json(organisation),
        "standing": hit.place_match if hit is not None else None,
        "elsewhere": pick.elsewhere,
        "band": hit.band if hit is not None else None,
        "reason": hit.why.reason if hit is not None else None,
        "sentence": hit.sentence if hit is not None else None,
        "confidence": round(hit.confidence, 4) if hit is not None else None,
        "evidence": [_evidence(evidence, base) for evidence in pick.evidence],
        "documents": [_document(document, role, base) for document, role in pick.documents],
    }


def _evidence(evidence: Evidence, base: str) -> dict[str, object]:
    return {
        "document": evidence.document.id,
        "title": evidence.document.title,
        "kind": evidence.document.kind,
        "date": _date(evidence.document),
        "page": evidence.passage.page,
        "proof": evidence.proof,
        "role": evidence.part,
        "text": evidence.passage.text,
        "url": base + passage_url(evidence.passage),
    }


def _document(document: Document, role: Role, base: str) -> dict[str, object]:
    return {
        "id": document.id,
        "title": document.title,
        "kind": document.kind,
        "date": _date(document),
        "role": role,
        "url": base + document_path(document.id),
    }


def _date(document: Document) -> str | None:
    return None if document.period is None else str(document.period)
