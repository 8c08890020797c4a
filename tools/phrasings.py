"""How well questions are understood: python -m tools.phrasings [FILE ...].

Reads files of judged questions (tests/evaluation/blind_phrasings*.tsv, unless others are named),
understands each through the product's own functions, and prints what was missed and how many of
each group were exactly right: the places, the span of time and the kind of document, all three.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from indexer.domain import PlaceMention
from indexer.places import Gazetteer, recognise_places
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.kind import kinds_of
from search_service.filters.period import PERIOD
from search_service.query.parser import parse_query

EVALUATION = Path(__file__).parents[1] / "tests" / "evaluation"
ASKED_ON = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question is about, beside its subject, in the notation of the files."""

    places: tuple[str, ...]
    period: str
    kind: str

    def __str__(self) -> str:
        return f"{'; '.join(self.places) or '-'} | {self.period} | {self.kind}"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question and how a careful reader understands it."""

    group: str
    language: str
    question: str
    expected: Reading


def phrasings(path: Path) -> list[Phrasing]:
    """The judged questions of a file."""
    lines = path.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [
        Phrasing(group, language, question, Reading(_places(places), period, kind))
        for group, language, question, places, period, kind in rows
    ]


def understood(question: str, gazetteer: Gazetteer) -> Reading:
    """How the program understands a question."""
    query = parse_query(question, IndexVocabulary(), today=ASKED_ON)
    return Reading(
        _places("; ".join(map(_written, recognise_places(question, gazetteer)))),
        str(PERIOD.of(query) or "-"),
        ",".join(sorted(kinds_of(query) or ())) or "-",
    )


def _written(mention: PlaceMention) -> str:
    radius = "" if mention.radius_km is None else f" {mention.radius_km:g}km"
    ids = "|".join(place.id for place in mention.places)
    return f"{mention.relation.value} {ids}{radius}{' ?' * mention.ambiguous}"


def _places(text: str) -> tuple[str, ...]:
    """Mentions as a file writes them, in one order: neither theirs nor their places' counts."""
    found = []
    for mention in text.split("; ") if text not in ("", "-") else []:
        relation, ids, *rest = mention.split(" ")
        found.append(" ".join([relation, "|".join(sorted(ids.split("|"))), *rest]))
    return tuple(sorted(found))


def report(found: Iterable[tuple[Phrasing, Reading]]) -> str:
    """The misses, then how many of each group were exactly right."""
    lines, right, all_of = [], Counter[str](), Counter[str]()
    for phrasing, reading in found:
        groups = (phrasing.group, phrasing.language, "all")
        all_of.update(groups)
        if reading == phrasing.expected:
            right.update(groups)
        else:
            lines += [f"{phrasing.group}: {phrasing.question}", f"  expected {phrasing.expected}"]
            lines += [f"  found    {reading}"]
    return "\n".join([*lines, *(f"{group}: {right[group]}/{n}" for group, n in all_of.items())])


def main(names: list[str]) -> None:
    """Print the report of each file."""
    gazetteer = Gazetteer.load()
    paths = [Path(name) for name in names] or sorted(EVALUATION.glob("blind_phrasings*.tsv"))
    for path in paths:
        print(f"# {path.name}")
        print(report((p, understood(p.question, gazetteer)) for p in phrasings(path)))


if __name__ == "__main__":
    main(sys.argv[1:])
