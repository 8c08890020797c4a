"""Which rows of a cache stay is decided by their keys alone, whatever damage left in the table."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from indexer.storage.cache_file import CacheFile, all_keys, as_keys, contained, keep_only

KEYS = [hashlib.sha256(str(n).encode()).digest() for n in range(25_000)]
ENDS_IN_ZERO = bytes(31 * [7] + [0])


def filled(path: Path, keys: list[bytes]) -> CacheFile:
    file = CacheFile(path, {"things": ("key BLOB PRIMARY KEY", "value BLOB")})
    rows = [(key, b"x") for key in keys]
    file.do(lambda c: c.executemany("INSERT INTO things VALUES (?, ?)", rows))
    return file


def left(file: CacheFile) -> set[object]:
    return file.do(lambda c: {key for (key,) in c.execute("SELECT key FROM things")})


def test_keys_are_found_among_others() -> None:
    among = as_keys(b"".join([*KEYS[:10], *KEYS[:10], ENDS_IN_ZERO]))
    assert len(among) == 11
    asked = [KEYS[3], KEYS[10], ENDS_IN_ZERO, bytes(31 * [7] + [1])]
    assert contained(asked, among).tolist() == [True, False, True, False]
    assert contained(asked, as_keys(b"")).tolist() == [False] * 4
    assert contained([], among).tolist() == []


def test_other_rows_are_deleted_and_only_they(tmp_path: Path) -> None:
    file = filled(tmp_path / "c.sqlite", [*KEYS, ENDS_IN_ZERO])
    kept = as_keys(b"".join([*KEYS[::2], ENDS_IN_ZERO]))
    assert file.do(lambda c: keep_only(c, "things", kept)) == len(KEYS) // 2
    assert left(file) == {*KEYS[::2], ENDS_IN_ZERO}
    assert file.do(lambda c: all_keys(c, "things")).tolist() == kept.tolist()
    assert file.do(lambda c: keep_only(c, "things", as_keys(b""))) == len(KEYS) // 2 + 1
    assert left(file) == set()
    file.close()


def test_what_damage_made_of_a_key_is_deleted(tmp_path: Path) -> None:
    file = filled(tmp_path / "c.sqlite", KEYS[:3])
    file.close()
    with sqlite3.connect(tmp_path / "c.sqlite") as connection:
        for odd in ("testo", 5, b"short", None):
            connection.execute("INSERT INTO things VALUES (?, x'00')", (odd,))
    connection.close()
    file = CacheFile(tmp_path / "c.sqlite", {"things": ("key BLOB PRIMARY KEY", "value BLOB")})
    assert set(file.do(lambda c: all_keys(c, "things")).tolist()) >= set(KEYS[:3])
    file.do(lambda c: keep_only(c, "things", as_keys(b"".join(KEYS[:2]))))
    assert left(file) - {None} == set(KEYS[:2])
    file.close()
