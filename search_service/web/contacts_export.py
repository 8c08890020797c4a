"""Whom to call: the contacts of cooperatives, for a spreadsheet and for an address book. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.domain import Organisation
from search_service.insights.shortlist import Pick, Shortlist
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.presentation.urls import mail_link, organisation_path, web_link
from search_service.web.shortlist_export import Cell, csv_of, own_columns, table_of

_PHONE = re.compile(r"\+?[\d\s()./-]{6,24}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LINE = 75  # octets of a line of a vCard (RFC 6350, 3.2)


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of a cooperative, by what they are."""

    mails: tuple[str, ...]
    phones: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, organisation: Organisation) -> Contacts:
        """Tell addresses, numbers and the rest apart."""
        mails = tuple(one for one in organisation.contacts if mail_link(one))
        phones = tuple(one for one in organisation.contacts if _PHONE.fullmatch(one))
        told = {*mails, *phones}
        return cls(mails, phones, tuple(one for one in organisation.contacts if one not in told))


def contacts_csv(found: Shortlist, words: Words, base: str) -> bytes:
    """One row for each cooperative, with its contacts only.

    Args:
        found: The cooperatives.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    own = own_columns(found)
    headings = (
        _("Cooperativa"),
        *own,
        _("Sede"),
        _("E-mail"),
        _("Telefono"),
        _("Altri contatti"),
        _("Referenti"),
        _("Sito"),
        _("Scheda"),
    )
    rows: list[tuple[Cell, ...]] = []
    for pick in found.picks:
        one, contacts = pick.organisation, Contacts.of(pick.organisation)
        rows.append(
            (
                one.name,
                *(column(pick) for column in own.values()),
                words.place(one.seat) if one.seat else None,
                *("; ".join(v) or None for v in (contacts.mails, contacts.phones, contacts.others)),
                "; ".join(one.contact_people) or None,
                one.website or None,
                base + organisation_path(one.id),
            )
        )
    return csv_of(table_of(words.language.text("Contatti"), headings, rows, words))


def contacts_vcf(found: Shortlist, words: Words, base: str) -> bytes:
    """A card for each cooperative, as address books read them: vCard 3.0, UTF-8.

    Args:
        found: The cooperatives.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    cards = (_card(pick, found.name, words, base) for pick in found.picks)
    return "".join(cards).encode("utf-8", "replace")


def _card(pick: Pick, of_list: str, words: Words, base: str) -> str:
    one, contacts = pick.organisation, Contacts.of(pick.organisation)
    name, notes = _text(one.name), [*one.contact_people, *contacts.others]
    if pick.note:
        notes.append(pick.note)
    if one.fictional:
        notes.append(words.language.text("dato inventato"))
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:{_text(one.id)}",
        f"FN:{name}",
        f"N:{name};;;;",
        f"ORG:{name}",
        "X-ABSHOWAS:COMPANY",
        *(f"EMAIL;TYPE=INTERNET:{_text(mail)}" for mail in contacts.mails),
        *(f"TEL;TYPE=WORK:{_text(phone)}" for phone in contacts.phones),
        *([f"ADR;TYPE=WORK:;;;{_text(words.place(one.seat))};;;"] if one.seat else []),
        *([f"URL:{_text(one.website)}"] if web_link(one.website) else []),
        f"SOURCE:{_text(base + organisation_path(one.id))}",
        *([f"CATEGORIES:{_text(of_list)}"] if of_list else []),
        *([f"NOTE:{_text('; '.join(notes))}"] if notes else []),
        "END:VCARD",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _text(value: str) -> str:
    """A value that stays one value: no line and no field of its own begins in it."""
    inert = _CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in "\\,;":
        inert = inert.replace(sign, f"\\{sign}")
    return inert.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line cut into pieces of 75 octets, none of them inside a character."""
    pieces, left = [], line
    room = _LINE
    while len(left.encode("utf-8", "replace")) > room:
        size = len(left.encode("utf-8", "replace")[:room].decode("utf-8", "ignore"))
        pieces.append(left[:size])
        left, room = left[size:], _LINE - 1  # the next begins with a space
    return "\r\n ".join((*pieces, left))
