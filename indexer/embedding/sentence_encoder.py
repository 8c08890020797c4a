"""Any model but the bundled one: text encoding with sentence-transformers.

Heavy libraries are imported on first use, so that a build with nothing to do never loads them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.domain import Encoded

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

BATCH = 16  # on two cores larger batches only pad more


class SentenceEncoder:
    """An Encoder over a sentence-transformers folder."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.RLock()  # the tokeniser keeps how it cuts and pads as a state

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the names and sizes of the model's files, and of their first and last MiB."""
        digest = hashlib.sha256()
        for path in sorted(p for p in self._folder.rglob("*") if p.is_file()):
            size = path.stat().st_size
            digest.update(f"{path.relative_to(self._folder)}\0{size}\0".encode())
            with path.open("rb") as file:
                # The head of a safetensors file names every tensor; 1 MiB of it and of the tail
                # tells two sets of weights apart without reading half a gigabyte at each start.
                digest.update(file.read(1 << 20))
                file.seek(max(0, size - (1 << 20)))
                digest.update(file.read())
        return digest.hexdigest()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def max_tokens(self) -> int:
        """Longest input in tokens, including special tokens and the prompt."""
        length = self._config("sentence_bert_config.json").get("max_seq_length")
        return length if isinstance(length, int) else 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, without special tokens and prompt."""
        with self._whole_texts() as tokenizer:
            encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode passages."""
        return self._encode(texts, "passage")

    def encode_query(self, text: str) -> Encoded:
        """Encode a question."""
        return self._encode([text], "query")[0]

    def passage_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """The character offsets of a passage's tokens, without running the model."""
        return tuple(span for _, span in self._text_tokens(text, "passage"))

    def _encode(self, texts: Sequence[str], prompt: str) -> list[Encoded]:
        if not texts:
            return []
        with self._lock:
            features: Any = self._model.encode(
                list(texts),
                prompt=self._prompts.get(prompt) or None,
                output_value=None,
                batch_size=BATCH,
                show_progress_bar=False,
            )
        return [
            self._encoded(text, prompt, feature)
            for text, feature in zip(texts, features, strict=True)
        ]

    def _encoded(self, text: str, prompt: str, feature: Mapping[str, Any]) -> Encoded:
        chosen = self._text_tokens(text, prompt)
        states = feature["token_embeddings"].float().numpy()
        tokens = states[[place for place, _ in chosen]]
        tokens = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
        vector = feature["sentence_embedding"].float().numpy()
        unit = vector / np.linalg.norm(vector)
        return Encoded(unit, tokens.astype(np.float32), tuple(span for _, span in chosen))

    def _text_tokens(self, text: str, prompt: str) -> list[tuple[int, tuple[int, int]]]:
        """The places, among all the model reads, of the text's own tokens, and their spans."""
        before = self._prompts.get(prompt) or ""
        with self._whole_texts() as tokenizer:
            encoding = tokenizer.encode(before + text)
        shift = len(before)
        found = [
            (place, (max(start, shift) - shift, end - shift))
            for place, ((start, end), special) in enumerate(
                zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
            )
            if not special and end > shift
        ]
        last = self.max_tokens - 1  # the end mark's place when the text is cut
        return [(place, span) for place, span in found if place < last]

    @cached_property
    def _prompts(self) -> dict[str, str]:
        prompts = self._config("config_sentence_transformers.json").get("prompts")
        return prompts if isinstance(prompts, dict) else {}

    def _config(self, name: str) -> dict[str, object]:
        path = self._folder / name
        return json.loads(path.read_text("utf-8")) if path.is_file() else {}

    @contextmanager
    def _whole_texts(self) -> Iterator[Tokenizer]:
        """The tokeniser without truncation or padding; the model resets it at its next call.

        The model's own where it is loaded: a second would hold 0.3 GB and take a second to load.
        """
        with self._lock:
            loaded = "_model" in self.__dict__
            tokenizer = self._model.tokenizer.backend_tokenizer if loaded else self._tokenizer
            tokenizer.no_truncation()
            tokenizer.no_padding()
            yield tokenizer

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    @cached_property
    def _model(self) -> SentenceTransformer:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(self._threads)
        logging.getLogger("transformers").setLevel(logging.ERROR)
        self.__dict__.pop("_tokenizer", None)  # the model brings its own
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
