"""The words with which people say, outside the field ``visibility``, that few may see a document.

All is matched in folded text with bounded repetitions: texts may be anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from indexer.domain import Level
from indexer.text.folding import fold
from indexer.text.restriction_words import mentions_visibility

LEVELS = {
    "public": Level.PUBLIC,
    "pubblico": Level.PUBLIC,
    "pubblica": Level.PUBLIC,
    "members": Level.MEMBERS,
    "soci": Level.MEMBERS,
    "admin": Level.ADMIN,
    "amministratori": Level.ADMIN,
}
_FLAGS = frozenset("true yes si vero x false no falso".split())
_CLOSED = r"(?:riservat\w{1,4}|privat[oae]|private|restricted|confiden\w{1,7}|segret[oa])"
_FEW = r"(?:soci|members|membri|admin|amministrator\w{1,2})"
_ONLY = rf"(?:(?:sol[oi]|soltanto|only)\W{{1,3}}(?:per\W|i\W|for\W){{0,2}}{_FEW}|{_FEW}\W?only)"
_CLOSING = re.compile(rf"\b(?:{_CLOSED}|{_ONLY})\b")
_RESTRICTED = re.compile(rf"\b(?:{_CLOSED}|{_FEW}|uso interno|internal|hidden|nascost[oa])\b")
_ACCESS = re.compile(r"\baccess[oi]?\b")
_PUBLIC = re.compile(r"\bpubblic[oa]\b|\bpublic\b")
# Fields that restrict where their value denies them: "published: false", "pubblicabile: no".
_SHOWN = re.compile(
    r"\b(?:visibil[ei]|visible|pubblica(?:bil[ei]|t[oa]|re)|publish(?:ed|able)?|divulgabil[ei])\b"
)
_DENIALS = frozenset("no non false falso 0 n mai never".split())
_SPREAD = re.compile(r"\b(?:diffusione|divulgazione)\b")
_LIMITED = re.compile(
    r"\b(?:limitat[oa]|ristrett[oa]|vietat[oa]|riservat[oa]|intern[oa]|nessuna|no)\b"
)
_RESERVED = (
    rf"(?:(?:documento|document|uso|accesso|strettamente|strictly)\W{{1,3}})?"
    rf"(?:riservat[oaie]|restricted|confiden\w{{1,7}}|{_ONLY})"
    rf"(?:\W{{1,3}}(?:ai?|agli|per|i|to|for|e|ed|and|sol[oi]|only|{_FEW})){{0,6}}"
)
_INTERNAL = (
    r"(?:(?:documento|solo|per|ad?|for)\W{1,3}){0,3}"
    r"(?:(?:documento|uso)\W{1,3}interno|internal\W{1,3}(?:document|use(?:\W{1,3}only)?))"
    r"|diffusione\W{1,3}(?:limitata|interna|vietata)"
)
_FORBIDDEN = (
    r"(?:da\W{1,3})?non\W{1,3}(?:divulga(?:re|bile)|diffondere|distribuire|pubblica(?:re|bile))"
    r"(?:\W{1,3}(?:senza\W{1,3}autorizzazione|all\W?esterno|a\W{1,3}terzi))?"
    r"|(?:do\W{1,3})?not\W{1,3}(?:to\W{1,3}be\W{1,3})?(?:distribute|publish|disclose)d?"
)
_PART = rf"(?:{_RESERVED}|{_INTERNAL}|{_FORBIDDEN})"
# A text that says nothing else: "Riservato ai soci", "members only", "Uso interno, non divulgare".
_NOTHING_ELSE = re.compile(rf"{_PART}(?:\W{{1,3}}{_PART}){{0,2}}")
_LABEL = (
    r"visibilit[ya](?:\s(?:del|della|di)\s(?:documento|scheda|pagina|file|riga|profilo))?"
    r"""["'’`´*_]{0,4}\s{0,9}(?P<few>\([^()]{0,40}\))?["'*_\s]{0,9}"""
)
_LEVEL = "|".join(LEVELS)
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
_SHORT, _LONG = 40, 80  # characters of a value: of any, and of one that names who may see it
_MARKS = " \t*_#>`'\"<!-–—•·[]{}.,"  # around a cell


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


def restricts(name: str, value: object) -> bool:
    """Whether a field reads like a restriction by its name, or by a value that says only that."""
    named = fold(name).replace("_", " ")
    if _CLOSING.search(named) or _ACCESS.search(named):
        return True
    items = (item for leaf in leaves(value) for item in re.split(r"[,;|\n]", fold(leaf)))
    return any(_is_restricting(named, item.strip()) for item in items)


def _is_restricting(name: str, value: str) -> bool:
    """Whether a value, or an item of one, restricts in a field of this name, both folded."""
    return (
        LEVELS.get(value, Level.PUBLIC) is not Level.PUBLIC
        or _says_nothing_else(value)
        or (value in _FLAGS and _RESTRICTED.search(name) is not None)
        or (value in {*_FLAGS, "0", "1"} and _PUBLIC.search(name) is not None)
        or _denies(name, value)
    )


def _denies(name: str, value: str) -> bool:
    """Whether a field says that a document is not to be shown: "visible: no"."""
    if value in _DENIALS and _SHOWN.search(name):
        return True
    return _SPREAD.search(name) is not None and _LIMITED.search(value) is not None


def leaves(value: object) -> Iterator[str]:
    """Every text in a value, however it is nested."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner)
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
        beside = f"{found['few'] or ''} {after[:_LONG]}"
        return bool(_ANY_FEW.search(beside)) or (
            alone and not found["before"] and len(after) <= _SHORT
        )
    return bool(found["sign"]) and (len(value) <= _SHORT or bool(_ANY_FEW.search(value[:_LONG])))


def _is_valued(cell: str) -> bool:
    """Whether a cell is another name for it with a value: "Accesso: riservato", "Solo soci: sì"."""
    found = _VALUED.fullmatch(cell)
    if found is None:
        return False
    name, value = found["name"].replace("_", " "), found["value"].strip(_MARKS)
    if _denies(name, value):
        return True
    if value in {*_FLAGS, "0", "1"}:
        return bool(_CLOSING.search(name) or _PUBLIC.fullmatch(name.strip()))
    return bool(_ACCESS.search(name) and _RESTRICTED.search(value))
