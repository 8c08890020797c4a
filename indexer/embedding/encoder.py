"""Which encoder the settings name."""

from __future__ import annotations

from pathlib import Path

from indexer.domain import Encoder
from indexer.embedding import bundled_model
from indexer.embedding.bundled_encoder import BundledEncoder
from indexer.embedding.sentence_encoder import SentenceEncoder
from indexer.errors import ModelError
from indexer.settings import Settings, usable_cores


def load_encoder(settings: Settings) -> Encoder:
    """The encoder named in the settings; the bundled model is converted on first use.

    Raises:
        ModelError: if the model is not available.
    """
    threads = settings.encoder_threads or usable_cores()
    if settings.model == bundled_model.MODEL_NAME:
        return BundledEncoder(bundled_model.prepare_bundled_model(settings.cache), threads)
    if Path(settings.model).is_dir():
        return SentenceEncoder(Path(settings.model), threads)
    from huggingface_hub import snapshot_download

    try:
        return SentenceEncoder(Path(snapshot_download(settings.model)), threads)
    except Exception as error:  # the hub client raises many unrelated types
        raise ModelError(
            f"The embedding model {settings.model!r} is neither a folder nor a model that can be "
            f"downloaded ({type(error).__name__}).",
            remedy="Put its folder on this machine and name the folder in COMPETENZE_MODEL, or "
            "leave COMPETENZE_MODEL out to use the bundled model.",
        ) from error
