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

    Where the text ends with a box, the boxes follow what they are for.
    """
    boxes = len(_BOX.findall(text))
    if not boxes or _BOX.fullmatch(text.strip()):
        return text
    follows = text.rstrip()[-1] in f"{UNTICKED}☒☑"
    if follows and boxes == 1:
        return text
    lines = (_AFTER_BOX if follows else _BEFORE_BOX).split(text)
    return "\n".join(line.strip() for line in lines if line.strip())


def is_unticked(text: str) -> bool:
    """Whether a text is an option that was not chosen."""
    return UNTICKED in text and not any(mark in text for mark in _TICKED)
