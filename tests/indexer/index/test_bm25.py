"""Words to terms, and BM25: the terms people type, scores as computed by hand, filters first."""

from __future__ import annotations

import io
import math
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.index import bm25 as lexical_index
from indexer.index.bm25 import K1, B, LexicalIndex, TermCounts
from indexer.text.folding import fold
from indexer.text.tokens import QUERY_LANGUAGES, fold_aligned, stem, terms, word_spans, words
from tests.lexical import lexical_parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sviluppo in C++, C# e F#", ["sviluppo", "c++", "c#", "f#"]),
        ("applicazioni .NET", ["applicazioni", ".net"]),
        ("ASP.NET", ["asp.net", "asp", "net"]),
        ("e-commerce", ["ecommerce", "commerce"]),
        ("ISO/IEC 27001:2022", ["iso", "iec", "27001", "2022"]),
        ("l'accesso", ["accesso"]),
        ("dell’energia", ["energia"]),
        ("un'idea, quest'anno", ["idea", "anno"]),
        ("node.js.", ["node.js", "node", "js"]),
        ("R&D", ["r&d"]),
        ("GPT-4o", ["gpt4o", "gpt", "4o"]),
        ("Perché la città?", ["citta"]),
        ("Linux™ Ubuntu", ["linux", "ubuntu"]),
        ("snake_case", ["snake", "case"]),
        ("il di e the of and", []),
        ("settore IT", ["settore", "it"]),
        ("…!? — ·", []),
        ("", []),
    ],
)
def test_words_that_people_search_for(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_accents_and_unicode_forms_give_one_term(form: str) -> None:
    assert terms(unicodedata.normalize(form, "ACCESSIBILITÀ"), "it") == terms("accessibilita", "it")


def test_a_passage_is_stemmed_in_its_own_language() -> None:
    assert terms("cooperative sociali", "it") == terms("cooperativa sociale", "it")
    assert terms("testing tests", "en") == ["test", "test"]
    assert terms("testing", "sl") == ["testing"]
    assert stem("Wörter", "xx") == "Wörter"


def test_a_word_of_a_question_finds_its_stems_in_both_languages_and_counts_once() -> None:
    lexical = index([terms("servizi sociali", "it"), terms("testing services", "en"), ["altro"]])
    assert [r for r, _ in lexical.search(words("testing"), 9)] == [1]
    assert [r for r, _ in lexical.search(words("servizio"), 9)] == [0]
    once, twice = (lexical.search(words(q), 9) for q in ("servizi", "servizi servizi"))
    assert once == twice == lexical.search(words("servizio servizi"), 9)


def test_a_stem_that_only_another_language_holds_is_as_rare_as_its_word() -> None:
    # "corso" is in every passage; the last, taken for English, holds it unstemmed, alone.
    passages = [terms(f"corso di laurea numero{n}", "it") for n in range(9)]
    lexical = index([*passages, terms("corso numero", "en")])
    assert lexical.document_frequency("corso") == 10
    best = lexical.search(words("corso numero3"), 10)
    assert best[0][0] == 3
    assert all(score <= lexical.bound(words("corso numero3")) for _, score in best)


@given(st.text())
@example("№ ™ ℝ")
@example("İ")
def test_folded_text_is_lower_case_and_folding_it_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert folded == folded.lower()
    assert fold(folded) == folded


@given(st.text(), st.sampled_from(["it", "en", "fr", "de", "es", "sl", ""]))
def test_terms_are_never_empty_or_with_spaces(text: str, language: str) -> None:
    assert all(term and not any(c.isspace() for c in term) for term in terms(text, language))


# --- where words stand ---------------------------------------------------------------------


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_are_found_where_they_stand_in_the_text_as_written(form: str) -> None:
    text = unicodedata.normalize(form, "L'accessibilità è più e-commerce che C++.")
    found = [(text[start:end], word) for start, end, word in word_spans(text)]
    assert found == [
        (unicodedata.normalize(form, "accessibilità"), "accessibilita"),
        ("e-commerce", "ecommerce"),
        ("C++", "c++"),
    ]


@given(st.text(alphabet=st.sampled_from("abÈè\u0300ß™क़ \n-'")))
def test_folding_in_place_keeps_every_letter_at_its_offset(text: str) -> None:
    folded, offsets = fold_aligned(text)
    assert len(offsets) == len(folded) + 1
    assert offsets[-1] == len(text)
    assert [*offsets] == sorted(set(offsets)) or text == ""
    assert all(
        fold(text[offset]).strip() in (c, "", "tm")
        for c, offset in zip(folded, offsets, strict=False)
    )


# --- BM25 ----------------------------------------------------------------------------------


def index(documents: Sequence[Sequence[str]]) -> LexicalIndex:
    return LexicalIndex(built(documents), len(documents))


def built(documents: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """The parts, of two runs of passages."""
    return lexical_parts([TermCounts.of(documents[:1]), TermCounts.of(documents[1:])])


DOCUMENTS = [["reti", "cloud"], ["reti", "reti", "dati", "web"], ["dati"], []]


def bm25(documents: Sequence[Sequence[str]], query: Sequence[str]) -> list[float]:
    """Lucene's BM25 as the paper has it, written again."""
    mean = sum(len(d) for d in documents) / len(documents)
    scores = []
    for document in documents:
        counts, score = Counter(document), 0.0
        for term in query:
            df = sum(term in d for d in documents)
            if df and counts[term]:
                idf = math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
                tf = counts[term]
                score += idf * tf / (tf + K1 * (1 - B + B * len(document) / mean))
        scores.append(score)
    return scores


def test_scores_are_those_of_a_hand_computation() -> None:
    # "reti" is in 2 of 4 documents of 7 words: idf = ln(1 + 2.5/2.5); row 1 holds it twice.
    first, second = index(DOCUMENTS).search(["reti"], 10)
    assert first == (1, pytest.approx(math.log(2) * 2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 1.75))))
    assert second == (0, pytest.approx(math.log(2) * 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / 1.75))))


