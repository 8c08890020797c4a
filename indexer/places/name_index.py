"""All spellings of place names by key; built once, looked up word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from indexer.domain import Place, PlaceLevel
from indexer.places import data_files
from indexer.places.tokens import place_key

LINKING_WORDS = frozenset(
    "di d del dello della dell dei degli delle de in nel nello nella nell nei negli nelle ne a al "
    "allo alla all ai alle con e ed su sul sullo sulla sull presso da dal per".split()
)
SAINTS = frozenset({"san", "santo", "santa", "sant", "santi"})
_GENERIC_ENDINGS = SAINTS | {"val", "monte", "castello", "torre"}


@dataclass(frozen=True, slots=True)
class PlaceNameIndex:
    """Maps name keys to place ids, the most likely place first.

    Attributes:
        full: official names, names in other languages, aliases.
        short: long names cut before their complement ("san lazzaro" of "San Lazzaro di Savena"),
            places only in context.
        demonyms: adjectives ("bolognese").
        needs_noun_before: demonyms that count only after a noun.
        needs_people_after: demonyms that count only before people or firms.
        ordinary: names that are ordinary words, too.
        notable: ordinary words that are also well-known places.
        longest: by first word, the number of words in the longest key that starts with it.

    """

    full: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]
    demonyms: dict[str, tuple[str, ...]]
    needs_noun_before: frozenset[str]
    needs_people_after: frozenset[str]
    ordinary: frozenset[str]
    notable: frozenset[str]
    longest: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for names in (self.full, self.short, self.demonyms):
            for name in names:
                words = name.split(" ")
                self.longest[words[0]] = max(self.longest.get(words[0], 0), len(words))

    def find(self, name: str) -> tuple[str, ...]:
        """The place ids of a key: full names before shortened ones."""
        return self.full.get(name) or self.short.get(name, ())


def _saint_forms(words: list[str]) -> Iterator[str]:
    """Abbreviated saints: "San Lazzaro" is also "S. Lazzaro" and "S Lazzaro"."""
    if len(words) > 1 and not SAINTS.isdisjoint(words[:-1]):
        for initial in ("s.", "s"):
            yield " ".join(initial if word in SAINTS else word for word in words)


def _without_links(words: list[str]) -> Iterator[str]:
    """The name as people shorten it: "Reggio nell'Emilia" is "Reggio Emilia"."""
    kept = [word for word in words if word not in LINKING_WORDS]
    if 1 < len(kept) < len(words) and words[0] not in LINKING_WORDS:
        yield " ".join(kept)


def _head(words: list[str]) -> str:
    """The part before the complement: "casalecchio" of "casalecchio di reno"; or ""."""
    for position, word in enumerate(words):
        if position and word in LINKING_WORDS:
            head = words[:position]
            return "" if head[-1] in _GENERIC_ENDINGS else " ".join(head)
    return ""


_Filed = dict[str, tuple[str, ...]]


def _file(filed: _Filed, name: str, place_id: str) -> None:
    before = filed.get(name)
    if before is None:
        filed[name] = (place_id,)
    elif place_id not in before:
        filed[name] = (*before, place_id)


def _is_comune(place_id: str) -> bool:
    return place_id.startswith("comune:")


class _Builder:
    """Collects place ids by key and orders them, the most likely first."""

    def __init__(self, people: dict[str, int]) -> None:
        self._people = people
        self.full: _Filed = {}
        self.variants: _Filed = {}
        self.heads: _Filed = {}

    def add(self, place: Place, name: str) -> None:
        filed = place_key(name)
        _file(self.full, filed, place.id)
        if " " not in filed:
            return
        words = filed.split(" ")
        for variant in (*_saint_forms(words), *_without_links(words)):
            _file(self.variants, variant, place.id)
        if place.level is PlaceLevel.COMUNE and (head := _head(words)):
            for form in (head, *_saint_forms(head.split(" "))):
                _file(self.heads, form, place.id)

    def whole(self) -> dict[str, tuple[str, ...]]:
        return self._ordered({**self.variants, **self.full})

    def shortened(self, foreign: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """Shortened names, also of names with one more word ("Peschiera Borromeo")."""
        taken = self.full.keys() | self.variants.keys() | foreign
        for name, ids in self.full.items():
            head, _, last = name.rpartition(" ")
            if head in self.heads and last not in LINKING_WORDS:
                for place_id in filter(_is_comune, ids):
                    _file(self.heads, head, place_id)
        return self._ordered({name: ids for name, ids in self.heads.items() if name not in taken})

    def _ordered(self, filed: _Filed) -> _Filed:
        for name, ids in filed.items():
            if len(ids) > 1:
                filed[name] = tuple(sorted(ids, key=self._rank))
        return filed

    def _rank(self, place_id: str) -> tuple[int, int, str]:
        """Rank places that share a name: towns first, small villages last ("Salento")."""
        level, people = place_id.split(":")[0], self._people[place_id]
        village = level == "comune" and people < _VILLAGE
        return len(_LIKELY) if village else _LIKELY.index(level), -people, place_id


_LIKELY = ("comune", "regione", "provincia", "area", "country")
_VILLAGE = 5_000
_MARKS = "*+"


def _demonyms() -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Adjectives to place ids, and the restricted adjectives by their mark."""
    found: dict[str, tuple[str, ...]] = {}
    marked: dict[str, set[str]] = {mark: set() for mark in _MARKS}
    for place_id, forms in data_files.id_pairs("demonyms.tsv"):
        for form in forms.split():
            filed = place_key(form.rstrip(_MARKS))
            found[filed] = (place_id,)
            if form[-1] in _MARKS:
                marked[form[-1]].add(filed)
    return found, {mark: frozenset(forms) for mark, forms in marked.items()}


def build_name_index(
    places: dict[str, Place], other_names: Iterable[tuple[str, str]], people: dict[str, int]
) -> PlaceNameIndex:
    """Build the index of all names.

    Args:
        places: the places, by id.
        other_names: names in other languages, as pairs of id and name.
        people: populations, by id.
    """
    builder = _Builder(people)
    for place in places.values():
        builder.add(place, place.name)
    for place_id, name in other_names:
        place = places[place_id]
        builder.add(place, name)
        builder.add(place, f"{place.name}/{name}")
    for place_id, aliases in data_files.id_pairs("aliases.tsv"):
        for alias in aliases.split(";"):
            builder.add(places[place_id], alias)
    notable = data_files.word_set("ordinary_words.txt", "notable")
    ordinary = data_files.word_set("ordinary_words.txt", "ordinary") | notable
    demonyms, marked = _demonyms()
    return PlaceNameIndex(
        full=builder.whole(),
        short=builder.shortened(data_files.word_set("ordinary_words.txt", "foreign")),
        demonyms=demonyms,
        needs_noun_before=marked["*"],
        needs_people_after=marked["+"],
        ordinary=ordinary,
        notable=notable,
    )
