"""Another model orders the first passages anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.embedding.cross_encoder import load_cross_encoder
from indexer.errors import ModelError
from indexer.index.snapshot import load_current
from search_service.domain import Components, Hit
from search_service.search.configured import searcher_factory
from search_service.search.reranker import RERANKED, reordered
from search_service.search.retrieval import ScoredPassages
from search_service.search.searcher import Searcher
from search_service.settings import read_service_settings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    f"profiles/{name}.md": f"---\nname: {name}\nseat: Torino\n---\nPane e focacce, {words}.\n"
    for name, words in (("Alfa", "pane"), ("Beta", "dolci"), ("Gamma", "pane pane"))
}


class ByName:
    """Prefers what holds a word; keeps what it was asked."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[tuple[str, int]] = []

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        self.asked.append((question, len(passages)))
        return [float(self.word in passage) for passage in passages]


def hits(count: int) -> ScoredPassages:
    return ScoredPassages(tuple(Hit(n, 1 - n / 100, n + 1, Components()) for n in range(count)))


def test_the_first_passages_change_places_and_scores_stay_in_theirs() -> None:
    found = reordered(hits(4), [0.1, 0.9, 0.5])
    assert [hit.row for hit in found.hits] == [1, 2, 0, 3]
    assert [hit.score for hit in found.hits] == [hit.score for hit in hits(4).hits]
    assert [hit.rank for hit in found.hits] == [1, 2, 3, 4]
    assert found.baseline == hits(4).baseline
    assert reordered(hits(3), [0.5, 0.5, 0.5]) == hits(3)


def test_a_reranker_decides_who_comes_first(tmp_path: Path) -> None:
    generation, _ = load_current(build_sources(tmp_path, SOURCES).index)
    for word, first in (("dolci", "Beta"), ("pane pane", "Gamma")):
        reranker = ByName(word)
        searcher = Searcher(generation, ToyEncoder(), reranker=reranker)
        answer = searcher.search(searcher.understand("pane a Torino"))
        assert [*answer.documented, *answer.close][0].organisation.name == first
        assert reranker.asked[0] == ("pane", 3)  # the question's text, without its filters


def test_only_the_first_passages_are_read(tmp_path: Path) -> None:
    many = {f"profiles/n{n}.md": f"---\nname: N{n}\n---\nPane numero {n}.\n" for n in range(35)}
    generation, _ = load_current(build_sources(tmp_path, many).index)
    reranker = ByName("numero")
    searcher = Searcher(generation, ToyEncoder(), reranker=reranker)
    searcher.passages(searcher.understand("pane"))
    assert reranker.asked == [("pane", RERANKED)]


def test_a_model_that_is_missing_says_which_setting_names_it(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelError, match="neither a folder nor a model") as caught:
        load_cross_encoder(str(empty))
    assert "COMPETENZE_RERANKER" in caught.value.remedy


def test_without_a_reranker_torch_is_not_loaded() -> None:
    code = (
        "import sys; from search_service.search.configured import searcher_factory; "
        "from search_service.settings import read_service_settings; "
        "searcher_factory(read_service_settings()); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def tiny_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """A model of random weights, the same each time and far apart, saved as people have theirs."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(0)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "pane", "dolci", "torino", ",", "."]
    vocabulary = folder.with_suffix(".txt")
    vocabulary.write_text("\n".join(words), "utf-8")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        initializer_range=1.0,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder)
    CrossEncoder(str(folder), max_length=64).save_pretrained(str(folder))
    return folder


@pytest.mark.model
def test_any_cross_encoder_of_sentence_transformers_reranks(tmp_path: Path) -> None:
    folder = tiny_cross_encoder(tmp_path / "tiny")
    model = load_cross_encoder(str(folder))
    texts = ["pane", "dolci, dolci", "pane torino ."]
    scores = model.scores("pane", texts)
    assert len(set(scores)) == 3
    assert model.scores("pane", texts[::-1]) == pytest.approx(scores[::-1], abs=1e-5)
    index = build_sources(tmp_path, SOURCES).index
    generation, _ = load_current(index)
    settings = read_service_settings(index=index, reranker=str(folder))
    searcher = searcher_factory(settings)(generation, ToyEncoder())
    query = searcher.understand("pane a Torino")
    found = searcher.passages(query).passages
    expected = model.scores("pane", [hit.passage.embedded_text for hit in found])
    assert expected == sorted(expected, reverse=True)


@pytest.mark.model
def test_a_model_of_several_scores_is_refused(tmp_path: Path) -> None:
    folder = tiny_cross_encoder(tmp_path / "tiny", labels=3)
    with pytest.raises(ModelError, match="3 scores"):
        load_cross_encoder(str(folder))
