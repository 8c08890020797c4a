"""OpenDocument texts, as LibreOffice writes them."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{short}="{OASIS}:{name}:1.0"'
    for short, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "meta": "meta",
        "manifest": "manifest",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
STYLES = (
    '<style:style style:name="Heading_20_2" style:default-outline-level="2"/>'
    '<style:style style:name="P1" style:parent-style-name="Title"/>'
    '<style:style style:name="Title"/>'
    '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="S"><style:text-properties style:text-line-through-style="solid"/>'
    "</style:style>"
)


def odt(body: str, *, meta: str = "", manifest: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
        )
        archive.writestr(
            "meta.xml",
            f"<office:document-meta {SPACES}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
        )
        archive.writestr(
            "META-INF/manifest.xml", f"<manifest:manifest {SPACES}>{manifest}</manifest:manifest>"
        )
    return made.getvalue()


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def span(text: str, style: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{p(text)}</table:table-cell>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def read(data: bytes) -> ParsedText:
    (parsed,) = parse_file("a.odt", data)
    return parsed


def content(body: str) -> list[tuple[tuple[str, ...], str]]:
    return [(block.headings, block.text) for block in read(odt(body)).blocks]


def texts(body: str) -> list[str]:
    return [text for _, text in content(body)]


def test_headings_by_level_and_by_style() -> None:
    body = (
        f"{p('Calicanto', 'P1')}<text:h text:outline-level='2'>Servizi</text:h>{p('Siti.')}"
        f"{p('Clienti', 'Heading_20_2')}{p('Comuni.')}"
    )
    assert content(body) == [
        (("Calicanto", "Servizi"), "Siti."),
        (("Calicanto", "Clienti"), "Comuni."),
    ]


def test_the_properties_give_title_and_day() -> None:
    meta = "<dc:title>Profilo</dc:title><dc:date>2025-03-05T10:00:00</dc:date>"
    parsed = read(odt(p("Siti."), meta=meta))
    assert parsed.title == "Profilo"
    assert parsed.metadata == {"updated": datetime.date(2025, 3, 5)}
    assert read(odt(f"<text:h>Chi siamo</text:h>{p('Siti.')}")).title == "Chi siamo"


def test_spaces_tabs_breaks_links_and_spans() -> None:
    text = 'Siti<text:s text:c="2"/>e<text:tab/><text:a>app</text:a><text:line-break/>' + span(
        "web", "T"
    )
    assert texts(p(text)) == ["Siti e app\nweb"]


def test_lists_stay_with_what_introduces_them() -> None:
    inner = f"<text:list><text:list-item>{p('sicuro')}</text:list-item></text:list>"
    items = (p("cloud") + inner, p("dati"))
    listed = "".join(f"<text:list-item>{item}</text:list-item>" for item in items)
    assert texts(f"{p('Offriamo:')}<text:list>{listed}</text:list>{p('Fine.')}") == [
        "Offriamo:\n- cloud\n- sicuro\n- dati",
        "Fine.",
    ]


def test_tables_with_headers_spans_and_repeated_cells() -> None:
    two_rows = 'table:number-rows-spanned="2"'
    many = 'table:number-columns-repeated="16384"'
    table = (
        "<table:table><table:table-column/>"
        f"{row(cell('Provincia'), cell('Cooperativa'), cell('Servizio'))}"
        f"{row(cell('Rovigo', two_rows), cell('Calicanto'), cell('Web'))}"
        f"{row('<table:covered-table-cell/>', cell('Robinia'), cell('Cablaggi'))}"
        f"{row(cell('', many))}"
        "</table:table>"
    )
    assert texts(table) == [
        "Provincia: Rovigo; Cooperativa: Calicanto; Servizio: Web",
        "Provincia: Rovigo; Cooperativa: Robinia; Servizio: Cablaggi",
    ]
    facts = f"<table:table>{row(cell('Sede'), cell('Rovigo'))}</table:table>"
    assert texts(facts) == ["Sede; Rovigo"]


def test_sections_frames_and_notes_are_read() -> None:
    said = f"<text:note-body>{p('Con Robinia.')}</text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{said}</text:note>"
    frame = f"<draw:frame><draw:text-box>{p('Nel riquadro.')}</draw:text-box></draw:frame>"
    section = f"<text:section>{p('Serre' + note + frame + ' automatiche.')}</text:section>"
    assert texts(section) == ["Serre automatiche.", "Con Robinia.", "Nel riquadro."]


def test_what_is_hidden_struck_or_deleted_is_not_read_and_said() -> None:
    deleted = f"<text:changed-region>{p('cancellato')}</text:changed-region>"
    comment = f"<office:annotation>{p('visibility: members')}</office:annotation>"
    body = (
        f"<text:tracked-changes>{deleted}</text:tracked-changes>"
        f"{p(span('interno', 'H') + 'Siti.' + span(' Realtà virtuale', 'S'))}"
        f"<text:section text:display='none'>{p('nota')}</text:section>{p('Reti.' + comment)}"
    )
    parsed = read(odt(body))
    assert [block.text for block in parsed.blocks] == ["Siti.", "Reti."]
    assert parsed.warnings == (
        "text formatted as hidden is not read; remove it, or show it if it is for readers",
        "text that is struck out is not read",
    )
    assert "visibility: members" in " ".join(parsed.side_texts)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (odt(""), Reason.EMPTY),
        (odt("", manifest="<manifest:encryption-data/>"), Reason.ENCRYPTED),
        (odt("<text:p>")[:-30], Reason.CORRUPT),
        (odt("</text:p>"), Reason.CORRUPT),
    ],
    ids=["empty", "password", "cut", "broken"],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: Reason) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.odt", data)
    assert raised.value.reason is reason
    assert raised.value.remedy


def test_another_open_document_is_no_text() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.odt", made.getvalue())
    assert raised.value.reason is Reason.WRONG_TYPE
