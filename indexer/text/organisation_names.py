"""Names of organisations: what is left without the legal form, and where a text mentions one.

The same code reads the corpus and the question, so that a cooperative is recognised alike in both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.text.tokens import fold_aligned

# Legal forms as Italian registers and people write them, longest first. Matched on folded text.
# "Sociale" and its like belong to the form only right after "cooperativa": "Innovazione Sociale"
# is a name.
_QUALIFIER = r"""\s*(?<!\w)(?:sociale|soc\.?|di\s+produzione\s+e\s+lavoro|di\s+lavoro|di\s+comunita
    |di\s+tipo\s+[ab])(?!\w)"""
_LEGAL_FORMS = re.compile(
    rf"""(?<!\w)(?:
        (?:piccola\s+)?(?:societa['’`´]?|soc\.?|s\.)\s*coop(?:erativa|\.)?(?:{_QUALIFIER})*
        | (?:cooperativa|coop\.?)(?:{_QUALIFIER})+
        | impresa\s+sociale | (?:societa['’`´]?\s+|soc\.?\s*|s\.\s*)?cons(?:ortile|\.)
        | a\s+responsabilita['’`´]?\s+limitata | per\s+azioni | a\.?\s*r\.?\s*l\.?
        | p\.?\s*a\.?(?=$) | a\s+mutualita['’`´]?\s+prevalente | onlus | o\.n\.l\.u\.s\.?
        | s\.?\s*c\.?\s*s\.?(?:\s*a\.?\s*r\.?\s*l\.?)? | s\.?\s*c\.?\s*a\.?\s*r\.?\s*l\.?
        | s\.?\s*c\.?\s*r\.?\s*l\.? | s\.?\s*c\.?\s*p\.?\s*a\.?
        | s\.?\s*r\.?\s*l\.? | s\.?\s*p\.?\s*a\.? | s\.\s*c\.
    )(?!\w)""",
    re.VERBOSE,
)
# "Cooperativa Arca" and "Arca cooperativa" are "Arca"; "Officina Cooperativa Dati" is not touched.
_EDGE_WORDS = frozenset({"cooperativa", "coop"})
# Words that name nobody by themselves: "La Cooperativa" is not "la".
_ARTICLES = frozenset("il lo la gli le un uno una the".split())
_WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into one of ASCII and an accent.
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {"ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_ACRONYM = 3  # letters


def name_key(name: str) -> str:
    """What two spellings of one name share: "Arca S.C.A.R.L." and "ARCA soc. coop." give "arca"."""
    key = _bare(fold_aligned(name)[0])
    while (barer := _bare(key)) != key:
        key = barer
    return key


def _bare(folded: str) -> str:
    """The name without legal forms, as far as what is left still names something."""
    found = _WORD.findall(_LEGAL_FORMS.sub(" ", folded))
    if not _is_telling(found):
        found = _WORD.findall(folded)
    trimmed = found
    while trimmed and trimmed[0] in _EDGE_WORDS:
        trimmed = trimmed[1:]
    while trimmed and trimmed[-1] in _EDGE_WORDS:
        trimmed = trimmed[:-1]
    return " ".join(trimmed if _is_telling(trimmed) else found)


def _is_telling(words: Sequence[str]) -> bool:
    return any(len(word) > 1 and word not in _ARTICLES for word in words)


def _is_acronym(words: Sequence[str]) -> bool:
    """Whether these are initials, as "G.O.S." is read: of two letters there are too many."""
    return len(words) >= _ACRONYM and all(len(w) == 1 and w.isalpha() for w in words)


def organisation_slug(name: str) -> str:
    """The name as part of an address: ASCII letters and digits joined by hyphens."""
    return ascii_slug(name_key(name)) or "senza-nome"


def ascii_slug(text: str) -> str:
    """A text as part of an address, all its words kept; empty when it has none in ASCII."""
    latin = unicodedata.normalize("NFKD", text).lower().translate(_LATIN)
    return "-".join(_WORD.findall(latin.encode("ascii", "ignore").decode()))


@dataclass(frozen=True, slots=True)
class NameMention:
    """Where a text names an organisation: character offsets and the organisation's id."""

    start: int
    end: int
    organisation: str


def unique_owner(owners: Collection[str], among: Collection[str]) -> str | None:
    """Which organisation a name of ``owners`` means: the only one, or the only one ``among``."""
    found = owners if len(owners) == 1 else set(owners).intersection(among)
    return next(iter(found)) if len(found) == 1 else None


class OrganisationNameIndex:
    """Finds the organisations that a text names; longest names first, whole words only."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """``names``: the names and aliases of each organisation by its id."""
        self._by_key: dict[tuple[str, ...], set[str]] = {}
        for organisation, spellings in names.items():
            for spelling in spellings:
                key = tuple(name_key(spelling).split())
                if key:
                    self._by_key.setdefault(key, set()).add(organisation)
                if _is_acronym(key):  # "G.O.S." is written GOS too
                    self._by_key.setdefault(("".join(key),), set()).add(organisation)
        # A letter, an article or a year is no mention of a cooperative called so.
        self._findable = frozenset(
            key
            for key in self._by_key
            if _is_acronym(key) or _is_telling([w for w in key if not w.isdecimal()])
        )
        self._longest = max((len(key) for key in self._findable), default=0)
        self._firsts = frozenset(key[0] for key in self._findable)

    def lookup(self, name: str) -> frozenset[str]:
        """The ids of the organisations that bear this name: several when it is shared."""
        return frozenset(self._by_key.get(tuple(name_key(name).split()), ()))

    def find(
        self, text: str, *, capitals: bool = True, among: Collection[str] = ()
    ) -> list[NameMention]:
        """The mentions in a text, left to right.

        With ``capitals`` a name must begin with a capital, or an ordinary word of the language
        ("rete", "orizzonte") would name a cooperative. A name that several organisations share
        mentions the only one of them that is ``among`` those known to be meant, else nobody.
        """
        return [
            NameMention(start, end, one)
            for start, end, owners in self._spans(text, capitals=capitals)
            if (one := unique_owner(owners, among))
        ]

    def shared(self, text: str, *, among: Collection[str] = ()) -> dict[str, frozenset[str]]:
        """The names in a text that may mean any of several organisations, and which."""
        return {
            text[start:end]: owners
            for start, end, owners in self._spans(text, capitals=True)
            if not unique_owner(owners, among)
        }

    def _spans(self, text: str, *, capitals: bool) -> Iterator[tuple[int, int, frozenset[str]]]:
        """Where the text has names, and the organisations that bear each."""
        folded, offsets = fold_aligned(text)
        tokens = list(_WORD.finditer(folded))
        position = 0
        while position < len(tokens):
            first = text[offsets[tokens[position].start()]]
            may_begin = not capitals or first.isupper() or first.isdigit()
            length = self._match(tokens, position) if may_begin else 0
            if length:
                key = tuple(t.group() for t in tokens[position : position + length])
                start = offsets[tokens[position].start()]
                end = offsets[tokens[position + length - 1].end() - 1] + 1
                while end < len(text) and unicodedata.combining(text[end]):
                    end += 1
                yield start, end, frozenset(self._by_key[key])
            position += max(1, length)

    def _match(self, tokens: list[re.Match[str]], start: int) -> int:
        """How many tokens from ``start`` are a name: 0 when none is."""
        if tokens[start].group() not in self._firsts:
            return 0
        for length in range(min(self._longest, len(tokens) - start), 0, -1):
            found = tokens[start : start + length]
            key = tuple(t.group() for t in found)
            if key in self._findable and (not _is_acronym(key) or _in_dots(found)):
                return length
        return 0


def _in_dots(letters: Sequence[re.Match[str]]) -> bool:
    """Whether a dot stands between each letter and the next: "G.O.S.", not "i punti g, o, s"."""
    return all(a.string[a.end() : b.start()] == "." for a, b in pairwise(letters))
