"""What people ask for who do not know its name."""

from __future__ import annotations

import pytest

from indexer.vocabulary import Linker
from indexer.vocabulary.asked_phrases import AskedPhrases
from search_service.search.topic import topic_of

PHRASES = AskedPhrases(
    [
        ("doppioni nell'elenco soci", "data-quality"),
        ("indirizzi sbagliati", "data-quality"),
        ("scatole di carte in soffitta", "archival-services"),
        ("il server si blocca", "system-administration"),
        ("la pratica si blocca", "process-mapping"),
    ]
)


@pytest.mark.parametrize(
    ("text", "concept", "words"),
    [
        ("ci sono indirizzi tutti sbagliati", "data-quality", {"indirizzi", "sbagliati"}),
        ("carta in una vecchia scatola", "archival-services", {"carta", "scatola"}),
        ("si è bloccato il server dell'ufficio", "system-administration", {"bloccato", "server"}),
    ],
)
def test_most_words_of_a_phrase_in_any_order_and_form_ask_for_its_concept(
    text: str, concept: str, words: set[str]
) -> None:
    found = PHRASES.asked(text)
    assert found is not None
    assert (found.concept, set(found.words)) == (concept, words)


@pytest.mark.parametrize(
    "text",
    [
        "indirizzi",  # one word of two
        # far apart
        "indirizzi di ristoranti buoni, alberghi, bar, musei, negozi e teatri, mai sbagliati",
        "si blocca",  # of either
        "",
    ],
)
def test_one_word_words_far_apart_or_words_of_either_ask_for_nothing(text: str) -> None:
    assert PHRASES.asked(text) is None


def test_a_question_that_names_nothing_is_about_what_it_asks_for() -> None:
    linker = Linker.load()
    topic = topic_of("abbiamo troppi nomi doppi in anagrafica, chi ci aiuta?", linker)
    assert topic.concepts == ("data-quality",)
    assert all(names == {"data-quality"} for names in topic.naming)


def test_a_name_counts_before_a_phrase() -> None:
    linker = Linker.load()
    assert topic_of("penetration testing, con indirizzi sbagliati", linker).concepts == (
        "penetration-testing",
    )


def test_no_phrase_is_of_one_word_or_of_two_concepts() -> None:
    vocabulary = Linker.load().vocabulary
    owners: dict[str, str] = {}
    for concept in vocabulary.concepts.values():
        for phrases in concept.asked_as.values():
            for phrase in phrases:
                assert len(phrase.split()) > 1, phrase
                assert owners.setdefault(phrase, concept.id) == concept.id, phrase
