"""The bundled model as sentence-transformers reads it: what our own encoder is compared with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from indexer.embedding.bundled_encoder import SPECIAL
from indexer.embedding.e5s1 import Floats, Model

_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
    "word": "word_embeddings",
    "pos": "position_embeddings",
    "type": "token_type_embeddings",
    "ln": "LayerNorm",
}
_SUFFIXES = {"w": "weight", "b": "bias"}


def write_reference(model: Model, folder: Path) -> None:
    """Write a sentence-transformers folder."""
    from safetensors.numpy import save_file

    floats = {name: matrix.weights() for name, matrix in model.matrices.items()}
    hidden = model.shape.hidden
    for name, values in model.vectors.items():
        floats[name] = values.reshape(-1, hidden) if name in ("emb.pos", "emb.type") else values
    save_file(
        {_bert(n): v for n, v in floats.items()}, folder / "model.safetensors", {"format": "pt"}
    )
    tokenizer(model).save(str(folder / "tokenizer.json"))
    _write_configuration(model, folder)


def tokenizer(model: Model):  # type: ignore[no-untyped-def]  # noqa: ANN201 - not loaded here
    """The vocabulary as ``tokenizers`` holds it."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    vocabulary = list(zip(model.pieces, model.scores.tolist(), strict=True))
    made = Tokenizer(models.Unigram(vocabulary, unk_id=model.pieces.index("<unk>")))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    special = [(piece, model.pieces.index(piece)) for piece in ("<s>", "</s>")]
    made.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=special)
    made.add_special_tokens(list(SPECIAL))
    return made


def _bert(name: str) -> str:
    first, *parts = name.split(".")
    place = "embeddings" if first == "emb" else f"encoder.layer.{first[1:]}"
    suffix = _SUFFIXES[parts[1]] if len(parts) > 1 else "weight"
    return f"{place}.{_NAMES[parts[0]]}.{suffix}"


def _write_configuration(model: Model, folder: Path) -> None:
    shape, module = model.shape, "sentence_transformers.models"
    marks = {
        "bos": "<s>",
        "eos": "</s>",
        "cls": "<s>",
        "sep": "</s>",
        "pad": "<pad>",
        "unk": "<unk>",
    }
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.ffn,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            **{f"{mark}_token": piece for mark, piece in marks.items()},
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def worst_cosine(a: Floats, b: Floats) -> float:
    """The least cosine of vectors of unit length, row by row."""
    assert a.shape == b.shape
    return float(np.min(np.sum(a * b, axis=-1), initial=1.0))
