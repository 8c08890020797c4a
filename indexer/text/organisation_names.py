"""Organisation names: normalisation without the legal form, and finding them in text.

The same code runs over the corpus and over questions, so that both are matched alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
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
# Not names by themselves: "La Cooperativa" is not "la".
_ARTICLES = frozenset("il lo la gli le un uno una the".split())
_WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into one of ASCII and an accent.
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {"ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_ACRONYM = 3  # letters


@lru_cache(maxsize=100_000)  # a build asks for each name many times
def name_key(name: str) -> str:
    """The key that spellings of a name share: "Arca S.C.A.R.L.", "ARCA soc. coop." give "arca"."""
    key = _bare(fold_aligned(name)[0])
    while (barer := _bare(key)) != key:
        key = barer
    return key


def _bare(folded: str) -> str:
    """The folded name without legal forms, unless nothing distinctive would be left."""
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
    """Whether these are the initials of an acronym ("G.O.S."); two letters are too common."""
    return len(words) >= _ACRONYM and all(len(w) == 1 and w.isalpha() for w in words)


def organisation_slug(name: str) -> str:
    """The name, without its legal form, as a URL slug: ASCII letters and digits, hyphens."""
    return ascii_slug(name_key(name)) or "senza-nome"


def ascii_slug(text: str) -> str:
    """All words of a text as a URL slug; empty if it has no ASCII letters or digits."""
    latin = unicodedata.normalize("NFKD", text).lower().translate(_LATIN)
    return "-".join(_WORD.findall(latin.encode("ascii", "ignore").decode()))


@dataclass(frozen=True, slots=True)
class NameMention:
    """A mention of an organisation in a text: character offsets and the organisation's id."""

    start: int
    end: int
    organisation: str


def unique_owner(owners: Collection[str], among: Collection[str]) -> str | None:
    """The single owner of a name: the only one in ``owners``, or the only one also ``among``."""
    found = owners if len(owners) == 1 else set(owners).intersection(among)
    return next(iter(found)) if len(found) == 1 else None


class OrganisationNameIndex:
    """Finds organisations named in a text: longest match first, whole words only."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """Index ``names``: each organisation's names and aliases, by its id."""
        self._by_key: dict[tuple[str, ...], set[str]] = {}
        for organisation, spellings in names.items():
            for spelling in spellings:
                key = tuple(name_key(spelling).split())
                if key:
                    self._by_key.setdefault(key, set()).add(organisation)
                if _is_acronym(key):  # "G.O.S." is written GOS too
                    self._by_key.setdefault(("".join(key),), set()).add(organisation)
        # A cooperative called by a letter, an article or a year is not searched for in text.
        self._findable = frozenset(
            key
            for key in self._by_key
            if _is_acronym(key) or _is_telling([w for w in key if not w.isdecimal()])
        )
        self._longest = max((len(key) for key in self._findable), default=0)
        self._firsts = frozenset(key[0] for key in self._findable)

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a name, or whose it is, changes."""
        names = sorted((key, sorted(owners)) for key, owners in self._by_key.items())
        return sha256(repr(names).encode()).hexdigest()

    def lookup(self, name: str) -> frozenset[str]:
        """The ids of the organisations with this name; several if it is shared."""
        return frozenset(self._by_key.get(tuple(name_key(name).split()), ()))

    def find(
        self, text: str, *, capitals: bool = True, among: Collection[str] = ()
    ) -> list[NameMention]:
        """The mentions in a text, left to right.

        Args:
            text: the text to search.
            capitals: whether a name must start with a capital, so that ordinary words ("rete",
                "orizzonte") are not taken for names.
            among: ids known to be meant in this text; they resolve shared names. A shared name
                that stays ambiguous is not reported.
        """
        return [
            NameMention(start, end, one)
            for start, end, owners in self._spans(text, capitals=capitals)
            if (one := unique_owner(owners, among))
        ]

    def shared(self, text: str, *, among: Collection[str] = ()) -> dict[str, frozenset[str]]:
        """The ambiguous names in a text, each with the ids that share it."""
        return {
            text[start:end]: owners
            for start, end, owners in self._spans(text, capitals=True)
            if not unique_owner(owners, among)
        }

    def _spans(self, text: str, *, capitals: bool) -> Iterator[tuple[int, int, frozenset[str]]]:
        """The spans of names in the text, each with its owners' ids."""
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
        """The length in tokens of the name at ``start``; 0 if there is none."""
        if tokens[start].group() not in self._firsts:
            return 0
        for length in range(min(self._longest, len(tokens) - start), 0, -1):
            found = tokens[start : start + length]
            key = tuple(t.group() for t in found)
            if key in self._findable and (not _is_acronym(key) or _in_dots(found)):
                return length
        return 0


def _in_dots(letters: Sequence[re.Match[str]]) -> bool:
    """Whether the letters are separated by dots: "G.O.S.", not "i punti g, o, s"."""
    return all(a.string[a.end() : b.start()] == "." for a, b in pairwise(letters))
