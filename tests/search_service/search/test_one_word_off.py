from __future__ import annotations

import pytest

from indexer.index.snapshot import load_current
from search_service.domain import ExplicitFilters, Query
from search_service.filters.base import Mask
from search_service.search.one_word_off import MAX_WORDS, OneWordOff, one_word_off
from search_service.search.retrieval import ScoredPassages
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    "profiles/alfa.md": "---\nname: Alfa\nseat: Bologna\n---\nRipariamo biciclette elettriche.\n",
    "profiles/beta.md": "---\nname: Beta\nseat: Imola\n---\nRipariamo biciclette d'epoca.\n",
    "profiles/gamma.md": "---\nname: Gamma\nseat: Palermo\n---\nTeniamo un teatro.\n",
}
NONE = ExplicitFilters()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("one-word-off"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


def off(searcher: Searcher, question: str) -> tuple[OneWordOff, ...]:
    return one_word_off(searcher, searcher.understand(question), NONE)


def test_what_one_word_less_would_give(searcher: Searcher) -> None:
    question = "biciclette subacquee"
    assert searcher.search(searcher.understand(question)).total == 0
    assert off(searcher, question) == (OneWordOff("subacquee", "biciclette", 2),)


def test_as_many_as_the_search_then_finds(searcher: Searcher) -> None:
    for one in off(searcher, "biciclette subacquee a Bologna"):
        assert searcher.search(searcher.understand(one.question)).total == one.count > 0


def test_a_question_of_one_word_has_none_to_spare(searcher: Searcher) -> None:
    assert off(searcher, "sottomarini") == ()
    assert off(searcher, "a Bologna") == ()


def test_no_more_words_than_a_few_are_tried(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    understand = searcher.understand

    def counted(question: str, explicit: ExplicitFilters = NONE) -> object:
        tried.append(question)
        return understand(question, explicit)

    words = "sottomarini draghi alisei comete vulcani ghiacciai foreste maree fari"
    query = understand(words)
    monkeypatch.setattr(searcher, "understand", counted)
    assert one_word_off(searcher, query, NONE) == ()
    assert len(tried) == MAX_WORDS


def test_what_nobody_there_says_is_counted_without_a_search(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    retrieve = searcher._retriever.retrieve

    def noted(query: Query, mask: Mask | None) -> ScoredPassages:
        asked.append(query.question)
        return retrieve(query, mask)

    monkeypatch.setattr(searcher._retriever, "retrieve", noted)
    assert searcher.count(searcher.understand("biciclette a Palermo")) == 0
    assert asked == []
    assert searcher.count(searcher.understand("biciclette a Ravenna")) == 2, "around it"
    assert set(asked) == {"biciclette a Ravenna"}


@pytest.mark.parametrize("place", ["", " a Bologna", " a Palermo", " a Imola", " a Ravenna"])
@pytest.mark.parametrize("what", ["biciclette", "teatro elettrico", "biciclette subacquee", "mare"])
def test_whom_a_search_documents_is_never_ruled_out(
    searcher: Searcher, what: str, place: str
) -> None:
    run = searcher.run(searcher.understand(what + place))
    assert searcher._may_document(run.searched) or not run.stages.judged.documented
