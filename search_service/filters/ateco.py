"""ATECO codes in words: ISTAT's classification of activities, in Italian."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_CODE = re.compile(r"\d{2}(?:\.?\d{1,2}){0,2}")


def is_ateco(text: str) -> bool:
    """Whether a text is an ATECO code and nothing else: "62", "62.10", "621000"."""
    return _CODE.fullmatch(text.strip()) is not None


def ateco_code(text: str) -> str:
    """The ATECO code that a text is or begins with ("62.01 Produzione di software"), or nothing."""
    found = _CODE.match(text.strip())
    return found[0] if found and not text.strip()[found.end() :][:1].isalnum() else ""


def ateco_title(code: str) -> str:
    """What an activity is called, with or without the dots of its code; empty if no edition has it.

    A code that means another thing since 2025 has its meaning of today.
    """
    return _titles().get(code.replace(".", "").strip(), "")


@cache
def _titles() -> Mapping[str, str]:
    """The title of each code, by its digits."""
    text = (files("search_service.filters") / "data" / "ateco.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in text.splitlines())
    return {code.replace(".", ""): title for code, title in pairs}
