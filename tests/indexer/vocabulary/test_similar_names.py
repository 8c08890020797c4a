"""Names that hold other forms of a text's words."""

from __future__ import annotations

import pytest

from indexer.vocabulary import Linker
from indexer.vocabulary.similar_names import SimilarNames

NAMES = SimilarNames(
    [
        ("informatica sanitaria", "digital-health"),
        ("informatica per le imprese", "information-technology"),
        ("siti in WordPress", "web-content-management"),
        ("siti internet", "website-creation"),
        ("firma elettronica", "electronic-signatures"),
        ("accumulo di energia e batterie", "energy-storage"),
    ]
)


@pytest.mark.parametrize(
    ("text", "concept", "words"),
    [
        ("informatica per la sanità", "digital-health", {"informatica", "sanita"}),
        ("siti wordpres", "web-content-management", {"siti", "wordpres"}),
        ("batterie e accumulo di energia", "energy-storage", {"batterie", "accumulo", "energia"}),
    ],
)
def test_other_forms_of_a_name_are_found(text: str, concept: str, words: set[str]) -> None:
    found = NAMES.nearest(text)
    assert found is not None
    assert (found.concept, set(found.words)) == (concept, words)


@pytest.mark.parametrize("text", ["elettronica", "informatica", "dentista per bambini", ""])
def test_one_word_in_common_is_not_enough(text: str) -> None:
    assert NAMES.nearest(text) is None


def test_the_projects_own_vocabulary_is_searched() -> None:
    found = Linker.load().similar("informatica per la sanità")
    assert found is not None
    assert found.concept == "digital-health"
