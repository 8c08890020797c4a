"""Segments: a change rewrites few files, what stayed is shared, damage is not taken over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.index import dense_ladder, publishing, segments
from indexer.index.dense_ladder import DenseKind
from indexer.index.integrity import verify
from indexer.index.retention import prune
from indexer.index.segments import PassageRows, divide
from indexer.index.snapshot import current_name, generation_names, load_current, read_manifest
from indexer.index.spare import FOLDER
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


def on_disk(settings: Settings) -> set[int]:
    """The inodes of all files of the index."""
    return {path.stat().st_ino for path in settings.index.rglob("*") if path.is_file()}


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
    before, known = files(settings), on_disk(settings)
    put(settings.corpus, 60, "altro")
    build_index(settings, ToyEncoder())
    after = files(settings)
    for kind in ("passages-", "tokens-", "dense-"):
        new = {name for name in after if name.startswith(kind)} - before.keys()
        assert len(new) == 1, kind
    kept = [name for name in after if name in before and name.startswith(("tokens-", "dense-"))]
    assert len(kept) > 10
    assert all(after[name].st_ino in known for name in kept)
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
def test_damage_of_a_file_that_did_not_change_leaves_the_generation_before(
    settings: Settings, kind: str
) -> None:
    for words in ("altro", "altro ancora", "altro infine"):
        put(settings.corpus, 60, words)
        build_index(settings, ToyEncoder())
    new, old, _ = generation_names(settings.index)
    shared = min(
        name
        for name in files(settings)
        if name.startswith(kind) and (folder(settings.index, old) / name).exists()
    )
    flip(folder(settings.index, new) / shared, 9)
    faults = verify(settings.index, every=True).faults
    assert new in {Path(fault.path).parent.name for fault in faults}
    assert old not in {Path(fault.path).parent.name for fault in faults}
    assert {Path(fault.path).name for fault in faults} == {shared}
    assert all("python -m indexer" in fault.remedy for fault in faults)
    found, (refused,) = load_current(settings.index)
    assert found.id == old
    assert shared in refused
    report = build_index(settings, ToyEncoder())
    assert (report.published, report.embedded) == (True, 0)
    found, refused = load_current(settings.index)
    assert (found.id, refused) == (report.generation, ())
    assert verify(settings.index).faults == ()


def test_neighbouring_generations_share_no_file_and_the_second_copies_are_those_of_the_newest(
    settings: Settings,
) -> None:
    for words in ("altro", "altro ancora", "altro infine"):
        put(settings.corpus, 60, words)
        known = on_disk(settings)
        build_index(settings, ToyEncoder())
        names = generation_names(settings.index)
        one, before = (
            {path.stat().st_ino for path in folder(settings.index, name).iterdir()}
            for name in names[:2]
        )
        assert not one & before
        written = list((settings.index / FOLDER).iterdir())
        assert {p.name for p in written if p.name in files(settings)} == set(
            read_manifest(settings.index, names[0]).shared
        )
        assert not one & {path.stat().st_ino for path in written}
        assert 0 < sum(path.stat().st_ino not in known for path in written) <= 3
    prune(settings.index, 1)
    assert {p.name for p in (settings.index / FOLDER).iterdir()} <= files(settings).keys()


def test_damaged_second_copies_are_not_taken_over(settings: Settings) -> None:
    for path in (settings.index / FOLDER).iterdir():
        flip(path, 9)
    for words in ("altro", "altro ancora"):
        put(settings.corpus, 60, words)
        report = build_index(settings, ToyEncoder())
        assert report.embedded == 1
        assert verify(settings.index, every=True).faults == ()
    shared = min(name for name in files(settings) if name.startswith("tokens-"))
    flip(folder(settings.index, report.generation) / shared, 9)
    assert load_current(settings.index)[0].id == generation_names(settings.index)[1]


def test_a_disk_with_no_room_for_second_copies_is_no_failure(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "keep_second_copies", full)
        put(settings.corpus, 60, "altro")
        assert build_index(settings, ToyEncoder()).published
    put(settings.corpus, 60, "altro ancora")
    build_index(settings, ToyEncoder())
    shared = read_manifest(settings.index, str(current_name(settings.index))).shared
    assert shared <= {path.name for path in (settings.index / FOLDER).iterdir()}


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
    old = on_disk(settings)
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
    shared = min(name for name in files(settings) if name.startswith("tokens-"))
    flip(folder(settings.index, name) / shared, 9)
    restore(settings.index, tmp_path / "b.tar")
    assert (current_name(settings.index), verify(settings.index).faults) == (name, ())
    restore(tmp_path / "new", tmp_path / "b.tar")
    assert verify(tmp_path / "new", every=True).faults == ()
