"""Concepts and what lies under them, read from a YAML file that people edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from indexer.errors import VocabularyError
from indexer.text.folding import fold

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LISTS = ("acronyms", "narrower_terms", "ask_only", "broader", "related")
_REMEDY = "Its fields are explained at the top of data/families.yaml."
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")  # it is part of addresses
_KNOWN = frozenset({"id", "it", "en", "synonyms", "asked_as", "family", "refs", *LISTS})


@dataclass(frozen=True, slots=True)
class Concept:
    """A competence.

    ``synonyms`` mean the same, by language ("it", "en"); ``acronyms`` are matched with their
    capitals. ``narrower_terms`` (products, standards, techniques) prove the concept but are no
    name for it. ``ask_only`` words mean it when they are all that somebody asks for; in a document
    they are too vague to prove anything. ``asked_as`` are phrases, by language, in which people who
    do not know its name say that they need it. Who does this does what is ``broader``, too; what is
    ``related`` is often taken for it, and is another thing.
    """

    id: str
    it: str
    en: str
    family: str
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    acronyms: tuple[str, ...] = ()
    narrower_terms: tuple[str, ...] = ()
    ask_only: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    refs: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """Its preferred name in Italian ("it") or English."""
        return self.it if language == "it" else self.en

    def names(self) -> Iterator[tuple[str, str]]:
        """Its labels and synonyms, each with its language."""
        yield "it", self.it
        yield "en", self.en
        for language, written in self.synonyms.items():
            yield from ((language, name) for name in written)


class Vocabulary:
    """The concepts by id, and which lie under which."""

    def __init__(
        self, concepts: Iterable[Concept], families: Mapping[str, tuple[str, str]]
    ) -> None:
        self.concepts = {concept.id: concept for concept in concepts}
        self.families = families
        self._narrower: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            for above in concept.broader:
                self._narrower.setdefault(above, []).append(concept.id)
        self.within = lru_cache(maxsize=None)(self._within)  # each is asked for again and again

    @classmethod
    @cache
    def load(cls) -> Vocabulary:
        """The project's own vocabulary, a file for each family, read once (about 0.5 s)."""
        folder = files("indexer.vocabulary") / "data"
        families = (folder / "families.yaml").read_text("utf-8")
        ids = (family["id"] for family in yaml.safe_load(families)["families"])
        concepts = ((folder / f"{name}.yaml").read_text("utf-8") for name in ids)
        return cls.parse("\n".join((families, "concepts:", *concepts)), "vocabulary/data")

    @classmethod
    def parse(cls, text: str, source: str) -> Vocabulary:
        """Read a vocabulary from YAML; ``source`` names it in errors.

        Raises:
            VocabularyError: The text is no vocabulary, or contradicts itself.
        """
        try:
            data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
            found = [concept_of(entry) for entry in data["concepts"]]
            families = {f["id"]: (f["it"], f["en"]) for f in data["families"]}
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise VocabularyError(
                f"{source} is not a vocabulary: {error}.",
                remedy=_REMEDY,
            ) from error
        return checked(found, families, source, _REMEDY)

    def _within(self, concept: str) -> frozenset[str]:
        """The concept and all that lie under it: who does one of these does it."""
        return _closure(concept, self._narrower)

    def broader(self, concept: str) -> frozenset[str]:
        """The concepts that a concept lies under, without itself."""
        above = {c.id: c.broader for c in self.concepts.values()}
        return _closure(concept, above) - {concept}


def concept_of(entry: Mapping[str, object]) -> Concept:
    """The concept that an entry of a file describes; raises ValueError, KeyError or TypeError."""
    unknown = entry.keys() - _KNOWN
    if unknown:
        raise ValueError(f"{entry.get('id')}: unknown field {sorted(unknown)[0]!r}")
    identity = _text(entry, "id")
    if not _ID.fullmatch(identity):
        raise ValueError(f"the id {identity!r} is not of small letters, digits and hyphens")
    refs = entry.get("refs") or {}
    if not isinstance(refs, Mapping):
        raise TypeError(f"{identity}: refs are given by name")
    lists = {name: strings(entry.get(name)) for name in LISTS}
    return Concept(
        id=identity,
        it=_text(entry, "it"),
        en=_text(entry, "en"),
        family=_text(entry, "family"),
        synonyms=_by_language(entry, "synonyms"),
        asked_as=_by_language(entry, "asked_as"),
        refs={str(name): str(code) for name, code in refs.items()},
        **lists,
    )


def _by_language(entry: Mapping[str, object], field: str) -> Mapping[str, tuple[str, ...]]:
    given = entry.get(field) or {}
    if not isinstance(given, Mapping) or given.keys() - {"it", "en"}:
        raise TypeError(f"{entry['id']}: {field} are given by language, 'it' or 'en'")
    return {str(code): strings(texts) for code, texts in given.items()}


def _text(entry: Mapping[str, object], field: str) -> str:
    value = entry[field]
    if isinstance(value, (Mapping, list)) or not str(value or "").strip():
        raise ValueError(f"{entry.get('id')}: {field!r} is one text, not {value!r}")
    return str(value)


def strings(value: object) -> tuple[str, ...]:
    """A list of names, none where nothing is given; raises TypeError for what is no list."""
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"a list is expected, not {value!r}")
    if any(isinstance(item, (Mapping, list)) for item in value):
        raise TypeError(f"a list of texts is expected, not {value!r}")
    return tuple(str(item) for item in value)


def checked(
    concepts: Sequence[Concept], families: Mapping[str, tuple[str, str]], source: str, remedy: str
) -> Vocabulary:
    """A vocabulary in which everything that is named exists, and no name is of two concepts.

    Args:
        concepts: Its concepts.
        families: Its families, by id: their names in Italian and English.
        source: Where it is written, for errors.
        remedy: What to do about one.

    Raises:
        VocabularyError: Something does not hold; the message says what.

    """
    problem = next(_problems(concepts, families), None)
    if problem is not None:
        raise VocabularyError(f"{source}: {problem}.", remedy=remedy)
    return Vocabulary(concepts, families)


def _problems(
    concepts: Sequence[Concept], families: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    ids = {concept.id for concept in concepts}
    if len(ids) < len(concepts):
        yield "an id is used twice"
    above = {c.id: c.broader for c in concepts}
    owners: dict[str, str] = {}
    for c in concepts:
        yield from (f"{c.id}: no concept {x!r}" for x in (*c.broader, *c.related) if x not in ids)
        if c.family not in families:
            yield f"{c.id}: no family {c.family!r}"
        if any(c.id in _closure(x, above) for x in c.broader):
            yield f"{c.id}: it is broader than itself"
        for _, name in c.names():
            if owners.setdefault(fold(name), c.id) != c.id:
                yield f"{name!r} is a name of {owners[fold(name)]} and of {c.id}"


def _closure(start: str, following: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found, todo = {start}, [start]
    while todo:
        for one in following.get(todo.pop(), ()):
            if one not in found:
                found.add(one)
                todo.append(one)
    return frozenset(found)
