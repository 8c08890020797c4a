"""Registers in OpenDocument spreadsheets."""

from __future__ import annotations

import io
import zipfile

import pytest

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file

_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)


def cell(text: str, attributes: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def number(value: float) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


COVERED = "<table:covered-table-cell/>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table(name: str, *rows: str, columns: str = "<table:table-column/>", style: str = "") -> str:
    return f'<table:table table:name="{name}" {style}>{columns}{"".join(rows)}</table:table>'


def ods(*tables: str, mimetype: str = _TYPE, styles: str = "") -> bytes:
    made = io.BytesIO()
    content = (
        f'<?xml version="1.0"?><office:document-content {_NAMES} office:version="1.3">{styles}'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return made.getvalue()


def read(*tables: str, styles: str = "") -> tuple[ParsedText, ...]:
    return parse_file("a.ods", ods(*tables, styles=styles))


def test_rows_values_and_their_numbers() -> None:
    empty = row("<table:table-cell/>", attributes='table:number-rows-repeated="2"')
    rows = read(
        table(
            "Soci",
            row(cell("Denominazione"), cell("Comune"), cell("N. soci")),
            row(cell("Robinia"), cell("Adria"), number(12)),
            empty,
            row(cell("Acero"), cell("Pisa"), number(3)),
        )
    )
    assert [(r.row, dict(r.metadata)) for r in rows] == [
        (2, {"name": "Robinia", "town": "Adria", "members": 12}),
        (5, {"name": "Acero", "town": "Pisa", "members": 3}),
    ]


def test_a_merged_cell_holds_for_its_rows_and_hidden_ones_are_left_out() -> None:
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>'
    )
    rows = read(
        table(
            "Soci",
            row(cell("Nome"), cell("Comune"), cell("Testo")),
            row(cell("Robinia"), cell("Adria", 'table:number-rows-spanned="2"'), cell("interna")),
            row(cell("Acero"), COVERED),
            row(cell("Tiglio"), cell("Pisa"), attributes='table:visibility="collapse"'),
            columns=columns,
        )
    )
    assert [dict(r.metadata) for r in rows] == [
        {"name": "Robinia", "town": "Adria"},
        {"name": "Acero", "town": "Adria"},
    ]
    assert not any(r.blocks for r in rows)
    assert rows[0].warnings == (
        "hidden rows were left out (show them to publish them): row 4",
        "hidden columns were left out (show them to publish them): «Testo»",
    )


def test_a_hidden_sheet_is_left_out_and_told() -> None:
    styles = (
        '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    rows = read(
        table("Soci", row(cell("Nome")), row(cell("Robinia"))),
        table("Vecchi", row(cell("Nome")), row(cell("Tiglio")), style='table:style-name="ta2"'),
        styles=styles,
    )
    assert [r.metadata["name"] for r in rows] == ["Robinia"]
    assert rows[0].warnings[-1].endswith("«Vecchi»")


def test_another_open_document_under_the_suffix_is_refused() -> None:
    data = ods(mimetype="application/vnd.oasis.opendocument.text")
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.ods", data)
    assert raised.value.reason is Reason.WRONG_TYPE


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_damaged_file_is_reported(cut: float) -> None:
    data = ods(table("Soci", row(cell("Nome")), row(cell("Robinia"))))
    with pytest.raises(UnreadableFileError):
        parse_file("a.ods", data[: int(len(data) * cut)])
