"""Sectors in words, in two languages: "universities" is what another profile calls "università"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from indexer.text.folding import fold
from search_service.filters.ateco import ateco_code, ateco_title, is_ateco
from search_service.presentation.languages import ITALIAN


@dataclass(frozen=True, slots=True)
class SectorName:
    """What a sector is called: ``label`` in Italian, or as it is written; ``english``."""

    label: str
    english: str

    def __str__(self) -> str:
        """The name in Italian."""
        return self.label


def sector_name(sector: str) -> SectorName:
    """What a sector is called, as a code or in words.

    "62.10" is "62.10 Attività di programmazione informatica", in Italian only, as ISTAT names it;
    "universities" is "università"; words that the table lacks are shown as they are written.
    """
    if is_ateco(sector):
        label = _with_title(sector)
        return SectorName(label, label)
    known = _names().get(fold(sector))
    if known is None:
        return SectorName(sector, sector)
    # Its own spelling stays in its own language.
    return SectorName(
        sector if fold(sector) in known.italian else known.label,
        sector if fold(sector) in known.foreign else known.english,
    )


def sector_key(sector: str) -> str:
    """What the spellings of a sector share: a code's digits, or its name in Italian, folded."""
    if code := ateco_code(sector):
        return "".join(c for c in code if c.isdecimal())
    known = _names().get(fold(sector))
    return fold(known.label) if known else fold(sector)


def sector_label(sector: str) -> str:
    """A sector as a document writes it; a code with its words."""
    return _with_title(sector) if is_ateco(sector) else sector


def label_language(label: str) -> str:
    """The language of a label that has one of its own: "it" for an activity as ISTAT names it."""
    code = ateco_code(label)
    return ITALIAN if code and ateco_title(code) and label == _with_title(code) else ""


def _with_title(code: str) -> str:
    title = ateco_title(code)
    return f"{code} {title}" if title else f"ATECO {code}"


@dataclass(frozen=True, slots=True)
class _Known:
    """A sector of the table: its first name in each language, and all its names, folded."""

    label: str
    english: str
    italian: frozenset[str]
    foreign: frozenset[str]


@cache
def _names() -> Mapping[str, _Known]:
    """The sectors of the table, by each of their names, folded."""
    text = (files("search_service.filters") / "data" / "sectors.tsv").read_text("utf-8")
    found: dict[str, _Known] = {}
    for line in text.splitlines():
        italian, english = (names.split("|") for names in line.split("\t"))
        known = _Known(
            italian[0], english[0], frozenset(map(fold, italian)), frozenset(map(fold, english))
        )
        found |= dict.fromkeys(known.italian | known.foreign, known)
    return found
