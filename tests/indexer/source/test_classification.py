"""What kind of document a file is that lies in none of the three folders."""

from __future__ import annotations

import pytest

from indexer.domain import Block, DocumentKind, ParsedText, Reason
from indexer.places import Gazetteer
from indexer.source.classification import classify
from indexer.source.drafts import draft

GAZETTEER = Gazetteer.load()
PROFILE, CASE, EVENT = DocumentKind.PROFILE, DocumentKind.CASE_STUDY, DocumentKind.EVENT


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Siamo una cooperativa di Padova: posiamo reti in fibra per scuole e comuni.", PROFILE),
        ("Robinia è una cooperativa nata nel 2010. Progettiamo e installiamo impianti.", PROFILE),
        ("We are a cooperative of seventeen. We build software for hospitals.", PROFILE),
        ("Il cliente, un comune, ci ha chiesto una rete. Abbiamo posato 4 km di fibra.", CASE),
        ("Su incarico di una scuola abbiamo rifatto il sito: in sei mesi il risultato.", CASE),
        ("The client asked us for a new site. We built it in three weeks.", CASE),
        ("Il convegno si terrà venerdì 5 marzo alle 10.30. Intervengono tre relatori.", EVENT),
        ("Hanno partecipato sessanta persone; ha moderato Altavoce.", EVENT),
        ("The workshop took place in Pavia; three speakers.", EVENT),
        ("Un testo che non dice nulla.", None),
    ],
)
def test_a_text_tells_its_kind(text: str, kind: DocumentKind | None) -> None:
    assert classify("a.pdf", ParsedText((Block(text),))) is kind


@pytest.mark.parametrize(
    ("path", "title", "metadata", "kind"),
    [
        ("Brochure Robinia.pdf", "", {}, PROFILE),
        ("x.docx", "Caso di studio: la rete di Adria", {}, CASE),
        ("invito_webinar.docx", "", {}, EVENT),
        ("x.md", "", {"client": "un comune"}, CASE),
        ("x.md", "", {"organizzatori": "Robinia"}, EVENT),
        ("x.md", "", {"partita iva": "1"}, PROFILE),
    ],
)
def test_so_do_its_name_its_title_and_its_fields(
    path: str, title: str, metadata: dict[str, object], kind: DocumentKind
) -> None:
    assert classify(path, ParsedText((Block("Testo."),), metadata, title=title)) is kind


@pytest.mark.parametrize(
    ("text", "kind", "taken"),
    [
        ("Siamo una cooperativa di Padova.", PROFILE, "taken for a profile by its text"),
        ("Un testo che non dice nulla.", EVENT, "read as an event"),
    ],
)
def test_what_was_assumed_is_said(text: str, kind: DocumentKind, taken: str) -> None:
    found, problems = draft("a.txt", "0", ParsedText((Block(text),)), GAZETTEER)
    assert found.kind is kind
    assert problems[0].reason is Reason.UNKNOWN_KIND
    assert problems[0].detail.endswith(taken)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("Profili/a.md", PROFILE), ("Casi di studio/a.md", CASE), ("EVENTI/2024/a.md", EVENT)],
)
def test_folders_may_have_italian_names(path: str, kind: DocumentKind) -> None:
    found, problems = draft(path, "0", ParsedText((Block("Testo."),)), GAZETTEER)
    assert found.kind is kind
    assert not [p for p in problems if p.reason is Reason.UNKNOWN_KIND]


def test_the_place_of_an_event_may_be_called_its_town() -> None:
    parsed = ParsedText((Block("Testo."),), {"città": "Adria"})
    assert draft("events/a.md", "0", parsed, GAZETTEER)[0].fields.place is not None
