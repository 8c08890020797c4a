"""Legal forms as registers write them."""

from __future__ import annotations

import re

from indexer.text.tokens import fold_same_length

_COOP = r"(?:piccol[ae]\s+)?(?:societa\s+)?coop(?:erativ[ae])?"


# Each form as registers and people write it, and how it is shown; the narrower first.
_FORMS = (
    (
        "sociale",
        "cooperativa sociale",
        rf"(?:{_COOP}\s+social[ei]|social\s+co-?op(?:erative)?s?)"
        r"(?:[\s,]+(?:di\s+|of\s+)?(?:tipo|type)\s+(?P<type>[ab])\b)?"
        rf"|{_COOP}\s+di\s+tipo\s+(?P<bare>[ab])\b",
    ),
    (
        "lavoro",
        "cooperativa di lavoro",
        rf"{_COOP}\s+di\s+(?:produzione\s+e\s+)?lavoro|workers?['’]?s?\s+co-?op(?:erative)?s?",
    ),
    (
        "comunita",
        "cooperativa di comunità",
        rf"{_COOP}\s+di\s+comunita|community\s+co-?op(?:erative)?s?",
    ),
    (
        "professionisti",
        "cooperativa tra professionisti",
        rf"{_COOP}\s+(?:tra|fra|di)\s+professionisti",
    ),
    (
        "agricola",
        "cooperativa agricola",
        rf"{_COOP}\s+agricol[ae]|agricultural\s+co-?op(?:erative)?s?",
    ),
    (
        "consumo",
        "cooperativa di consumo",
        rf"{_COOP}\s+di\s+consumo|consumers?['’]?\s+co-?op(?:erative)?s?",
    ),
    (
        "consorzio",
        "consorzio",
        r"consorzi[o]?(?:\s+(?:tra|fra|di)\s+(?:societa\s+)?cooperative)?|consorti(?:um|a|ums)",
    ),
)


_PATTERNS = tuple(
    (value, label, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")) for value, label, pattern in _FORMS
)


def legal_form_keys(written: str) -> frozenset[str]:
    """The forms that a register's words name; "cooperativa sociale di tipo B" names two."""
    folded = fold_same_length(written)
    return frozenset(
        key
        for value, _, pattern in _PATTERNS
        for match in pattern.finditer(folded)
        for key in (value, _key(value, match))
    )


def _key(value: str, match: re.Match[str]) -> str:
    kind = (match["type"] or match["bare"]) if value == "sociale" else None
    return f"{value}-{kind}" if kind else value
