"""Writes a BERT encoder as a graph for ONNX Runtime, its matrices in the 4-bit blocks they come in.

Nothing is rounded: the runtime multiplies by (nibble - 8) * scale in 32-bit floats. The graph is
made of the runtime's own operators (domain ``com.microsoft``), which it would otherwise look for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from indexer.embedding.bundled_encoder import IDS, MASK, STATES
from indexer.embedding.e5s1 import BLOCK, Blocks, Model

_ONNX, _RUNTIME = "", "com.microsoft"
_VERSIONS = {_ONNX: 18, _RUNTIME: 1}
_IR_VERSION = 10
_BITS = 4
_SMALL = 1024  # bytes; larger tensors are in the file beside, which the runtime maps


def write_graph(model: Model, path: Path) -> None:
    """Write the encoder as ``path`` and its weights beside it, as ``.bin``.

    Its inputs are token ids, int64, and a mask, int32, 1 for a token and 0 for padding, both of
    shape (texts, tokens); its output is the tokens' states, float32 of shape (texts, tokens,
    hidden).
    """
    proto = _Graph(model).proto()
    onnx.save_model(
        proto,
        path,
        save_as_external_data=True,
        location=path.with_suffix(".bin").name,
        size_threshold=_SMALL,
    )


class _Graph:
    """Nodes and constants; each method adds a part and returns the name of what it computes."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[TensorProto] = []

    def proto(self) -> onnx.ModelProto:
        states = self._embeddings()
        layers = self._model.shape.layers
        for layer in range(layers):
            states = self._layer(f"l{layer}", states, STATES if layer == layers - 1 else "")
        tokens: list[int | str | None] = ["texts", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [
                helper.make_tensor_value_info(IDS, TensorProto.INT64, tokens),
                helper.make_tensor_value_info(MASK, TensorProto.INT32, tokens),
            ],
            [
                helper.make_tensor_value_info(
                    STATES, TensorProto.FLOAT, [*tokens, self._model.shape.hidden]
                )
            ],
            self._constants,
        )
        versions = [helper.make_opsetid(domain, version) for domain, version in _VERSIONS.items()]
        return helper.make_model(graph, opset_imports=versions, ir_version=_IR_VERSION)

    def _embeddings(self) -> str:
        words, scales = self._blocks("emb.word", self._model.matrices["emb.word"])
        word = self._node(
            "GatherBlockQuantized",
            [words, IDS, scales],
            "emb.words",
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
            bits=_BITS,
        )
        # All tokens are of the first type: its embedding is added to every place's.
        places = self._matrix("emb.pos") + self._matrix("emb.type")[0]
        every = self._constant("emb.places", places[None])
        count = self._node("Shape", [IDS], "emb.count", _ONNX, start=1, end=2)
        zero = self._constant("zero", np.array([0]))
        one = self._constant("one", np.array([1]))
        place = self._node("Slice", [every, zero, count, one], "emb.place", _ONNX)
        return self._norm(word, place, "emb.ln")

    def _layer(self, name: str, states: str, output: str) -> str:
        joined = self._linear(states, f"{name}.qkv", [f"{name}.{part}" for part in "qkv"])
        parts = [f"{name}.{part}s" for part in "qkv"]
        self._nodes.append(helper.make_node("Split", [joined], parts, axis=2, num_outputs=3))
        context = self._node(
            "MultiHeadAttention",
            [*parts, "", MASK],
            f"{name}.context",
            num_heads=self._model.shape.heads,
        )
        attended = self._linear(context, f"{name}.attended", [f"{name}.ao"])
        states = self._norm(attended, states, f"{name}.aln")
        inner = self._linear(states, f"{name}.inner", [f"{name}.fi"])
        inner = self._node("Gelu", [inner], f"{name}.gelu")
        outer = self._linear(inner, f"{name}.outer", [f"{name}.fo"])
        return self._norm(outer, states, f"{name}.oln", output)

    def _linear(self, states: str, name: str, parts: list[str]) -> str:
        """``states`` by the matrices of ``parts``, joined, plus their biases."""
        matrices = [self._model.matrices[f"{part}.w"] for part in parts]
        joined = Blocks(
            np.concatenate([matrix.nibbles for matrix in matrices]),
            np.concatenate([matrix.scales for matrix in matrices]),
        )
        weights, scales = self._blocks(f"{name}.w", joined, flat=False)
        biases = np.concatenate([self._model.vectors[f"{part}.b"] for part in parts])
        rows, blocks = joined.scales.shape
        return self._node(
            "MatMulNBits",
            [states, weights, scales, "", "", self._constant(f"{name}.b", biases)],
            name,
            K=blocks * BLOCK,
            N=rows,
            bits=_BITS,
            block_size=BLOCK,
        )

    def _norm(self, states: str, added: str, name: str, output: str = "") -> str:
        vectors = self._model.vectors
        weights = [self._constant(f"{name}.{part}", vectors[f"{name}.{part}"]) for part in "wb"]
        return self._node(
            "SkipLayerNormalization",
            [states, added, *weights],
            output or f"{name}.norm",
            epsilon=self._model.shape.epsilon,
        )

    def _matrix(self, name: str) -> NDArray[np.float32]:
        if name in self._model.matrices:
            return self._model.matrices[name].weights()
        return self._model.vectors[name].reshape(-1, self._model.shape.hidden)

    def _blocks(self, name: str, matrix: Blocks, *, flat: bool = True) -> tuple[str, str]:
        """Two weights a byte, the earlier in the low nibble, and the scales."""
        packed = matrix.nibbles[..., 0::2] | matrix.nibbles[..., 1::2] << 4
        if flat:
            packed = packed.reshape(len(packed), -1)
        return self._constant(name, packed), self._constant(f"{name}.scales", matrix.scales)

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(
        self,
        kind: str,
        inputs: list[str],
        output: str,
        domain: str = _RUNTIME,
        **options: Any,  # noqa: ANN401 - attributes of any operator
    ) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **options))
        return output
