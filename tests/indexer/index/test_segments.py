"""Segments: a change rewrites few files, what stayed is shared, damage is not taken over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.errors import GenerationError
from indexer.index import dense_ladder, segments
from indexer.index.dense_ladder import DenseKind
from indexer.index.integrity import verify
from indexer.index.retention import prune
from indexer.index.segments import PassageRows, divide
from indexer.index.snapshot import current_name, generation_names, load_current
from indexer.maintenance.backup import backup
from indexer.maintenance.erase import forget
from indexer.maintenance.restore import restore
from indexer.pipeline.build import build_index
from indexer.pipeline.cut_passages import CutPassages
from indexer.settings import Settings
from tests.indexer.by_hand import flip, folder
from tests.toy import ToyEncoder

_FILES = 120


def put(corpus: Path, number: int, words: str) -> None:
    path = corpus / "events" / f"incontro-{number:03}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# Incontro {number}\n\nSi parla di {words}.\n")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A corpus of one passage a file, and its index in many segments."""
    monkeypatch.setattr(segments, "_LEAST", 4)
    for number in range(_FILES):
        put(tmp_path / "corpus", number, f"parola{number}")
    found = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build_index(found, ToyEncoder())
    return found


def files(settings: Settings) -> dict[str, os.stat_result]:
    """The files of the current generation."""
    current = folder(settings.index, str(current_name(settings.index)))
    return {path.name: path.stat() for path in current.iterdir()}


def divided(ids: list[str]) -> list[int]:
    """How many passages each segment of some passages has."""
    rows = PassageRows(lambda: ids, len(ids), *[lambda *_: ()] * 4, 4, b"")
    return [segment.passages for segment in divide(rows, None).segments]


def test_a_corpus_has_some_tens_of_segments_and_a_small_one_few() -> None:
    ids = [f"profiles/{n}.md#0" for n in range(100_000)]
    found = divided(ids)
    assert sum(found) == 100_000
    assert 32 <= len(found) <= 64
    assert max(found) < 12_000
    assert len(divided(ids[:500])) <= 3


def test_one_passage_more_moves_no_other_boundary() -> None:
    ids = [f"profiles/{n}.md#0" for n in range(50_000)]
    before, after = divided(ids), divided([*ids[:7000], "profiles/nuovo.md#0", *ids[7000:]])
    assert len(before) == len(after)
    assert sorted(b - a for a, b in zip(before, after, strict=True))[-2:] == [0, 1]


def test_an_index_of_many_files_is_searched_as_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    divided, _ = load_current(settings.index)
    assert len(divided.manifest.segments) > 8
    assert len(divided.manifest.dense_files) > 4
    monkeypatch.setattr(segments, "_LEAST", 1024)
    build_index(settings.model_copy(update={"index": tmp_path / "whole"}), ToyEncoder())
    whole, _ = load_current(tmp_path / "whole")
    assert len(whole.manifest.segments) == len(whole.manifest.dense_files) == 1
    assert list(divided.passages) == list(whole.passages)
    assert np.array_equal(divided.dense.vectors(), whole.dense.vectors())
    rows = np.arange(0, _FILES, 3)
    for words in ("parola7", "Si parla di parola101", "incontro 55"):
        query = ToyEncoder().encode_query(words)
        for allowed in (None, rows, np.zeros(0, np.int64)):
            hits = divided.dense.search(query.vector, 9, allowed)
            assert hits == whole.dense.search(query.vector, 9, allowed)
        cosines = [found.dense.cosines(query.vector, rows[::-1]) for found in (divided, whole)]
        assert np.array_equal(*cosines)
        best = [found.tokens.max_similarities(query.tokens, rows) for found in (divided, whole)]
        assert np.array_equal(*best)


def test_a_change_writes_the_segments_that_it_is_in_and_links_the_others(
    settings: Settings,
) -> None:
    before = files(settings)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    after = files(settings)
    for kind in ("passages-", "tokens-", "dense-"):
        new = {name for name in after if name.startswith(kind)} - before.keys()
        assert len(new) == 1, kind
    kept = [name for name in after if name in before and name.startswith(("tokens-", "dense-"))]
    assert len(kept) > 10
    assert all(after[name].st_ino == before[name].st_ino for name in kept)
    assert verify(settings.index, every=True).faults == ()


def test_a_change_reads_the_passages_of_the_segments_that_it_is_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    lines = CutPassages.lines

    def watched(self: CutPassages, start: int, end: int) -> Iterator[bytes]:
        read.extend(range(start, end))
        return lines(self, start, end)

    monkeypatch.setattr(CutPassages, "lines", watched)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    assert 60 in read
    assert len(set(read)) < _FILES / 4


def test_a_first_build_of_the_same_corpus_gives_the_same_files(
    settings: Settings, tmp_path: Path
) -> None:
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    fresh = settings.model_copy(update={"index": tmp_path / "fresh"})
    build_index(fresh, ToyEncoder())
    one, other = (load_current(s.index)[0].manifest for s in (settings, fresh))
    assert one.parts == other.parts


