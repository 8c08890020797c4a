"""The competencies of an index by the families of the vocabulary. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.index.snapshot import Generation
from indexer.text.folding import fold
from search_service.filters.competencies import CompetenceName, competencies_of
from search_service.insights.competence_profile import CompetenceSummary, summary
from search_service.insights.nearest_family import NearestFamily


@dataclass(frozen=True, slots=True)
class ListedCompetence:
    """A competence in a list; ``names`` are all that it is called, folded, a line each.

    ``declared`` are the ids of those who do.
    """

    summary: CompetenceSummary
    names: str
    declared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Competencies of one field; without an id and a name, those that are near no field."""

    id: str
    name: CompetenceName | None
    competencies: tuple[ListedCompetence, ...]


@dataclass(frozen=True, slots=True)
class CompetenceCounts:
    """How many competencies some profile lists, and how many only case studies name.

    Every page and file that tells how many there are takes these numbers.
    """

    declared: int
    undeclared: int

    @property
    def total(self) -> int:
        """How many are listed: both together."""
        return self.declared + self.undeclared


def counted(families: Iterable[Family]) -> CompetenceCounts:
    """How many competencies the families have."""
    listed = [one for family in families for one in family.competencies]
    declared = sum(bool(one.declared) for one in listed)
    return CompetenceCounts(declared, len(listed) - declared)


def families_of(generation: Generation) -> tuple[Family, ...]:
    """Every competence that is declared or named, in its family; the vocabulary's order.

    One that the vocabulary has no concept for is in the family nearest to it, if one is near.
    """
    vocabulary, nearest = generation.linker.vocabulary, NearestFamily(generation.linker)
    filed: dict[str, list[ListedCompetence]] = defaultdict(list)
    for competence in competencies_of(generation).values():
        concept = vocabulary.concepts.get(competence.concept)
        called = [competence.name.label, competence.name.english, *competence.variants]
        if concept is not None:
            called += [*(name for _, name in concept.names()), *concept.acronyms]
        names = "\n".join(dict.fromkeys(map(fold, called)))
        listed = ListedCompetence(summary(competence, generation), names, competence.declared)
        filed[concept.family if concept else nearest.of(competence.name.label)].append(listed)
    named = [(key, CompetenceName(*names)) for key, names in vocabulary.families.items()]
    return tuple(
        Family(key, name, tuple(filed[key])) for key, name in (*named, ("", None)) if filed[key]
    )


def with_words(families: Iterable[Family], words: str) -> tuple[Family, ...]:
    """The families with only the competencies of which some name holds every word.

    Args:
        families: All of them.
        words: What somebody wrote in the filter box; nothing keeps everything.
    """
    wanted = fold(words).split()
    kept = []
    for family in families:
        found = tuple(
            one
            for one in family.competencies
            if any(all(word in name for word in wanted) for name in one.names.split("\n"))
        )
        if found:
            kept.append(Family(family.id, family.name, found))
    return tuple(kept)
