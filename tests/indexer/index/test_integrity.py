"""Verifying an index: every kind of damage is named with its file, and a whole one is silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.errors import GenerationError
from indexer.index.dense import serialise_index
from indexer.index.dense_ladder import DenseKind
from indexer.index.integrity import IntegrityFault, verify
from indexer.index.originals import file_path
from indexer.index.publishing import make_current, publish
from tests.indexer.by_hand import HASH, MANIFEST, flip, folder, parts, published

PARTS = sorted(parts())


def only(faults: tuple[IntegrityFault, ...]) -> IntegrityFault:
    (fault,) = faults
    assert fault.remedy
    return fault


def test_a_whole_index_has_no_faults(tmp_path: Path) -> None:
    first, second = published(tmp_path, 2)
    assert verify(tmp_path, "toy").faults == ()
    assert verify(tmp_path, "toy").generations == (second,)
    assert verify(tmp_path, every=True).generations == (second, first)


@pytest.mark.parametrize("part", [*PARTS, "manifest.json"])
def test_a_flipped_bit_is_named_with_its_file(tmp_path: Path, part: str) -> None:
    (name,) = published(tmp_path)
    flip(folder(tmp_path, name) / part, 3)
    fault = only(verify(tmp_path).faults)
    assert fault.path == str(folder(tmp_path, name) / part)
    assert ("damaged" in fault.detail) or ("changed after" in fault.detail)


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_is_named(tmp_path: Path, part: str) -> None:
    (name,) = published(tmp_path)
    (folder(tmp_path, name) / part).unlink()
    fault = only(verify(tmp_path).faults)
    assert (Path(fault.path).name, fault.detail) == (
        part,
        "cannot be read: No such file or directory",
    )


def test_every_damaged_part_is_named_not_only_the_first(tmp_path: Path) -> None:
    (name,) = published(tmp_path)
    for part in PARTS:
        flip(folder(tmp_path, name) / part, 3)
    assert [Path(fault.path).name for fault in verify(tmp_path).faults] == PARTS


def test_an_older_generation_is_looked_at_only_when_asked(tmp_path: Path) -> None:
    first, _ = published(tmp_path, 2)
    flip(folder(tmp_path, first) / "tokens.codes", 1)
    assert verify(tmp_path).faults == ()
    assert "tokens.codes" in only(verify(tmp_path, every=True).faults).path


def test_a_file_that_nobody_published_is_named(tmp_path: Path) -> None:
    (name,) = published(tmp_path)
    (folder(tmp_path, name) / "extra.bin").write_bytes(b"x")
    assert only(verify(tmp_path).faults).detail == "is not part of the generation"


def test_a_missing_original_is_named(tmp_path: Path) -> None:
    published(tmp_path)
    path = file_path(tmp_path / "files", HASH)
    path.unlink()
    assert only(verify(tmp_path).faults).path == str(path)


def test_another_model_is_a_fault_of_the_current_generation_only(tmp_path: Path) -> None:
    _, second = published(tmp_path, 2)
    fault = only(verify(tmp_path, "another", every=True).faults)
    assert second in fault.path
    assert "another model" in fault.detail
    assert "COMPETENZE_MODEL" in fault.remedy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"passages": 3}, "holds 2 passages; its manifest says 3"),
        ({"documents": 2}, "holds 1 documents; its manifest says 2"),
        ({"organisations": 0}, "holds 1 organisations; its manifest says 0"),
        ({"dimension": 5}, "holds 4 numbers in a vector; its manifest says 5"),
    ],
)
def test_counts_that_do_not_fit_are_told(
    tmp_path: Path, change: dict[str, int], words: str
) -> None:
    published(tmp_path)
    publish(tmp_path, replace(MANIFEST, **change), parts())  # type: ignore[arg-type]
    assert words in [fault.detail for fault in verify(tmp_path).faults]


def test_rows_of_faiss_that_are_not_the_passages_are_told(tmp_path: Path) -> None:

    published(tmp_path)
    publish(
        tmp_path,
        MANIFEST,
        parts() | {"dense.faiss": serialise_index(np.eye(3, 4, dtype=np.float32))},
    )
    detail = only(verify(tmp_path).faults).detail
    assert detail == "holds 3 rows of the FAISS index; its manifest says 2"


def test_another_kind_of_faiss_index_than_the_manifest_says_is_told(tmp_path: Path) -> None:
    published(tmp_path)
    publish(tmp_path, replace(MANIFEST, dense=DenseKind.SQ8), parts())
    detail = only(verify(tmp_path).faults).detail
    assert detail == "has the FAISS index flat; its manifest says flat-sq8"


def test_passages_of_nothing_are_told(tmp_path: Path) -> None:
    published(tmp_path)
    publish(
        tmp_path,
        replace(MANIFEST, documents=0, organisations=0),
        parts() | {"documents.json": b"[]", "organisations.json": b"[]"},
    )
    first, second = (fault.detail for fault in verify(tmp_path).faults)
    assert "documents that it does not hold: profiles/è.md" in first
    assert "organisations that it does not hold: arca" in second


def test_a_current_that_names_nothing_is_a_fault(tmp_path: Path) -> None:
    published(tmp_path)
    make_current(tmp_path, "g000009-0000000000000000", {})
    fault = only(verify(tmp_path).faults)
    assert fault.path == str(tmp_path / "CURRENT")
    assert "rollback" in fault.remedy


def test_no_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="There is no index"):
        verify(tmp_path)