def test_where_files_cannot_be_linked_they_are_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    before = files(settings)
    monkeypatch.setattr(os, "link", refuse)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    inodes = {stat.st_ino for stat in before.values()}
    assert not inodes & {stat.st_ino for stat in files(settings).values()}
    assert verify(settings.index, every=True).faults == ()


def test_the_generations_before_go_and_what_they_share_stays(settings: Settings) -> None:
    for words in ("uno", "due"):
        put(settings.corpus, 60, words)
        build_index(settings, ToyEncoder())
    assert len(prune(settings.index, 1).generations) == 2
    assert len(generation_names(settings.index)) == 1
    assert verify(settings.index, every=True).faults == ()


@pytest.mark.parametrize("most", [60, 100])
def test_above_the_first_rung_the_faiss_index_is_one_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    query = ToyEncoder().encode_query("parola101").vector
    flat = load_current(settings.index)[0].dense.search(query, 5)
    monkeypatch.setattr(dense_ladder, "MOST_FLAT", most)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    found, _ = load_current(settings.index)
    assert (found.manifest.dense, found.manifest.dense_files) == (DenseKind.SQ8, ("dense.faiss",))
    assert len(found.manifest.segments) > 8
    assert found.dense.search(query, 5)[0][0] == flat[0][0]
    assert verify(settings.index, every=True).faults == ()


# --- damage --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["passages-", "tokens-", "dense-"])
def test_damage_of_a_shared_file_is_found_in_every_generation_and_mended(
    settings: Settings, kind: str
) -> None:
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    new, old = generation_names(settings.index)
    shared = min(
        name
        for name, stat in files(settings).items()
        if name.startswith(kind) and stat.st_nlink == 2
    )
    flip(folder(settings.index, old) / shared, 9)
    faults = verify(settings.index, every=True).faults
    assert {Path(fault.path).parent.name for fault in faults} == {new, old}
    assert {Path(fault.path).name for fault in faults} == {shared}
    assert all("python -m indexer" in fault.remedy for fault in faults)
    with pytest.raises(GenerationError, match="No generation can be loaded") as caught:
        load_current(settings.index)
    assert caught.value.remedy == "Run: python -m indexer build."
    report = build_index(settings, ToyEncoder())
    assert (report.published, report.embedded) == (True, 0)
    found, refused = load_current(settings.index)
    assert (found.id, refused) == (report.generation, ())
    assert verify(settings.index).faults == ()


def test_damage_is_not_taken_over_by_a_build_that_changes_something_else(
    settings: Settings,
) -> None:
    old = str(current_name(settings.index))
    names = [name for name in files(settings) if name.startswith("tokens-")]
    for name in names:
        flip(folder(settings.index, old) / name, 3)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    assert verify(settings.index).faults == ()


def test_a_link_to_elsewhere_is_not_taken_over(settings: Settings, tmp_path: Path) -> None:
    """What lies elsewhere may change under the index."""
    old = str(current_name(settings.index))
    for name in [name for name in files(settings) if name.startswith("tokens-")]:
        elsewhere = tmp_path / name
        (folder(settings.index, old) / name).rename(elsewhere)
        (folder(settings.index, old) / name).symlink_to(elsewhere)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    current = folder(settings.index, str(current_name(settings.index)))
    assert not any(path.is_symlink() for path in current.iterdir())
    assert verify(settings.index).faults == ()


# --- erasure -------------------------------------------------------------------------------


def test_what_is_forgotten_is_in_no_file_of_any_generation(settings: Settings) -> None:
    put(settings.corpus, 60, "un segreto di Zaccaria")
    build_index(settings, ToyEncoder())
    put(settings.corpus, 10, "altro")
    build_index(settings, ToyEncoder())
    old = {stat.st_ino for stat in files(settings).values()}
    assert traces(settings.index, "Zaccaria")
    forget(settings, ToyEncoder(), "Zaccaria")
    assert traces(settings.index, "Zaccaria") == []
    assert verify(settings.index, every=True).faults == ()
    still = {stat.st_ino for stat in files(settings).values()}
    assert len(still & old) > 10, "what says nothing of it is not written again"


def traces(index: Path, words: str) -> list[Path]:
    return [p for p in index.rglob("*") if p.is_file() and words.encode() in p.read_bytes()]


# --- backups -------------------------------------------------------------------------------


def test_a_backup_holds_what_is_shared_and_mends_it(settings: Settings, tmp_path: Path) -> None:
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    name = str(current_name(settings.index))
    backup(settings.index, tmp_path / "b.tar")
    (shared, *_) = (n for n, stat in files(settings).items() if stat.st_nlink == 2)
    flip(folder(settings.index, name) / shared, 9)
    restore(settings.index, tmp_path / "b.tar")
    assert (current_name(settings.index), verify(settings.index).faults) == (name, ())
    restore(tmp_path / "new", tmp_path / "b.tar")
    assert verify(tmp_path / "new", every=True).faults == ()
