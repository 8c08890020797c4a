"""What an organisation says it does not do is no evidence that it does."""

from __future__ import annotations

import pytest

from indexer.domain import Block, Document, DocumentKind, Organisation, OrganisationLink, Role
from indexer.pipeline.chunking import PassageSplitter
from indexer.text.negation import is_negated, negated_sentences
from indexer.text.organisation_names import OrganisationNameIndex

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
    "La sorveglianza dei sistemi, di notte, la lasciamo a chi la fa di mestiere.",
    "Neppure di privacy: c'è chi ne sa di più.",
    "Nemmeno per i traslochi.",
    "Le officine sono affidate a una cooperativa pugliese.",
    "Nel 2026 cerchiamo partner per FHIR.",
    "Niente traduzioni giurate.",
    "Nor do we do facial recognition, for anyone.",
    "Non elaboriamo dati geografici, non facciamo webgis ne' rilievi.",
    "Neither do we resell hardware.",
    "We never do facial recognition.",
    "We no longer sell hardware.",
    "We do no penetration testing.",
    "We have never offered payroll.",
    "Non faccio traduzioni giurate.",
    "Non facciamo più stampa offset.",
    "Non offriamo hosting.",
    "Non abbiamo mai fatto webgis.",
    "Nessun servizio di contact center.",
    "Da noi niente SOC né rivendita di antivirus.",
    "Né facciamo consulenza legale.",
    "Non forniamo assistenza hardware.",
    "Non vendo licenze.",
    "Di paghe non ci occupiamo.",
    "Non rientrano tra i nostri servizi le traduzioni giurate.",
    "Il penetration test non è tra i nostri servizi.",
    "We can't do penetration tests.",
    "We cannot issue certificates.",
    "We won't build chatbots.",
    "Non si fanno traduzioni giurate.",
    "Da noi non si fa webgis.",
    "Non svolgiamo prove tecniche di sicurezza.",
    "Le prove tecniche di sicurezza non le facciamo noi.",
    "Non le facciamo noi.",
    "We don't just refer: we do not translate.",
    "We are not penetration testers.",
    "We're not an advertising agency.",
    "Non siamo installatori.",
    "I pannelli non li tocchiamo: non siamo degli impiantisti.",
    "It only makes keyrings: no 3D printing service, sorry.",
    "Ce lo chiedono le scuole: no, solo sensori.",
]
STATEMENTS = [
    "Non siamo nati ieri: facciamo siti dal 1998.",
    "We are not just web designers.",
    "We are not newcomers: websites since 1998.",
    "Websites in no time.",
    "Non siamo i soli a tradurre manuali.",
    "Nemmeno la neve ferma le nostre consegne.",
    "Le chiavi dei server le lasciamo al cliente.",
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
    "Non solo siti: facciamo anche app.",
    "Non abbiamo paura di sporcarci le mani.",
    "Non c'è progetto senza rilievo.",
    "Non facciamo solo siti.",
    "Non facciamo soltanto siti, ma anche app.",
    "Non ci occupiamo solo di paghe: teniamo la contabilità.",
    "We don't just build websites.",
    "We do not only build websites, we maintain them.",
    "We never stop testing.",
    "We never forget a backup.",
    "We no longer need paper: all is digital.",
    "Non smettiamo mai di provare.",
    "Non lasciamo solo nessuno.",
    "Nessun dato reale è stato estratto.",
    "Nessuno sapeva più dire il perché.",
    "Non abbiamo segreti: pubblichiamo il codice.",
    "Non consegniamo un sito senza averlo provato.",
    "We do not deliver a site without testing it.",
    "Corsi che non fanno dormire.",
    "Chi non vende on line perde.",
    "Non facciamo siti che nessuno riesce a leggere.",
    "Nessun problema: ripariamo ogni giorno.",
    "Nessuna barriera nei siti che facciamo.",
    "Nessun cliente ci ha mai lasciati.",
    "Niente paura, facciamo noi.",
    "Niente di più facile che fare backup.",
    "Non facciamo altro che siti.",
    "Non mancano i corsi di formazione.",
    "Not only do we build websites.",
    "Non perdiamo un dato dal 2009.",
    "Non dormiamo finché il backup non è ripristinato.",
    "We don't sleep until your backup works.",
    "Non sappiamo stare fermi.",
    "Non chiediamo acconti.",
    "Non vediamo l'ora di incontrarvi.",
    "Neither rain nor snow stops our drones.",
    "Nor are we expensive.",
    "No, non è difficile.",
    "Non potevamo permetterci un elaboratore.",
]


@pytest.mark.parametrize("sentence", DENIALS)
def test_a_denial_is_noticed(sentence: str) -> None:
    assert is_negated(sentence, ())


@pytest.mark.parametrize("sentence", STATEMENTS)
def test_a_statement_with_a_negation_in_it_is_none(sentence: str) -> None:
    assert not is_negated(sentence, ())


@pytest.mark.parametrize("heading", ["Che cosa non facciamo", "What we don't do"])
def test_all_under_such_a_heading_is_denied(heading: str) -> None:
    assert is_negated("Siti vetrina.", ("Chi siamo", heading))
    assert not is_negated("Siti vetrina.", ("Chi siamo", "Che cosa facciamo"))


def test_a_denial_is_a_passage_that_speaks_for_nobody() -> None:
    splitter = PassageSplitter(
        count_tokens=lambda texts: [len(text.split()) for text in texts],
        size=100,
        longest=500,
        names=OrganisationNameIndex({"sole": ("Sole",)}),
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
    assert negated_sentences(texts, [()] * 5) == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Fate anche penetration test?", "No.", "Facciamo siti."], [True, True, False]),
        (["Traduzioni giurate?", "No, mai."], [True, True]),
        (["Si può uscire?", "Sì."], [False, False]),
        (["È difficile?", "No, non è difficile."], [False, False]),
    ],
)
def test_a_question_is_denied_by_its_answer(texts: list[str], expected: list[bool]) -> None:
    assert negated_sentences(texts, [()] * len(texts)) == expected


def test_what_is_no_referral_after_a_denial_still_proves() -> None:
    calls = "Gestiamo un contact center: telefono, contatti, chat con ogni altro canale."
    assert negated_sentences(["Non vendiamo dati.", calls], [()] * 2) == [True, False]
    ask = "Per i droni chiamate chi vola."
    assert negated_sentences(["Non vendiamo dati.", ask], [("Dati",), ("Voli",)]) == [True, False]
    assert negated_sentences(["Non vendiamo dati.", ask], [("Dati",)] * 2) == [True, True]
