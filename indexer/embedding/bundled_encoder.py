"""The bundled model on ONNX Runtime: the folder that ``bundled_model`` writes, and what runs it.

The runtime and the vocabulary are loaded on first use, so that a build with nothing to do never
loads them. Nothing here imports torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Encoded
from indexer.embedding.unigram import Span, UnigramTokeniser

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

GRAPH = "encoder.onnx"  # and its weights, encoder.bin
CONFIG = "config.json"
IDS, MASK, STATES = "ids", "mask", "states"  # the graph's inputs, and its output
BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
SPECIAL = (BEGIN, "<pad>", END, UNKNOWN, "<mask>")

_BATCH_TOKENS = 512  # padding included; on two cores larger batches are no faster
_PROMPTS = {"passage": "passage:", "query": "query:"}


@dataclass(frozen=True, slots=True)
class _Input:
    """What the model reads of a text: ``spans`` are those of the text's own tokens, which begin at
    ``start``.
    """

    ids: tuple[int, ...]
    start: int
    spans: tuple[Span, ...]


class BundledEncoder:
    """An Encoder over the folder of the bundled model."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a text could get another vector."""
        return str(self._config["fingerprint"])

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._session.get_outputs()[0].shape[-1])

    @cached_property
    def max_tokens(self) -> int:
        """Longest input in tokens, including special tokens and the prompt."""
        return int(self._config["max_tokens"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, without special tokens and prompt."""
        return [len(self._tokeniser.encode(text).ids) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode passages."""
        return self._encode([self._input(text, "passage") for text in texts])

    def encode_query(self, text: str) -> Encoded:
        """Encode a question."""
        return self._encode([self._input(text, "query")])[0]

    def passage_spans(self, text: str) -> tuple[Span, ...]:
        """The character offsets of a passage's tokens, without running the model."""
        return self._input(text, "passage").spans

    def _input(self, text: str, prompt: str) -> _Input:
        tokeniser = self._tokeniser
        before = self._before[prompt]
        room = max(0, self.max_tokens - len(before) - 1)
        tokens = tokeniser.encode(text)
        ids = (*before, *tokens.ids[:room], tokeniser.special[END])
        # The space after the prompt may be a token by itself, which is none of the text's.
        space = int(tokens.spans[:1] == ((0, 0),))
        return _Input(ids, len(before) + space, tokens.spans[space:room])

    def _encode(self, inputs: Sequence[_Input]) -> list[Encoded]:
        encoded: dict[int, Encoded] = {}
        for places in _batches([len(each.ids) for each in inputs]):
            states = self._states([inputs[place].ids for place in places])
            for place, own in zip(places, states, strict=True):
                encoded[place] = _encoded(inputs[place], own)
        return [encoded[place] for place in range(len(inputs))]

    def _states(self, batch: Sequence[tuple[int, ...]]) -> NDArray[np.float32]:
        """The states of a batch's tokens, shape (texts, tokens of the longest, dimension)."""
        shape = (len(batch), max(map(len, batch)))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int32)
        for row, each in enumerate(batch):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        states: NDArray[np.float32] = self._session.run([STATES], {IDS: ids, MASK: mask})[0]
        return states

    @cached_property
    def _tokeniser(self) -> UnigramTokeniser:
        return UnigramTokeniser(self._folder, SPECIAL, UNKNOWN)

    @cached_property
    def _before(self) -> dict[str, tuple[int, ...]]:
        """The ids before those of a text, by the name of its prompt."""
        begin, encode = self._tokeniser.special[BEGIN], self._tokeniser.encode
        return {name: (begin, *encode(prompt).ids) for name, prompt in _PROMPTS.items()}

    @cached_property
    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = json.loads((self._folder / CONFIG).read_text("utf-8"))
        return config

    @cached_property
    def _session(self) -> InferenceSession:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors
        # Threads that wait busily take the cores from other requests and other programs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = str(self._folder / GRAPH)
        return InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The places of texts of similar length: as many as the budget of tokens allows, or one."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and lengths[batch[0]] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _encoded(read: _Input, states: NDArray[np.float32]) -> Encoded:
    """``states`` has the shape (tokens of the batch's longest text, dimension)."""
    whole = states[: len(read.ids)].mean(axis=0)
    tokens = states[read.start : read.start + len(read.spans)]
    lengths = np.linalg.norm(tokens, axis=1, keepdims=True)
    return Encoded(whole / np.linalg.norm(whole), tokens / lengths, read.spans)
