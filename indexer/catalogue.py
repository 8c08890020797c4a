"""From parsed files to documents and organisations: who each document speaks of.

One organisation may be written in many ways; here they become one. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from indexer.language import detect
from indexer.metadata import Fields, read_fields
from indexer.model import (
    Block,
    Document,
    DocumentKind,
    Organisation,
    OrganisationLink,
    ParsedText,
    Problem,
    Reason,
    Role,
    Severity,
)
from indexer.names import NameIndex, name_key, slug
from indexer.places import Gazetteer

_FOLDERS = {
    "profiles": DocumentKind.PROFILE,
    "case_studies": DocumentKind.CASE_STUDY,
    "events": DocumentKind.EVENT,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its organisations are known."""

    id: str
    path: str
    content_hash: str
    kind: DocumentKind
    title: str
    fields: Fields
    parsed: ParsedText


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A document with the blocks of text that will become its passages."""

    document: Document
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All documents and organisations of a corpus, sorted by id, and how to find the latter."""

    entries: tuple[CatalogueEntry, ...]
    organisations: tuple[Organisation, ...]
    names: NameIndex


def draft(
    path: str, content_hash: str, parsed: ParsedText, gazetteer: Gazetteer
) -> tuple[Draft, tuple[Problem, ...]]:
    """Read the metadata of one parsed text: its kind, title and identity, and what is wrong."""
    fields, found = read_fields(parsed.metadata, gazetteer)
    where = path if parsed.row is None else f"{path}, row {parsed.row}"
    problems = [Problem(where, Severity.WARNING, p.reason, p.detail, p.remedy) for p in found]
    kind = fields.kind or (DocumentKind.PROFILE if parsed.row is not None else _guess_kind(path))
    if kind is None:
        kind = DocumentKind.EVENT
        problems.append(_kind_unknown(where))
    title = fields.title or fields.name or parsed.title or PurePosixPath(path).stem
    name = fields.name or title if kind is DocumentKind.PROFILE else ""
    identity = path if parsed.row is None else f"{path}/{slug(name or title)}"
    made = Draft(identity, path, content_hash, kind, title, replace(fields, name=name), parsed)
    return made, tuple(problems)


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


