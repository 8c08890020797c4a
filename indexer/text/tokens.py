"""Tokenisation: words, stems and index terms.

Passages are stemmed in their own language, questions in both Italian and English because people
mix them ("chi fa machine learning"). Accents are removed first: "accessibilita" finds
"accessibilità".
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

import Stemmer

from indexer.text.folding import fold
from indexer.text.stop_words import ENGLISH, ITALIAN

TOKENISER = "terms-2"  # increment when the same text yields different terms

# Letters and digits, with what technical names carry inside or at their end: C++, C#, .NET,
# node.js, e-commerce, 27001:2022 (which is split), dell'azienda (which is split too).
_TOKEN = re.compile(r"\.net\b|[^\W_]+(?:[.&-][^\W_]+)*[+#]{0,2}")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")  # "h.a.c.c.p", whose last full stop is no part
_STEMMERS = {"it": "italian", "en": "english", "fr": "french", "de": "german", "es": "spanish"}
QUERY_LANGUAGES = ("it", "en")
Span = tuple[int, int, str]  # where a word begins and ends in a text, and the word, folded
_local = threading.local()  # a Snowball stemmer is not safe to share between threads


_STOPWORDS = frozenset(fold(w) for w in (*ITALIAN, *ENGLISH)) - {"it", "no"}
# Elided articles stay after the apostrophe is split: "l'accesso", "dell'energia", "un'idea".
_ELIDED = frozenset("l un dell nell all sull dall d c s t quell quest".split())


def fold_aligned(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the offset in the original.

    Lengths can differ because accents may be separate characters (NFD). A final offset marks the
    end of the text.
    """
    folded = text.lower() if text.isascii() else "".join(map(_unaccented, text))
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    return folded, [*(n for n, c in enumerate(text) if _unaccented(c)), len(text)]


@lru_cache(maxsize=4096)
def _unaccented(character: str) -> str:
    """A character without its accent, in lower case; empty for an accent."""
    if unicodedata.combining(character):
        return ""
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


def token_spans(text: str) -> list[Span]:
    """All words of a text with their character offsets; compounds are not split."""
    folded, offsets = fold_aligned(text)
    return [
        (offsets[match.start()], offsets[match.end()], _as_one(match.group()))
        for match in _TOKEN.finditer(folded)
    ]


def word_spans(text: str) -> list[Span]:
    """The content words of a text with their character offsets; compounds are not split."""
    return [span for span in token_spans(text) if is_content(span[2])]


def is_content(word: str) -> bool:
    """Whether a folded word says what a text is about, unlike "di" or "the"."""
    return word not in _STOPWORDS and word not in _ELIDED


def hyphenated(text: str) -> list[str]:
    """The folded compounds that a text writes with a hyphen, in order."""
    folded = fold(text)
    return [token for token in _TOKEN.findall(folded) if "-" in token] if "-" in folded else []


def undotted(token: str) -> str:
    """A token without the full stops between its initials: "H.A.C.C.P" is "HACCP"."""
    return token.replace(".", "") if "." in token and _INITIALS.fullmatch(token) else token


def _as_one(token: str) -> str:
    return undotted(token).replace("-", "")


def words(text: str) -> list[str]:
    """The folded content words of a text, in order; compounds both whole and in parts."""
    found: list[str] = []
    for token in _TOKEN.findall(fold(text).replace("’", "'").replace("'", " ")):
        found.append(_as_one(token))
        if "-" in token or "." in token.lstrip(".") or "&" in token:
            found.extend(part for part in re.split(r"[.&-]", token) if len(part) > 1)
    return [word for word in found if is_content(word)]


@lru_cache(maxsize=20_000)  # some 6 MB
def stem(word: str, language: str) -> str:
    """The stem of a folded word; the word itself if the language has no stemmer."""
    name = _STEMMERS.get(language)
    if name is None:
        return word
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = Stemmer.Stemmer(name)
    result: str = stemmers[name].stemWord(word)
    return result


def terms(text: str, language: str, compounds: Collection[str] = ()) -> list[str]:
    """The index terms of a passage.

    Args:
        text: The passage.
        language: Its language, as a code.
        compounds: Further words that it says in two ("word press" is "wordpress").

    """
    return [stem(word, language) for word in (*words(text), *compounds)]


def query_stems(word: str) -> frozenset[str]:
    """The stems of a folded query word, in each query language."""
    return frozenset(stem(word, language) for language in QUERY_LANGUAGES)


def stem_groups(query: Iterable[str]) -> list[frozenset[str]]:
    """The stems of a query, grouped so that words with a common stem ("servizi") count once.

    The result does not depend on the order of the words.
    """
    groups: list[frozenset[str]] = []
    for word in set(query):
        stems = query_stems(word)
        touching = [group for group in groups if group & stems]
        groups = [group for group in groups if not group & stems]
        groups.append(stems.union(*touching))
    return sorted(groups, key=sorted)


def fold_same_length(text: str) -> str:
    """The text folded character by character, so that offsets stay valid in the original.

    Characters that fold to none or to several are kept; typographic apostrophes become plain.
    """
    return "".join(map(_folded_letter, text))


@lru_cache(maxsize=4096)
def _folded_letter(character: str) -> str:
    folded = "'" if character in "’‘ʼ" else fold(character)
    return folded if len(folded) == 1 else character