def test_scores_of_several_terms_add_up() -> None:
    hits = dict(index(DOCUMENTS).search(["reti", "dati", "assente"], 10))
    assert hits == pytest.approx(
        {r: s for r, s in enumerate(bm25(DOCUMENTS, ["reti", "dati"])) if s}
    )
    assert sorted(hits) == [0, 1, 2]


def test_a_passage_without_any_of_the_terms_is_not_found() -> None:
    assert index(DOCUMENTS).search(["assente"], 10) == []
    assert index(DOCUMENTS).search([], 10) == []
    assert [row for row, _ in index(DOCUMENTS).search(["cloud"], 10)] == [0]


def test_no_filter_an_empty_filter_and_a_filter_are_three_things() -> None:
    lexical = index(DOCUMENTS)
    assert [row for row, _ in lexical.search(["reti"], 10, None)] == [1, 0]
    assert lexical.search(["reti"], 10, frozenset()) == []
    assert [row for row, _ in lexical.search(["reti"], 10, frozenset({0, 2}))] == [0]


def test_the_filter_comes_before_the_cut() -> None:
    documents = [["reti"]] * 5 + [["reti", "altro", "altro"]] * 3
    assert [r for r, _ in index(documents).search(["reti"], 2, {7, 6})] == [6, 7]


def test_ties_are_in_the_order_of_rows_even_at_the_cut() -> None:
    assert [row for row, _ in index([["reti"]] * 9).search(["reti"], 4)] == [0, 1, 2, 3]


def test_document_frequency_and_membership() -> None:
    lexical = index(DOCUMENTS)
    assert (lexical.document_frequency("reti"), lexical.document_frequency("assente")) == (2, 0)
    assert "reti" in lexical
    assert "assente" not in lexical


def test_the_parts_are_a_pure_function_of_the_documents() -> None:
    whole = lexical_parts([TermCounts.of(DOCUMENTS)])
    assert built(DOCUMENTS) == whole, "however they are divided into runs"
    assert sorted(whole) == [
        "lexical_data.npy",
        "lexical_indices.npy",
        "lexical_indptr.npy",
        "lexical_terms.json",
    ]


@pytest.mark.parametrize("block", [1, 2, 3, 1000])
def test_the_files_are_the_same_whatever_is_written_at_once(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = built(DOCUMENTS)
    monkeypatch.setattr(lexical_index, "_BLOCK", block)
    assert built(DOCUMENTS) == whole
    scores = np.load(io.BytesIO(whole["lexical_data.npy"]))
    rows = np.load(io.BytesIO(whole["lexical_indices.npy"]))
    assert (scores.dtype, rows.dtype) == (np.float32, np.int32)
    assert len(scores) == len(rows) == sum(len(set(one)) for one in DOCUMENTS)


def test_more_of_a_term_is_as_if_it_had_been_there() -> None:
    more = TermCounts.of(DOCUMENTS).with_more([1, 3, 3], ["web", "nuovo", "nuovo"])
    whole = [DOCUMENTS[0], [*DOCUMENTS[1], "web"], DOCUMENTS[2], ["nuovo", "nuovo"]]
    assert lexical_parts([more]) == lexical_parts([TermCounts.of(whole)])


@pytest.mark.parametrize("documents", [[], [[]], [[], []], [["città", ""]]])
def test_an_index_of_little_or_nothing_still_loads_and_answers(documents: list[list[str]]) -> None:
    lexical = index(documents)
    assert lexical.search(["reti"], 3) == []
    assert lexical.search(["città"], 3, []) == []


_TERMS = st.sampled_from(["a", "b", "c", "è"])


@given(
    documents=st.lists(st.lists(_TERMS, max_size=6), min_size=1, max_size=12),
    query=st.lists(_TERMS, max_size=3, unique=True),
    k=st.integers(1, 14),
    data=st.data(),
)
def test_search_is_filter_then_rank(
    documents: list[list[str]], query: list[str], k: int, data: st.DataObject
) -> None:
    rows = st.frozensets(st.integers(0, len(documents) - 1))
    allowed = data.draw(st.one_of(st.none(), rows))
    hits = index(documents).search(query, k, allowed)
    exact = dict(index(documents).search(query, len(documents)))  # as float32 adds them
    assert [exact.get(r, 0.0) for r in range(len(documents))] == pytest.approx(
        bm25(documents, query), abs=1e-6
    )
    candidates = [r for r in exact if allowed is None or r in allowed]
    expected = sorted(candidates, key=lambda r: (-exact[r], r))[:k]
    assert hits == [(r, exact[r]) for r in expected]
    assert all(np.isfinite(score) and score > 0 for _, score in hits)


_RELATED = (
    "immobiliare immobiliari industria industrie industrial industriale services servizio servizi"
).split()
_TEXTS = [(word, language) for word in _RELATED for language in QUERY_LANGUAGES]


@given(query=st.lists(st.sampled_from(_RELATED), min_size=1, max_size=5), data=st.data())
def test_what_is_found_does_not_depend_on_the_order_and_no_word_loses_any(
    query: list[str], data: st.DataObject
) -> None:
    lexical = index([terms(text, language) for text, language in _TEXTS])
    found = lexical.search(query, len(_TEXTS))
    assert lexical.search(data.draw(st.permutations(query)), len(_TEXTS)) == found
    rows = {row for row, _ in found}
    assert rows == {row for word in query for row in lexical.rows(word).tolist()}
    assert all(score <= lexical.bound(query) for _, score in found)
