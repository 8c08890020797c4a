"""Questions judged before they were run: places, time and kind, all three exactly right."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.places import Gazetteer
from tools.phrasings import EVALUATION, phrasings, report, understood

GAZETTEER = Gazetteer.load()
# What is known to be misread, because what would mend it would break more: a first name that is a
# city's too ("Milan Office" is in Milan).
MISREAD = {"Milan Kundera reading group"}
FILES = sorted(EVALUATION.glob("blind_phrasings*.tsv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_questions_are_understood_as_judged(path: Path) -> None:
    found = [(p, understood(p.question, GAZETTEER)) for p in phrasings(path)]
    missed = [(phrasing, reading) for phrasing, reading in found if reading != phrasing.expected]
    new = [(phrasing, reading) for phrasing, reading in missed if phrasing.question not in MISREAD]
    assert len(found) >= 100
    assert not new, report(new)


def test_what_is_misread_is_still_misread() -> None:
    judged = [p for path in FILES for p in phrasings(path) if p.question in MISREAD]
    assert {p.question for p in judged} == MISREAD
    assert all(understood(p.question, GAZETTEER) != p.expected for p in judged)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_phrasing_is_there_once_and_names_known_places(path: Path) -> None:
    judged = phrasings(path)
    assert len({phrasing.question.casefold() for phrasing in judged}) == len(judged)
    for phrasing in judged:
        for word in " ".join(phrasing.expected.places).replace("|", " ").split():
            if ":" in word:
                assert GAZETTEER.get(word).id == word
