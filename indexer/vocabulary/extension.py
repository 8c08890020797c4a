"""What an association changes in the vocabulary: concepts and names added, relations, removals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from indexer.errors import VocabularyError
from indexer.text.folding import fold
from indexer.vocabulary.concepts import LISTS, Concept, Vocabulary, checked, concept_of, strings

_FIELDS = frozenset({"version", "families", "concepts", "remove"})
_REPLACED = ("broader", "related")  # of the lists of a concept; the others are added to
_REMEDY = "Correct it as corpus/README.md says, and build again."


def extended(vocabulary: Vocabulary, changes: Mapping[str, object], source: str) -> Vocabulary:
    """The vocabulary with the changes of a file in the same format.

    A concept whose id is known gets the names that are given, too, and other relations; one that
    is not is added. ``remove`` takes away concepts at the top of the file, and names in a concept.

    Args:
        vocabulary: What is changed.
        changes: The fields of the file.
        source: Its name, for errors.

    Raises:
        VocabularyError: The changes cannot be made; the message says which and why.

    """
    try:
        concepts, families = _changed(vocabulary, changes)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise VocabularyError(f"{source}: {reason}.", remedy=_REMEDY) from error
    return checked(concepts, families, source, _REMEDY)


def _changed(
    vocabulary: Vocabulary, changes: Mapping[str, object]
) -> tuple[list[Concept], dict[str, tuple[str, str]]]:
    unknown = sorted(changes.keys() - _FIELDS)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}")
    families = dict(vocabulary.families)
    for family in _entries(changes, "families"):
        families[str(family["id"])] = (str(family["it"]), str(family.get("en", family["it"])))
    removed = frozenset(strings(changes.get("remove")))
    missing = sorted(removed - vocabulary.concepts.keys())
    if missing:
        raise ValueError(f"there is no concept {missing[0]!r} to remove")
    concepts = {c.id: c for c in vocabulary.concepts.values() if c.id not in removed}
    for entry in _entries(changes, "concepts"):
        known = concepts.get(str(entry["id"]))
        concept = _added(entry, concepts) if known is None else _altered(known, entry)
        concepts[concept.id] = concept
    gone = removed - concepts.keys()
    return [_without(c, gone, vocabulary) for c in concepts.values()], families


def _entries(changes: Mapping[str, object], field: str) -> Iterable[Mapping[str, object]]:
    entries = changes.get(field) or ()
    if not isinstance(entries, Sequence) or not all(isinstance(e, Mapping) for e in entries):
        raise TypeError(f"{field!r} is a list of entries, each with its 'id'")
    return entries


def _added(entry: Mapping[str, object], known: Mapping[str, Concept]) -> Concept:
    """A new concept: in English it is called as in Italian, and its family is that above it."""
    if "it" not in entry:
        raise ValueError(f"{entry['id']}: a new concept needs its Italian name, 'it'")
    above = next((known[one] for one in strings(entry.get("broader")) if one in known), None)
    if "family" not in entry and above is None:
        raise ValueError(f"{entry['id']}: a new concept needs a 'family', or a 'broader' concept")
    family = above.family if above else ""
    return concept_of({"en": entry["it"], "family": family, **entry})


def _altered(known: Concept, entry: Mapping[str, object]) -> Concept:
    """A known concept with what an entry says; a label that it replaces stays a synonym."""
    without = frozenset(map(fold, strings(entry.get("remove"))))
    given = {field: value for field, value in entry.items() if field != "remove"}
    new = concept_of({"it": known.it, "en": known.en, "family": known.family, **given})
    synonyms = {}
    for code, label, kept in (("it", new.it, known.it), ("en", new.en, known.en)):
        names = (*known.synonyms.get(code, ()), kept, *new.synonyms.get(code, ()))
        synonyms[code] = tuple(
            name
            for name in dict.fromkeys(names)
            if fold(name) not in without and fold(name) != fold(label)
        )
    asked_as = {
        code: tuple(one for one in dict.fromkeys(phrases) if fold(one) not in without)
        for code in ("it", "en")
        if (phrases := (*known.asked_as.get(code, ()), *new.asked_as.get(code, ())))
    }
    lists = {}
    for name in LISTS:
        before, now = getattr(known, name), getattr(new, name)
        if name in _REPLACED:
            lists[name] = now if name in entry else before
        else:
            joined = dict.fromkeys((*before, *now))
            lists[name] = tuple(one for one in joined if fold(one) not in without)
    return replace(
        new, synonyms=synonyms, asked_as=asked_as, refs={**known.refs, **new.refs}, **lists
    )


def _without(concept: Concept, gone: frozenset[str], vocabulary: Vocabulary) -> Concept:
    """The concept under what the removed ones lay under."""
    if gone.isdisjoint((*concept.broader, *concept.related)):
        return concept
    above: dict[str, None] = {}
    todo = list(concept.broader)
    while todo:
        one = todo.pop(0)
        if one in gone:
            todo = [*vocabulary.concepts[one].broader, *todo]
        else:
            above[one] = None
    related = tuple(one for one in concept.related if one not in gone)
    return replace(concept, broader=tuple(above), related=related)
