"""Searchers as the settings ask for them."""

from __future__ import annotations

from typing import Protocol

from indexer.domain import Encoder
from indexer.embedding.cross_encoder import load_cross_encoder
from indexer.errors import GenerationError
from indexer.index.snapshot import Generation
from search_service.search.calibration import calibration_of, read_calibration
from search_service.search.searcher import Searcher
from search_service.search.weights import WEIGHTS, Weights
from search_service.settings import ServiceSettings


class SearcherFactory(Protocol):
    """Makes a searcher for a generation; ``Searcher`` itself is one."""

    def __call__(
        self, generation: Generation, encoder: Encoder, weights: Weights = WEIGHTS
    ) -> Searcher:
        """Make it; see ``Searcher``."""


def searcher_factory(settings: ServiceSettings) -> SearcherFactory:
    """What makes a searcher for a generation.

    Raises:
        CalibrationError: The calibration that is set cannot be read.
        ModelError: The reranker that is set cannot be loaded.
    """
    reranker = load_cross_encoder(settings.reranker) if settings.reranker else None
    measured = None if settings.calibration is None else read_calibration(settings.calibration)

    def make(generation: Generation, encoder: Encoder, weights: Weights = WEIGHTS) -> Searcher:
        model = generation.manifest.build_fingerprint.model
        if measured is None:
            return Searcher(generation, encoder, weights, reranker=reranker)
        if measured.model != model:
            raise GenerationError(
                f"{settings.calibration} was measured for {measured.model}, the index was made "
                f"with {model}.",
                remedy="Run: python -m search_service calibrate, or unset COMPETENZE_CALIBRATION.",
            )
        calibration = calibration_of(model, len(generation.passages), measured)
        return Searcher(generation, encoder, weights, calibration, reranker)

    return make
