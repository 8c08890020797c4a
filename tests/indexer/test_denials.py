"""What an organisation says it does not do is no evidence that it does."""

from __future__ import annotations

import pytest

from indexer.denials import denied, denies
from indexer.model import Block, Document, DocumentKind, Organisation, OrganisationLink, Role
from indexer.names import NameIndex
from indexer.passages import Splitter

DENIALS = [
    "Non installiamo pannelli e non vendiamo energia.",
    "No, quello non lo trattiamo.",
    "Noi il cedolino non lo elaboriamo per conto terzi.",
    "Non ci occupiamo di traduzioni giurate.",
    "La cooperativa non esegue penetration test.",
    "L'impresa non si occupa di grafica.",
    "We do not issue formal conformity statements.",
    "We don't build chatbots.",
    "The cooperative does not sell hardware.",
    "I test di intrusione li affidiamo sempre a un'altra cooperativa.",
    "Le officine sono affidate a una cooperativa pugliese.",
    "Nel 2026 cerchiamo partner per FHIR.",
    "Niente traduzioni giurate.",
    "Nor do we do facial recognition, for anyone.",
]
STATEMENTS = [
    "Non ci limitiamo ai controlli automatici.",
    "Due socie non vedenti provano ogni pagina.",
    "Sottotitoli per non udenti e organizzazioni non profit.",
    "Un rapporto leggibile anche da chi non è tecnico.",
    "Non possiamo che esserne fieri.",
    "We do not just test: we mend.",
    "Assistenza di secondo livello affidata alla cooperativa per tre anni.",
    "Il consorzio affida l'esecuzione alle cooperative.",
    "Chi ci chiama non trova mai niente di complicato.",
    "Facciamo reti in zone dove la corrente non arriva.",
    "Le persone che non hanno lo SPID vengono da noi.",
]


@pytest.mark.parametrize("sentence", DENIALS)
def test_a_denial_is_noticed(sentence: str) -> None:
    assert denies(sentence, ())


@pytest.mark.parametrize("sentence", STATEMENTS)
def test_a_statement_with_a_negation_in_it_is_none(sentence: str) -> None:
    assert not denies(sentence, ())


@pytest.mark.parametrize("heading", ["Che cosa non facciamo", "What we don't do"])
def test_all_under_such_a_heading_is_denied(heading: str) -> None:
    assert denies("Siti vetrina.", ("Chi siamo", heading))
    assert not denies("Siti vetrina.", ("Chi siamo", "Che cosa facciamo"))


def test_a_denial_is_a_passage_that_speaks_for_nobody() -> None:
    splitter = Splitter(
        count_tokens=lambda texts: [len(text.split()) for text in texts],
        size=100,
        longest=500,
        names=NameIndex({"sole": ("Sole",)}),
        organisations={"sole": Organisation("sole", "Sole")},
        region=lambda _: "",
    )
    document = Document(
        "profiles/sole.md",
        "profiles/sole.md",
        DocumentKind.PROFILE,
        "Sole",
        "it",
        "00",
        (OrganisationLink("sole", Role.SUBJECT),),
    )
    text = "Progettiamo comunità energetiche. Non installiamo pannelli. Formiamo i soci."
    passages = splitter.split(document, [Block(text)])
    assert [(p.text, p.organisations) for p in passages] == [
        ("Progettiamo comunità energetiche.", ("sole",)),
        ("Non installiamo pannelli.", ()),
        ("Formiamo i soci.", ("sole",)),
    ]


def test_the_question_and_the_referral_around_a_denial_prove_nothing_either() -> None:
    texts = [
        "Montiamo Odoo.",
        "SAP?",
        "No, non lo trattiamo.",
        "Se serve vi diciamo a chi telefonare.",
        "Siamo in nove.",
    ]
    assert denied(texts, [()] * 5) == [False, True, True, True, False]
