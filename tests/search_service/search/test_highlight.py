from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from indexer.domain import Encoded, Passage
from indexer.index.snapshot import load_current
from search_service.cli.output import print_answer
from search_service.domain import Highlight
from search_service.live.live_index import ServiceState
from search_service.search.highlight import (
    Highlighter,
    best_start,
    highlights,
    pieces,
    reading_start,
)
from search_service.search.searcher import Searcher
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

TOY = ToyEncoder()
NOTHING = np.zeros((0, 0), np.float32)
WORD = re.compile(r"\w+")


def passage(text: str, context: str = "", language: str = "it") -> Passage:
    return Passage("d#0", "d", 0, text, context, (), None, (), language)


def marks(found: tuple[Highlight, ...], text: str) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(text[m.start : m.end], m.words, m.exact) for m in found]


def exactly(question: str, text: str, language: str = "it") -> list[tuple[str, tuple[str, ...]]]:
    """The words marked where nothing is known of the tokens."""
    found = highlights(passage(text, language=language), question, (), NOTHING, ())
    return [(word, words) for word, words, _ in marks(found, text)]


def by_meaning(
    question: str,
    text: str,
    cosines: dict[tuple[str, str], float],
    usual: float = 0.75,
    context: str = "",
) -> list[tuple[str, tuple[str, ...], bool]]:
    """The words marked when a word of the passage and one of the question have these cosines."""
    asked = [m.span() for m in WORD.finditer(question)]
    whole = passage(text, context)
    spans = [m.span() for m in WORD.finditer(whole.embedded_text)]
    table = np.full((len(spans), len(asked)), usual, np.float32)
    for (said, wanted), cosine in cosines.items():
        for n, (start, end) in enumerate(spans):
            for m, (first, last) in enumerate(asked):
                if whole.embedded_text[start:end] == said and question[first:last] == wanted:
                    table[n, m] = cosine
    return marks(highlights(whole, question, spans, table, asked), text)


