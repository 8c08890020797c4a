"""What drafts mean once the cooperatives of a corpus are known. Pure.

Whose a profile without a name is, and which names are several in one string.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from stdnum.it import iva

from indexer.domain import DocumentKind, Organisation, Problem, Reason, Severity
from indexer.source.drafts import Draft
from indexer.text.organisation_names import OrganisationNameIndex

_LETTERHEAD = 3  # blocks in which whose paper it is stands
_NUMBER = re.compile(r"(?<!\d)(?:IT\s?)?(\d{11})(?!\d)")
_AND = re.compile(r"\s*,\s*|\s+(?:e|ed|and|&)\s+")
_SHOWN = 5  # rows that one line quotes
_REMEDY = "Write its name (name: …), or remove what is no cooperative."


def completed(
    drafts: Sequence[Draft], organisations: Sequence[Organisation], names: OrganisationNameIndex
) -> tuple[list[Draft], list[Problem]]:
    """The drafts, each profile with its cooperative where that is known, names one by one.

    Args:
        drafts: Those of a corpus; a profile that states its name has its subject.
        organisations: The cooperatives of the profiles that have.
        names: Finds them.
    """
    numbers = {o.vat: o.id for o in organisations if o.vat}
    told = {o.id: o.name for o in organisations}
    found, problems = [], list[Problem]()
    unknown: dict[str, list[Draft]] = defaultdict(list)
    for d in drafts:
        if d.kind is DocumentKind.PROFILE and not d.subject:
            subject = _owner(d, numbers, names)
            if subject:
                problems.append(_taken_for(d, told[subject]))
                d = replace(d, subject=subject)
            else:
                unknown[d.path].append(d)
        f = d.fields
        written = (f.cooperatives, f.organisers, f.participants)
        apart = tuple(_one_by_one(spellings, names) for spellings in written)
        if apart != written:
            who, hosts, guests = apart
            f = replace(f, cooperatives=who, organisers=hosts, participants=guests)
            d = replace(d, fields=f)
        found.append(d)
    return found, [*problems, *(_nameless(path, rows) for path, rows in unknown.items())]


def _owner(d: Draft, numbers: Mapping[str, str], names: OrganisationNameIndex) -> str:
    """The one cooperative whose VAT number a text has, or that its title or letterhead names."""
    blocks = tuple(d.parsed.blocks)
    top = blocks[:_LETTERHEAD]
    heads = (d.title, *(heading for block in top for heading in block.headings))
    texts = [block.text for block in blocks]
    by_number = {
        numbers[number]
        for text in texts
        for number in _NUMBER.findall(text)
        if number in numbers and iva.is_valid(number)
    }
    by_title = {mention.organisation for text in heads for mention in names.find(text)}
    by_letterhead = {m.organisation for block in top for m in names.find(block.text)}
    for owners in (by_number, by_title, by_letterhead):
        if len(owners) == 1:
            return next(iter(owners))
    return ""


def _one_by_one(spellings: Sequence[str], names: OrganisationNameIndex) -> tuple[str, ...]:
    """Names, those in one string apart where each is a cooperative's: "Calicanto, Robinia"."""
    found: list[str] = []
    for spelling in spellings:
        parts = [part for part in _AND.split(spelling) if part]
        several = len(parts) > 1 and not names.lookup(spelling) and all(map(names.lookup, parts))
        found += parts if several else [spelling]
    return tuple(dict.fromkeys(found))


def _taken_for(d: Draft, name: str) -> Problem:
    detail = f"no name is stated: taken for a profile of {name!r}, which it names"
    return Problem(d.where, Severity.WARNING, Reason.NO_NAME, detail, _REMEDY)


def _nameless(path: str, drafts: Sequence[Draft]) -> Problem:
    """That the profiles of one file are nobody's; of a register, which rows."""
    rows = [d.parsed.row for d in drafts if d.parsed.row is not None]
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    listed = f"{', '.join(map(str, rows[:_SHOWN]))}{more}"
    where = f"row{'s' if len(rows) > 1 else ''} {listed}: " if rows else ""
    detail = f"{where}no name is stated, and none was found: of no cooperative"
    return Problem(path, Severity.WARNING, Reason.NO_NAME, detail, _REMEDY)
