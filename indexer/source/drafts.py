"""From a parsed text to the draft of a document with its metadata. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from indexer.domain import DocumentKind, ParsedText, Problem, Reason, Severity
from indexer.places import Gazetteer
from indexer.source.access_words import find_restriction
from indexer.source.classification import classify
from indexer.source.metadata import FieldProblem, Fields, read_fields
from indexer.source.own_name import own_name
from indexer.source.problems import where
from indexer.source.stated_lines import stated_fields
from indexer.source.visibility import CLOSED, is_about, strictest
from indexer.text.organisation_names import organisation_slug

# As they are named here, or as people name them; case does not matter.
_FOLDERS = {
    "profiles": DocumentKind.PROFILE,
    "profili": DocumentKind.PROFILE,
    "case_studies": DocumentKind.CASE_STUDY,
    "casi di studio": DocumentKind.CASE_STUDY,
    "casi_di_studio": DocumentKind.CASE_STUDY,
    "events": DocumentKind.EVENT,
    "eventi": DocumentKind.EVENT,
}
_KIND_WORDS = {
    DocumentKind.PROFILE: "a profile",
    DocumentKind.CASE_STUDY: "a case study",
    DocumentKind.EVENT: "an event",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its organisations are known; ``subject`` is whose profile it is."""

    id: str
    path: str
    content_hash: str
    kind: DocumentKind
    title: str
    fields: Fields
    parsed: ParsedText
    subject: str = ""

    @property
    def where(self) -> str:
        """Its file, and its row of a register, as problems name them."""
        return where(self.path, self.parsed.row)


def draft(
    path: str, content_hash: str, parsed: ParsedText, gazetteer: Gazetteer
) -> tuple[Draft, tuple[FieldProblem, ...]]:
    """Read the metadata of one parsed text, with the problems found in it.

    Args:
        path: The file's path inside the corpus.
        content_hash: The SHA-256 of the file's bytes, in hex.
        parsed: The parsed file, or one row of a register.
        gazetteer: Resolves the places that the metadata names.
    """
    of_row = parsed.row is not None
    fields, found = read_fields(parsed.metadata, gazetteer, of_row=of_row)
    problems = list(found)
    kind = fields.kind or (DocumentKind.PROFILE if of_row else _guess_kind(path))
    if kind is None:
        kind = classify(path, parsed)
        problems.append(_kind_assumed(kind))
        kind = kind or DocumentKind.EVENT
    if kind is DocumentKind.PROFILE and not of_row:
        stated, _ = read_fields(stated_fields(parsed, gazetteer), gazetteer)
        fields = fields.completed_by(stated)
    fields, named = _named(fields, kind, parsed)
    problems += named
    title = fields.title or fields.name or parsed.title or _of_file(path)
    made = Draft(_identity(path, parsed, fields), path, content_hash, kind, title, fields, parsed)
    settled = any(map(is_about, parsed.metadata))
    if not settled and (line := find_restriction(_texts(parsed))):
        made = replace(made, fields=replace(made.fields, visibility=CLOSED))
        problems.append(_restriction_in_text(line))
    return made, tuple(problems)


def _of_file(path: str) -> str:
    """A title for want of any other: "festival-sottotitoli.txt" is "Festival sottotitoli"."""
    stem = PurePosixPath(path).stem
    words = " ".join(re.split(r"[-_\s]+", stem)).strip() or stem
    return words[:1].upper() + words[1:]


def _named(
    fields: Fields, kind: DocumentKind, parsed: ParsedText
) -> tuple[Fields, list[FieldProblem]]:
    """The fields with what a kind makes of them: a profile's name, where its heading has it; the
    place of an event or a case study, which people call its town.
    """
    if kind is not DocumentKind.PROFILE:
        return replace(fields, name="", place=fields.place or fields.seat), []
    if fields.name or parsed.row is not None:
        return fields, []
    own = own_name(parsed, fields.title)
    if own is None:
        return fields, []
    return replace(fields, name=own.name), [] if own.sure else [_name_assumed(own.name)]


def _identity(path: str, parsed: ParsedText, fields: Fields) -> str:
    """A document's id: its path and, of a register, the name that its row is of."""
    if parsed.row is None:
        return path
    name = fields.name or fields.title
    return f"{path}/{organisation_slug(name) if name else f'row-{parsed.row}'}"


def restrict_copies(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Problem]]:
    """Documents of the same bytes, each as restricted as any of them, and which that changes.

    A copy or a link of a restricted file is easily made, and leaves its sidecar behind. The rows of
    a register go with the same rows of its copy; in another format it has none, and goes with all.
    """
    alike: dict[tuple[str, int | None], list[Draft]] = defaultdict(list)
    suffixes: dict[str, set[str]] = defaultdict(set)
    first: dict[str, str] = {}
    several = {d.content_hash for d in drafts if first.setdefault(d.content_hash, d.path) != d.path}
    copies = [d for d in drafts if d.content_hash in several]
    for one in copies:
        suffixes[one.content_hash].add(PurePosixPath(one.path).suffix.lower())
    for one in copies:
        row = one.parsed.row if len(suffixes[one.content_hash]) == 1 else None
        alike[one.content_hash, row].append(one)
    visible = {
        one.id: strictest(other.fields.visibility for other in same)
        for same in alike.values()
        for one in same
        if len({other.path for other in same}) > 1
    }
    made, problems = [], []
    for one in drafts:
        least = visible.get(one.id, one.fields.visibility)
        if least != one.fields.visibility:
            one = replace(one, fields=replace(one.fields, visibility=least))
            problems.append(_copy_of_restricted(one.where))
        made.append(one)
    return made, problems


def _texts(parsed: ParsedText) -> Iterator[str]:
    yield parsed.title
    yield from dict.fromkeys(heading for block in parsed.blocks for heading in block.headings)
    yield from (block.text for block in parsed.blocks)
    yield from parsed.side_texts


def _guess_kind(path: str) -> DocumentKind | None:
    for part in PurePosixPath(path.lower()).parts[:-1]:
        if part in _FOLDERS:
            return _FOLDERS[part]
    return None


def _kind_assumed(kind: DocumentKind | None) -> FieldProblem:
    taken = f"taken for {_KIND_WORDS[kind]} by its text" if kind else "read as an event"
    why = f"nothing says whether it is a profile, a case study or an event: {taken}"
    remedy = "Write its kind in the metadata, or move it to profiles/, case_studies/ or events/."
    return FieldProblem(Reason.UNKNOWN_KIND, why, remedy)


def _name_assumed(name: str) -> FieldProblem:
    why = f"no name is stated: {name!r}, from its heading, was taken for the cooperative's"
    return FieldProblem(Reason.NO_NAME, why, "Write its name in the metadata (name: …).")


def _copy_of_restricted(where: str) -> Problem:
    return Problem(
        where,
        Severity.WARNING,
        Reason.BAD_METADATA,
        "its bytes are those of a document that is more restricted: it is restricted as that one",
        "Remove one of the two, or give them the same visibility.",
    )


def _restriction_in_text(line: str) -> FieldProblem:
    why = f"it says {line!r}, which may restrict it: only administrators see it"
    remedy = "Write who sees it in its metadata, as visibility: public (or members, or admin)."
    return FieldProblem(Reason.BAD_METADATA, why, remedy)
