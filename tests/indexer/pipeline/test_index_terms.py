"""The index terms of runs of passages are those of each passage, with compounds of all texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from indexer.domain import Passage
from indexer.index.bm25 import TermCounts
from indexer.pipeline.index_terms import PassageRun, term_counts
from indexer.text.compounds import Compounds, pairs_of_runs, word_runs
from indexer.text.tokens import stem, terms
from tests.lexical import lexical_parts

TEXTS = (
    ("Un data base per l'e-learning", "it"),
    ("database e database, H.A.C.C.P.", "it"),
    ("", "it"),
    ("we learn by e learning, word press and data bases", "en"),
    ("corsi e lezioni di back office per word press", "it"),
    ("WordPress, back-office, elezioni, S.p.A. di nome", "it"),
    ("à bientôt, data base, data base", "fr"),
)
PASSAGES = [
    Passage(f"d#{n}", "d", n, text, "Arca", (), None, (), code)
    for n, (text, code) in enumerate(TEXTS)
]


def naive() -> list[list[str]]:
    """As the words are defined: all texts in memory."""
    texts = [f"{p.context} {p.text}" for p in PASSAGES]
    compounds = Compounds.of(texts)
    return [
        terms(text, p.language)
        + [
            stem(a + b, p.language)
            for a, b in pairs_of_runs(word_runs(text))
            if compounds.joins(a, b)
        ]
        for text, p in zip(texts, PASSAGES, strict=True)
    ]


def runs(*ends: int) -> list[PassageRun]:
    return [
        PassageRun(f"{a}-{b}", lambda a=a, b=b: PASSAGES[a:b])  # type: ignore[misc]
        for a, b in pairwise((0, *ends))
    ]


@pytest.mark.parametrize("ends", [(7,), (3, 7), (1, 2, 3, 4, 5, 6, 7)])
def test_they_are_the_same_however_passages_are_divided(ends: tuple[int, ...]) -> None:
    found = lexical_parts(term_counts(runs(*ends), lambda _, make: make()))
    assert found == lexical_parts([TermCounts.of(naive())])
    assert '"wordpress"' in found["lexical_terms.json"].decode()


def test_a_run_is_read_once_and_its_compounds_each_time() -> None:
    kept: dict[tuple[str, ...], bytes] = {}
    read: list[str] = []

    def recall(made_from: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        if made_from not in kept:
            kept[made_from] = make()
        return kept[made_from]

    def counted(*ends: int) -> list[PassageRun]:
        return [
            replace(run, read=lambda run=run: read.append(run.name) or run.read())  # type: ignore[misc]
            for run in runs(*ends)
        ]

    alone = lexical_parts(term_counts(counted(1), recall))
    assert '"databas"' not in alone["lexical_terms.json"].decode()
    lexical_parts(term_counts(counted(1, 7), recall))
    assert read == ["0-1", "1-7"]
    assert lexical_parts(term_counts(counted(1, 7), recall)) == lexical_parts(
        [TermCounts.of(naive())]
    )


def test_nothing_has_no_terms() -> None:
    assert lexical_parts(term_counts([], lambda _, make: make())) == lexical_parts([])