# --- the same word -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("reti", "Ripariamo reti.", [("reti", ("reti",))]),
        ("rete", "Ripariamo le RETI da pesca", [("RETI", ("rete",))]),
        ("Accessibilita", "l'accessibilità", [("accessibilità", ("Accessibilita",))]),
        ("chi fa la rete", "la rete", [("rete", ("rete",))]),  # "la" carries no meaning
        ("sap", "Chi sapeva usare SAP", [("SAP", ("sap",))]),
        ("CIE o SPID", "con SPID e CIE", [("SPID", ("SPID",)), ("CIE", ("CIE",))]),
        ("reti, rete", "rete e reti", [("rete", ("reti", "rete")), ("reti", ("reti", "rete"))]),
        ("ISO 27001", "norma ISO 27001:2022", [("ISO", ("ISO",)), ("27001", ("27001",))]),
        ("pane", "vino", []),
        ("", "vino", []),
        ("pane", "", []),
    ],
)
def test_the_same_word_or_stem_is_marked(
    question: str, text: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert exactly(question, text) == expected


def test_an_english_passage_is_stemmed_in_english() -> None:
    assert exactly("usability test", "We run usability tests.", "en") == [
        ("usability", ("usability",)),
        ("tests", ("test",)),
    ]


def test_a_composed_accent_does_not_move_the_mark() -> None:
    text = "perche\u0301 la citta\u0300 e\u0300 viva"
    assert exactly("città viva", text) == [("citta\u0300", ("città",)), ("viva", ("viva",))]


# --- the same meaning ----------------------------------------------------------------------


def test_a_word_that_clearly_stands_out_is_marked() -> None:
    found = by_meaning("fish market", "Tracciamo la pesca locale", {("pesca", "fish"): 0.9})
    assert found == [("pesca", ("fish",), False)]


def test_all_places_of_that_word_are_marked() -> None:
    found = by_meaning("fish", "pesca oggi, domani pesca", {("pesca", "fish"): 0.9})
    assert found == [("pesca", ("fish",), False), ("pesca", ("fish",), False)]


def test_a_word_that_hardly_stands_out_is_not() -> None:
    cosine = {("pesca", "fish"): 0.83}  # a third of the way from 0.75 to 1
    assert by_meaning("fish", "Tracciamo la pesca locale", cosine) == []


def test_a_cognate_needs_to_stand_out_less() -> None:
    cosine = {("notarile", "notarial"): 0.83}
    found = by_meaning("notarial", "un archivio notarile locale", cosine)
    assert found == [("notarile", ("notarial",), False)]
    assert by_meaning("notarial", "archivio notarile", {("notarile", "notarial"): 0.8}) == []


def test_what_counts_is_the_distance_left_not_the_cosine() -> None:
    question, text = "fish", "Tracciamo la pesca locale"
    assert by_meaning(question, text, {("pesca", "fish"): 0.9}, usual=0.86) == []
    assert by_meaning(question, text, {("pesca", "fish"): 0.6}, usual=0.3) != []


def test_a_word_answers_the_word_that_it_matches_best() -> None:
    cosines = {("pesca", "fish"): 0.92, ("pesca", "market"): 0.9}
    found = by_meaning("fish market", "Tracciamo la pesca locale", cosines)
    assert found == [("pesca", ("fish",), False)]


def test_a_word_found_exactly_is_not_matched_again() -> None:
    cosines = {("pesca", "mare"): 0.95, ("pesca", "pesca"): 0.5}
    found = by_meaning("pesca mare", "Tracciamo la pesca locale", cosines)
    assert found == [("pesca", ("pesca",), True)]


def test_a_question_word_found_exactly_is_not_matched_elsewhere() -> None:
    cosines = {("barche", "pesca"): 0.95}
    found = by_meaning("pesca", "Tracciamo la pesca e barche locali", cosines)
    assert found == [("pesca", ("pesca",), True)]


def test_articles_and_numbers_match_nothing_by_meaning() -> None:
    cosines = {("120", "fish"): 0.95, ("la", "fish"): 0.95, ("pesca", "300"): 0.95}
    assert by_meaning("fish 300", "Tracciamo la pesca di 120 barche", cosines) == []


def test_the_context_is_neither_marked_nor_compared() -> None:
    found = by_meaning("fish", "Tracciamo reti locali", {("Pesca", "fish"): 0.95}, context="Pesca")
    assert found == []
    found = by_meaning("fish", "Tracciamo pesca qui", {("pesca", "fish"): 0.9}, context="Reti · X")
    assert found == [("pesca", ("fish",), False)]


def test_a_passage_of_one_word_has_nothing_to_stand_out_of() -> None:
    assert by_meaning("fish", "Pesca", {("Pesca", "fish"): 0.99}) == []


def pooled(question: str, said: str) -> list[tuple[str, tuple[str, ...], bool]]:
    """Marks in a passage of 200 words, which share vectors by two; ``said`` is the first two."""
    text = f"{said} " + " ".join(["altro"] * 198)
    spans = [m.span() for m in WORD.finditer(text)]
    cosines = np.full((100, 1), 0.75, np.float32)
    cosines[0] = 0.95
    return marks(highlights(passage(text), question, spans, cosines, [(0, len(question))]), text)


def test_of_two_words_with_one_vector_only_a_cognate_is_told_apart() -> None:
    assert pooled("fish", "oggi pesca") == []
    assert pooled("public", "oggi pubblico") == [("pubblico", ("public",), False)]


# --- spans ---------------------------------------------------------------------------------

TEXTS = st.text(alphabet=st.sampled_from("abcdeè'’ -.\n<&SAP\u0301İ1"), max_size=60)


@given(TEXTS, TEXTS, st.sampled_from(["", "Titolo · Bologna"]), st.randoms(use_true_random=False))
def test_marks_lie_inside_the_text_in_order_and_apart(
    question: str, text: str, context: str, random: object
) -> None:
    whole = passage(text, context)
    spans = TOY.passage_spans(whole.embedded_text)
    asked = TOY.passage_spans(question)
    cosines = np.random.default_rng(len(text)).uniform(0, 1, (len(spans), len(asked)))
    found = highlights(whole, question, spans, cosines.astype(np.float32), asked)
    ends = [0, *(m.end for m in found)]
    assert all(end <= m.start < m.end <= len(text) for end, m in zip(ends, found, strict=False))
    assert all(m.words and all(word in question for word in m.words) for m in found)
    assert "".join(piece for piece, _ in pieces(text, found)) == text
    assert [piece for piece, marked in pieces(text, found) if marked] == [
        text[m.start : m.end] for m in found
    ]


@given(TEXTS, TEXTS)
def test_the_same_words_are_marked_whatever_the_vectors_say(question: str, text: str) -> None:
    spans, asked = TOY.passage_spans(text), TOY.passage_spans(question)
    flat = np.full((len(spans), len(asked)), 0.8, np.float32)
    assert highlights(passage(text), question, spans, flat, asked) == highlights(
        passage(text), question, (), NOTHING, ()
    )


@pytest.mark.parametrize(
    ("text", "word", "start"),
    [
        ("Reti idriche. Sensori.", "Sensori", "Reti"),  # near the start: all of it
        ("Noi. " * 50 + "Facciamo molte cose. Anche sensori per campi.", "sensori", "Noi"),
        ("x" * 200 + ". Facciamo molte cose. Anche sensori.", "sensori", "Facciamo"),
        ("x" * 200 + "\nFacciamo molte cose\nsensori.", "sensori", "Facciamo"),
        ("molto " * 60 + "bene i sensori.", "sensori", "molto"),  # no sentence begins near
        ("x" * 300 + "sensori", "sensori", "sensori"),
    ],
)
def test_a_folded_passage_begins_where_its_first_mark_is_seen(
    text: str, word: str, start: str
) -> None:
    at = text.index(word)
    begin = reading_start(text, [Highlight(at, at + len(word), (word,), exact=True)])
    assert text[begin:].startswith(start)
    assert (begin == 0) == (at < 160)
    assert at - begin <= 160
    assert begin == 0 or not text[begin - 1].isalnum() or begin == at


@pytest.mark.parametrize(("at", "begin"), [(159, 0), (160, 81)])
def test_a_mark_in_the_first_160_characters_is_seen_from_the_beginning(at: int, begin: int) -> None:
    text = "x" * 80 + " " + "x" * 200
    assert reading_start(text, [Highlight(at, at + 1, ("x",), exact=True)]) == begin


def test_a_passage_without_marks_begins_at_its_beginning() -> None:
    assert reading_start("x" * 500, []) == 0
    assert best_start("x" * 500, [], 200) == 0


def test_one_line_is_where_most_words_of_the_question_are() -> None:
    text = "Accessibilità di tutto. " + "Altro ancora. " * 30 + "Verifiche di accessibilità web."
    end = text.index("Verifiche")
    spans = [(0, "accessibilità"), (end, "verifiche"), (end + 13, "accessibilità")]
    marks = [Highlight(at, at + len(word), (word,), exact=True) for at, word in spans]
    assert text[best_start(text, marks, 200) :].endswith("Verifiche di accessibilità web.")
    assert best_start(text, marks, 200) > 160
    assert best_start(text, marks[:1], 200) == 0


# --- on the screens ------------------------------------------------------------------------

SOURCES = {
    "profiles/reti.md": """\
        ---
        name: Rammendo
        seat: Bologna
        ---
        Ripariamo &lt;script&gt;alert(1)&lt;/script&gt; reti da pesca & vele [bold]vecchie[/bold].
        """,
    "events/fiera.md": """\
        ---
        title: Fiera
        organisers: [Rammendo]
        date: 2024
        ---
        Alla fiera Rammendo mostra una rete &lt;b&gt;nuova&lt;/b&gt;.
        """,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sources(tmp_path_factory.mktemp("highlight"), SOURCES).index


@pytest.fixture(scope="module")
def searcher(index: Path) -> Searcher:
    return Searcher(load_current(index)[0], TOY)


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    state = ServiceState(index, TOY)
    state.refresh()
    with TestClient(create_app(state, ServiceSettings())) as client:
        yield client


def test_an_answer_is_highlighted_on_request(searcher: Searcher) -> None:
    plain = searcher.search(searcher.understand("rete da script"))
    assert {e.highlights for hit in plain.documented for e in hit.evidence} == {()}
    (hit,) = searcher.highlighted(plain).documented
    evidence = {e.document.id: e for e in hit.evidence}
    profile = evidence["profiles/reti.md"]
    assert marks(profile.highlights, profile.passage.text) == [
        ("script", ("script",), True),
        ("script", ("script",), True),
        ("reti", ("rete",), True),
    ]
    assert [m.words for m in evidence["events/fiera.md"].highlights] == [("rete",)]


def test_documents_are_highlighted_too(searcher: Searcher) -> None:
    answer = searcher.highlighted(searcher.search(searcher.understand("eventi sulla rete")))
    (document,) = answer.documents
    assert marks(document.highlights, document.passage.text) == [("rete", ("rete",), True)]


def test_a_question_of_filters_alone_highlights_nothing(searcher: Searcher) -> None:
    answer = searcher.search(searcher.understand("a Bologna"))
    assert answer.query.text == ""
    assert searcher.highlighted(answer) == answer


def test_a_question_is_encoded_once(index: Path) -> None:
    asked: list[str] = []

    class Counting(ToyEncoder):
        def encode_query(self, text: str) -> Encoded:
            asked.append(text)
            return super().encode_query(text)

    searcher = Searcher(load_current(index)[0], Counting())
    searcher.highlighted(searcher.search(searcher.understand("vele a Imola")))
    assert asked == ["vele"]


def test_a_passage_is_read_once_for_many_organisations(searcher: Searcher) -> None:
    read: list[str] = []

    def spans(text: str) -> tuple[tuple[int, int], ...]:
        read.append(text)
        return TOY.passage_spans(text)

    marker = Highlighter("reti", TOY.encode_query("reti"), searcher.generation, spans)
    assert [*marker.of([0, 1, 0])] == [0, 1]
    assert len(read) == 2


def test_json_says_where_and_which_words(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"q": "pesca vela"}).json()["documented"][0]
    evidence = next(e for e in found["evidence"] if e["document"] == "profiles/reti.md")
    start = evidence["text"].index("vele")
    assert evidence["highlights"][1:] == [
        {"start": start, "end": start + 4, "words": ["vela"], "exact": True}
    ]
    documents = client.get("/api/v1/search", params={"q": "eventi: rete"}).json()["documents"]
    assert [h["words"] for h in documents[0]["highlights"]] == [["rete"]]


def test_the_page_marks_and_escapes_every_part(client: TestClient) -> None:
    page = client.get("/", params={"q": "script alert vele pesca"}).text
    assert "&lt;<mark>script</mark>&gt;<mark>alert</mark>(1)&lt;/<mark>script</mark>&gt;" in page
    assert "<mark>pesca</mark> &amp; <mark>vele</mark>" in page
    assert "<script>" not in page
    fair = client.get("/", params={"q": "eventi sulla rete"}).text
    assert "una <mark>rete</mark> &lt;b&gt;nuova&lt;/b&gt;" in fair


def test_the_terminal_shows_them_bold_and_reads_no_markup(searcher: Searcher) -> None:
    answer = searcher.highlighted(searcher.search(searcher.understand("vele vecchie")))
    out = io.StringIO()
    print_answer(answer, Console(file=out, width=200, force_terminal=True, color_system="standard"))
    assert "\x1b[1mvele\x1b[0m [bold]\x1b[1mvecchie\x1b[0m[/bold]" in out.getvalue()
