"""Generations: immutable, published at once, and refused when a single byte is not as written."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from indexer.errors import GenerationError
from indexer.index import late_interaction, publishing, restrictions
from indexer.index import snapshot as generations
from indexer.index.manifest import FORMAT
from indexer.index.originals import file_path, keep_file
from indexer.index.publishing import publish
from indexer.index.snapshot import current_name, generation_names, load, load_current
from indexer.storage import durable
from indexer.text import tokens
from tests.indexer.by_hand import (
    ARCA,
    CODES,
    DOCUMENT,
    HASH,
    MANIFEST,
    ORIGINAL,
    PASSAGES,
    PROBLEM,
    VECTORS,
    flip,
    folder,
    parts,
    published,
)

# --- publish and load ----------------------------------------------------------------------


def test_what_is_published_is_loaded_unchanged(tmp_path: Path) -> None:
    (name,) = published(tmp_path)
    found, refused = load_current(tmp_path)
    assert (found.id, refused) == (name, ())
    assert tuple(found.passages) == PASSAGES
    assert found.documents == {DOCUMENT.id: DOCUMENT}
    assert found.organisations == {"arca": ARCA}
    assert found.manifest.problems == (PROBLEM,)
    assert np.array_equal(found.dense.vectors(), VECTORS)
    assert [row for row, _ in found.lexical.search(["cloud"], 3)] == [1]
    assert np.argmax(found.tokens.similarities(np.eye(3, 4, dtype=np.float32), [1])[0][1]) == 2
    assert found.original(DOCUMENT) == ORIGINAL


def test_the_manifest_lists_every_part_with_its_size_and_hash(tmp_path: Path) -> None:
    (name,) = published(tmp_path)
    files = {path.name: path.read_bytes() for path in folder(tmp_path, name).iterdir()}
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["parts"] == {
        part: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for part, data in files.items()
    }
    build_fingerprint = manifest["build_fingerprint"]
    assert (build_fingerprint["tokeniser"], build_fingerprint["token_coder"]) == (
        tokens.TOKENISER,
        late_interaction.CODER,
    )
    assert sorted(files) == sorted(parts())


def test_names_count_up_and_end_with_the_hash_of_the_manifest(tmp_path: Path) -> None:
    names = published(tmp_path, 2)
    assert [name[:8] for name in names] == ["g000001-", "g000002-"]
    for name in names:
        text = (folder(tmp_path, name) / "manifest.json").read_bytes()
        assert name[8:] == hashlib.sha256(text).hexdigest()[:16]
    assert current_name(tmp_path) == names[1]
    assert generation_names(tmp_path) == names[::-1]


def test_a_loaded_generation_does_not_change_when_a_new_one_is_published(tmp_path: Path) -> None:
    published(tmp_path)
    first, _ = load_current(tmp_path)
    published(tmp_path)
    assert first.manifest.corpus == "corpus 0"
    assert first.original(DOCUMENT) == ORIGINAL


def test_no_index_at_all_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="There is no index") as caught:
        load_current(tmp_path / "nowhere")
    assert caught.value.remedy == "Run: python -m indexer build."
    assert current_name(tmp_path) is None
    assert generation_names(tmp_path) == []


def test_a_full_disk_leaves_the_served_generation_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = published(tmp_path)
    real, written = os.fsync, []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 3:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish(tmp_path, MANIFEST, parts())
    monkeypatch.undo()
    assert load_current(tmp_path)[0].id == name
    assert [p.name for p in (tmp_path / "generations").iterdir()] == [name]


def test_what_was_synced_before_current_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part, the manifest and both folders are on the disk before CURRENT names them.

    So are the restrictions from then on.
    """
    synced: list[str] = []
    real = durable.synced_file

    @contextmanager
    def watched(path: Path) -> Iterator[BinaryIO]:
        with real(path) as file:
            yield file
        synced.append(path.name)

    monkeypatch.setattr(publishing, "synced_file", watched)
    monkeypatch.setattr(durable, "synced_file", watched)
    monkeypatch.setattr(publishing, "sync", lambda p: synced.append(p.name.split("-")[0]))
    for module in (publishing, restrictions):
        monkeypatch.setattr(module, "replace_synced", lambda p, _: synced.append(p.name))
    publish(tmp_path, MANIFEST, parts())
    assert set(synced[:-5]) == set(parts())
    assert synced[-5:-2] == ["manifest.json", ".writing", "generations"]
    assert synced[-2:] == ["restricted.json", "CURRENT"]


