"""What is excluded, missing, others', over or a wish is nothing that somebody does."""

from __future__ import annotations

import pytest

from indexer.text.clauses import Mood, clauses
from indexer.text.negation import negated_sentences


def does(sentence: str) -> bool:
    return any(clause.mood is Mood.DOES for clause in clauses(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "Il fotovoltaico lo lasciamo a chi lo sa fare.",
        "Di paghe non ci occupiamo da quando è andata in pensione Marta.",
        "Per la parte legale ci appoggiamo a uno studio di Bologna.",
        "Stampa 3D: per ora solo un sogno.",
        "La manutenzione degli ascensori è in mano a una ditta esterna.",
        "Siamo clienti affezionati di un service audio-luci.",
        "Le riprese col drone le abbiamo sempre subappaltate.",
        "Qualche anno fa vendevamo anche computer.",
        "Fino a tre anni fa c'era anche la falegnameria.",
        "Il servizio di catering è stato ceduto a un'altra cooperativa nel 2022.",
        "Traduzioni: solo con l'aiuto di esterni.",
        "Il nostro sito è stato realizzato da un'agenzia di Padova.",
        "Per le pulizie paghiamo una cooperativa amica.",
        "Ci chiedono spesso traslochi: rispondiamo di no.",
        "Chi cerca un commercialista ha sbagliato porta.",
        "Vorremmo imparare a fare podcast.",
        "Il prossimo anno apriremo un servizio di doposcuola.",
        "Stiamo cercando qualcuno che ci faccia l'e-commerce.",
        "La lavanderia industriale resta fuori dal nostro perimetro.",
        "Escludiamo le perizie giurate.",
        "Rifiutiamo incarichi di recupero crediti.",
        "Il recupero crediti è l'unica cosa che non troverete.",
        "Evitiamo la pubblicità sui social: non è nelle nostre corde.",
        "Grafica esclusa.",
        "Preventivi per ristrutturazioni edili non ne diamo.",
        "Non abbiamo un reparto stampa.",
        "Non abbiamo operatori per l'assistenza domiciliare.",
        "Manca ancora una persona che sappia di sicurezza informatica.",
        "Ci manca un esperto di bandi europei.",
        "La nostra psicologa è volontaria e non offre consulenza ai clienti.",
        "Il marketing lo subiamo più che farlo.",
        "Ospitiamo nei nostri locali un corso di saldatura tenuto da altri.",
        "La sala è affittata a una scuola di danza.",
        "Una volta a settimana passa il consulente del lavoro di un'altra cooperativa.",
        "Il server sta presso un provider di Milano.",
        "Abbiamo comprato un gestionale per il magazzino.",
        "Ci siamo fatti certificare ISO 9001 da un ente esterno.",
        "Siamo stati formati sulla privacy da un avvocato.",
        "I nostri soci hanno seguito un corso di primo soccorso.",
        "Rivendiamo i pannelli di un produttore tedesco, l'installazione la fa lui.",
        "Il call center è di un'altra società del gruppo.",
        "Nessuno di noi sa di blockchain.",
        "Con la blockchain non abbiamo mai lavorato.",
        "Non chiedeteci loghi.",
        "Per i loghi bussate altrove.",
        "L'interpretariato di conferenza esula dalle nostre attività.",
        "L'interpretariato è escluso.",
        "We leave accounting to the accountants.",
        "Payroll is handled by our consortium, not by us.",
        "We have never offered translation and don't plan to.",
        "Printing is outsourced.",
        "Apart from printing, which we outsource, everything is done here.",
        "We used to have a bakery; it closed in 2019.",
        "Our website was made by a friend.",
        "Somebody else does the wiring.",
        "Nobody here knows COBOL.",
        "Not a law firm.",
        "Catering is off the menu.",
        "3D printing is on our wish list.",
        "We are learning Rust.",
        "Cleaning services are provided to us by a partner.",
        "For legal advice we turn to a lawyer in Trento.",
        "You won't get video production from us.",
        "Security audits are out of scope.",
        "We stopped doing tax returns.",
        "We sold our print shop in 2020.",
    ],
)
def test_these_say_that_it_is_not_done_here(sentence: str) -> None:
    assert not does(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Facciamo siti e app, niente di più.",
        "Non solo siti: anche gestionali.",
        "Non c'è ente che non abbia bisogno di privacy: ce ne occupiamo noi.",
        "Siamo gli unici in regione a fare sottotitoli dal vivo.",
        "Le buste paga le facciamo tutte in casa, senza esterni.",
        "Da quando abbiamo chiuso con la carta, gestiamo archivi digitali.",
        "Traduciamo dal 2004, senza interruzioni.",
        "Oltre alle pulizie, curiamo il verde.",
        "Con le scuole lavoriamo da sempre: doposcuola, laboratori, centri estivi.",
        "La contabilità è il nostro pane.",
        "Nessuno resta indietro: assistenza informatica agli anziani.",
        "Perizie giurate comprese.",
        "Se serve, facciamo anche traslochi.",
        "Chi cerca un commercialista qui lo trova.",
        "Abbiamo formato 300 operatori sulla sicurezza.",
        "Il nostro reparto stampa lavora su due turni.",
        "Ci chiedono spesso traslochi, e li facciamo volentieri.",
        "I clienti usano il gestionale che abbiamo sviluppato.",
        "L'assistenza domiciliare è nata nel 1998 e oggi segue 400 famiglie.",
        "We do payroll in-house for twelve co-ops.",
        "No subcontractors: our own electricians do the wiring.",
        "Payroll is handled by our own team.",
        "Not only websites: apps too.",
        "Corsi tenuti da professionisti e da consulenti esperti",
        "Formazione presso aziende e scuole",
        "Vi accompagneremo nella progettazione del sito",
        "One day workshops on accessibility",
        "Non manca un servizio di doposcuola",
        "C'era un archivio di quattro terabyte da migrare",
        "In comune non c'è personale tecnico",
        "Clienti in Italia e negli USA: sviluppo software",
        "La piattaforma usa PostGIS e pubblica un webgis",
        "You won't see any downtime with our hosting",
        "Centralino esternalizzato e risposta notturna",
        "We help companies avoid losses",
        "Nobody here sells licences: we test applications.",
    ],
)
def test_these_say_that_it_is_done(sentence: str) -> None:
    assert does(sentence)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Il cablaggio?", "Chiamate un elettricista."),
        ("Abbiamo in casa una tipografia?", "Magari."),
        ("Loghi e immagine coordinata?", "Non da noi."),
        ("Web design?", "Ask someone else."),
    ],
)
def test_a_question_is_denied_with_its_answer(question: str, answer: str) -> None:
    assert negated_sentences([question, answer], [(), ()]) == [True, True]
