"""Joins the lines of a wrapped paragraph.

A hyphen at the end of a line is removed ("coope-" + "rative") unless it belongs to the word:

- a capital or a digit follows it, or a digit precedes it ("Emilia-" + "Romagna", "COVID-" + "19");
- one letter alone precedes it ("e-" + "commerce");
- the word already holds a hyphen ("state-of-" + "the");
- what follows is a usual second half of a compound ("data-" + "driven");
- the document writes it elsewhere on one line with its hyphen, and never without.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BROKEN = re.compile(r"(?P<word>[^\W_]+(?:-[^\W_]+)*)[-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"[^\W_]+")
_SECOND_HALVES = _names(
    """
    aided aware based by commerce driven end first free friendly house level line native of
    oriented party quality ready side source stack specific time to tier wide
    """
)
_ELISION = re.compile(
    r"(?:^|[\s(\"“«])(?:[cdlmnstv]|un|gl|dell|all|nell|dall|sull|coll|quest|quell|com|dov|tutt|"
    r"anch|sant|mezz|bell|grand|nessun|ciascun|qualcun)['’]$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w+(?:-\w+)*")
_PAIR = re.compile(r"\b(?P<left>[^\W\d_]+) (?=(?P<right>[^\W\d_]+)\b)")
_MIN_MENDED = 6
_LONGEST_WORD = 100


class DocumentWords:
    """The words of a document, to decide how a broken one was written."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for line in lines:
            found = _WORDS.findall(line.lower())
            # A word cut by a hyphen at the end of its line is no word.
            self._words.update(found[:-1] if line.endswith("-") else found)
            self._pairs.update(pairwise(found))

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def mend(self, text: str) -> str:
        """Join words split by a false space in a PDF ("iden tificativo").

        Only if neither half occurs elsewhere in the document and the whole word does.
        """
        return _PAIR.sub(self._mend_pair, text)

    def _mend_pair(self, match: re.Match[str]) -> str:
        left, right = match["left"].lower(), match["right"].lower()
        times = self._pairs[left, right]
        whole = self._words[left + right] >= 2 and len(left + right) >= _MIN_MENDED
        alone = self._words[left] <= times and self._words[right] <= times
        return match["left"] if whole and alone else match[0]


def join_lines(lines: Sequence[str], words: DocumentWords | None = None) -> str:
    """Join lines into one text, using the ``words`` of the same document."""
    parts = [lines[0]]
    for before, line in pairwise(lines):
        tail = before[-_LONGEST_WORD:]
        broken, follows = _BROKEN.search(tail), _FIRST_WORD.match(line)
        if broken and follows:
            belongs = _hyphen_belongs(broken["word"], follows[0], words)
            parts[-1] = parts[-1][:-1] + ("-" if belongs else "")
        elif not _ELISION.search(tail):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def _hyphen_belongs(before: str, after: str, words: DocumentWords | None) -> bool:
    if before[-1].isdigit() or not after[0].islower() or len(before) == 1 or "-" in before:
        return True
    joined, hyphened = (before + after).lower(), f"{before}-{after}".lower()
    if words is not None and joined in words:
        return False
    return (words is not None and hyphened in words) or after.lower() in _SECOND_HALVES
