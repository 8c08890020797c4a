"""Who does what a document says."""

from __future__ import annotations

import pytest

from indexer.domain import Document, DocumentKind, OrganisationLink, Part, Role
from indexer.entities.attribution import Attribution, DocumentSentence, attribute
from indexer.text.organisation_names import OrganisationNameIndex

NAMES = OrganisationNameIndex({"alfa": ["Alfa"], "beta": ["Beta"], "gamma": ["Gamma"]})


def _attributions(
    text: str, kind: DocumentKind, organisation: str, **roles: Role
) -> list[Attribution]:
    """What a line says of one organisation."""
    links = tuple(OrganisationLink(name, role) for name, role in roles.items())
    document = Document("d.md", "d.md", kind, "Titolo", "it", "", organisations=links)
    (found,) = attribute([DocumentSentence(text, (), 0)], document, NAMES)
    return [a for a in found if a.organisation == organisation]


def told(
    text: str,
    kind: DocumentKind = DocumentKind.CASE_STUDY,
    headings: tuple[str, ...] = (),
    **roles: Role,
) -> list[tuple[str, str]]:
    """Each organisation of a line, with its part."""
    links = tuple(OrganisationLink(name, role) for name, role in roles.items())
    document = Document("d.md", "d.md", kind, "Titolo", "it", "", organisations=links)
    (found,) = attribute([DocumentSentence(text, headings, 0)], document, NAMES)
    return [(a.organisation, a.part.value) for a in found]


SHARED = {"alfa": Role.AUTHOR, "beta": Role.AUTHOR}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alfa ha curato la raccolta dei dati.", [("alfa", "does")]),
        ("Beta ha ospitato la riunione finale.", [("beta", "hosts")]),
        (
            "Alfa ha scritto il software, Beta ha moderato gli incontri con i soci.",
            [("alfa", "does"), ("beta", "moderates")],
        ),
        ("Il sito è stato realizzato da Alfa.", [("alfa", "does")]),
        ("La serata è stata moderata da Beta.", [("beta", "moderates")]),
        ("Il lavoro è stato fatto per Gamma.", [("gamma", "client")]),
        ("Alfa verificherà se serve un corso.", [("alfa", "intends")]),
        (
            "Alfa built the pipeline and Beta attended the training.",
            [
                ("alfa", "does"),
                ("beta", "attends"),
            ],
        ),
        ("Alfa: progettazione grafica", [("alfa", "does")]),
        ("Gamma non ha partecipato.", [("gamma", "denies")]),
        ("La piattaforma la mette Alfa.", [("alfa", "does")]),
        ("Alfa non cura i siti web.", [("alfa", "denies")]),
        ("Alfa does not build websites.", [("alfa", "denies")]),
        ("Alfa ha smesso di fare siti.", [("alfa", "former")]),
        ("Alfa non solo progetta, ma costruisce.", [("alfa", "does")]),
        (
            "Beta ha apprezzato la lezione.",
            [("beta", "mention"), ("alfa", "shared"), ("beta", "shared")],
        ),
        ("Beta ha sede a Bologna.", [("beta", "mention"), ("alfa", "shared"), ("beta", "shared")]),
        ("Chi: Alfa; Entro: marzo 2024", [("alfa", "intends")]),
        ("La prova l'ha condotta Beta in sei giorni.", [("beta", "does")]),
        ("L'inaugurazione l'ha moderata Beta.", [("beta", "moderates")]),
        ("Per le buste paga chiamate Gamma.", [("gamma", "does")]),
        ("Cooperativa: Alfa; Parte svolta: restauro di registri", [("alfa", "does")]),
        ("Partner: Beta; Ruolo: ospite dell'incontro", [("beta", "hosts")]),
    ],
)
def test_the_verb_beside_a_name_tells_its_part(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text, **SHARED) == expected


def test_what_names_nobody_is_shared_by_several_authors() -> None:
    assert told("È stato realizzato un portale.", **SHARED) == [
        ("alfa", "shared"),
        ("beta", "shared"),
    ]


