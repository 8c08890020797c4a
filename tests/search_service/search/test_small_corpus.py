"""Ten documents: who does it is found, and something else entirely is answered with nobody."""

from __future__ import annotations

import pytest

from indexer.embedding.encoder import load_encoder
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from search_service.domain import Answer
from search_service.search.searcher import Searcher
from search_service.settings import read_service_settings
from tests.search_service.conftest import write_corpus

PROFILES = {
    "Forno": "Pane a lievitazione naturale, focacce e dolci per mense e scuole.",
    "Orto": "Coltiviamo ortaggi biologici e li consegniamo in cassette settimanali.",
    "Maglia": "Ripariamo abiti e cuciamo divise da lavoro in un laboratorio di sartoria sociale.",
    "Nuvola": "Sviluppiamo applicazioni web e curiamo il passaggio di archivi al cloud.",
    "Scrigno": "Verifiche di sicurezza informatica, penetration test e formazione sul phishing.",
    "Passo": "Accompagniamo scuole e famiglie in escursioni sull'Appennino.",
    "Nido": "Gestiamo asili nido e doposcuola con educatrici qualificate.",
    "Chioma": "Manutenzione del verde pubblico, potature e cura dei parchi.",
    "Voce": "Traduzioni e interpretariato in inglese, francese e arabo.",
    "Conto": "Contabilità, buste paga e bilanci per enti del terzo settore.",
}
FAR = (
    "sottomarini nucleari",
    "trapianti di cuore",
    "acceleratori di particelle",
    "chi costruisce satelliti?",
    "piste da bob",
)
ANSWERED = {
    "pane e focacce": "Forno",
    "penetration test": "Scrigno",
    "chi fa le buste paga?": "Conto",
    "manutenzione del verde": "Chioma",
    "who translates into Arabic?": "Voce",
    "a web app for our shop": "Nuvola",
    "qualcuno che tenga i bambini dopo la scuola": "Nido",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("ten")
    sources = {
        f"profiles/{name.lower()}.md": f"---\nname: {name}\nseat: Bologna\n---\n{text}\n"
        for name, text in PROFILES.items()
    }
    settings = read_service_settings(
        corpus=write_corpus(folder / "corpus", sources),
        index=folder / "index",
        model="multilingual-e5-small",
    )
    encoder = load_encoder(settings)
    build_index(settings, encoder)
    return Searcher(load_current(settings.index)[0], encoder)


def ask(searcher: Searcher, question: str) -> Answer:
    return searcher.search(searcher.understand(question))


@pytest.mark.model
@pytest.mark.parametrize("question", FAR)
def test_something_else_entirely_is_answered_with_nobody(searcher: Searcher, question: str) -> None:
    answer = ask(searcher, question)
    assert [hit.organisation.name for hit in (*answer.documented, *answer.close)] == []
    assert answer.documents == ()


@pytest.mark.model
@pytest.mark.parametrize(("question", "name"), ANSWERED.items())
def test_who_does_it_is_first(searcher: Searcher, question: str, name: str) -> None:
    answer = ask(searcher, question)
    first = next(iter((*answer.documented, *answer.close)), None)
    assert first is not None
    assert first.organisation.name == name