# --- damage --------------------------------------------------------------------------------


def test_a_flipped_byte_anywhere_in_the_manifest_is_refused(tmp_path: Path) -> None:
    (name,) = published(tmp_path)
    path = folder(tmp_path, name) / "manifest.json"
    whole = path.read_bytes()
    for position in (*range(0, len(whole), 25), len(whole) - 1):
        flip(path, position)
        with pytest.raises(GenerationError, match=r"manifest\.json was changed"):
            load(tmp_path, name)
        path.write_bytes(whole)
    load(tmp_path, name)


@pytest.mark.parametrize("part", sorted(parts()))
def test_a_flipped_byte_of_any_part_is_refused_before_it_is_parsed(
    tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = published(tmp_path)
    path = folder(tmp_path, name) / part
    whole = path.read_bytes()

    def never(*_: object) -> None:
        raise AssertionError("a damaged part was parsed")

    monkeypatch.setattr("indexer.index.dense.DenseIndex", never)
    monkeypatch.setattr(generations, "MappedPassages", never)
    positions = {0, len(whole) - 1, *random.Random(part).sample(range(len(whole)), 8)}
    for position in sorted(positions):
        flip(path, position)
        with pytest.raises(GenerationError, match=f"{part} is damaged"):
            load(tmp_path, name)
        path.write_bytes(whole)


@pytest.mark.parametrize("part", [*sorted(parts()), "manifest.json"])
def test_a_missing_short_or_long_file_is_refused_by_name(tmp_path: Path, part: str) -> None:
    (name,) = published(tmp_path)
    path = folder(tmp_path, name) / part
    whole = path.read_bytes()
    for content in (whole[:-1], b"", whole + b"\n"):
        path.write_bytes(content)
        with pytest.raises(GenerationError, match=part):
            load(tmp_path, name)
    path.unlink()
    with pytest.raises(GenerationError, match=f"{part} cannot be read"):
        load(tmp_path, name)


def test_a_damaged_generation_falls_back_to_the_one_before_and_says_why(tmp_path: Path) -> None:
    first, second, third = published(tmp_path, 3)
    flip(folder(tmp_path, third) / "dense.faiss", 50)
    (folder(tmp_path, second) / "passages.jsonl").unlink()
    found, refused = load_current(tmp_path)
    assert found.id == first
    assert found.manifest.corpus == "corpus 0"
    assert len(refused) == 2
    assert "dense.faiss is damaged" in refused[0]
    assert "passages.jsonl cannot be read" in refused[1]


def test_when_none_is_whole_every_reason_is_told(tmp_path: Path) -> None:
    names = published(tmp_path, 2)
    for name in names:
        flip(folder(tmp_path, name) / "documents.json", 3)
    with pytest.raises(GenerationError, match="No generation can be loaded") as caught:
        load_current(tmp_path)
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize("content", ["g999999-0000000000000000\n", "../../etc\n", "x"])
def test_a_pointer_to_nothing_falls_back_too(tmp_path: Path, content: str) -> None:
    (name,) = published(tmp_path)
    (tmp_path / "CURRENT").write_text(content)
    found, refused = load_current(tmp_path)
    assert found.id == name
    assert len(refused) == 1


def test_a_pointer_that_is_not_text_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    published(tmp_path)
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GenerationError, match="CURRENT cannot be read"):
        load_current(tmp_path)


