"""The vocabulary: what it holds, and what is wrong with one."""

from __future__ import annotations

import pytest

from indexer.errors import VocabularyError
from indexer.text.folding import fold
from indexer.vocabulary import Vocabulary

ONE = """\
families: [{id: web, it: web, en: web}]
concepts:
- {id: web-development, it: sviluppo web, en: web development, family: web}
- {id: cms, it: gestione contenuti, en: content, family: web, broader: [web-development]}
"""


def test_who_does_the_narrower_does_the_broader() -> None:
    vocabulary = Vocabulary.parse(ONE, "one.yaml")
    assert vocabulary.within("web-development") == {"web-development", "cms"}
    assert vocabulary.within("cms") == {"cms"}
    assert vocabulary.broader("cms") == {"web-development"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nothing", "is not a vocabulary"),
        (ONE.replace("id: cms", "id: web-development"), "an id is used twice"),
        (ONE.replace("[web-development]", "[nothing]"), "no concept 'nothing'"),
        (ONE.replace("[web-development]", "[cms]"), "broader than itself"),
        (ONE.replace("family: web, broader", "family: sea, broader"), "no family 'sea'"),
        (ONE.replace("broader:", "wider:"), "unknown field 'wider'"),
        (ONE.replace("[web-development]", "web-development"), "a list is expected"),
    ],
)
def test_a_vocabulary_that_cannot_be_used_says_why(text: str, reason: str) -> None:
    with pytest.raises(VocabularyError, match=reason):
        Vocabulary.parse(text, "one.yaml")


def test_the_projects_own_can_be_used() -> None:
    vocabulary = Vocabulary.load()
    assert len(vocabulary.concepts) > 700
    assert len(vocabulary.families) == 22
    assert "penetration-testing" in vocabulary.within("cybersecurity")
    assert "digital-accessibility" not in vocabulary.within("cybersecurity")


def test_no_name_is_of_two_concepts() -> None:
    owners: dict[str, str] = {}
    for concept in Vocabulary.load().concepts.values():
        for name in {fold(name) for _, name in concept.names()}:
            assert owners.setdefault(name, concept.id) == concept.id, name
