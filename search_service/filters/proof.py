"""What evidence must be worth: declared, demonstrated, or corroborated by others. Only chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from search_service.domain import FacetValue, Proof, Query, RecognisedFilter
from search_service.errors import QueryProblem
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    Holders,
    Parameter,
    member,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.labels import PROOFS, Words
from search_service.presentation.languages import marked as _

_PROVING = tuple(proof for proof in Proof if proof is not Proof.MENTIONED)


class ProofFilter(Filter[frozenset[Proof]]):
    """Only passages that are one of these proofs of an organisation are evidence."""

    key = "proof"
    heading = _("prova")
    parameters = (
        Parameter(
            "proof",
            "proofs",
            _("Solo prove di questo tipo: dichiarate, dimostrate, confermate da altri."),
            Proof.DEMONSTRATED.value,
            values=tuple(proof.value for proof in _PROVING),
        ),
    )
    groups = (Facet("proofs", _("Prova"), 20),)

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The proof of a name ("demonstrated"); a mention is none."""
        found = member(Proof, value, "proof", QueryProblem.UNKNOWN_FILTER, _PROVING)
        return RecognisedFilter(self.key, found.value, PROOFS[found])

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> frozenset[Proof] | None:
        """Any of these."""
        return frozenset(Proof(item.value) for item in items)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The passages that are any of these proofs of somebody."""
        asked = self.of(query)
        return Eligibility(rows=index.rows_of(index.heard, asked), proofs=asked)

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """What the evidence is worth."""
        return words.proof(Proof(item.value))

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """What the evidence is worth that there would be."""
        found: dict[FacetKey, list[str]] = defaultdict(list)
        for organisation, evidence in answering.if_asked.items():
            for one in evidence:
                if one.proof in _PROVING:
                    found[FacetKey(one.proof.value, PROOFS[one.proof])].append(organisation)
        return {"proofs": found}

    def value_label(self, value: FacetValue, words: Words) -> str:
        """What the evidence is worth."""
        return words.proof(Proof(value.value))


PROOF = ProofFilter()
