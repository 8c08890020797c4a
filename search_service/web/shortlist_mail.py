"""The mail that sends a shortlist: names, contacts, and the link that has it all. Pure."""

from __future__ import annotations

from urllib.parse import quote

from search_service.insights.shortlist import Pick, Shortlist
from search_service.presentation.labels import Words

MAX_BODY = 1_500  # characters of the encoded text, without the link: mail programs open about 2,000


def shortlist_mail(shortlist: Shortlist, words: Words, address: str) -> str:
    """A mailto: link without a recipient; those that it has no room for are counted.

    Args:
        shortlist: The cooperatives.
        words: The wording in the reader's language.
        address: The list's address.
    """
    text, blocks = words.language.text, [_block(pick, words) for pick in shortlist.picks]
    subject = shortlist.name or text("La tua lista")
    told = _fitting(blocks)
    if rest := len(blocks) - told:
        more = words.language.plural(
            "… e un'altra, che trovi al link.", "… e altre %(n)s, che trovi al link.", rest
        )
        blocks[told:] = [more]
    link = text("Prove, confronto e file da scaricare: %(address)s", address=address)
    body = "\r\n\r\n".join((*blocks, link))
    return f"mailto:?subject={_encoded(subject)}&body={_encoded(body)}"


def _fitting(blocks: list[str]) -> int:
    """How many of the blocks, from the first, the mail has room for."""
    length = 0
    for number, block in enumerate(blocks):
        length += len(_encoded(block))
        if length > MAX_BODY:
            return number
    return len(blocks)


def _block(pick: Pick, words: Words) -> str:
    """A cooperative in a few lines: its name, seat, contacts, and the note on it."""
    one = pick.organisation
    named = f"{one.name}, {words.place(one.seat)}" if one.seat else one.name
    invented = words.language.text("dato inventato")
    lines = (
        f"{named} ({invented})" if one.fictional else named,
        " · ".join((*one.contacts, *([one.website] if one.website else []))),
        pick.note,
    )
    return "\r\n".join(line for line in lines if line)


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")