# --- other versions ------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"tokeniser": "terms-0"}, {"token_coder": "tokens-0"}])
def test_another_way_to_cut_words_or_to_code_tokens_is_refused(
    tmp_path: Path, change: dict[str, str]
) -> None:
    build_fingerprint = replace(MANIFEST.build_fingerprint, **change)
    name = publish(tmp_path, replace(MANIFEST, build_fingerprint=build_fingerprint), parts())
    with pytest.raises(GenerationError, match="made by another version of this program"):
        load(tmp_path, name)


def test_another_format_is_refused(tmp_path: Path) -> None:
    name = publish(tmp_path, replace(MANIFEST, format=FORMAT + 1), parts())
    with pytest.raises(GenerationError, match=f"has format {FORMAT + 1}; this program reads"):
        load(tmp_path, name)


def test_a_manifest_of_another_shape_is_refused(tmp_path: Path) -> None:
    text = b'{"format": 1}'
    name = f"g000001-{hashlib.sha256(text).hexdigest()[:16]}"
    folder(tmp_path, name).mkdir(parents=True)
    (folder(tmp_path, name) / "manifest.json").write_bytes(text)
    with pytest.raises(GenerationError, match="written by another version"):
        load(tmp_path, name)


@pytest.mark.parametrize(
    "change",
    [
        {"passages.jsonl": b'{"id": "x"}\n'},
        {"documents.json": b"{}"},
        {"dense.faiss": b"IxFI"},
        {"lexical_terms.json": b"no"},
        {"lexical_data.npy": b"no"},
        {"token_coder.npy": b"no"},
        {"tokens.codes": CODES.tobytes() + np.array([9, 9], "<i4").tobytes()},
        {"tokens.codes": b"no"},
    ],
)
def test_whole_parts_of_another_shape_are_refused_not_a_crash(
    tmp_path: Path, change: dict[str, bytes]
) -> None:
    name = publish(tmp_path, MANIFEST, parts() | change)
    with pytest.raises(GenerationError):
        load(tmp_path, name)


def test_a_missing_kind_of_part_is_refused_not_a_crash(tmp_path: Path) -> None:
    some = {part: data for part, data in parts().items() if part != "dense.faiss"}
    with pytest.raises(GenerationError):
        load(tmp_path, publish(tmp_path, MANIFEST, some))


# --- originals -----------------------------------------------------------------------------


def test_an_original_is_kept_under_its_hash(tmp_path: Path) -> None:
    keep_file(tmp_path, HASH, ORIGINAL)
    path = tmp_path / "files" / HASH[:2] / HASH
    assert path == file_path(tmp_path / "files", HASH)
    assert path.read_bytes() == ORIGINAL


def test_a_changed_or_missing_original_is_never_served(tmp_path: Path) -> None:
    published(tmp_path)
    found, _ = load_current(tmp_path)
    path = file_path(tmp_path / "files", HASH)
    flip(path, 4)
    with pytest.raises(GenerationError, match=r"kept copy of profiles/è\.md is damaged"):
        found.original(DOCUMENT)
    path.unlink()
    with pytest.raises(GenerationError, match=r"original of profiles/è\.md cannot be read"):
        found.original(DOCUMENT)


def test_keeping_an_original_again_mends_a_damaged_copy(tmp_path: Path) -> None:
    keep_file(tmp_path, HASH, ORIGINAL)
    path = file_path(tmp_path / "files", HASH)
    flip(path, 4)
    keep_file(tmp_path, HASH, ORIGINAL)
    assert path.read_bytes() == ORIGINAL


def test_a_whole_original_is_not_written_again(tmp_path: Path) -> None:
    keep_file(tmp_path, HASH, ORIGINAL)
    before = file_path(tmp_path / "files", HASH).stat()
    keep_file(tmp_path, HASH, ORIGINAL)
    after = file_path(tmp_path / "files", HASH).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