def test_what_they_did_together_each_did() -> None:
    assert told("Le due cooperative hanno sviluppato l'app.", **SHARED) == [
        ("alfa", "does"),
        ("beta", "does"),
    ]


def test_a_heading_says_whom_the_lines_under_it_are_about() -> None:
    assert told("Sviluppo del portale.", headings=("Progetto", "Beta"), **SHARED) == [
        ("beta", "does")
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Facciamo siti web.", "does"),
        ("Non facciamo grafica.", "denies"),
        ("Fino al 2021 facevamo manutenzione di server.", "former"),
        ("Usiamo Odoo per la contabilità interna.", "uses"),
        ("Abbiamo partecipato a un corso di sicurezza informatica.", "uses"),
        ("Usiamo i droni per fotografare le frane.", "does"),
        ("Ci piacerebbe occuparci di archivi.", "intends"),
        ("We use Odoo.", "uses"),
        ("We used to run servers.", "former"),
        ("Il sito è di un fornitore locale.", "uses"),
        ("La posta è gestita da una ditta esterna.", "uses"),
        ("I docenti hanno frequentato un corso di accessibilità.", "uses"),
        ("Abbiamo moderato molti incontri sulla sicurezza.", "uses"),
        ("Né di prove di intrusione.", "denies"),
        ("Vendita telefonica mai.", "denies"),
        ("Contabilità e bilanci no: per quello c'è la nostra associazione.", "denies"),
        ("I corsi di informatica non sono nostri.", "denies"),
    ],
)
def test_a_profile_speaks_of_its_own_in_each_mood(text: str, part: str) -> None:
    assert told(text, DocumentKind.PROFILE, alfa=Role.SUBJECT) == [("alfa", part)]


def test_a_sentence_may_say_and_deny() -> None:
    said = told("Facciamo siti, ma non facciamo grafica.", DocumentKind.PROFILE, alfa=Role.SUBJECT)
    assert said == [("alfa", "does"), ("alfa", "denies")]


@pytest.mark.parametrize(
    "text", ["Traduzioni giurate: non ne facciamo.", "Rilievi: niente, serve un tecnico."]
)
def test_a_denial_is_of_the_subject_before_its_colon(text: str) -> None:
    said = told(text, DocumentKind.PROFILE, alfa=Role.SUBJECT)
    assert said == [("alfa", "denies"), ("alfa", "denies")]


def test_what_stands_before_a_semicolon_is_not_of_who_is_named_after_it() -> None:
    text = "Usiamo un programma di paghe; i documenti sono conservati da Beta."
    (attribution,) = _attributions(text, DocumentKind.PROFILE, "beta", alfa=Role.SUBJECT)
    assert text[attribution.start :].lstrip() == "i documenti sono conservati da Beta."


def test_the_verb_may_stand_before_the_name() -> None:
    assert told("Modera Beta.", DocumentKind.EVENT, beta=Role.PARTICIPANT) == [
        ("beta", "moderates")
    ]


def test_the_same_goes_for_what_follows_a_denial() -> None:
    links = (OrganisationLink("alfa", Role.SUBJECT),)
    document = Document("p.md", "p.md", DocumentKind.PROFILE, "Alfa", "it", "", organisations=links)
    lines = [
        DocumentSentence("Non vendiamo stampanti.", (), 0),
        DocumentSentence("Lo stesso vale per i telefoni.", (), 0),
    ]
    assert [a.part for (a,) in attribute(lines, document, NAMES)] == [Part.DENIES, Part.DENIES]


def test_who_only_comes_to_an_event_does_nothing() -> None:
    said = told(
        "Alfa ha presentato la sua piattaforma; Beta era in sala.",
        DocumentKind.EVENT,
        gamma=Role.ORGANISER,
        alfa=Role.PARTICIPANT,
        beta=Role.PARTICIPANT,
    )
    assert said == [("alfa", "speaks"), ("beta", "attends")]


def test_the_organisers_organise_what_names_nobody() -> None:
    assert told("Si è parlato di dati.", DocumentKind.EVENT, gamma=Role.ORGANISER) == [
        ("gamma", "organises")
    ]
