"""What an index tells of words: a name is written with a capital inside sentences."""

from __future__ import annotations

import pytest

from indexer.index.snapshot import load_current
from search_service.filters.exclusion import EXCLUSIONS
from search_service.query.parser import parse_query
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

TEXT = """\
---
name: Sole
---
Montiamo SAP e, dove basta, Odoo. Riescono a leggerci tutti. Nessuno riesce a perdersi.
Costi chiari. Il progetto ha costi bassi. (Mastice) è un marchio.
"""


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    settings = build_sources(tmp_path_factory.mktemp("known"), {"profiles/sole.md": TEXT})
    return Searcher(load_current(settings.index)[0], ToyEncoder())


@pytest.mark.parametrize(
    ("word", "ordinary"),
    [
        ("sap", False),
        ("odoo", False),
        ("costi", True),
        ("riesce", True),
        ("riescono", None),  # only where a sentence opens
        ("riescano", None),  # its stem is there, the word is not
        ("zucca", None),
    ],
)
def test_a_name_is_written_with_a_capital_inside_a_sentence(
    searcher: Searcher, word: str, ordinary: bool | None
) -> None:
    assert searcher.index.vocabulary.is_ordinary(word) is ordinary


@pytest.mark.parametrize(
    ("question", "excluded"),
    [
        ("gestionale non odoo", ("odoo",)),
        ("i clienti non riescono a usarlo", ()),
        ("un gestionale che non costi troppo", ()),
    ],
)
def test_a_verb_after_non_excludes_nothing(
    searcher: Searcher, question: str, excluded: tuple[str, ...]
) -> None:
    condition = EXCLUSIONS.of(parse_query(question, searcher.index.vocabulary))
    assert (condition.terms if condition else ()) == excluded
