"""The visibility of documents and fields, as people write it.

One field says so, ``visibility``, and it fails closed: a value that is not understood restricts the
document to administrators. Anything else that looks like a restriction (a field of another name, a
line of the text) does the same, unless that field is there and settles it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from indexer.domain import Level
from indexer.source.access_words import LEVELS, find_restriction, leaves, restricts
from indexer.text.folding import fold

FIELD = "visibility"
_ALIKE = 0.8  # of difflib: "visibilty" has 0.95, "disponibilità" 0.78
_DOCUMENT = frozenset({"document", "documento", "row", "riga"})
_REMEDY = (
    "Write public, members or admin, alone or by field (document: public, contacts: members); "
    "until then only administrators see the document."
)


@dataclass(frozen=True, slots=True)
class Visibility:
    """The least level that sees a document, and those that see fields of it that few may."""

    document: Level = Level.PUBLIC
    fields: tuple[tuple[str, Level], ...] = ()

    def hidden_from(self, level: Level) -> frozenset[str]:
        """The names of the fields that a level does not see."""
        return frozenset(name for name, needed in self.fields if not level.sees(needed))


OPEN, CLOSED = Visibility(), Visibility(Level.ADMIN)


def read_visibility(
    written: object, field: Callable[[str], str | None], hideable: frozenset[str]
) -> tuple[Visibility, tuple[tuple[str, str], ...]]:
    """Read who may see a document and its fields; the strictest level counts.

    Args:
        written: The value of the metadata field, as it was written.
        field: Gives the canonical name of a field, ``None`` if there is no such field.
        hideable: The fields that can be hidden by themselves. To hide another (a name, a title)
            hides the document.

    Returns:
        The visibility, and what was not understood, as pairs of a problem and its remedy. Then the
        document is closed.
    """
    document, fields, wrong = Level.PUBLIC, dict[str, Level](), list[str]()
    for key, value in _entries(written):
        level = LEVELS.get(fold(value).strip())
        name = field(key) if key and fold(key) not in _DOCUMENT else ""
        if level is None or name is None:
            wrong.append(f"{key}: {value}" if key else value)
        elif name in hideable:
            fields[name] = _strictest((fields.get(name, Level.PUBLIC), level))
        else:
            document = _strictest((document, level))
    if wrong:
        texts = ", ".join(map(repr, wrong))
        return CLOSED, ((f"{FIELD}: {texts} is not understood", _REMEDY),)
    return Visibility(document, tuple(sorted(fields.items()))), ()


@lru_cache(maxsize=4096)  # the documents of a corpus have the same fields
def is_about(name: str) -> bool:
    """Whether a field's name is a spelling of ``visibility``, or has it within."""
    named = fold(name).strip()
    close = difflib.get_close_matches(named, (FIELD, "visibilita"), n=1, cutoff=_ALIKE)
    return bool(close) or "visibilit" in named


def restricting_fields(raw: Mapping[str, object], field: Callable[[str], str | None]) -> list[str]:
    """The fields besides ``visibility`` that restrict a document.

    Args:
        raw: The metadata as written.
        field: Gives the canonical name of a field, ``None`` if there is no such field.

    Returns:
        Those that are another spelling of ``visibility`` or have it within. Where there are none,
        and ``visibility`` is not there either to settle it, those that read like a restriction.

    """
    known = {key: field(key) for key in map(str, raw)}
    others = {key: value for key, value in raw.items() if known[key] != FIELD}
    misspelt = [
        key for key in others if _names(others[key]) or (known[key] is None and is_about(key))
    ]
    if misspelt or FIELD in known.values():
        return misspelt
    return [
        key
        for key, value in others.items()
        if find_restriction(leaves(value))
        or (known[key] in (None, "members") and restricts(key, value))
    ]


def strictest(several: Iterable[Visibility]) -> Visibility:
    """The visibility that satisfies each of several."""
    document, fields = Level.PUBLIC, dict[str, Level]()
    for one in several:
        document = _strictest((document, one.document))
        for name, level in one.fields:
            fields[name] = _strictest((fields.get(name, Level.PUBLIC), level))
    return Visibility(document, tuple(sorted(fields.items())))


def merged_metadata(own: Mapping[str, object], sidecar: Mapping[str, object]) -> dict[str, object]:
    """The metadata of a file and of its sidecar, whose fields win: but no restriction is lost."""
    both = {**own, **sidecar}
    return both | {
        key: [own[key], sidecar[key]] for key in own.keys() & sidecar.keys() if is_about(key)
    }


def _entries(written: object) -> Iterator[tuple[str, str]]:
    """What is written as pairs of a field's name, empty for the document, and a level.

    Of an empty list or mapping, an empty level: it is not understood.
    """
    if written in ([], {}, ()):
        yield "", ""
    elif isinstance(written, Mapping):
        for key, value in written.items():
            yield from ((str(key), level) for _, level in _entries(value))
    elif isinstance(written, (list, tuple)):
        for one in written:
            yield from _entries(one)
    else:
        for text in re.split(r"[|;,\n]", "" if written is None else str(written)):
            key, colon, value = text.replace("=", ":").partition(":")
            yield (key.strip(), value) if colon else ("", key)


def _names(value: object) -> bool:
    """Whether a value has the field within: ``contacts: {visibility: members}``."""
    if isinstance(value, Mapping):
        return any(is_about(str(key)) or _names(inner) for key, inner in value.items())
    return isinstance(value, (list, tuple)) and any(map(_names, value))


def _strictest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)
