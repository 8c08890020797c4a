"""Text that is safe to show on a terminal."""

from __future__ import annotations

import re

# Control characters but tab and newline, and those that reverse the direction of text. ESC and
# C1 (U+009B is CSI, U+009D is OSC) start sequences that recolour, retitle or write to a terminal.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with each character that a terminal would obey replaced by U+FFFD."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def printable_json(text: str) -> str:
    """JSON with the same characters as escape sequences of JSON: its value is unchanged."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
