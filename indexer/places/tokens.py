"""Tokens with offsets for place recognition, and the keys of place names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MARKS = "\u0300-\u036f"
# A run of letters and digits; combining marks belong to it, or NFD text would fall to pieces.
_WORD = re.compile(rf"[^\W_][\w{_MARKS}]*")
# A tab or an empty line separates cells or paragraphs, and so names.
_JOINING = re.compile(r"[ \u00a0]*\n?[ \u00a0'’‘ʼ`´/\-‐‑–]*")
_APOSTROPHES = "'’‘ʼ`´"
_ABBREVIATIONS = frozenset(
    "prov loc fraz dott dr sig ing avv prof geom arch mr mrs ms st ss s p v c".split()
)


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Fold one word's case, accents and compatibility forms: "Forlì", "FORLI" → "forli"."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    Attributes:
        start: offset of its first character.
        end: offset after its last character.
        word: the folded word; an initial keeps its full stop ("E." in "Castelfranco E."), which
            distinguishes it from the conjunction.
        capital: whether it starts with a capital.
        joined: whether only spaces, hyphens, apostrophes or a slash separate it from the previous
            word, so that both can belong to one name.
        gap: the characters between the previous word and this one.
    """

    start: int
    end: int
    word: str
    capital: bool
    joined: bool
    gap: str


def _end_of_word(text: str, start: int, end: int) -> int:
    """Include an initial's full stop, and an apostrophe typed for an accent ("Forli'")."""
    following = text[end : end + 2]
    if end - start == 1 and following[:1] == "." and text[start].isalpha():
        return end + 1
    typed_accent = following[:1] in _APOSTROPHES and not following[1:].isalnum()
    quoted = start > 0 and text[start - 1] in _APOSTROPHES
    if following and typed_accent and not quoted and text[end - 1] in "aeiouAEIOU":
        return end + 1
    return end


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of a text, in order."""
    tokens: list[Token] = []
    before, word = 0, ""
    for match in _WORD.finditer(text):
        start = match.start()
        gap = text[before:start]
        joined = gap == " " or _JOINING.fullmatch(gap) is not None
        if not joined and gap.startswith(".") and word in _ABBREVIATIONS:
            joined = _JOINING.fullmatch(gap, 1) is not None
        end = _end_of_word(text, start, match.end())
        word = fold_word(match.group())
        shown = f"{word}." if text[end - 1] == "." else word
        tokens.append(Token(start, end, shown, text[start].isupper(), joined and before > 0, gap))
        before = end
    return tuple(tokens)


def place_key(text: str) -> str:
    """The lookup key of a name: its folded words, separated by single spaces."""
    if "." in text:  # an initial keeps its full stop
        return " ".join(token.word for token in tokenise(text))
    return " ".join(map(fold_word, _WORD.findall(text)))
