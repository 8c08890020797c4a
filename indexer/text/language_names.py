"""The names of languages in Italian and English, in any inflection. Pure.

They are Unicode's (CLDR), by Babel, of the languages that have a code of two letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers

from indexer.text.folding import fold
from indexer.text.tokens import QUERY_LANGUAGES, query_stems

_OTHER_WORDS = frozenset({"corso", "venda", "ido"})  # which mean something else more often
_OTHER_NAMES = {
    "mandarino": "zh",
    "mandarin": "zh",
    "farsi": "fa",
    "romeno": "ro",
    "fiammingo": "nl",
    "flemish": "nl",
    "bengali": "bn",
}


def languages_named(words: Iterable[str]) -> frozenset[str]:
    """The codes (ISO 639-1) of the languages that some folded words name."""
    known = _codes_by_stem()
    stems = frozenset[str]().union(*map(query_stems, words))
    return frozenset(known[one] for one in stems if one in known)


@cache
def names_of_language(code: str) -> frozenset[str]:
    """The folded names of a language, by its code."""
    return frozenset(name for name, of in _codes_by_name().items() if of == code)


@cache
def _codes_by_stem() -> Mapping[str, str]:
    return {stem: of for name, of in _codes_by_name().items() for stem in query_stems(name)}


@cache
def _codes_by_name() -> Mapping[str, str]:
    codes = sorted({code for one in locale_identifiers() if len(code := one.split("_")[0]) == 2})
    found = {
        fold(name): code
        for language in QUERY_LANGUAGES
        for code in codes
        if (name := Locale(language).languages.get(code, "")) and " " not in name
    }
    return {n: of for n, of in (found | _OTHER_NAMES).items() if n not in _OTHER_WORDS}
