"""Who may see a document and its fields, as people write it.

One field says so, ``visibility``, and it fails closed: a value that is not understood restricts the
document to administrators. Anything else that looks like a restriction (a field of another name, a
line of the text) does the same, unless that field is there and settles it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.domain import Level
from indexer.parsing.side_text import mentions_visibility
from indexer.text.tokens import fold

FIELD = "visibility"
_LEVELS = {
    "public": Level.PUBLIC,
    "pubblico": Level.PUBLIC,
    "pubblica": Level.PUBLIC,
    "members": Level.MEMBERS,
    "soci": Level.MEMBERS,
    "admin": Level.ADMIN,
    "amministratori": Level.ADMIN,
}
_DOCUMENT = frozenset({"document", "documento", "row", "riga"})
_REMEDY = (
    "Write public, members or admin, alone or by field (document: public, contacts: members); "
    "until then only administrators see the document."
)

# Everything below is matched in folded text, with bounded repetitions: texts are anybody's.
_ALIKE = 0.8  # of difflib: "visibilty" has 0.95, "disponibilità" 0.78
_FLAGS = frozenset("true yes si vero x false no falso".split())
_CLOSED = r"(?:riservat\w{1,4}|privat[oae]|private|restricted|confiden\w{1,7}|segret[oa])"
_FEW = r"(?:soci|members|membri|admin|amministrator\w{1,2})"
_ONLY = rf"(?:(?:sol[oi]|soltanto|only)\W{{1,3}}(?:per\W|i\W|for\W){{0,2}}{_FEW}|{_FEW}\W?only)"
_CLOSING = re.compile(rf"\b(?:{_CLOSED}|{_ONLY})\b")
_RESTRICTED = re.compile(rf"\b(?:{_CLOSED}|{_FEW})\b")
_ACCESS = re.compile(r"\baccess[oi]?\b")
_PUBLIC = re.compile(r"\bpubblic[oa]\b|\bpublic\b")
# A text that says nothing else: "Riservato ai soci", "Documento confidenziale", "members only".
_NOTHING_ELSE = re.compile(
    rf"(?:(?:documento|document|uso|accesso|strettamente|strictly)\W{{1,3}})?"
    rf"(?:riservat[oaie]|restricted|confiden\w{{1,7}}|{_ONLY})"
    rf"(?:\W{{1,3}}(?:ai?|agli|per|i|to|for|e|ed|and|sol[oi]|only|{_FEW})){{0,6}}"
)
_LABEL = (
    r"visibilit[ya](?:\s(?:del|della|di)\s(?:documento|scheda|pagina|file|riga|profilo))?"
    r"""["'’`´*_]{0,4}\s{0,9}(?P<few>\([^()]{0,40}\))?["'*_\s]{0,9}"""
)
_LEVEL = "|".join(_LEVELS)
# Anywhere in a line: the word, a sign, and a level ("{document: members}" too).
_ASSIGNED = re.compile(
    rf"""(?<!\w){_LABEL}[:=–—-]["'{{\[*_\s-]{{0,20}}(?:\w{{1,30}}\s{{0,9}}:\s{{0,9}})?(?:{_LEVEL})\b"""
)
_CELL = re.compile(
    rf"(?P<before>[^:]{{1,30}}:\s{{0,9}})?{_LABEL}(?P<sign>[:=])?\s{{0,9}}(?P<value>.*)"
)
_VALUED = re.compile(r"(?P<name>[^:=]{2,40})[:=]\s{0,9}(?P<value>.{1,60})")
_ANY_FEW = re.compile(
    rf"\b(?:{_LEVEL}|riservat\w+|privat\w+|restricted|confiden\w+|intern\w+|amministra\w+)\b"
)
_STYLE = re.compile(r"visibility\s{0,9}:\s{0,9}(?:hidden|visible|collapse|inherit)\s{0,9}[;!}]")
_SHORT, _LONG = 40, 80  # characters of a value: any, and one that names who may see it
_MARKS = " \t*_#>`'\"<!-–—•·[]{}.,"  # around a cell


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
    """What some metadata says of who may see it, and what of it was not understood (with remedies).

    ``field`` gives the name of a field as it is known, ``None`` for none. The strictest of what is
    said counts. To hide a field that is not ``hideable`` (a name, a title) hides the document.
    """
    document, fields, wrong = Level.PUBLIC, dict[str, Level](), list[str]()
    for key, value in _entries(written):
        level = _LEVELS.get(fold(value).strip())
        name = field(key) if key and fold(key) not in _DOCUMENT else ""
        if level is None or name is None:
            wrong.append(f"{key}: {value}" if key else value)
        elif name in hideable:
            fields[name] = _strictest((fields.get(name, Level.PUBLIC), level))
        else:
            document = _strictest((document, level))
    if wrong:
        told = ", ".join(repr(text) for text in wrong)
        return CLOSED, ((f"{FIELD}: {told} is not understood", _REMEDY),)
    return Visibility(document, tuple(sorted(fields.items()))), ()


