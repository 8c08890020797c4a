"""A cross-encoder: a model that reads a question and a passage together and says how well they fit.

Its libraries are imported only when one is configured.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.embedding.sentence_encoder import BATCH
from indexer.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as Model


class CrossEncoder:
    """Scores passages for a question with a sentence-transformers CrossEncoder."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers a question; higher is better."""
        if not passages:
            return []
        pairs = [(question, passage) for passage in passages]
        with self._lock:
            found = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False)
        return [float(score) for score in found]


def load_cross_encoder(name: str) -> CrossEncoder:
    """Load a cross-encoder, which has one score for a pair.

    Args:
        name: A folder, or a model that can be downloaded.

    Raises:
        ModelError: The model is not available, or gives a pair several scores.
    """
    from sentence_transformers import CrossEncoder as Model

    try:
        model = Model(name, device="cpu", local_files_only=Path(name).is_dir())
    except Exception as error:  # the libraries raise many unrelated types
        raise ModelError(
            f"The re-ranking model {name!r} is neither a folder nor a model that can be "
            f"downloaded ({type(error).__name__}).",
            remedy="Name a sentence-transformers CrossEncoder in COMPETENZE_RERANKER, or leave it "
            "out.",
        ) from error
    if model.num_labels != 1:
        raise ModelError(
            f"The re-ranking model {name!r} gives a pair {model.num_labels} scores.",
            remedy="Name a model with one score in COMPETENZE_RERANKER, or leave it out.",
        )
    return CrossEncoder(model)
