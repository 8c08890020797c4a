from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.snapshot import load_current
from search_service.filters.registry import index_of
from search_service.insights.introduction import Introduction, IntroductionFinder, shortened
from tests.search_service.conftest import build_sources

SOURCES = {
    "profiles/falco.md": """\
        ---
        name: Falco
        seat: Terni
        competencies: [data engineering, penetration testing]
        updated: 2026-02-01
        ---
        # Falco

        Siamo nati nel 2009 per fare data engineering.
        Ci piace lavorare bene e con calma.

        ## Servizi

        - Data engineering per comuni e per musei.
        - Penetration testing di siti e di reti.
        - Non facciamo data engineering per le banche.
        """,
    "profiles/vecchia.md": """\
        ---
        name: Falco
        seat: Terni
        updated: 2020-02-01
        ---
        Facciamo traduzioni da sempre e per tutti.
        """,
    "profiles/onda.md": (
        "---\nname: Onda\ncompetencies: [data engineering]\n---\n"
        "Prepariamo progetti di machine learning per tutti.\n"
        "Data engineering per i porti e per le navi.\n"
    ),
    "profiles/elenco.csv": "nome;competenze\nElenco;traduzioni\n",
    "profiles/muta.md": "---\nname: Muta\n---\nNon facciamo nessuna traduzione a nessuno.\n",
    "profiles/english.md": (
        "---\nname: Kestrel\nlanguage: en\n---\n«We fly.\nWe translate old manuals into new ones.\n"
    ),
    "case_studies/uno.md": (
        "---\ntitle: Uno\ncooperatives: [Elenco]\n---\nElenco ha tradotto cento manuali.\n"
    ),
}


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> IntroductionFinder:
    settings = build_sources(tmp_path_factory.mktemp("introductions"), SOURCES)
    return IntroductionFinder(index_of(load_current(Path(settings.index))[0]))


def of(finder: IntroductionFinder, identity: str) -> Introduction:
    found = finder.of(identity)
    assert found is not None
    return found


def test_the_first_sentence_that_names_a_competence_of_the_list_introduces(
    finder: IntroductionFinder,
) -> None:
    found = of(finder, "falco")
    assert found.sentence == "Data engineering per comuni e per musei."
    assert found.sentences[1:] == ("Penetration testing di siti e di reti.",)
    assert found.paragraph == " ".join(found.sentences)
    assert found.passage.document == "profiles/falco.md"


def test_without_competencies_the_first_whole_sentence_does(finder: IntroductionFinder) -> None:
    found = of(finder, "kestrel")
    assert found.sentences == ("We translate old manuals into new ones.",)
    assert found.passage.language == "en"


@pytest.mark.parametrize("identity", ["elenco", "muta"])
def test_lists_denials_and_what_others_write_introduce_nobody(
    finder: IntroductionFinder, identity: str
) -> None:
    assert finder.of(identity) is None


def test_the_paragraph_is_in_the_order_in_which_it_was_written(
    finder: IntroductionFinder,
) -> None:
    found = of(finder, "onda")
    assert found.sentence == "Data engineering per i porti e per le navi."
    assert found.paragraph == (
        "Prepariamo progetti di machine learning per tutti. "
        "Data engineering per i porti e per le navi."
    )


def test_a_long_sentence_ends_with_one_of_its_parts() -> None:
    sentence = "Rilievi, disegni e stampe; archivi di carta, di tela e di pietra per musei."
    assert shortened(sentence, 45) == "Rilievi, disegni e stampe; archivi di carta…"
    assert shortened(sentence) == sentence
    assert shortened("parola " * 20, 16) == "parola parola…"
