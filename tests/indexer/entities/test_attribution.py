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
        ("Attività: collaudo; Responsabile: Alfa e Beta", [("alfa", "does"), ("beta", "does")]),
        ("La migrazione dei dati è toccata ad Alfa.", [("alfa", "does")]),
        ("La cartella clinica è di Beta.", [("beta", "does")]),
        ("Di Beta sono i manuali.", [("beta", "does")]),
        ("The interviews were Alfa's job.", [("alfa", "does")]),
        ("Alfa ha chiesto a Beta di tradurre il manuale.", [("alfa", "client"), ("beta", "does")]),
        ("Scavi e posa: Alfa.", [("alfa", "does")]),
        ("Front office (Alfa), training (Beta).", [("alfa", "does"), ("beta", "does")]),
        ("I droni li hanno guidati quelli di Alfa.", [("alfa", "does")]),
        (
            "Il testo è copiato da quello di Beta.",
            [("beta", "mention"), ("alfa", "shared"), ("beta", "shared")],
        ),
        (
            "Alfa, che aveva già lavorato con loro, ha prestato la sala.",
            [("alfa", "hosts")],
        ),
        (
            "Alfa e Beta si sono divise il lavoro: il primo ha addestrato il modello, il secondo ha"
            " annotato le frasi.",
            [("alfa", "mention"), ("beta", "mention"), ("alfa", "does"), ("beta", "does")],
        ),
    ],
)
def test_the_verb_beside_a_name_tells_its_part(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text, **SHARED) == expected


@pytest.mark.parametrize(
    ("text", "alfa", "beta"),
    [
        (
            "Le paghe le elabora Alfa; i contratti li ha scritti Beta.",
            "Le paghe le elabora Alfa",
            "i contratti li ha scritti Beta.",
        ),
        (
            "The site was built by Alfa and the maps were drawn by Beta.",
            "The site was built by Alfa",
            "the maps were drawn by Beta.",
        ),
    ],
)
def test_a_stretch_ends_where_another_begins(text: str, alfa: str, beta: str) -> None:
    said = {
        name: text[a.start : a.end].strip()
        for name in ("alfa", "beta")
        for a in _attributions(text, DocumentKind.CASE_STUDY, name, **SHARED)
    }
    assert said == {"alfa": alfa, "beta": beta}


def test_what_another_does_is_not_carried_over_in_a_profile() -> None:
    links = (OrganisationLink("alfa", Role.SUBJECT), OrganisationLink("beta", Role.MENTION))
    document = Document("p.md", "p.md", DocumentKind.PROFILE, "Alfa", "it", "", organisations=links)
    lines = [
        DocumentSentence("Il sito lo cura Beta.", (), 0),
        DocumentSentence("Noi vendiamo piante.", (), 0),
    ]
    _, last = attribute(lines, document, NAMES)
    assert [(a.organisation, a.part) for a in last] == [("alfa", Part.DOES)]


def test_what_a_profile_denies_it_denies_where_it_names_who_does_it() -> None:
    said = told(
        "Non facciamo marchi: per la grafica chiamate Beta.",
        DocumentKind.PROFILE,
        alfa=Role.SUBJECT,
        beta=Role.MENTION,
    )
    assert said == [("beta", "does"), ("alfa", "denies")]


def test_what_follows_the_brackets_of_a_name_is_not_of_it() -> None:
    text = "Non facciamo negozi online (mandiamo da Beta) né pratiche agricole."
    links = (OrganisationLink("alfa", Role.SUBJECT), OrganisationLink("beta", Role.MENTION))
    document = Document("p.md", "p.md", DocumentKind.PROFILE, "Alfa", "it", "", organisations=links)
    (said,) = attribute([DocumentSentence(text, (), 0)], document, NAMES)
    of_beta = [text[a.start : a.end] for a in said if a.organisation == "beta"]
    assert of_beta == ["Non facciamo negozi online (mandiamo da Beta"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Beta ha tenuto un laboratorio di stampa 3D.", "speaks"),
        ("Beta ha offerto la merenda.", "hosts"),
        ("Ora: 10; Titolo: etichette parlanti; A cura di: Beta", "speaks"),
        ("Sottotitoli in diretta a cura di Beta.", "does"),
        ("Il corso base di Python, docente Beta.", "speaks"),
        ("An evening at Beta.", "hosts"),
    ],
)
def test_at_an_event_to_do_is_to_show_or_to_serve(text: str, part: str) -> None:
    said = told(text, DocumentKind.EVENT, gamma=Role.ORGANISER, beta=Role.PARTICIPANT)
    assert ("beta", part) in said


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
