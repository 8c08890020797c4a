"""Names of profiles that state none: never a program's title, a file, a total or a note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import Block, ParsedText
from indexer.parsing.titles import made_by_program, own_title
from indexer.source.own_name import OwnName, own_name

WE = "Siamo una cooperativa di Padova che dal 2010 posa reti in fibra."


def parsed(title: str, heading: str = "", text: str = "Posa di reti.") -> ParsedText:
    return ParsedText((Block(text, headings=(heading,) if heading else ()),), title=title)


@pytest.mark.parametrize(
    "title",
    [
        "Presentazione standard di PowerPoint",
        "PowerPoint Presentation",
        "Microsoft Word - Documento1",
        "Microsoft Word - offerta.doc",
        "MICROSOFT POWERPOINT - COMPANY PROFILE",
        "about:blank",
        "Documento1",
        "Cartel1",
        "Untitled document",
        "Senza nome 1",
        "senza titolo",
        "[Titolo del documento]",
        "Diapositiva 1",
        "brochure_2024.indd",
        "https://robinia.example/chi-siamo",
    ],
)
def test_a_programs_title_is_no_title(title: str) -> None:
    assert made_by_program(title)
    assert own_title(parsed(title, "Robinia")) == "Robinia"
    assert own_name(parsed(title)) is None


@pytest.mark.parametrize(
    "title", ["Robinia", "Documenta", "Word Wide Coop", "Il Foglio", "Pagina Tre", "Presentazione"]
)
def test_a_title_that_a_person_wrote_stays(title: str) -> None:
    assert own_title(parsed(title, "Altro")) == title


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Acero", WE, OwnName("Acero", sure=True)),
        ("Acero", "Posa di reti.", OwnName("Acero", sure=False)),
        ("Robinia soc. coop.", "Posa di reti.", OwnName("Robinia soc. coop.", sure=True)),
        ("Chi siamo | Robinia", "Robinia posa reti.", OwnName("Robinia", sure=True)),
        ("Altavoce – chi siamo", "Altavoce registra.", OwnName("Altavoce", sure=True)),
        ("Robinia: reti in fibra", "Robinia posa reti.", OwnName("Robinia", sure=True)),
        ("Scheda della cooperativa Robinia", WE, OwnName("Robinia", sure=True)),
        ("Presentazione di Robinia", WE, OwnName("Robinia", sure=True)),
        ("Chi siamo", WE, None),
        ("I nostri servizi", WE, None),
        ("Digitalizzazione archivi", WE, None),
        ("Sviluppo Software", WE, None),
        ("Puliamo. Ma non i pavimenti.", WE, None),
        ("Fonte: elaborazione su dati propri", WE, None),
        ("Totale", WE, None),
        ("", WE, None),
    ],
)
def test_a_name_is_looked_for_in_the_title(title: str, text: str, found: OwnName | None) -> None:
    assert own_name(parsed(title, text=text)) == found


def test_a_name_is_looked_for_in_the_first_sentence() -> None:
    text = "La cooperativa Robinia è nata a Padova nel 2010. Posiamo reti."
    assert own_name(parsed("Chi siamo", text=text)) == OwnName("Robinia", sure=True)
    text = "Cavo e Nodo è una cooperativa di Adria: posiamo reti."
    assert own_name(parsed("", text=text)) == OwnName("Cavo e Nodo", sure=True)
    assert own_name(parsed("", text="La cooperativa è nata a Padova.")) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_title_is_a_name_is_a_part_of_it(title: str, heading: str) -> None:
    found = own_name(parsed(title, heading))
    assert found is None or any(found.name in text for text in (title, heading))
