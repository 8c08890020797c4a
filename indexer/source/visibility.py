"""Who may see a document and its fields, as people write it.

It fails closed: what is written and not understood is for administrators only, until somebody
mends it. A document that says nothing is public.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from indexer.domain import Level
from indexer.text.tokens import fold

FIELD = "visibility"
_STEM = "visibilit"  # of it and of "visibilità"
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
# How a text says who may see it, folded. All repetitions are bounded: texts are anybody's.
_WORD = (
    r"(?<!\w)visibilit[ya](?:\s{1,9}(?:del|della|di)\s{1,9}(?:documento|scheda|pagina|file))?"
    r"""["'’`´*_]{0,4}"""
)
_LEVEL = "|".join(_LEVELS)
_FEW = rf"(?:{_LEVEL}|riservat\w+|privat\w+|restricted|confiden\w+|intern\w+|amministra\w+)"
_CLOSING_NAMES = frozenset(
    "riservato riservata privato privata private restricted confidential confidenziale".split()
)
_START = r"(?:^|[;|])[^a-z0-9\n;|]{0,20}"  # of a line, or of a cell of a table's row in words
_GAP = r"[ \t]{0,9}"
_STYLE = r"\s{0,9}(?:hidden|visible|collapse|inherit)\s{0,9}[;!}]"  # a style sheet's
_WRITTEN = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # Anywhere, with a level.
        rf"""{_WORD}\s{{0,9}}[:=–—-]["'{{\[*_\s-]{{0,20}}(?:\w{{1,30}}\s{{0,9}}:\s{{0,9}})?(?:{_LEVEL})\b""",
        # A line or a cell with something short, or with a word of closed doors.
        rf"{_START}{_WORD}{_GAP}[:=](?!{_STYLE}){_GAP}"
        rf"(?:[^\n;|]{{1,40}}(?=[;|]|$)|(?:\n{_GAP}-)?[^\n;|]{{0,80}}\b{_FEW}\b)",
        # A row of two cells with something short, or a cell before one with a word of closed doors.
        rf"^[^a-z0-9\n;|]{{0,20}}\|?{_GAP}{_WORD}{_GAP}[;|\t]{_GAP}[^\n;|]{{1,40}}[ \t|;]{{0,9}}$",
        rf"(?:^|[;|:])[^a-z0-9\n;|]{{0,20}}{_WORD}{_GAP}[;|\t](?:[^;|:\n]{{1,30}}:)?"
        rf"(?:[^;|\n]{{0,40}}\b)?{_FEW}\b[^;|\n]{{0,40}}(?=[;|]|$)",
    )
)
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


def may_restrict(name: str, value: object) -> bool:
    """Whether an unknown field may have been meant to say who sees the document."""
    text, named = fold(str(value)), fold(name)
    close = difflib.get_close_matches(named, (FIELD, "visibilita"), n=1)
    is_level = _LEVELS.get(text.strip(), Level.PUBLIC) is not Level.PUBLIC
    return bool(close) or is_level or named in _CLOSING_NAMES or _STEM in f"{named} {text}"


def is_within(value: object) -> bool:
    """Whether the value of another field says who may see the document: in a list, a mapping, a
    text of several lines.
    """
    if isinstance(value, Mapping):
        return any(is_about(str(key)) or is_within(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return any(map(is_within, value))
    return isinstance(value, str) and is_written_in([value])


def is_written_in(texts: Iterable[str]) -> bool:
    """Whether a document says in its text what belongs in its metadata: who may see it."""
    return any(
        _STEM in (folded := fold(text)) and any(form.search(folded) for form in _WRITTEN)
        for text in texts
    )


def is_about(name: str) -> bool:
    """Whether a field's name begins as that of who may see the document, in either language."""
    return fold(name).strip().startswith(_STEM)


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


def _strictest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)
