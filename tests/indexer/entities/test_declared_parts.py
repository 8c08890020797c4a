"""Whose part each declared competence of a shared case study is."""

from __future__ import annotations

from indexer.domain import Part
from indexer.entities.attribution import Attribution
from indexer.entities.declared_parts import declared_parts
from indexer.vocabulary import Linker

LINE = "Competenze: penetration test, e-learning, semina."
SHARED = [Attribution(0, len(LINE), name, Part.SHARED) for name in ("alfa", "beta")]


def told(did: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    said = declared_parts(LINE, SHARED, did, Linker.load())
    return [(LINE[a.start : a.end], a.organisation, a.part.value) for a in said]


def test_a_competence_is_of_who_did_it_and_what_nobody_is_said_to_have_done_is_shared() -> None:
    did = {"alfa": ["Alfa ha condotto una prova di intrusione."], "beta": ["Beta ha cucinato."]}
    assert told(did) == [
        ("penetration test", "alfa", "does"),
        ("e-learning", "alfa", "shared"),
        ("e-learning", "beta", "shared"),
        ("semina", "alfa", "shared"),
        ("semina", "beta", "shared"),
    ]


def test_who_did_something_narrower_did_it_and_so_did_who_is_said_to_in_its_words() -> None:
    did = {"alfa": ["Alfa ha seminato."], "beta": ["Beta ha messo in piedi la piattaforma Moodle."]}
    assert ("e-learning", "beta", "does") in told(did)
    assert ("semina", "alfa", "does") in told(did)


def test_where_the_text_names_nobody_s_part_the_line_stays_as_it_is() -> None:
    assert declared_parts(LINE, SHARED, {}, Linker.load()) == tuple(SHARED)
