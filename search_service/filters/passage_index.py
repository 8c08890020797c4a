"""The passages of a generation by whom they speak for, prepared once: what filters select from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Document
from indexer.index.snapshot import Generation
from search_service.domain import Proof
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.proving import proof_of, strongest_part

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
_NO_ROWS = np.zeros(0, np.int64)


class PassageIndex:
    """The rows of each document and organisation of a generation, and what it knows.

    Attributes:
        generation: The index on disk.
        vocabulary: What its questions may speak of.

    """

    def __init__(self, generation: Generation, vocabulary: IndexVocabulary) -> None:
        self.generation = generation
        self.vocabulary = vocabulary
        by_organisation: dict[str, list[int]] = defaultdict(list)
        by_proof: dict[tuple[str, Proof], list[int]] = defaultdict(list)
        by_document: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(generation.passages):
            by_document[passage.document].append(row)
            document = generation.documents[passage.document]
            for name in passage.organisations:
                by_organisation[name].append(row)
                organisation = generation.organisations[name]
                proven = proof_of(document, organisation, strongest_part(passage, organisation))
                by_proof[name, proven].append(row)
        self._by_organisation = {o: np.array(rows) for o, rows in by_organisation.items()}
        self._by_proof = {key: np.array(rows) for key, rows in by_proof.items()}
        self._by_document = {d: np.array(rows) for d, rows in by_document.items()}

    @cached_property
    def heard(self) -> frozenset[str]:
        """The organisations that some passage speaks for."""
        return frozenset(self._by_organisation)

    @cached_property
    def speaking(self) -> Mask:
        """The rows that speak for any organisation."""
        return self.rows_of(self.heard)

    def rows_of_organisation(self, organisation: str) -> Rows:
        """The rows of the passages that speak for an organisation."""
        return self._by_organisation.get(organisation, _NO_ROWS)

    def rows_of_document(self, document: str) -> Rows:
        """The rows of a document's passages, in reading order."""
        return self._by_document.get(document, _NO_ROWS)

    def rows_of(self, organisations: Iterable[str], proofs: frozenset[Proof] | None = None) -> Mask:
        """The rows that speak for any of them, as one of these proofs (``None``: any)."""
        mask = np.zeros(len(self.generation.passages), bool)
        for organisation in organisations:
            if proofs is None:
                mask[self.rows_of_organisation(organisation)] = True
                continue
            for proven in proofs:
                mask[self._by_proof.get((organisation, proven), _NO_ROWS)] = True
        return mask

    def rows_of_documents(self, passes: Callable[[Document], bool]) -> Mask:
        """The rows of the documents that pass."""
        mask = np.zeros(len(self.generation.passages), bool)
        for document in self.generation.documents.values():
            if passes(document):
                mask[self.rows_of_document(document.id)] = True
        return mask
