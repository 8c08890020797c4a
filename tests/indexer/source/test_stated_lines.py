"""What a profile's text states of itself, line by line."""

from __future__ import annotations

import pytest

from indexer.domain import Block, ParsedText
from indexer.places import Gazetteer
from indexer.source.drafts import draft
from indexer.source.metadata import Fields

GAZETTEER = Gazetteer.load()


def fields(*texts: str, path: str = "profiles/a.pdf", **metadata: object) -> Fields:
    parsed = ParsedText(tuple(map(Block, texts)), metadata)
    return draft(path, "0", parsed, GAZETTEER)[0].fields


def test_a_filled_form_is_read_as_fields() -> None:
    found = fields(
        "Denominazione: Robinia\nSede legale: Padova\nP. IVA: 00488410010",
        "Competenze: cablaggio strutturato, reti in fibra",
        "Certificazioni: ISO 9001",
        "E-mail: info@robinia.example",
        "N. soci: 12",
    )
    assert (found.name, found.vat, found.members) == ("Robinia", "00488410010", 12)
    assert found.seat is not None
    assert found.seat.label == "Padova (PD)"
    assert found.competencies == ("cablaggio strutturato", "reti in fibra")
    assert found.certifications == ("ISO 9001",)
    assert found.contacts == ("info@robinia.example",)


@pytest.mark.parametrize(
    ("text", "seat"),
    [
        ("Siamo una cooperativa di Padova che posa reti.", "Padova (PD)"),
        ("Siamo una cooperativa sociale di Prato: traduzioni.", "Prato (PO)"),
        ("Robinia è una cooperativa con sede a Reggio Emilia.", "Reggio nell'Emilia (RE)"),
        ("We are a cooperative of seventeen in Pavia.", "Pavia (PV)"),
        ("Siamo una cooperativa di Produzione e lavoro.", ""),
        ("Abbiamo lavorato con una cooperativa di Prato.", ""),
        ("Siamo una cooperativa di Castro.", ""),
    ],
)
def test_where_it_says_that_it_is(text: str, seat: str) -> None:
    found = fields(text, name="Robinia").seat
    assert (found.label if found else "") == seat


def test_metadata_comes_first_and_other_kinds_state_nothing() -> None:
    found = fields("Sede: Padova\nN. soci: 12", name="Robinia", seat="Adria")
    assert found.seat is not None
    assert (found.seat.name, found.members) == ("Adria", 12)
    assert fields("Sede: Padova", path="case_studies/a.pdf").seat is None


def test_prose_after_a_colon_is_no_list_of_competencies() -> None:
    prose = "Competenze: sappiamo posare reti di ogni genere in edifici antichi e moderni."
    assert fields(prose, name="Robinia").competencies == ()


def test_a_line_cannot_open_what_is_restricted() -> None:
    found = fields("Visibilità: pubblico", name="Robinia", visibility="members")
    assert str(found.visibility.document) == "members"
