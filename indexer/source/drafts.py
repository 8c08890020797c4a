"""From a parsed text to the draft of a document with its metadata. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from indexer.domain import DocumentKind, ParsedText, Problem, Reason, Severity
from indexer.places import Gazetteer
from indexer.source.access_words import find_restriction
from indexer.source.metadata import Fields, read_fields
from indexer.source.visibility import CLOSED, is_about, strictest
from indexer.text.organisation_names import organisation_slug

_FOLDERS = {
    "profiles": DocumentKind.PROFILE,
    "case_studies": DocumentKind.CASE_STUDY,
    "events": DocumentKind.EVENT,
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
        return self.path if self.parsed.row is None else f"{self.path}, row {self.parsed.row}"


def draft(
    path: str, content_hash: str, parsed: ParsedText, gazetteer: Gazetteer
) -> tuple[Draft, tuple[Problem, ...]]:
    """Read the metadata of one parsed text, with the problems found in it.

    Args:
        path: The file's path inside the corpus.
        content_hash: The SHA-256 of the file's bytes, in hex.
        parsed: The parsed file, or one row of a register.
        gazetteer: Resolves the places that the metadata names.
    """
    fields, found = read_fields(parsed.metadata, gazetteer)
    guessed = DocumentKind.PROFILE if parsed.row is not None else _guess_kind(path)
    kind = fields.kind or guessed or DocumentKind.EVENT
    title = fields.title or fields.name or parsed.title or PurePosixPath(path).stem
    name = fields.name or title if kind is DocumentKind.PROFILE else ""
    identity = path if parsed.row is None else f"{path}/{organisation_slug(name or title)}"
    made = Draft(identity, path, content_hash, kind, title, replace(fields, name=name), parsed)
    problems = [Problem(made.where, Severity.WARNING, p.reason, p.detail, p.remedy) for p in found]
    problems += [] if fields.kind or guessed else [_kind_unknown(made.where)]
    settled = any(map(is_about, parsed.metadata))
    if not settled and (line := find_restriction(_texts(parsed))):
        made = replace(made, fields=replace(made.fields, visibility=CLOSED))
        problems.append(_restriction_in_text(made.where, line))
    return made, tuple(problems)


def restrict_copies(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Problem]]:
    """Documents of the same bytes, each as restricted as any of them, and which that changes.

    A copy or a link of a restricted file is easily made, and leaves its sidecar behind. The rows of
    a register go with the same rows of its copy; in another format it has none, and goes with all.
    """
    alike: dict[tuple[str, int | None], list[Draft]] = defaultdict(list)
    suffixes: dict[str, set[str]] = defaultdict(set)
    for one in drafts:
        suffixes[one.content_hash].add(PurePosixPath(one.path).suffix.lower())
    for one in drafts:
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
    for part in PurePosixPath(path).parts[:-1]:
        if part in _FOLDERS:
            return _FOLDERS[part]
    return None


def _kind_unknown(where: str) -> Problem:
    return Problem(
        where,
        Severity.WARNING,
        Reason.UNKNOWN_KIND,
        "nothing says whether it is a profile, a case study or an event: read as an event",
        "Write its kind in the metadata, or move it to profiles/, case_studies/ or events/.",
    )


def _copy_of_restricted(where: str) -> Problem:
    return Problem(
        where,
        Severity.WARNING,
        Reason.BAD_METADATA,
        "its bytes are those of a document that is more restricted: it is restricted as that one",
        "Remove one of the two, or give them the same visibility.",
    )


def _restriction_in_text(where: str, line: str) -> Problem:
    return Problem(
        where,
        Severity.WARNING,
        Reason.BAD_METADATA,
        f"it says {line!r}, which may restrict it: only administrators see it",
        "Write who sees it in its metadata, as visibility: public (or members, or admin).",
    )
