"""Warnings about names and VAT numbers that several organisations share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexer.domain import Organisation, Problem, Reason, Severity
from indexer.source.drafts import Draft
from indexer.text.organisation_names import OrganisationNameIndex, name_key

_MOST_LISTED = 3  # namesakes that a warning names


def shared_number_warnings(drafts: Iterable[Draft]) -> Iterator[Problem]:
    """Of profiles with one VAT number but neither name nor seat in common: perhaps a slip."""
    first: dict[str, Draft] = {}
    for d in sorted((d for d in drafts if d.subject and d.fields.vat), key=lambda d: d.id):
        before = first.setdefault(d.fields.vat, d)
        names, others = (
            {name_key(name) for name in (f.fields.name, *f.fields.aliases)} for f in (d, before)
        )
        seats = {d.fields.seat, before.fields.seat} - {None}
        if not names & others and len(seats) > 1:
            yield Problem(
                d.where,
                Severity.WARNING,
                Reason.BAD_METADATA,
                f"{d.fields.name!r} has the VAT number of {before.fields.name!r} "
                f"({before.where}): they were taken for one",
                "Correct the number; or give one the other's name as an alias.",
            )


def namesake_warnings(
    drafts: Sequence[Draft], known: Mapping[str, Organisation], names: OrganisationNameIndex
) -> Iterator[Problem]:
    """Of organisations that only their seats, or nothing at all, distinguish from a namesake.

    They may be one cooperative that moved: only a person can know. Of two, one is reported.

    Args:
        drafts: The documents; a profile has its subject.
        known: All organisations, by id.
        names: Their names.
    """
    profiles = {d.subject: d for d in sorted(drafts, key=lambda d: d.id, reverse=True) if d.subject}
    order = sorted(profiles, key=lambda subject: (not known[subject].vat, profiles[subject].id))
    for n, subject in enumerate(order):
        d = profiles[subject]
        sharing = {o for name in (d.fields.name, *d.fields.aliases) for o in names.lookup(name)}
        before = [o for o in order[:n] if o in sharing] if len(sharing) > 1 else []
        if before and not known[subject].vat:
            where = ", ".join(profiles[o].where for o in before[:_MOST_LISTED])
            yield Problem(
                d.where,
                Severity.WARNING,
                Reason.BAD_METADATA,
                f"{d.fields.name!r} is also the name of {_described([known[o] for o in before])} "
                f"({where}): they were kept apart",
                "Give each its VAT number or, if they are one cooperative, the same seat.",
            )


def shared_name_warning(d: Draft, spelling: str, owners: Sequence[Organisation]) -> Problem:
    """Of a name in a document that several organisations have.

    Args:
        d: The document.
        spelling: The name as it is written there.
        owners: Those who have it.
    """
    seats = [o.seat.name for o in owners if o.seat is not None]
    example = f"its seat beside it, as in '{owners[0].name} ({seats[0]})', or " if seats else ""
    return Problem(
        d.where,
        Severity.WARNING,
        Reason.BAD_METADATA,
        f"{spelling!r} is the name of {_described(owners)}: it was linked to none",
        f"Write {example}an alias that only one of them has.",
    )


def _described(organisations: Sequence[Organisation]) -> str:
    """Organisations in words: the name, and what distinguishes it from its namesakes."""
    named = [
        o.name
        + (f" of {o.seat.label}" if o.seat else "")
        + (f" (VAT {o.vat})" if o.vat and not o.seat else "")
        for o in organisations[:_MOST_LISTED]
    ]
    more = len(organisations) - _MOST_LISTED
    return " and of ".join([*named, *([f"{more} more"] if more > 0 else [])])
