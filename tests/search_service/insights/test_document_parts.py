from __future__ import annotations

import pytest

from indexer.domain import CARD, Passage
from search_service.insights.document_parts import (
    DocumentPart,
    FieldsPart,
    TablePart,
    TextPart,
    parts_of,
)


def parts(text: str, headings: tuple[str, ...] = ()) -> tuple[DocumentPart, ...]:
    return parts_of(Passage("a#0", "a", 0, text, "", headings, None, (), "it"))


def test_lines_that_name_the_same_columns_are_a_table_between_text() -> None:
    text = (
        "I nostri corsi.\nCorso: vela; Ore: 20\nCorso: nodi; Ore: 8; Sede: Bari\nSi parte a maggio."
    )
    assert parts(text) == (
        TextPart("I nostri corsi."),
        TablePart(("Corso", "Ore"), (("vela", "20"), ("nodi", "8; Sede: Bari"))),
        TextPart("Si parte a maggio."),
    )


def test_an_empty_cell_and_a_cell_with_signs_keep_their_place() -> None:
    text = (
        "Area: dati; Strumenti: SQL; Python; Note: poche\n"
        "Area: rete; Note: Orario: dalle 9 alle 18\n"
        "Area: carta; Strumenti: forbici; Note: nessuna"
    )
    assert parts(text) == (
        TablePart(
            ("Area", "Strumenti", "Note"),
            (
                ("dati", "SQL; Python", "poche"),
                ("rete", "", "Orario: dalle 9 alle 18"),
                ("carta", "forbici", "nessuna"),
            ),
        ),
    )


def test_the_rows_of_a_pdf_are_a_table_with_names_where_the_first_row_tells_them() -> None:
    assert parts("Abbiamo trovato:\nDifetto | Pagine\nEtichette | 44\nContrasto | 39") == (
        TextPart("Abbiamo trovato:"),
        TablePart(("Difetto", "Pagine"), (("Etichette", "44"), ("Contrasto", "39"))),
    )
    assert parts("Etichette | 44\nContrasto | 39\nTastiera | 37") == (
        TablePart((), (("Etichette", "44"), ("Contrasto", "39"), ("Tastiera", "37"))),
    )
    assert parts("uno | due | tre\nquattro | cinque | sei\nsette | otto | nove") == (
        TablePart(
            (), (("uno", "due", "tre"), ("quattro", "cinque", "sei"), ("sette", "otto", "nove"))
        ),
    )


def test_cells_that_a_pdf_does_not_tell_apart_stand_in_the_row_s_last() -> None:
    (table,) = parts("Misura | Prima Dopo\nLaboratori | 27 | 40\nReferti | 62% 98,7%")
    assert isinstance(table, TablePart)
    assert (table.columns, table.width) == (("Misura", "Prima Dopo"), 3)
    assert table.rows == (("Laboratori", "27", "40"), ("Referti", "62% 98,7%"))


def test_years_above_other_things_are_names() -> None:
    (table,) = parts("Indicatore | 2023 2024\nSoci | 205 212\nSedi | 4 4")
    assert isinstance(table, TablePart)
    assert table.columns == ("Indicatore", "2023 2024")
    (table,) = parts("Sala | Pozzuoli | 2024\nVoci | Napoli | 2022\nTerra | Pozzuoli | 2021")
    assert isinstance(table, TablePart)
    assert table.columns == ()


@pytest.mark.parametrize(
    "text",
    [
        "Corso: vela; Ore: 20",
        "Gradino Zero | settembre 2025\nIl portale di un ateneo",
        "Nome | data\nTorino | 2025",
        "Tempi: cinque giorni.\nCosti: pochi.",
        "Prima: uno; seconda: due\nTerza: tre; quarta: quattro",
        "A: 1; B: 2\nB: 3; A: 4",
        "Facciamo due cose: reti; vele.\nE poi: nodi; cime.",
    ],
)
def test_what_may_be_no_table_stays_text(text: str) -> None:
    assert parts(text) == (TextPart(text),)


def test_what_metadata_declares_is_fields() -> None:
    text = "Competenze: cloud, DevOps. Settori: 63.10.10, sanità. Cliente: S.A.C.I. Srl."
    assert parts(text, (CARD,)) == (
        FieldsPart(
            (
                ("Competenze", ("cloud", "DevOps")),
                ("Settori", ("63.10.10", "sanità")),
                ("Cliente", ("S.A.C.I. Srl",)),
            )
        ),
    )
    assert parts(text) == (TextPart(text),)
