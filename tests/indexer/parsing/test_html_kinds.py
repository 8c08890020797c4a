"""Pages as site builders make them: tabs, accordions, heroes, wrong encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file

SAMPLES = Path(__file__).parent / "samples"
WHO = "Siamo una cooperativa di dodici soci con sede a Rovigo."


def read(data: bytes) -> list[tuple[tuple[str, ...], str]]:
    (parsed,) = parse_file("a.html", data)
    return [(block.headings, block.text) for block in parsed.blocks]


def body(markup: str) -> list[tuple[tuple[str, ...], str]]:
    return read(f"<!doctype html><html><body>{markup}</body></html>".encode())


def sample(name: str) -> list[tuple[tuple[str, ...], str]]:
    return read((SAMPLES / name).read_bytes())


# Tabs and accordions


def test_an_accordion_marked_as_a_list_of_tabs_is_read() -> None:
    assert sample("accordion.html") == [
        (("Calicanto",), WHO),
        (
            ("Calicanto", "Interpretariato LIS"),
            "Accompagniamo persone sorde in ospedali e tribunali.",
        ),
    ]


def test_a_heading_inside_a_button_or_around_one_is_a_heading() -> None:
    assert sample("heading-in-button.html")[1:] == [
        (("Calicanto", "Cybersecurity"), "Per enti pubblici e imprese, con tecnici certificati."),
        (("Calicanto", "Traduzioni giurate"), "In otto lingue, consegna in tre giorni."),
    ]
    assert body("<button><h3>Reti</h3></button><p>Fibra e wifi.</p>") == [
        (("Reti",), "Fibra e wifi.")
    ]


TABS = {
    "Bootstrap 5": (
        '<ul class="nav nav-tabs" role="tablist"><li role="presentation"><button role="tab" '
        'data-bs-toggle="tab" data-bs-target="#a">Archivi</button></li><li role="presentation">'
        '<button role="tab" data-bs-toggle="tab" data-bs-target="#b">Software</button></li></ul>'
        '<div class="tab-content"><div role="tabpanel" id="a" class="tab-pane active">'
        '<p>Cataloghiamo archivi.</p></div><div role="tabpanel" id="b" class="tab-pane" '
        'aria-hidden="true"><p>Realizziamo gestionali.</p></div></div>'
    ),
    "Bootstrap 3": (
        '<ul class="nav nav-tabs"><li><a href="#a" data-toggle="tab">Archivi</a></li>'
        '<li><a href="#b" data-toggle="tab">Software</a></li></ul><div class="tab-content">'
        '<div class="tab-pane" id="a"><p>Cataloghiamo archivi.</p></div>'
        '<div class="tab-pane" id="b" style="display:none"><p>Realizziamo gestionali.</p></div>'
        "</div>"
    ),
    "Elementor tabs": (
        '<div class="elementor-tabs" role="tablist"><div class="elementor-tabs-wrapper">'
        '<div id="t1" class="elementor-tab-title" role="tab" aria-controls="c1">Archivi</div>'
        '<div id="t2" class="elementor-tab-title" role="tab" aria-controls="c2">Software</div>'
        "</div>"
        '<div class="elementor-tabs-content-wrapper"><div class="elementor-tab-title '
        'elementor-tab-mobile-title" role="tab" aria-controls="c1">Archivi</div><div id="c1" '
        'class="elementor-tab-content" role="tabpanel" aria-labelledby="t1">Cataloghiamo archivi.'
        '</div><div class="elementor-tab-title elementor-tab-mobile-title" role="tab" '
        'aria-controls="c2">Software</div><div id="c2" hidden="hidden" role="tabpanel" '
        'class="elementor-tab-content" aria-labelledby="t2">Realizziamo gestionali.</div></div>'
        "</div>"
    ),
    "Bootstrap Italia": (
        '<div class="accordion"><div class="accordion-item"><div class="accordion-header" id="h1">'
        '<button class="accordion-button" data-bs-toggle="collapse" data-bs-target="#a" '
        'aria-controls="a" aria-expanded="false">Archivi</button></div><div id="a" role="region" '
        'class="accordion-collapse collapse" aria-labelledby="h1"><div class="accordion-body">'
        'Cataloghiamo archivi.</div></div></div><div class="accordion-item"><div id="h2" '
        'class="accordion-header"><button class="accordion-button" data-bs-toggle="collapse" '
        'data-bs-target="#b" aria-controls="b">Software</button></div><div id="b" role="region" '
        'class="accordion-collapse collapse" aria-labelledby="h2"><div class="accordion-body">'
        "Realizziamo gestionali.</div></div></div></div>"
    ),
    "details": (
        "<details><summary>Archivi</summary><p>Cataloghiamo archivi.</p></details>"
        "<details><summary>Software</summary><p>Realizziamo gestionali.</p></details>"
    ),
}


@pytest.mark.parametrize("markup", TABS.values(), ids=TABS)
def test_each_panel_stands_under_its_label_and_what_follows_does_not(markup: str) -> None:
    found = body(f"<h1>Calicanto</h1><h2>Servizi</h2>{markup}<p>Scriveteci.</p>")
    assert found == [
        (("Calicanto", "Servizi", "Archivi"), "Cataloghiamo archivi."),
        (("Calicanto", "Servizi", "Software"), "Realizziamo gestionali."),
        (("Calicanto", "Servizi"), "Scriveteci."),
    ]


def test_an_answer_that_a_click_shows_is_read() -> None:
    assert sample("collapsed-panel.html")[-1] == (
        ("Calicanto", "Domande", "Fate penetration test?"),
        "Sì, su applicazioni web e reti aziendali.",
    )
    hidden = "<h3>Dove siete?</h3><div hidden><p>A Rovigo.</p></div>"
    assert body(hidden) == [(("Dove siete?",), "A Rovigo.")]


@pytest.mark.parametrize(
    "markup",
    [
        '<button>Menu</button><div class="modal" hidden><p>Iscriviti alla newsletter</p></div>',
        '<button data-bs-toggle="collapse" data-bs-target="#n" aria-controls="n">Menu</button>'
        '<div id="n" class="navbar-collapse collapse"><nav><a href="/">Home</a></nav></div>',
        '<p>Testo.</p><div aria-hidden="true">decorazione</div>',
    ],
)
def test_what_is_no_panel_stays_hidden(markup: str) -> None:
    shown = " ".join(text for _, text in body(f"<p>{WHO}</p>{markup}"))
    for word in ("Iscriviti", "Home", "decorazione"):
        assert word not in shown


# What is content


def test_a_lone_article_is_not_the_page_when_the_title_is_elsewhere() -> None:
    said = " ".join(text for _, text in sample("one-article.html"))
    for words in ("software gestionale", "Machine learning per il riconoscimento", "Reti LoRaWAN"):
        assert words in said


def test_a_lone_article_with_the_title_is_the_page() -> None:
    article = f"<article><h1>Archivio di Adria</h1><p>{WHO} {WHO}</p></article>"
    assert body(f"<div><p>Altre notizie.</p></div>{article}") == [
        (("Archivio di Adria",), f"{WHO} {WHO}")
    ]


def test_a_hero_in_a_header_is_read_and_its_menu_is_not() -> None:
    header = (
        "<header><nav><a href='/'>Home</a></nav><h1>Calicanto</h1>"
        "<p>Cooperativa di informatica: sviluppiamo gestionali per imprese agricole.</p></header>"
    )
    assert body(f"{header}<main><h2>Servizi</h2><p>{WHO}</p></main>") == [
        (
            ("Calicanto",),
            "Cooperativa di informatica: sviluppiamo gestionali per imprese agricole.",
        ),
        (("Calicanto", "Servizi"), WHO),
    ]


def test_names_with_gdpr_or_cookie_in_them_can_be_content() -> None:
    assert sample("consent-class.html")[0][1].startswith(WHO)
    service = '<div class="servizio-gdpr"><h2>Adeguamento GDPR</h2><p>Facciamo da DPO.</p></div>'
    assert body(service) == [(("Adeguamento GDPR",), "Facciamo da DPO.")]
    policy = (
        '<div class="privacy-servizio"><h2>Privacy</h2><p>Scriviamo la cookie policy.</p></div>'
    )
    assert body(policy) == [(("Privacy",), "Scriviamo la cookie policy.")]


@pytest.mark.parametrize(
    "notice",
    [
        '<div id="cookie-banner">Usiamo i cookie.</div>',
        '<div class="gdpr-avviso"><p>Questo sito usa cookie.</p><button>Accetta</button></div>',
        '<section id="onetrust-consent-sdk"><p>We use cookies.</p></section>',
    ],
)
def test_a_notice_of_cookies_is_not(notice: str) -> None:
    assert body(f"<p>{WHO}</p>{notice}") == [((), WHO)]


# Characters


def test_a_page_that_declares_latin_1_is_read_as_browsers_do() -> None:
    assert sample("charset-1252.html") == [
        (
            (),
            "Servizi nell'ambito dell'informatica – assistenza e l'analisi dei dati: canone 30 € "
            "al mese. Città e perché.",
        )
    ]


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "us-ascii", "utf-8", "klingon"])
def test_utf_8_is_read_whatever_the_page_declares(declared: str) -> None:
    text = "L’analisi: 30 € – “Virgolette”… e città"
    page = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'
    assert read(page.encode()) == [((), text.replace("’", "'"))]


# Tables


def test_a_cell_over_several_rows_counts_in_each() -> None:
    assert [text for _, text in sample("rowspan.html")[1:]] == [
        "Provincia: Rovigo; Cooperativa: Calicanto; Servizio: Sviluppo web",
        "Provincia: Rovigo; Cooperativa: Robinia; Servizio: Cablaggi",
        "Provincia: Padova; Cooperativa: Tiglio; Servizio: Formazione",
    ]


def test_the_caption_of_a_table_is_read() -> None:
    table = "<table><caption>Soci 2024</caption><tr><th>A</th><th>B</th></tr><tr><td>1<td>2</table>"
    assert body(table) == [((), "Soci 2024"), ((), "A: 1; B: 2")]


def test_cells_over_rows_and_columns_keep_the_others_under_their_headers() -> None:
    table = (
        "<table><tr><th>A</th><th>B</th><th>C</th><th>D</th></tr>"
        '<tr><td>1</td><td rowspan="3" colspan="2">x</td><td>2</td></tr>'
        '<tr><td>3</td><td rowspan="2">4</td></tr><tr><td>5</td></tr><tr><td>6</td><td>7</td></tr>'
        "</table>"
    )
    assert [text for _, text in body(table)] == [
        "A: 1; B: x; D: 2",
        "A: 3; B: x; D: 4",
        "A: 5; B: x; D: 4",
        "A: 6; B: 7",
    ]


def test_a_page_with_nothing_but_a_menu_is_reported() -> None:
    with pytest.raises(UnreadableFileError):
        body("<nav><a href='/'>Home</a></nav>")
