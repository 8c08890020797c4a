"""HTML pages."""

from __future__ import annotations

import pytest

from indexer.domain import ParsedText
from indexer.parsing import parse_file


def read(page: str, encoding: str = "utf-8") -> ParsedText:
    (parsed,) = parse_file("a.html", page.encode(encoding))
    return parsed


def blocks(body: str) -> list[tuple[tuple[str, ...], str]]:
    parsed = read(f"<html><body>{body}</body></html>")
    return [(block.headings, block.text) for block in parsed.blocks]


def test_the_head_gives_title_date_and_language() -> None:
    parsed = read(
        '<!DOCTYPE html><html lang="it-IT"><head><title> Rete &amp;\n C. </title>'
        '<meta name="author" content="nessuno">'
        '<meta property="article:published_time" content="2024-03-01T10:00"></head>'
        "<body><h1>Altro</h1><p>x</p></body></html>"
    )
    assert parsed.title == "Rete & C."
    assert parsed.metadata == {"language": "it", "date": "2024-03-01"}
    assert read("<body><h1>Chi <i>siamo</i></h1><p>x</p></body>").title == "Chi siamo"


def test_the_site_around_the_content_is_dropped() -> None:
    body = (
        "<nav>menu</nav><header><h1>Sito</h1></header><aside>lato</aside>"
        "<main><article><header><h1>Caso</h1></header><p>Contenuto della pagina.</p></article>"
        "<form><input value=x>cerca</form><script>var a = 1</script></main>"
        '<footer>piede</footer><div id="cookie-banner">Usiamo i cookie</div>'
    )
    assert blocks(body) == [(("Caso",), "Contenuto della pagina.")]


def test_an_empty_main_does_not_hide_the_page() -> None:
    text = "Testo vero della pagina, abbastanza lungo."
    assert blocks(f"<main></main><div>{text}</div>") == [((), text)]


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        'aria-hidden="true"',
        'style="color: red; display : none"',
        'role="navigation"',
    ],
)
def test_what_nobody_sees_is_dropped(attribute: str) -> None:
    assert blocks(f"<p>sì</p><div {attribute}>no</div>coda") == [((), "sì"), ((), "coda")]


def test_characters_breaks_and_inline_marks() -> None:
    assert blocks("<p>tele&shy;medi<b>cina</b>&nbsp;&egrave;<br>riga\n due <!-- no --></p>") == [
        ((), "telemedicina è\nriga due")
    ]


def test_headings_paragraphs_and_loose_text() -> None:
    assert blocks("<h1>A</h1>sciolto<div>dentro</div>dopo<h2>B</h2><p>b</p><h1>C</h1><p>c") == [
        (("A",), "sciolto"),
        (("A",), "dentro"),
        (("A",), "dopo"),
        (("A", "B"), "b"),
        (("C",), "c"),
    ]


def test_lists() -> None:
    assert blocks("<p>Offriamo:</p><ul><li>Cloud<ul><li>sicuro</ul><li>Dati</ul>") == [
        ((), "Offriamo:\n- Cloud\n- sicuro\n- Dati")
    ]
    assert blocks("<dl><dt>Sede<dd>Bologna<dt>Soci<dd>12</dl>") == [
        ((), "Sede: Bologna"),
        ((), "Soci: 12"),
    ]
    assert blocks("<ul><li><h2>Uno</h2><p>a</p><li><h2>Due</h2><p>b</p></ul>") == [
        (("Uno",), "a"),
        (("Due",), "b"),
    ]


def test_tables() -> None:
    rows = "<tr><td>2023<td>Comune di Bologna<tr><td>2024<td>"
    expected = [((), "Anno: 2023; Cliente: Comune di Bologna"), ((), "Anno: 2024")]
    assert blocks(f"<table><thead><tr><td>Anno<td>Cliente</thead>{rows}</table>") == expected
    assert blocks(f"<table><tr><th>Anno<th>Cliente</tr>{rows}</table>") == expected
    assert blocks("<table><tr><th>Sede<td>Bologna<tr><th>Soci:<td>12</table>") == [
        ((), "Sede: Bologna"),
        ((), "Soci: 12"),
    ]
    assert blocks("<table><tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e</table>") == [
        ((), "a; b"),
        ((), "c; d; e"),
    ]


def test_a_table_that_lays_out_the_page_is_read_through() -> None:
    assert blocks("<table><tr><td><h1>A</h1><p>uno</p><td><p>due</p></table>") == [
        (("A",), "uno"),
        (("A",), "due"),
    ]


def test_a_page_inside_a_form_is_read() -> None:
    text = "Una pagina intera dentro un modulo. " * 80
    assert blocks(f"<form><p>{text}</p></form>") == [((), text.strip())]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert read("<p>Perché sì</p>", encoding).blocks[0].text == "Perché sì"
    page = '<meta charset="iso-8859-1"><p>citt\xe0</p>'
    assert read(page, "latin-1").blocks[0].text == "città"
    page = '<?xml version="1.0" encoding="utf-8"?><html><p>città</p></html>'
    assert read(page).blocks[0].text == "città"


def test_deep_nesting_is_read_as_text_and_said() -> None:
    parsed = read(
        "<div>" * 5000 + "fondo" + "</div>" * 5000 + "<script>x</script><p>dopo<!-- no --></p>"
    )
    assert [block.text for block in parsed.blocks] == ["fondo", "dopo"]
    assert "too deep" in parsed.warnings[0]


def test_entities_are_never_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><p>a &x; b</p></html>'
    assert [block.text for block in read(page).blocks][-1].endswith("a &x; b")
