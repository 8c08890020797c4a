"""The passages of a loaded generation: mapped files, of which a passage is made when asked for.

What is asked of all passages at once stands in columns, so that nobody has to make them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Part, Passage
from indexer.index.serialisation import load_passage_lines

_KEPT = 8192  # passages kept once made: those of the questions that people ask, 3 KB each
_AT_ONCE = 512  # passages made together when all are asked for
_LINE_BREAK = 10

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]
PARTS = tuple(Part)


class MappedPassages(Sequence[Passage]):
    """Passages, a line each in some files one behind the other."""

    def __init__(self, files: Sequence[tuple[Bytes, int]]) -> None:
        """Find the lines; raises ValueError if a file has another number of them than given."""
        data = [one for one, _ in files]
        ends = [np.flatnonzero(one == _LINE_BREAK) + 1 for one in data]
        sizes = [passages for _, passages in files]
        if [len(one) for one in ends] != sizes:
            raise ValueError("a file has another number of passages than its manifest says")
        places = np.repeat(np.arange(len(files)), np.array(sizes, np.int64))
        self._size = len(places)
        begins = [np.concatenate([[0], one[:-1]]) for one in ends if len(one)]
        starts_of = np.concatenate([np.zeros(0, np.int64), *begins])
        ends_of = np.concatenate([np.zeros(0, np.int64), *ends])

        def line(row: int) -> bytes:
            file: Bytes = data[places[row]]
            return file[starts_of[row] : ends_of[row]].tobytes()

        # No methods: they would keep this object, and the files mapped, until they are collected.
        self._line = line
        self._kept = lru_cache(maxsize=_KEPT)(lambda row: load_passage_lines(line(row))[0])

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(row, slice):
            return [self[n] for n in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self._kept(int(row) % len(self))

    def __iter__(self) -> Iterator[Passage]:
        """All passages; none of them is kept."""
        for start in range(0, len(self), _AT_ONCE):
            rows = range(start, min(start + _AT_ONCE, len(self)))
            yield from load_passage_lines(b"".join(map(self._line, rows)))


@dataclass(frozen=True, slots=True)
class PassageColumns:
    """Whom all passages are of and what they say, as numbers; names stand once.

    ``document_of`` has shape (passages,). The n-th of the ``spoken_…``: a passage is evidence for
    an organisation. The n-th of the ``said_…``: a statement of a passage, of an organisation, with
    its place in ``PARTS``. The n-th of the ``concept_…``: a statement names a concept.
    """

    documents: Sequence[str]
    document_of: Places
    organisations: Sequence[str]
    spoken_rows: Places
    spoken_organisations: Places
    said_rows: Places
    said_organisations: Places
    said_parts: Places
    concepts: Sequence[str]
    concept_statements: Places
    concept_ids: Places

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> PassageColumns:
        """Read all passages, a few at a time."""
        documents, organisations, concepts = dict[str, int](), dict[str, int](), dict[str, int]()
        place = {part: n for n, part in enumerate(PARTS)}
        document_of: list[int] = []
        spoken: list[tuple[int, int]] = []
        said: list[tuple[int, int, int]] = []
        named: list[tuple[int, int]] = []
        for row, passage in enumerate(passages):
            document_of.append(documents.setdefault(passage.document, len(documents)))
            for one in passage.organisations:
                spoken.append((row, organisations.setdefault(one, len(organisations))))
            for statement in passage.statements:
                for concept in statement.concepts:
                    named.append((len(said), concepts.setdefault(concept, len(concepts))))
                who = organisations.setdefault(statement.organisation, len(organisations))
                said.append((row, who, place[statement.part]))
        spoken_rows, spoken_organisations = _columns(spoken, 2)
        said_rows, said_organisations, said_parts = _columns(said, 3)
        concept_statements, concept_ids = _columns(named, 2)
        return cls(
            documents=tuple(documents),
            document_of=np.array(document_of, np.int32),
            organisations=tuple(organisations),
            spoken_rows=spoken_rows,
            spoken_organisations=spoken_organisations,
            said_rows=said_rows,
            said_organisations=said_organisations,
            said_parts=said_parts,
            concepts=tuple(concepts),
            concept_statements=concept_statements,
            concept_ids=concept_ids,
        )

    def concept_rows(self) -> Mapping[str, tuple[int, ...]]:
        """The rows of the passages with a statement that names a concept, in order, by concept."""
        rows = self.said_rows[self.concept_statements]
        return {
            self.concepts[concept]: tuple(dict.fromkeys(found.tolist()))
            for concept, found in grouped(self.concept_ids, rows)
        }

    def saying(self, part: Part) -> NDArray[np.bool_]:
        """Which statements say that somebody has a part, shape (statements,)."""
        found: NDArray[np.bool_] = self.said_parts == PARTS.index(part)
        return found

    def strongest_parts(self) -> Places:
        """The first in ``PARTS`` of what the passage of each ``spoken_…`` says of the organisation;
        one that says nothing of it is its own words: doing.
        """
        width = max(1, len(self.organisations))
        said = self.said_rows.astype(np.int64) * width + self.said_organisations
        spoken = self.spoken_rows.astype(np.int64) * width + self.spoken_organisations
        order = np.lexsort((self.said_parts, said))
        keys, first = np.unique(said[order], return_index=True)
        found = np.full(len(spoken), PARTS.index(Part.DOES), np.int32)
        if len(keys):
            places = np.searchsorted(keys, spoken) % len(keys)
            known = keys[places] == spoken
            found[known] = self.said_parts[order][first[places[known]]]
        return found


def grouped(
    keys: NDArray[np.integer], values: NDArray[np.integer]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The values of each key, in their order; both of shape (entries,)."""
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    ordered = values[order].astype(np.int64)
    yield from zip(found.tolist(), np.split(ordered, starts[1:]), strict=False)


def _columns(entries: Sequence[tuple[int, ...]], width: int) -> list[Places]:
    return list(np.array(entries, np.int32).reshape(-1, width).T.copy())
