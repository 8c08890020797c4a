"""Word documents as people send them: forms, templates, notes, hidden text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from indexer.domain import ParsedText
from indexer.parsing import parse_file

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
HIDDEN = "text formatted as hidden is not read; remove it, or show it if it is for readers"


def made_of(*xml: str, change: Callable[[WordDocument], None] | None = None) -> bytes:
    """A document with these elements in its body."""
    document = Document()
    for source in xml:
        named = re.sub(r"^<([\w:]+)", rf'<\1 {nsdecls("w")} xmlns:m="{MATH}"', source, count=1)
        document.element.body.insert(-1, parse_xml(named))
    if change:
        change(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def control(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def cells(*texts: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:tcPr/>{p(run(text))}</w:tc>' for text in texts)}</w:tr>"


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()


def read(data: bytes) -> ParsedText:
    (parsed,) = parse_file("a.docx", data)
    return parsed


def texts(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks]


# Forms


def test_rows_inside_nested_content_controls_are_read() -> None:
    rows = control(
        control(cells("Archivio", "Adria", "2022")) + control(cells("Sito", "Pro loco", "2023"))
    )
    table = (
        f"<w:tbl><w:tblPr/><w:tblGrid/>{cells('Progetto', 'Cliente', 'Anno')}{rows}"
        f"{cells('Rete', 'Scuola', '2021')}</w:tbl>"
    )
    assert texts(made_of(p(run("Scheda.")), table)) == [
        "Scheda.",
        "Progetto: Archivio; Cliente: Adria; Anno: 2022",
        "Progetto: Sito; Cliente: Pro loco; Anno: 2023",
        "Progetto: Rete; Cliente: Scuola; Anno: 2021",
    ]


def test_cells_and_paragraphs_inside_nested_content_controls_are_read() -> None:
    cell = control(control(f"<w:tc><w:tcPr/>{p(run('Adria'))}</w:tc>"))
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{p(run('Dove'))}</w:tc>{cell}</w:tr></w:tbl>"
    assert texts(made_of(control(control(p(run("Dentro.")))))) == ["Dentro."]
    assert texts(made_of(table)) == ["Dove; Adria"]


def test_what_should_be_typed_is_no_text() -> None:
    asked = control(run("Fare clic qui per immettere testo."), "<w:showingPlcHdr/>")
    block = control(p(run("Scegliere un elemento.")), "<w:showingPlcHdr/>")
    typed = control(run("Anna"), '<w:showingPlcHdr w:val="0"/>')
    assert texts(made_of(p(run("Nome: "), asked), block, p(run("Referente: "), typed))) == [
        "Nome:",
        "Referente: Anna",
    ]


def symbol(code: str, font: str = "Wingdings") -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def old_box(state: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{state}</w:checkBox>'
        '</w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


@pytest.mark.parametrize(
    ("ticked", "unticked"),
    [
        (symbol("F0FE"), symbol("F0A8")),
        (symbol("F078"), symbol("F06F")),
        (symbol("F052", "Wingdings 2"), symbol("F0A3", "Wingdings 2")),
        (old_box("<w:checked/>"), old_box('<w:default w:val="0"/>')),
        (run("☒"), run("☐")),
    ],
)
def test_ticked_and_unticked_boxes_are_told_apart(ticked: str, unticked: str) -> None:
    paragraph = p(run("Norme: "), ticked, run(" ISO 9001 "), unticked, run(" ISO 27001"))
    assert texts(made_of(paragraph)) == ["Norme:\n☒ ISO 9001\n☐ ISO 27001"]


def test_numbers_in_formulas_are_read() -> None:
    formula = "<m:oMath><m:r><m:t>30%</m:t></m:r></m:oMath>"
    assert texts(made_of(p(run("Riduzione del "), formula, run(" dei costi.")))) == [
        "Riduzione del 30% dei costi."
    ]


def test_the_title_of_a_template_is_no_title() -> None:
    def change(document: WordDocument) -> None:
        document.core_properties.title = "[Titolo del documento]"
        document.add_heading("Calicanto", 1)
        document.add_paragraph("Facciamo siti.")

    assert read(made_of(change=change)).title == "Calicanto"


# What is hidden, and what is beside the text


def test_hidden_text_is_not_read_and_said() -> None:
    parsed = read(made_of(p(run("NOTA INTERNA: cliente insolvente. ", "<w:vanish/>"),
                            run("Facciamo siti."))))  # fmt: skip
    assert [block.text for block in parsed.blocks] == ["Facciamo siti."]
    assert parsed.warnings == (HIDDEN,)


def test_text_hidden_by_its_style_or_row_is_not_read() -> None:
    def change(document: WordDocument) -> None:
        style = document.styles.add_style("Nascosto", WD_STYLE_TYPE.CHARACTER)
        style.font.hidden = True
        paragraph = document.add_paragraph("Facciamo siti.")
        paragraph.add_run(" Margine 40%.", style="Nascosto")

    row = cells("riservata", "x").replace("<w:tr>", "<w:tr><w:trPr><w:hidden/></w:trPr>")
    table = f"<w:tbl><w:tblPr/><w:tblGrid/>{cells('uno', 'due')}{row}</w:tbl>"
    parsed = read(made_of(table, change=change))
    assert [block.text for block in parsed.blocks] == ["uno; due", "Facciamo siti."]
    assert parsed.warnings == (HIDDEN,)


def test_text_that_is_not_hidden_after_all_is_read() -> None:
    assert texts(made_of(p(run("Facciamo siti.", '<w:vanish w:val="0"/>')))) == ["Facciamo siti."]


def test_hidden_text_may_still_say_who_sees_the_document() -> None:
    hidden = p(run("visibility: members", "<w:vanish/>"))
    assert "members" in " ".join(read(made_of(hidden, p(run("Facciamo siti.")))).side_texts)


def test_struck_out_text_is_no_text() -> None:
    parsed = read(made_of(p(run("Facciamo siti.")), p(run("Realtà virtuale.", "<w:strike/>"))))
    assert [block.text for block in parsed.blocks] == ["Facciamo siti."]
    assert parsed.warnings == ("text that is struck out is not read",)


def with_notes(body: bytes, kind: str, text: str) -> bytes:
    note = f'<w:{kind}s {nsdecls("w")}><w:{kind} w:id="2">{p(run(text))}</w:{kind}></w:{kind}s>'

    def change(name: str, content: bytes) -> bytes:
        if name == "word/_rels/document.xml.rels":
            relation = (
                f'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/'
                f'2006/relationships/{kind}s" Target="{kind}s.xml"/></Relationships>'
            )
            return content.replace(b"</Relationships>", relation.encode())
        return content

    made = io.BytesIO(rewritten(body, change))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(f"word/{kind}s.xml", note)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_notes_are_read_after_what_refers_to_them(kind: str) -> None:
    reference = f'<w:r><w:{kind}Reference w:id="2"/></w:r>'
    body = made_of(p(run("Abbiamo automatizzato serre"), reference), p(run("Fine.")))
    assert texts(with_notes(body, kind, "Con la cooperativa Robinia.")) == [
        "Abbiamo automatizzato serre",
        "Con la cooperativa Robinia.",
        "Fine.",
    ]


def test_a_text_box_in_a_cell_is_read_once() -> None:
    box = f"<w:txbxContent>{p(run('Nella casella'))}</w:txbxContent>"
    drawing = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        f'markup-compatibility/2006"><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}'
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    cell = f"<w:tc>{p(run('Prima'), drawing)}</w:tc><w:tc>{p(run('dopo'))}</w:tc>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl>"
    assert texts(made_of(table)) == ["Prima Nella casella; dopo"]
    assert texts(made_of(p(run("Prima"), drawing))) == ["Prima", "Nella casella"]


# Odd archives


def test_a_reference_to_a_part_that_is_missing_costs_nothing() -> None:
    relation = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/image" Target="NULL"/></Relationships>'
    )

    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"</Relationships>", relation) if name.endswith(".rels") else content

    assert texts(rewritten(made_of(p(run("Facciamo siti."))), change)) == ["Facciamo siti."]


def test_a_document_without_styles_or_properties_is_read() -> None:
    data = made_of(p(run("Facciamo siti.")))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in ("[Content_Types].xml", "word/document.xml"):
            new.writestr(name, old.read(name))
    assert texts(made.getvalue()) == ["Facciamo siti."]


def test_strict_open_xml_is_read() -> None:
    def change(name: str, content: bytes) -> bytes:
        for old, new in (
            (b"wordprocessingml/2006/main", b"wordprocessingml/main"),
            (b"officeDocument/2006/relationships", b"officeDocument/relationships"),
        ):
            content = content.replace(
                b"http://schemas.openxmlformats.org/" + old, b"http://purl.oclc.org/ooxml/" + new
            )
        return content

    def heading(document: WordDocument) -> None:
        document.add_heading("Servizi", 2)
        document.add_paragraph("Facciamo siti.")

    (block,) = read(rewritten(made_of(change=heading), change)).blocks
    assert (block.headings, block.text) == (("Servizi",), "Facciamo siti.")
