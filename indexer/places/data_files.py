"""Reads the data files in ``data/``; the README there names their sources."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files

from indexer.places.tokens import place_key


def _lines(name: str) -> Iterator[str]:
    text = (files("indexer.places") / "data" / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def csv_rows(name: str) -> list[list[str]]:
    """The rows of a CSV file, without its header."""
    return list(csv.reader(_lines(name)))[1:]


def id_pairs(name: str) -> list[tuple[str, str]]:
    """The rows of a two-column file: a place's id and its value."""
    return [(place_id, rest) for place_id, rest in (line.split("\t") for line in _lines(name))]


def phrase_keys(name: str) -> frozenset[str]:
    """The lines of a file as place keys."""
    return frozenset(place_key(line) for line in _lines(name))


def word_set(name: str, section: str = "") -> frozenset[str]:
    """The words of a file or of one of its ``[sections]``; "_" means a space."""
    found: set[str] = set()
    current = ""
    for line in _lines(name):
        if line.startswith("["):
            current = line.strip("[]")
        elif current == section:
            found.update(word.replace("_", " ") for word in line.split())
    return frozenset(found)
