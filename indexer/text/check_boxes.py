"""Boxes to tick: each option of a form is a statement of its own, and an empty box denies it."""

from __future__ import annotations

import re

TICKED, UNTICKED = "☒", "☐"

_TICKED = "☒☑✓✔✗✘"
_BOX = re.compile(rf"[{UNTICKED}☒☑]")
_BEFORE_BOX = re.compile(rf"\s*(?=[{UNTICKED}☒☑])")
_AFTER_BOX = re.compile(rf"(?<=[{UNTICKED}☒☑])\s*")


def options_apart(text: str) -> str:
    """A text with each option on a line: "Qualità: ☒ ISO 9001 ☐ ISO 27001" names three things.

    Where a line ends with a box, the boxes follow what they are for.
    """
    return "\n".join(map(_apart, text.split("\n"))) if _BOX.search(text) else text


def _apart(line: str) -> str:
    boxes = len(_BOX.findall(line))
    follows = _BOX.fullmatch(line.rstrip()[-1:]) is not None
    leads = _BOX.match(line.lstrip(" -")) is not None
    if not boxes or (boxes == 1 and (follows or leads)):
        return line
    parts = (_AFTER_BOX if follows else _BEFORE_BOX).split(line)
    return "\n".join(part.strip() for part in parts if part.strip(" -"))


def is_unticked(text: str) -> bool:
    """Whether a text is an option that was not chosen."""
    return UNTICKED in text and not any(mark in text for mark in _TICKED)
