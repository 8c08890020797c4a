"""The tokeniser: a small vocabulary by hand, and against ``tokenizers`` on whatever text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import normalizers

from indexer.embedding import unigram
from indexer.embedding.bundled_encoder import SPECIAL
from indexer.embedding.e5s1 import read_model
from indexer.embedding.unigram import Tokens, UnigramTokeniser, write_vocabulary
from tests.indexer.embedding.reference import tokenizer
from tests.indexer.embedding.small_model import model_file

MODEL = read_model(model_file())
REFERENCE = tokenizer(MODEL)


def tokeniser_of(
    pieces: Sequence[str], scores: Sequence[float], special: Sequence[str] = ("<unk>",)
) -> UnigramTokeniser:
    with TemporaryDirectory() as folder:  # what is mapped stays
        write_vocabulary(Path(folder), pieces, np.array(scores, np.float32))
        return UnigramTokeniser(Path(folder), special, "<unk>")


SMALL = tokeniser_of(MODEL.pieces, MODEL.scores.tolist(), SPECIAL)


def test_the_likeliest_pieces_are_found_and_say_where_they_stand() -> None:
    assert SMALL.encode("reti  e clouds") == Tokens(
        (5, 6, 7, 8), ((0, 4), (5, 7), (7, 13), (13, 14))
    )
    assert SMALL.encode("ｒeti").ids == (5,), "NFKC"
    assert SMALL.encode("reti \n") == Tokens((5, 4), ((0, 4), (5, 6)))
    assert SMALL.encode("") == Tokens((), ())
    assert SMALL.special == {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 9}


def test_characters_that_no_piece_has_are_one_unknown_for_as_long_as_they_go() -> None:
    assert SMALL.encode("xyz reti xs").ids == (4, 3, 5, 4, 3, 8)
    assert SMALL.encode("xyz").spans == ((0, 0), (0, 3))


def test_text_is_never_a_special_token() -> None:
    assert not {*SMALL.encode("<s> </s> <mask> <pad>").ids} & {0, 1, 2, 9}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("re\x07ti", [(0, 5)]),
        ("\x07reti", [(1, 5)]),
        ("ｒe\x07ti \x07 e", [(0, 5), (7, 9)]),
        ("reti\u00a0 e", [(0, 4), (5, 7)]),
        ("e\u2028reti", [(0, 1), (1, 6)]),
    ],
)
def test_tokens_say_where_they_stand_in_the_text_as_it_was(
    text: str, spans: list[tuple[int, int]]
) -> None:
    assert list(SMALL.encode(text).spans) == spans


def test_a_mark_belongs_to_the_letter_it_combines_with() -> None:
    accented = tokeniser_of(("<unk>", "▁citt", "à", "s"), [0, -1, -1, -1])
    assert accented.encode("citta\u0300s") == Tokens((1, 2, 3), ((0, 4), (4, 6), (6, 7)))


def test_spaces_and_dropped_characters_are_those_of_sentencepiece() -> None:
    rules = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    for code in (*range(1, 0xD800), *range(0xE000, 0x20000)):
        given, to = chr(code), rules.normalize_str(chr(code))
        assert (to == " ") == (given.translate(unigram._SPACES) == " "), hex(code)
        assert (to == "") == bool(unigram._DROPPED.match(given)), hex(code)


@given(st.text(st.sampled_from("retiecloudsx \n\u00a0´\u0301àﬁ½각ᄀ\x07▁…ª"), max_size=20))
@example("´ reti")
@example("reti ´")
@example("각")
def test_ids_are_those_of_tokenizers(text: str) -> None:
    assert list(SMALL.encode(text).ids) == REFERENCE.encode(text, add_special_tokens=False).ids


def test_equal_sums_are_decided_as_tokenizers_does() -> None:
    pieces = ("<unk>", "▁", "i", "ii", "▁i")
    tie = tokeniser_of(pieces, [0, -1, -1, -2, -3])
    assert [pieces[n] for n in tie.encode("iii").ids] == ["▁", "i", "ii"]
