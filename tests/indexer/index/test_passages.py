"""Passages made when asked for, from mapped files; and columns that say what all of them say."""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from indexer.domain import Part, Passage, Statement
from indexer.index import passages as module
from indexer.index.passages import PARTS, MappedPassages, PassageColumns, grouped
from indexer.index.serialisation import dump_passage
from tests.indexer.by_hand import PASSAGES


def said(who: str, part: Part, *concepts: str) -> Statement:
    return Statement(0, 1, who, part, concepts)


def passage(row: int, document: str, who: Sequence[str], *statements: Statement) -> Passage:
    one = replace(PASSAGES[0], id=f"{document}#{row}", document=document, ordinal=row)
    return replace(one, text=f"Riga\n«{row}»", organisations=tuple(who), statements=statements)


MANY = [
    passage(0, "a.md", ["arca"], said("arca", Part.DOES, "pane", "forno")),
    passage(1, "a.md", ["arca", "luna"], said("luna", Part.SPEAKS), said("luna", Part.CLIENT)),
    passage(2, "b.md", []),
    passage(3, "b.md", ["luna"], said("luna", Part.ORGANISES), said("luna", Part.DOES, "pane")),
    passage(4, "a.md", ["luna"], said("zefiro", Part.DENIES, "forno")),
]


def mapped(*sizes: int) -> MappedPassages:
    files, rest = [], list(MANY)
    for size in sizes:
        text = b"".join(dump_passage(one) + b"\n" for one in rest[:size])
        files.append((np.frombuffer(text, np.uint8), size))
        rest = rest[size:]
    return MappedPassages(files)


@pytest.mark.parametrize("sizes", [(5,), (2, 3), (1, 1, 1, 1, 1)])
def test_they_are_those_of_the_files_in_order(
    sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    found = mapped(*sizes)
    assert (len(found), list(found)) == (5, MANY)
    assert [found[row] for row in (4, 0, 2)] == [MANY[row] for row in (4, 0, 2)]
    assert (found[-1], found[np.int64(3)], found[1:3]) == (MANY[4], MANY[3], MANY[1:3])
    for row in (5, -6):
        with pytest.raises(IndexError):
            found[row]


def test_a_passage_that_is_asked_for_again_is_not_made_again() -> None:
    found = mapped(5)
    assert found[1] is found[1]


def test_none_is_made_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    monkeypatch.setattr(module, "load_passage_lines", lambda data: made.append(data) or MANY)
    found = mapped(2, 3)
    assert made == []
    _ = found[3]
    assert made == [dump_passage(MANY[3]) + b"\n"]


def test_another_number_of_lines_than_promised_is_refused() -> None:
    with pytest.raises(ValueError, match="another number"):
        MappedPassages([(np.frombuffer(dump_passage(MANY[0]) + b"\n", np.uint8), 2)])
    assert list(MappedPassages([])) == []


def test_columns_say_what_the_passages_say() -> None:
    columns = PassageColumns.of(MANY)
    assert [columns.documents[n] for n in columns.document_of] == [p.document for p in MANY]
    rows: dict[str, list[int]] = defaultdict(list)
    for row, one in enumerate(MANY):
        for concept in dict.fromkeys(c for s in one.statements for c in s.concepts):
            rows[concept].append(row)
    assert columns.concept_rows() == {concept: tuple(found) for concept, found in rows.items()}
    spoken = [
        (row, columns.organisations[who], PARTS[part])
        for row, who, part in zip(
            columns.spoken_rows,
            columns.spoken_organisations,
            columns.strongest_parts(),
            strict=True,
        )
    ]
    assert spoken == [
        (0, "arca", Part.DOES),
        (1, "arca", Part.DOES),  # nothing is said of it: its own words
        (1, "luna", Part.SPEAKS),
        (3, "luna", Part.DOES),
        (4, "luna", Part.DOES),
    ]
    clients = columns.saying(Part.CLIENT)
    assert columns.said_rows[clients].tolist() == [1]
    assert [columns.organisations[n] for n in columns.said_organisations[clients]] == ["luna"]


def test_columns_of_nothing() -> None:
    columns = PassageColumns.of([])
    assert (columns.concept_rows(), columns.strongest_parts().tolist()) == ({}, [])
    assert list(grouped(columns.document_of, columns.document_of)) == []


def test_groups_keep_the_order_of_their_values() -> None:
    keys, values = np.array([2, 0, 2, 0]), np.array([9, 8, 7, 6], np.int32)
    found = [(key, own.tolist()) for key, own in grouped(keys, values)]
    assert found == [(0, [8, 6]), (2, [9, 7])]


def test_the_files_are_let_go_with_the_passages() -> None:
    """At once, not when a collector comes by: a disk may wait to be unmounted."""
    data = np.frombuffer(dump_passage(MANY[0]) + b"\n", np.uint8).copy()
    found, seen = MappedPassages([(data, 1)]), weakref.ref(data)
    assert found[0] == MANY[0]
    del found, data
    assert seen() is None
