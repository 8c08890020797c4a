"""The search finds the cooperatives that the topics name: the measures have a floor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.embedding.encoder import load_encoder
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from search_service.evaluation.collections import read_topics
from search_service.evaluation.evaluate import evaluate_topics
from search_service.search.searcher import Searcher
from search_service.settings import read_service_settings
from tests.toy import ToyEncoder

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "corpus"


@pytest.mark.model
def test_measures_stay_above_the_floor(sample_index: Path) -> None:
    encoder = load_encoder(read_service_settings(model="multilingual-e5-small"))
    searcher = Searcher(load_current(sample_index)[0], encoder)
    for name, floor in json.loads((HERE / "floor.json").read_text("utf-8")).items():
        outcome = evaluate_topics(name, read_topics(HERE / f"{name}.jsonl"), searcher)
        reached = {measure: outcome.measures[measure] for measure in floor["measures"]}
        assert all(reached[m] >= value for m, value in floor["measures"].items()), (name, reached)
        assert outcome.bands is not None
        bands = {name: share.value for name, share in outcome.bands.shares().items()}
        assert all(bands[m] >= least for m, least in floor["at least"].items()), (name, bands)
        assert all(bands[m] <= most for m, most in floor["at most"].items()), (name, bands)


def test_topics_name_organisations_of_the_sample_corpus(tmp_path: Path) -> None:
    settings = read_service_settings(corpus=CORPUS, index=tmp_path / "index")
    build_index(settings, ToyEncoder())
    generation, _ = load_current(settings.index)
    names = {o.name for o in generation.organisations.values()}
    for file in ("topics.jsonl", "topics_dev.jsonl", "topics_test.jsonl"):
        for topic in read_topics(HERE / file):
            assert set(topic.relevant) <= names, topic.id
            assert topic.answerable == bool(topic.relevant), topic.id