def is_about(name: str) -> bool:
    """Whether a field's name is a spelling of ``visibility``, or has it within."""
    named = fold(name).strip()
    close = difflib.get_close_matches(named, (FIELD, "visibilita"), n=1, cutoff=_ALIKE)
    return bool(close) or "visibilit" in named


def restricting_fields(raw: Mapping[str, object], field: Callable[[str], str | None]) -> list[str]:
    """The fields besides ``visibility`` that restrict a document.

    Args:
        raw: The metadata as written.
        field: Gives the name of a field as it is known, ``None`` for none.

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
        if find_restriction(_leaves(value))
        or (known[key] in (None, "members") and _restricts(key, value))
    ]


def find_restriction(texts: Iterable[str]) -> str:
    """The first line of some texts that reads like a restriction, cut short; empty if none does."""
    for text in texts:
        lines = text.splitlines() if mentions_visibility(text) else []
        for line, below in pairwise([*lines, ""]):
            if mentions_visibility(line) and (
                _is_restriction(fold(line), fold(below))
                or (_stands_alone(line, lines) and _says_nothing_else(line))
            ):
                return line.strip()[:_LONG]
    return ""


def strictest(several: Iterable[Visibility]) -> Visibility:
    """What may be seen only where each of several allows it."""
    document, fields = Level.PUBLIC, dict[str, Level]()
    for one in several:
        document = _strictest((document, one.document))
        for name, level in one.fields:
            fields[name] = _strictest((fields.get(name, Level.PUBLIC), level))
    return Visibility(document, tuple(sorted(fields.items())))


def joined(own: Mapping[str, object], sidecar: Mapping[str, object]) -> dict[str, object]:
    """The metadata of a file and of its sidecar, whose fields win: but no restriction is lost."""
    both = {**own, **sidecar}
    return both | {
        key: [own[key], sidecar[key]] for key in own.keys() & sidecar.keys() if is_about(key)
    }


def _entries(written: object) -> Iterator[tuple[str, str]]:
    """What is written as pairs of a field's name, empty for the document, and a level."""
    if isinstance(written, Mapping):
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


def _restricts(name: str, value: object) -> bool:
    """Whether a field reads like a restriction by its name, or by a value that says only that."""
    named = fold(name).replace("_", " ")
    if _CLOSING.search(named) or _ACCESS.search(named):
        return True
    items = (item for leaf in _leaves(value) for item in re.split(r"[,;|\n]", fold(leaf)))
    for said in map(str.strip, items):
        is_level = _LEVELS.get(said, Level.PUBLIC) is not Level.PUBLIC
        if is_level or _says_nothing_else(said):
            return True
        if said in _FLAGS and _RESTRICTED.search(named):
            return True
        if said in {*_FLAGS, "0", "1"} and _PUBLIC.search(named):
            return True
    return False


def _leaves(value: object) -> Iterator[str]:
    """Every text in a value, however it is nested."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)


def _stands_alone(line: str, lines: Sequence[str]) -> bool:
    """Whether it is not the end of a sentence that was wrapped."""
    return len(lines) == 1 or not line.lstrip(_MARKS)[:1].islower()


def _says_nothing_else(text: str) -> bool:
    return _NOTHING_ELSE.fullmatch(fold(text).strip(_MARKS)) is not None


def _is_restriction(line: str, below: str) -> bool:
    """Whether a line, folded, reads like one; a value may be an item of a list in the next."""
    line = _STYLE.sub(" ", line)  # of a page
    if _ASSIGNED.search(f"{line}\n{below}"):
        return True
    cells = [cell.strip(_MARKS) for cell in re.split(r"[;|\t]", line)]
    filled = [cell for cell in cells if cell]
    has_item = line.rstrip().endswith((":", "=")) and below.lstrip().startswith("-")
    return any(
        _is_label(cell, after, alone=len(filled) == 2 and cell is filled[0]) or _is_valued(cell)
        for cell, after in pairwise([*filled, below if has_item else ""])
    )


def _is_label(cell: str, after: str, *, alone: bool) -> bool:
    """Whether a cell is the word ``visibility`` with a value in it, or in the cell after it."""
    found = _CELL.fullmatch(cell)
    if found is None:
        return False
    value = found["value"]
    if not value:
        told = f"{found['few'] or ''} {after[:_LONG]}"
        return bool(_ANY_FEW.search(told)) or (
            alone and not found["before"] and len(after) <= _SHORT
        )
    return bool(found["sign"]) and (len(value) <= _SHORT or bool(_ANY_FEW.search(value[:_LONG])))


def _is_valued(cell: str) -> bool:
    """Whether a cell is another name for it with a value: "Accesso: riservato", "Solo soci: sì"."""
    found = _VALUED.fullmatch(cell)
    if found is None:
        return False
    name, value = found["name"].replace("_", " "), found["value"].strip(_MARKS)
    if value in {*_FLAGS, "0", "1"}:
        return bool(_CLOSING.search(name) or _PUBLIC.fullmatch(name.strip()))
    return bool(_ACCESS.search(name) and _RESTRICTED.search(value))


def _strictest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)
