"""From parsed files to documents and organisations, each document linked to its organisations.

An organisation may be written in many ways; here they become one. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indexer.domain import (
    CARD,
    Block,
    Document,
    DocumentKind,
    Organisation,
    Problem,
    Reason,
    Severity,
)
from indexer.entities.completion import completed
from indexer.entities.draft_links import DraftLinks, Links, link_drafts
from indexer.entities.namesakes import (
    namesake_warnings,
    shared_name_warning,
    shared_number_warnings,
)
from indexer.entities.resolution import ids_of_named, organisation_ids
from indexer.places import Gazetteer
from indexer.source.drafts import Draft
from indexer.source.metadata import Fields
from indexer.source.visibility import Visibility
from indexer.text.organisation_names import OrganisationNameIndex, name_key

_BEFORE_SEAT = ("", "di ", "of ")  # "Luna (Torino)", "Luna di Torino"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A document, what its fields declare, so that it can be cited, its text, and its visibility.

    The text may be read only when it is asked for.
    """

    document: Document
    declared: tuple[Block, ...]
    text: Sequence[Block]
    visibility: Visibility

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What will become its passages; a bare name is still worth finding."""
        return (*self.declared, *self.text) or (Block(self.document.title),)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All documents and organisations of a corpus, sorted by id, and the index of their names."""

    entries: tuple[CatalogueEntry, ...]
    organisations: tuple[Organisation, ...]
    names: OrganisationNameIndex


