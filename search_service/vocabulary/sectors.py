"""Sectors: ATECO codes and words, and which lie under which."""

from __future__ import annotations

from collections.abc import Collection

from indexer.text.tokens import fold


def _digits(code: str) -> str:
    return "".join(c for c in code if c.isdecimal())


def is_code(sector: str) -> bool:
    """Whether a sector is an ATECO code, or else words."""
    return sector[:1].isdecimal()


def sector_key(sector: str) -> str:
    """What the spellings of a sector share: a code's digits, or its words folded."""
    return _digits(sector) if is_code(sector) else fold(sector)


def sector_keys(sector: str) -> tuple[str, ...]:
    """The keys of a sector and of those it lies under: "62" and "622" for "62.2"."""
    key = sector_key(sector)
    return tuple(key[:n] for n in range(1, len(key) + 1)) if is_code(sector) else (key,)


def in_sector(sectors: Collection[str], sector: str) -> bool:
    """Whether one of these sectors is the one asked for or, of a code, lies under it.

    "62" finds "62.20.10"; words are compared whole, without case and accents.
    """
    asked = sector_key(sector)
    return any(is_code(s) == is_code(sector) and asked in sector_keys(s) for s in sectors)


def sector_label(sector: str) -> str:
    """How a sector is shown: "ATECO 62.20", or its words."""
    return f"ATECO {sector}" if is_code(sector) else sector
