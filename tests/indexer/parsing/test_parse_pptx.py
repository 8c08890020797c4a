"""PowerPoint presentations."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file

SCHEMA = "http://schemas.openxmlformats.org"
SPACES = (
    f'xmlns:p="{SCHEMA}/presentationml/2006/main" xmlns:a="{SCHEMA}/drawingml/2006/main" '
    f'xmlns:r="{SCHEMA}/officeDocument/2006/relationships"'
)
RELATIONS = f"{SCHEMA}/package/2006/relationships"
OFFICE = f"{SCHEMA}/officeDocument/2006/relationships"


def relations(*entries: tuple[str, str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in entries
    )
    return f'<Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def pptx(*slides: str, title: str = "") -> bytes:
    """A presentation; its slides are kept in the archive in the reverse of their order."""
    made = io.BytesIO()
    count = len(slides)
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("_rels/.rels", relations(("r1", "officeDocument", "ppt/presentation.xml")))
        ids = "".join(f'<p:sldId r:id="r{number}"/>' for number in range(count))
        archive.writestr(
            "ppt/presentation.xml",
            f"<p:presentation {SPACES}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        )
        archive.writestr(
            "ppt/_rels/presentation.xml.rels",
            relations(
                *((f"r{n}", "slide", f"slides/slide{count - n}.xml") for n in range(count)),
                ("r99", "slide", "NULL"),
            ),
        )
        for number, slide in enumerate(slides):
            archive.writestr(f"ppt/slides/slide{count - number}.xml", slide)
        archive.writestr(
            "docProps/core.xml",
            '<c xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
            f"<dc:title>{title}</dc:title><t:modified>2025-03-05T10:00:00Z</t:modified></c>",
        )
    return made.getvalue()


def slide(*shapes: str, attributes: str = "") -> str:
    tree = f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>"
    return f"<p:sld {SPACES} {attributes}>{tree}</p:sld>"


def par(text: str, strike: str = "noStrike") -> str:
    return f'<a:p><a:r><a:rPr strike="{strike}"/><a:t>{text}</a:t></a:r></a:p>'


def shape(*paragraphs: str, kind: str | None = None, hidden: str = "0") -> str:
    holder = "" if kind is None else f'<p:ph type="{kind}"/>'
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" hidden="{hidden}"/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>'
        f"<p:txBody>{''.join(paragraphs)}</p:txBody></p:sp>"
    )


def read(data: bytes) -> ParsedText:
    (parsed,) = parse_file("a.pptx", data)
    return parsed


def content(*slides: str) -> list[tuple[int | None, tuple[str, ...], str]]:
    return [(block.page, block.headings, block.text) for block in read(pptx(*slides)).blocks]


def test_slides_are_read_in_their_order_each_under_its_title() -> None:
    first = slide(shape(par("Dodici soci.")), shape(par("Calicanto"), kind="ctrTitle"))
    second = slide(
        shape(par("Servizi"), kind="title"), shape(par("siti"), par("reti"), kind="body")
    )
    third = slide(shape(par("Senza titolo, una frase.")))
    assert content(first, second, third) == [
        (1, ("Calicanto",), "Dodici soci."),
        (2, ("Servizi",), "- siti\n- reti"),
        (3, (), "Senza titolo, una frase."),
    ]


def test_groups_tables_and_merged_cells() -> None:
    def cells(*texts: str) -> str:
        made = (
            '<a:tc vMerge="1"><a:txBody><a:p/></a:txBody></a:tc>'
            if text == "^"
            else f"<a:tc><a:txBody>{par(text)}</a:txBody></a:tc>"
            for text in texts
        )
        return f"<a:tr>{''.join(made)}</a:tr>"

    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow='1'/>"
        f"{cells('Provincia', 'Cooperativa')}{cells('Rovigo', 'Calicanto')}{cells('^', 'Robinia')}"
        "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    group = f"<p:grpSp>{shape(par('Nel gruppo.'))}</p:grpSp>"
    assert [text for _, _, text in content(slide(group, table))] == [
        "Nel gruppo.",
        "Provincia: Rovigo; Cooperativa: Calicanto",
        "Provincia: Rovigo; Cooperativa: Robinia",
    ]


def test_what_is_hidden_struck_or_on_every_slide_is_not_read_and_said() -> None:
    shown = slide(
        shape(par("Siti."), par("Realtà virtuale", "sngStrike")),
        shape(par("interno"), hidden="1"),
        shape(par("12"), kind="sldNum"),
        shape(par("Rete 2025"), kind="ftr"),
    )
    parsed = read(pptx(shown, slide(shape(par("riservata")), attributes='show="0"')))
    assert [block.text for block in parsed.blocks] == ["Siti."]
    assert parsed.warnings == (
        "hidden slides are not read (2); show them if they are for readers",
        "text that is struck out is not read",
    )
    assert parsed.pages == 2


def test_the_properties_give_title_and_day_unless_a_program_wrote_it() -> None:
    data = pptx(slide(shape(par("Calicanto"), kind="title"), shape(par("Siti."))), title="Profilo")
    assert read(data).title == "Profilo"
    assert read(data).metadata == {"updated": datetime.date(2025, 3, 5)}
    program = pptx(
        slide(shape(par("Calicanto"), kind="title"), shape(par("Siti."))),
        title="Presentazione standard di PowerPoint",
    )
    assert read(program).title == "Calicanto"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pptx(slide(shape())), Reason.EMPTY),
        (pptx("<rotto"), Reason.CORRUPT),
        (pptx(slide(shape(par("x"))))[:-40], Reason.CORRUPT),
    ],
    ids=["empty", "broken", "cut"],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: Reason) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.pptx", data)
    assert raised.value.reason is reason
    assert raised.value.remedy


def test_old_presentations_are_told_what_to_become() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.ppt", b"x")
    assert raised.value.remedy == "Save it as .pptx."