def build_catalogue(
    drafts: Sequence[Draft], gazetteer: Gazetteer, links: Links = link_drafts
) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Resolve the organisations of all drafts and link each document to its own.

    Args:
        drafts: Those of the corpus.
        gazetteer: Knows which place lies in which.
        links: Links each of some drafts; a build passes one that remembers its results.
    """
    unique, twins = _without_twins(_with_subjects(drafts, gazetteer))
    stated = _organisations(d for d in unique if not d.fields.cooperatives)
    unique, nameless = completed(unique, stated, _names(stated))
    organisations = _organisations(unique)
    names = _names(organisations)
    known = {o.id: o for o in organisations}
    ordered = sorted(unique, key=lambda d: d.id)
    linked = list(zip(ordered, links(ordered, names), strict=True))
    entries = tuple(
        CatalogueEntry(
            _document(d, found), _declared(d.fields), d.parsed.blocks, d.fields.visibility
        )
        for d, found in linked
    )
    unsettled = [
        shared_name_warning(d, spelling, [known[o] for o in sorted(owners)])
        for d, found in linked
        for spelling, owners in found.shared.items()
    ]
    problems = (
        *twins,
        *nameless,
        *shared_number_warnings(unique),
        *namesake_warnings(unique, known, names),
        *unsettled,
    )
    return Catalogue(entries, organisations, names), problems


def _with_subjects(drafts: Sequence[Draft], gazetteer: Gazetteer) -> list[Draft]:
    """The drafts, each profile with the organisation it describes, by its name or VAT number.

    Rows of one register with the same name but different organisations get ids made of their
    organisations' ids.
    """
    named = [d for d in drafts if d.kind is DocumentKind.PROFILE and d.fields.name]
    numbers = {d.fields.vat for d in named if d.fields.vat}
    known = [
        d.kind is DocumentKind.PROFILE and bool(d.fields.name or d.fields.vat in numbers)
        for d in drafts
    ]
    profiles = [d.fields for d, is_known in zip(drafts, known, strict=True) if is_known]
    ids = iter(organisation_ids(profiles, gazetteer.within))
    found = [
        replace(d, subject=next(ids)) if is_known else d
        for d, is_known in zip(drafts, known, strict=True)
    ]
    subjects: dict[str, set[str]] = defaultdict(set)
    for d in found:
        subjects[d.id].add(d.subject)
    return [
        replace(d, id=f"{d.path}/{d.subject}") if d.subject and len(subjects[d.id]) > 1 else d
        for d in found
    ]


def _without_twins(drafts: Iterable[Draft]) -> tuple[list[Draft], list[Problem]]:
    found: dict[str, Draft] = {}
    problems = []
    for d in drafts:
        if d.id not in found:
            found[d.id] = d
            continue
        problems.append(
            Problem(
                d.where,
                Severity.ERROR,
                Reason.DUPLICATE_ID,
                f"a document named {d.id!r} was read before it",
                "Keep one of the two, or tell them apart: by name, seat or VAT number.",
            )
        )
    return list(found.values()), problems


# --- organisations -------------------------------------------------------------------------


def _organisations(drafts: Iterable[Draft]) -> tuple[Organisation, ...]:
    """The organisations that profiles describe, and those that wrote case studies.

    An organisation that only hosts or attends events is no candidate: that proves no competence.
    """
    drafts = list(drafts)
    groups: dict[str, list[Fields]] = defaultdict(list)
    for d in sorted(drafts, key=lambda d: (not d.fields.vat, d.id)):
        if d.subject:
            groups[d.subject].append(d.fields)
    merged = {identity: _merge(identity, groups[identity]) for identity in groups}
    described = _names(tuple(merged.values()))
    new: dict[str, Fields] = {}
    for d in drafts:
        for name in d.fields.cooperatives:
            if not described.lookup(name):
                only_named = Fields(name=name, fictional=d.fields.fictional)
                new.setdefault(name_key(name), only_named)
    for key, identity in ids_of_named(new, taken=merged).items():
        merged[identity] = _merge(identity, [new[key]])
    return tuple(merged[identity] for identity in sorted(merged))


def _names(organisations: Sequence[Organisation]) -> OrganisationNameIndex:
    """Finds organisations by name; namesakes also by name and seat."""
    spellings = {o.id: (o.name, *o.aliases) for o in organisations}
    plain = OrganisationNameIndex(spellings)
    seated = {
        o.id: [
            written
            for spelling in spellings[o.id]
            if o.seat is not None and len(plain.lookup(spelling)) > 1
            for written in (f"{spelling} {join}{o.seat.name}" for join in _BEFORE_SEAT)
            if not plain.lookup(written)
        ]
        for o in organisations
    }
    return OrganisationNameIndex(
        {identity: (*spellings[identity], *seated[identity]) for identity in seated}
    )


def _merge(identity: str, profiles: Sequence[Fields]) -> Organisation:
    """One organisation from all its profiles: the newest value of each field, lists united."""
    newest = sorted(profiles, key=lambda f: str(f.updated or ""), reverse=True)

    def joined(attribute: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v for f in newest for v in getattr(f, attribute)))

    name = next(f.name for f in newest if f.name)
    return Organisation(
        id=identity,
        name=name,
        aliases=tuple(
            spelling
            for spelling in dict.fromkeys((*(f.name for f in newest), *joined("aliases")))
            if spelling not in ("", name)
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
        employees=next((f.employees for f in newest if f.employees is not None), None),
        website=next((f.website for f in newest if f.website), ""),
        contacts=joined("contacts"),
        contact_people=joined("contact_people"),
        fictional=any(f.fictional for f in newest),
    )


# --- documents -----------------------------------------------------------------------------


def _document(d: Draft, found: DraftLinks) -> Document:
    return Document(
        id=d.id,
        path=d.path,
        kind=d.kind,
        title=d.title,
        language=found.language,
        content_hash=d.content_hash,
        organisations=found.organisations,
        period=d.fields.period,
        updated=d.fields.updated,
        source=d.fields.source,
        client=d.fields.client,
        place=d.fields.place,
        competencies=d.fields.competencies,
        sectors=d.fields.sectors,
        pages=d.parsed.pages,
        fictional=d.fields.fictional,
        visibility=d.fields.visibility.document,
    )


def _declared(fields: Fields) -> tuple[Block, ...]:
    """What the fields of a document declare, as a block of it."""
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
    return (Block("\n".join(lines), headings=(CARD,)),) if lines else ()
