"""Word documents."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file


def saved(document: WordDocument) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def read_document(document: WordDocument) -> ParsedText:
    (parsed,) = parse_file("a.docx", saved(document))
    return parsed


def content(document: WordDocument) -> list[tuple[tuple[str, ...], str]]:
    return [(block.headings, block.text) for block in read_document(document).blocks]


def test_headings_paragraphs_and_properties() -> None:
    document = Document()
    document.core_properties.title = "Profilo"
    document.core_properties.modified = datetime.datetime(2024, 5, 3, 10, 0)
    document.add_heading("Chi siamo", 1)
    document.add_paragraph("Siamo una cooperativa.")
    document.add_heading("Servizi", 2)
    document.add_paragraph("Facciamo rete.")
    parsed = read_document(document)
    assert parsed.title == "Profilo"
    assert parsed.metadata == {"updated": datetime.date(2024, 5, 3)}
    assert [(block.headings, block.text) for block in parsed.blocks] == [
        (("Chi siamo",), "Siamo una cooperativa."),
        (("Chi siamo", "Servizi"), "Facciamo rete."),
    ]


def test_headings_of_other_languages_and_by_outline_level() -> None:
    document = Document()
    style = document.styles.add_style("Titolo 2", WD_STYLE_TYPE.PARAGRAPH)
    derived = document.styles.add_style("Titoletto nostro", WD_STYLE_TYPE.PARAGRAPH)
    derived.base_style = style
    document.add_paragraph("Con lo stile", style="Titolo 2")
    document.add_paragraph("uno")
    document.add_paragraph("Derivato", style="Titoletto nostro")
    document.add_paragraph("due")
    outlined = document.add_paragraph("Per livello")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="0"/>'))
    document.add_paragraph("tre")
    assert content(document) == [
        (("Con lo stile",), "uno"),
        (("Derivato",), "due"),
        (("Per livello",), "tre"),
    ]


def test_lists_stay_with_what_introduces_them() -> None:
    document = Document()
    document.add_paragraph("Offriamo:")
    document.add_paragraph("dati", style="List Bullet")
    document.add_paragraph("reti", style="List Number")
    document.add_paragraph("Fine.")
    assert content(document) == [((), "Offriamo:\n- dati\n- reti"), ((), "Fine.")]


def test_tables_are_read_in_their_place() -> None:
    document = Document()
    document.add_paragraph("prima")
    table = document.add_table(3, 3)
    for row, cells in zip(
        table.rows,
        [("Anno", "Cliente", "Lavoro"), ("2023", "Comune", "dati"), ("2024", "", "reti")],
        strict=True,
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("dopo")
    assert [text for _, text in content(document)] == [
        "prima",
        "Anno: 2023; Cliente: Comune; Lavoro: dati",
        "Anno: 2024; Lavoro: reti",
        "dopo",
    ]


def test_a_table_of_two_columns_is_a_list_of_facts_unless_its_first_row_is_bold() -> None:
    for bold, expected in (
        (False, ["Sede; Bologna", "Soci; 12"]),
        (True, ["Sede: Soci; Bologna: 12"]),
    ):
        document = Document()
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ("Sede", "Bologna", "Soci", "12"), strict=True):
            cell.text = text
        for cell in table.rows[0].cells:
            cell.paragraphs[0].runs[0].bold = bold or None
        assert [text for _, text in content(document)] == expected


def test_merged_cells_count_in_each_of_their_rows() -> None:
    document = Document()
    table = document.add_table(3, 3)
    for cell, text in zip(table._cells, "Aaa Bbb Ccc 1 2 3 4 5 6".split(), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "x"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "y"
    assert [text for _, text in content(document)] == ["Aaa: x; Bbb: y", "Aaa: x; Bbb: 5; Ccc: 6"]


def test_insertions_are_read_and_deletions_are_not() -> None:
    document = Document()
    paragraph = document.add_paragraph("resta ")
    for tag, text in (("ins", "aggiunto"), ("del", "tolto")):
        name = "t" if tag == "ins" else "delText"
        paragraph._p.append(
            parse_xml(
                f'<w:{tag} {nsdecls("w")} w:id="1" w:author="x">'
                f"<w:r><w:{name}>{text}</w:{name}></w:r></w:{tag}>"
            )
        )
    assert content(document) == [((), "resta aggiunto")]


def test_an_empty_document_is_empty() -> None:
    document = Document()
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.docx", saved(document))
    assert raised.value.reason is Reason.EMPTY


def damaged(name: str, content: bytes) -> bytes:
    """A good document with one part changed."""
    document = Document()
    document.add_paragraph("testo")
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(document))) as good,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for member in good.infolist():
            bad.writestr(member.filename, content if member.filename == name else good.read(member))
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (damaged("word/document.xml", b"<rotto"), Reason.CORRUPT),
        (
            damaged(
                "word/document.xml",
                b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
            ),
            Reason.CORRUPT,
        ),
        (damaged("word/document.xml", bytes(60 * 1024 * 1024)), Reason.TOO_LARGE),
        (damaged("word/document.xml", b"<x/>")[:-400], Reason.CORRUPT),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(600)
            + "EncryptedPackage".encode("utf-16-le"),
            Reason.ENCRYPTED,
        ),
    ],
    ids=["broken", "dtd", "bomb", "cut", "password"],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: Reason) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.docx", data)
    assert raised.value.reason is reason
    assert raised.value.remedy
