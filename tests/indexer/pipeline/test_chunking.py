"""Passages: whole sentences in order, of the right length, speaking for the right organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.domain import (
    Block,
    Document,
    DocumentKind,
    Organisation,
    OrganisationLink,
    Passage,
    Place,
    PlaceLevel,
    Role,
)
from indexer.pipeline.chunking import PassageSplitter
from indexer.text.organisation_names import OrganisationNameIndex
from indexer.text.sentences import split_sentences

FORLI = Place("comune:040012", PlaceLevel.COMUNE, "Forlì", "FC")
BARDI = Place("comune:034002", PlaceLevel.COMUNE, "Bardi", "PR")
ORGANISATIONS = {
    "arca": Organisation("arca", "Arca", seat=FORLI),
    "bussola": Organisation("bussola", "Bussoladati"),
    "refolo": Organisation("refolo", "Refolo"),
}


def words(texts: Sequence[str]) -> list[int]:
    """Tokens are words here, so that lengths can be counted by eye."""
    return [len(text.split()) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    """Every character a token: the hardest case for a long word."""
    return [len(text) for text in texts]


def splitter(
    size: int = 40, organisations: Mapping[str, Organisation] = ORGANISATIONS
) -> PassageSplitter:
    return PassageSplitter(
        count_tokens=words,
        size=size,
        longest=10_000,
        names=OrganisationNameIndex({o.id: (o.name, *o.aliases) for o in organisations.values()}),
        organisations=organisations,
        region=lambda place: {"Forlì": "Emilia-Romagna"}.get(place.name, ""),
    )


def document(
    kind: DocumentKind = DocumentKind.EVENT, *links: tuple[str, Role], **fields: object
) -> Document:
    values = {"id": "d.md", "path": "d.md", "title": "Titolo", "language": "it"} | fields
    organisations = tuple(OrganisationLink(o, role) for o, role in links)
    return Document(kind=kind, content_hash="0", organisations=organisations, **values)  # type: ignore[arg-type]


def split(blocks: Sequence[Block], size: int = 40, doc: Document | None = None) -> list[Passage]:
    return list(splitter(size).split(doc or document(), blocks))


def sentence(n: int, length: int) -> str:
    return " ".join([f"Frase{n}", *["parola"] * (length - 2), "fine."])


# --- length and order ----------------------------------------------------------------------


def test_short_text_is_one_passage() -> None:
    (passage,) = split([Block("Una frase. Un'altra."), Block("Un altro paragrafo.")])
    assert passage.text == "Una frase. Un'altra.\nUn altro paragrafo."
    assert (passage.id, passage.document, passage.ordinal) == ("d.md#0", "d.md", 0)


def test_no_text_no_passage() -> None:
    assert split([]) == []
    assert split([Block("  \n ")]) == []


def test_long_text_is_cut_between_sentences_into_even_runs() -> None:
    text = " ".join(sentence(n, 10) for n in range(9))  # 90 tokens: three of 30, not 40+40+10
    passages = split([Block(text)])
    assert [words([p.text]) for p in passages] == [[30], [30], [30]]
    assert " ".join(p.text for p in passages) == text


def test_a_sentence_goes_where_most_of_it_falls() -> None:
    text = " ".join(sentence(n, 12) for n in range(5))  # 60 tokens: two passages of about 30
    assert [words([p.text]) for p in split([Block(text)])] == [[36], [24]]


@pytest.mark.parametrize("length", range(30, 50))
def test_a_sentence_about_as_long_as_a_passage_never_makes_one_too_long(length: int) -> None:
    passages = split([Block(sentence(1, length))])
    assert all(words([p.text])[0] <= 40 for p in passages)
    assert (len(passages) == 1) == (length <= 40)


def test_ids_number_the_passages_of_a_document_in_order() -> None:
    passages = split([Block(sentence(n, 30)) for n in range(3)])
    assert [(p.id, p.ordinal) for p in passages] == [("d.md#0", 0), ("d.md#1", 1), ("d.md#2", 2)]


def test_a_sentence_longer_than_a_passage_is_cut_between_words() -> None:
    text = " ".join(f"parola{n}" for n in range(100))
    passages = split([Block(text)])
    assert " ".join(p.text for p in passages) == text
    assert all(words([p.text])[0] <= 40 for p in passages)


def test_a_word_longer_than_a_passage_is_cut_where_it_must() -> None:
    cutter = PassageSplitter(letters, 40, 10_000, OrganisationNameIndex({}), {}, lambda _: "")
    passages = cutter.split(document(), [Block("x" * 333)])
    assert "".join(p.text for p in passages).replace(" ", "") == "x" * 333
    assert all(len(p.text) <= 40 for p in passages)


_HEADINGS = st.lists(st.sampled_from(["A", "B sotto", "C"]), max_size=3).map(tuple)
_WORDS = st.lists(st.sampled_from(["Uno", "due", "tre.", "Quattro", "x" * 50, "\n"]), max_size=70)
_BLOCKS = st.lists(
    st.builds(
        Block,
        text=_WORDS.map(" ".join),
        headings=_HEADINGS,
        page=st.one_of(st.none(), st.integers(1, 3)),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(_BLOCKS, st.integers(32, 60))
def test_nothing_is_lost_nothing_is_too_long_and_order_is_kept(
    blocks: list[Block], size: int
) -> None:
    passages = split(blocks, size)
    # A heading inside a passage is written out, so the document's words are a subsequence.
    written = iter(" ".join(p.text for p in passages).split())
    assert all(word in written for block in blocks for word in block.text.split())
    assert all(words([p.text])[0] <= size for p in passages)
    assert [p.id for p in passages] == [f"d.md#{n}" for n in range(len(passages))]
    assert all(p.text == p.text.strip() and p.text for p in passages)
    assert passages == split(blocks, size)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(2, 20), min_size=1, max_size=30), st.integers(32, 60))
def test_no_sentence_that_fits_is_ever_cut(lengths: list[int], size: int) -> None:
    whole = [sentence(n, length) for n, length in enumerate(lengths)]
    passages = split([Block(" ".join(whole))], size)
    assert [s for p in passages for s in split_sentences(p.text)] == whole


@given(st.text(alphabet="ab \u00a0\t.", max_size=200))
def test_strange_spaces_make_no_empty_passage(text: str) -> None:
    cutter = PassageSplitter(letters, 32, 10_000, OrganisationNameIndex({}), {}, lambda _: "")
    passages = cutter.split(document(), [Block(text)])
    assert all(p.text.strip() for p in passages)
    assert "".join("".join(p.text for p in passages).split()) == "".join(text.split())


# --- headings and pages --------------------------------------------------------------------


def test_a_section_keeps_its_heading_path_and_page() -> None:
    blocks = [
        Block(sentence(1, 30), ("Chi siamo",), 1),
        Block(sentence(2, 30), ("Servizi", "Cloud"), 2),
    ]
    first, second = split(blocks)
    assert (first.headings, first.page) == (("Chi siamo",), 1)
    assert (second.headings, second.page) == (("Servizi", "Cloud"), 2)


def test_sections_that_are_long_enough_stay_apart() -> None:
    blocks = [Block(sentence(1, 15), ("A",)), Block(sentence(2, 15), ("B",))]
    assert [p.headings for p in split(blocks)] == [("A",), ("B",)]


def test_a_short_section_joins_its_sibling_and_both_headings_are_written() -> None:
    blocks = [
        Block("Facciamo reti.", ("Servizi", "Reti")),
        Block("Facciamo cloud.", ("Servizi", "Cloud")),
    ]
    (passage,) = split(blocks)
    assert passage.headings == ("Servizi",)
    assert passage.text == "Reti\nFacciamo reti.\nCloud\nFacciamo cloud."


def test_headings_written_inside_a_passage_count_for_its_length() -> None:
    long = "un titolo di sei parole circa"
    blocks = [Block(sentence(n, 4), ("Servizi", f"{n} {long}")) for n in range(8)]
    passages = split(blocks)
    assert all(words([p.text])[0] <= 40 for p in passages)
    assert len(passages) == 3


def test_short_sections_of_different_parents_stay_apart() -> None:
    blocks = [Block("Facciamo reti.", ("Servizi", "Reti")), Block("Via Roma 1.", ("Contatti",))]
    assert [p.headings for p in split(blocks)] == [("Servizi", "Reti"), ("Contatti",)]


def test_pages_are_never_mixed_except_by_a_sentence_that_runs_on() -> None:
    blocks = [Block("Prima pagina.", (), 1), Block("Seconda pagina.", (), 2)]
    assert [(p.text, p.page) for p in split(blocks)] == [
        ("Prima pagina.", 1),
        ("Seconda pagina.", 2),
    ]


def test_a_sentence_cut_by_a_page_break_is_joined_on_the_first_page() -> None:
    blocks = [
        Block("Abbiamo curato la", ("Lavori",), 1),
        Block("migrazione dei dati.", ("Lavori",), 2),
        Block("Un altro lavoro.", ("Lavori",), 2),
    ]
    assert [(p.text, p.page) for p in split(blocks)] == [
        ("Abbiamo curato la migrazione dei dati.", 1),
        ("Un altro lavoro.", 2),
    ]


def test_only_the_first_block_of_a_page_can_end_the_page_before() -> None:
    blocks = [
        Block("Ci occupiamo di", (), 1),
        Block("gestione dei dati", (), 2),
        Block("privacy e sicurezza", (), 2),
    ]
    assert [(p.text, p.page) for p in split(blocks)] == [
        ("Ci occupiamo di gestione dei dati", 1),
        ("privacy e sicurezza", 2),
    ]


def test_a_sentence_may_run_on_over_more_than_one_page() -> None:
    blocks = [
        Block("Inizia qui e", (), 1),
        Block("passa di qua e", (), 2),
        Block("finisce qui.", (), 3),
    ]
    assert [(p.text, p.page) for p in split(blocks)] == [
        ("Inizia qui e passa di qua e finisce qui.", 1)
    ]


# --- context -------------------------------------------------------------------------------


def test_the_context_of_a_profile_is_its_title_name_seat_and_headings() -> None:
    doc = document(DocumentKind.PROFILE, ("arca", Role.SUBJECT), title="Chi siamo")
    (passage,) = split([Block("Facciamo reti.", ("Servizi", "Reti"))], doc=doc)
    assert passage.context == "Chi siamo · Arca · Forlì, Emilia-Romagna · Servizi · Reti"
    assert passage.embedded_text == f"{passage.context}\nFacciamo reti."


def test_the_context_does_not_repeat_a_name_that_the_title_holds() -> None:
    doc = document(DocumentKind.PROFILE, ("arca", Role.SUBJECT), title="Arca di Forlì")
    (passage,) = split([Block("Facciamo reti.", ("Arca di Forlì",))], doc=doc)
    assert passage.context == "Arca di Forlì · Forlì, Emilia-Romagna"


def test_the_place_of_a_case_study_is_where_the_work_was_done() -> None:
    doc = document(DocumentKind.CASE_STUDY, ("arca", Role.AUTHOR), place=BARDI)
    (passage,) = split([Block("Sette ponti radio.")], doc=doc)
    assert passage.context == "Titolo · Arca · Bardi"


def test_who_takes_part_or_is_mentioned_is_not_in_the_context() -> None:
    doc = document(DocumentKind.EVENT, ("arca", Role.PARTICIPANT), ("bussola", Role.MENTION))
    (passage,) = split([Block("Una giornata.")], doc=doc)
    assert passage.context == "Titolo"


def test_a_title_of_digits_alone_is_noise_and_left_out() -> None:
    (passage,) = split([Block("Una frase.")], doc=document(title="2024-05-12"))
    assert passage.context == ""
    assert passage.embedded_text == "Una frase."


# --- votes ---------------------------------------------------------------------------------

PAGES = [Block("Arca ha fatto le reti.", (), 1), Block("Nessuno qui.", (), 2)]


def votes(doc: Document, blocks: Sequence[Block] = PAGES) -> list[tuple[str, ...]]:
    return [p.organisations for p in split(blocks, doc=doc)]


def test_a_profile_speaks_for_its_own_but_where_it_says_that_another_does() -> None:
    doc = document(DocumentKind.PROFILE, ("bussola", Role.SUBJECT), ("arca", Role.MENTION))
    assert votes(doc) == [("arca",), ("bussola",)]


def test_a_case_study_speaks_for_its_author_but_where_it_says_that_another_did() -> None:
    doc = document(DocumentKind.CASE_STUDY, ("bussola", Role.AUTHOR), ("arca", Role.MENTION))
    assert votes(doc) == [("arca",), ("bussola",)]


def test_an_author_named_in_a_passage_votes_once() -> None:
    doc = document(DocumentKind.CASE_STUDY, ("arca", Role.AUTHOR))
    assert votes(doc) == [("arca",), ("arca",)]


def test_an_event_speaks_for_whom_each_passage_names_and_not_for_who_came() -> None:
    doc = document(
        DocumentKind.EVENT,
        ("bussola", Role.ORGANISER),
        ("refolo", Role.PARTICIPANT),
        ("arca", Role.MENTION),
    )
    assert votes(doc) == [("arca",), ("bussola",)]


def test_an_event_that_names_nobody_speaks_for_its_organisers() -> None:
    doc = document(DocumentKind.EVENT, ("refolo", Role.PARTICIPANT), ("bussola", Role.ORGANISER))
    nobody = [Block("Si è parlato di dati.", (), 1), Block("E di reti.", (), 2)]
    assert votes(doc, nobody) == [("bussola",)] * 2


def test_a_name_in_a_heading_counts_for_the_passages_under_it() -> None:
    doc = document(DocumentKind.EVENT, ("arca", Role.MENTION))
    assert votes(doc, [Block("Ha parlato di reti.", ("Interventi", "Arca"))]) == [("arca",)]


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_a_document_of_nobody_votes_for_nobody(kind: DocumentKind) -> None:
    assert votes(document(kind), [Block("Si è parlato di dati.")]) == [()]


def test_the_client_of_a_case_study_is_no_evidence_of_its_own_skill() -> None:
    organisations = {o.id: o for o in (Organisation("arca", "Arca"), Organisation("onda", "Onda"))}
    made = Document(
        "case_studies/a.md",
        "case_studies/a.md",
        DocumentKind.CASE_STUDY,
        "Un sito",
        "it",
        "00",
        (OrganisationLink("arca", Role.AUTHOR), OrganisationLink("onda", Role.MENTION)),
        client="Onda soc. coop.",
    )
    cutter = PassageSplitter(
        lambda texts: [len(t.split()) for t in texts],
        100,
        500,
        OrganisationNameIndex({o.id: (o.name,) for o in organisations.values()}),
        organisations,
        lambda _: "",
    )
    (passage,) = cutter.split(made, [Block("Arca ha fatto il sito di Onda.")])
    assert passage.organisations == ("arca",)


def test_text_and_context_together_fit_the_model() -> None:
    cutter = PassageSplitter(
        lambda texts: [len(t.split()) for t in texts],
        100,
        60,
        OrganisationNameIndex({}),
        {},
        lambda _: "",
    )
    made = Document("e", "e", DocumentKind.EVENT, " ".join(["titolo"] * 20), "it", "00")
    passages = cutter.split(made, [Block(" ".join(["Parola."] * 200))])
    assert max(len(p.embedded_text.split()) for p in passages) <= 60
    assert sum(len(p.text.split()) for p in passages) == 200