def catalogue(drafts: Sequence[Draft]) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Resolve the organisations of all drafts and link each document to its own."""
    unique, problems = _without_twins(drafts)
    organisations = _organisations(unique)
    names = NameIndex({o.id: (o.name, *o.aliases) for o in organisations})
    entries = tuple(
        CatalogueEntry(_document(d, names), _blocks(d)) for d in sorted(unique, key=lambda d: d.id)
    )
    shared = tuple(p for d in unique for p in _shared_names(d, names))
    return Catalogue(entries, organisations, names), (*problems, *shared, *_namesakes(unique))


def _without_twins(drafts: Iterable[Draft]) -> tuple[list[Draft], tuple[Problem, ...]]:
    found: dict[str, Draft] = {}
    problems = []
    for d in drafts:
        if d.id not in found:
            found[d.id] = d
            continue
        row = "" if d.parsed.row is None else f", row {d.parsed.row}"
        problems.append(
            Problem(
                d.path + row,
                Severity.ERROR,
                Reason.DUPLICATE_ID,
                f"a document named {d.id!r} was read before it",
                "Keep one of the two, or give the other another name.",
            )
        )
    return list(found.values()), tuple(problems)


# --- organisations -------------------------------------------------------------------------


def _organisations(drafts: Sequence[Draft]) -> tuple[Organisation, ...]:
    """One organisation for each VAT number or, where there is none, for each name.

    A profile makes one; so does a case study that names a cooperative nobody described yet. Who
    only organises or attends an event is not a candidate: its presence proves no competence.
    """
    profiles = [d for d in drafts if d.kind is DocumentKind.PROFILE]
    groups: dict[str, list[Fields]] = defaultdict(list)
    id_of_name: dict[str, str] = {}
    for d in sorted(profiles, key=lambda d: (not d.fields.vat, d.id)):
        spellings = [name_key(name) for name in (d.fields.name, *d.fields.aliases)]
        known = next((id_of_name[key] for key in spellings if key in id_of_name), None)
        identity = f"it{d.fields.vat}" if d.fields.vat else known or slug(d.fields.name)
        groups[identity].append(d.fields)
        for key in spellings:
            id_of_name.setdefault(key, identity)
    for d in drafts:
        for name in d.fields.cooperatives:
            if name_key(name) not in id_of_name:
                identity = slug(name)
                id_of_name[name_key(name)] = identity
                groups[identity].append(Fields(name=name, fictional=d.fields.fictional))
    return tuple(_merge(identity, groups[identity]) for identity in sorted(groups))


def _merge(identity: str, profiles: Sequence[Fields]) -> Organisation:
    """One organisation from all that its profiles say: the newest first, lists joined."""
    newest = sorted(profiles, key=lambda f: str(f.updated or ""), reverse=True)

    def joined(attribute: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v for f in newest for v in getattr(f, attribute)))

    name = newest[0].name
    return Organisation(
        id=identity,
        name=name,
        aliases=tuple(
            spelling
            for spelling in dict.fromkeys((*(f.name for f in newest), *joined("aliases")))
            if spelling != name
        ),
        vat=next((f.vat for f in newest if f.vat), ""),
        legal_form=next((f.legal_form for f in newest if f.legal_form), ""),
        seat=next((f.seat for f in newest if f.seat), None),
        works_in=tuple(dict.fromkeys(p for f in newest for p in f.works_in)),
        remote=any(f.remote for f in newest),
        competencies=joined("competencies"),
        sectors=joined("sectors"),
        certifications=joined("certifications"),
        members=next((f.members for f in newest if f.members is not None), None),
        website=next((f.website for f in newest if f.website), ""),
        contacts=joined("contacts"),
        fictional=any(f.fictional for f in newest),
    )


# --- documents -----------------------------------------------------------------------------


def _document(d: Draft, names: NameIndex) -> Document:
    text = " ".join(block.text for block in d.parsed.blocks)
    return Document(
        id=d.id,
        path=d.path,
        kind=d.kind,
        title=d.title,
        language=d.fields.language or detect(f"{d.title} {text}"),
        content_hash=d.content_hash,
        organisations=_links(d, names),
        period=d.fields.period,
        updated=d.fields.updated,
        source=d.fields.source,
        client=d.fields.client,
        place=d.fields.place,
        competencies=d.fields.competencies,
        sectors=d.fields.sectors,
        pages=d.parsed.pages,
        fictional=d.fields.fictional,
    )


def _links(d: Draft, names: NameIndex) -> tuple[OrganisationLink, ...]:
    """The organisations of a document: those its fields name, then those its text mentions."""
    named = (
        (Role.SUBJECT, (d.fields.name,)),
        (Role.AUTHOR, d.fields.cooperatives),
        (Role.ORGANISER, d.fields.organisers),
        (Role.PARTICIPANT, d.fields.participants),
    )
    links: dict[str, Role] = {}
    for role, spellings in named:
        for spelling in filter(None, spellings):
            for organisation in _owners(d, spelling, names):
                links.setdefault(organisation, role)
    # A case study that names its authors in no field names them in its text; not so its client.
    unsigned = d.kind is DocumentKind.CASE_STUDY and not d.fields.cooperatives
    client = names.lookup(d.fields.client)
    for text in (d.title, *(_readable(block) for block in d.parsed.blocks)):
        for mention in names.find(text):
            is_author = unsigned and mention.organisation not in client
            links.setdefault(mention.organisation, Role.AUTHOR if is_author else Role.MENTION)
    return tuple(OrganisationLink(o, role) for o, role in links.items())


def _owners(d: Draft, spelling: str, names: NameIndex) -> list[str]:
    if d.kind is DocumentKind.PROFILE and d.fields.vat:
        return [f"it{d.fields.vat}"]
    owners = sorted(names.lookup(spelling))
    # Of a name that two share, only a profile says enough to know that it is one of them.
    return owners if len(owners) == 1 or d.kind is DocumentKind.PROFILE else []


def _namesakes(drafts: Sequence[Draft]) -> list[Problem]:
    """Profiles without a VAT number that were taken for one because they share a name.

    They may be one cooperative that moved, or two: only a person can tell.
    """
    seats: dict[str, Draft] = {}
    found = []
    for d in drafts:
        if d.kind is not DocumentKind.PROFILE or d.fields.vat or d.fields.seat is None:
            continue
        first = seats.setdefault(name_key(d.fields.name), d)
        if first.fields.seat != d.fields.seat:
            found.append(
                Problem(
                    d.path,
                    Severity.WARNING,
                    Reason.BAD_METADATA,
                    f"{d.fields.name!r} has another seat in {first.path}: they were taken for one",
                    "If they are two cooperatives, give each its VAT number or a fuller name.",
                )
            )
    return found


def _shared_names(d: Draft, names: NameIndex) -> list[Problem]:
    if d.kind is DocumentKind.PROFILE:
        return []
    return [
        Problem(
            d.path,
            Severity.WARNING,
            Reason.BAD_METADATA,
            f"{spelling!r} is the name of {len(names.lookup(spelling))} cooperatives: "
            "it was linked to none",
            "Write a name or an alias that only one of them has.",
        )
        for spelling in (*d.fields.cooperatives, *d.fields.organisers, *d.fields.participants)
        if len(names.lookup(spelling)) > 1
    ]


def _readable(block: Block) -> str:
    return " ".join((*block.headings, block.text))


def _blocks(d: Draft) -> tuple[Block, ...]:
    """The text of a document, and before it what its fields declare, so that it can be cited."""
    declared = _declared(d.fields)
    blocks = (*((declared,) if declared else ()), *d.parsed.blocks)
    return blocks or (Block(d.title),)  # a bare name is still worth finding


def _declared(fields: Fields) -> Block | None:
    lines = [
        f"{label}: {', '.join(values)}."
        for label, values in (
            ("Competenze", fields.competencies),
            ("Settori", fields.sectors),
            ("Certificazioni", fields.certifications),
            ("Cliente", (fields.client,) if fields.client else ()),
        )
        if values
    ]
    return Block("\n".join(lines), headings=("Scheda",)) if lines else None
