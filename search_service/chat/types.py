"""The types of a chat: a Message comes in, a Reply goes out. Imports nothing of the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A person's message, without the command or the mention of the bot.

    All ids are the platform's. ``conversation`` is what a follow-up belongs to (a thread, or a
    person in a channel); ``channel`` is where an alert posts; ``event`` identifies the message, so
    that it is answered once, and is empty if the platform gives none. ``language`` is the code of
    the person's language according to the platform ("en"), or empty.
    """

    platform: str
    channel: str
    conversation: str
    user: str
    event: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A label and where it leads; ``url`` is empty if the public address is not configured."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A cooperative, or a document, with its line of evidence. All of it is plain text.

    ``facts`` follow the name ("Bologna (BO)", "sede qui"); ``proof`` says what the evidence is
    worth; ``source`` is its document, ``date`` the document's date.
    """

    name: Link
    quote: str
    source: Link
    facts: tuple[str, ...] = ()
    proof: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class ReplySection:
    """Items under a heading, which may be empty; numbered from ``first``."""

    heading: str
    items: tuple[Item, ...]
    first: int = 1

    @property
    def numbered(self) -> Iterator[tuple[int, Item]]:
        """The items, each with its number."""
        return enumerate(self.items, self.first)


@dataclass(frozen=True, slots=True)
class Reply:
    """What every chat shows, each in its own format. All of it is plain text.

    ``heading`` sums it up in one line; ``notes`` are what was understood and how it was widened;
    ``hints`` what can be done next; ``more`` is the same search on the web page. ``is_answer``: it
    is of use to the whole channel; help, a refusal or a list of alerts is not.
    """

    language: str
    heading: str
    notes: tuple[str, ...] = ()
    sections: tuple[ReplySection, ...] = ()
    hints: tuple[str, ...] = ()
    more: Link | None = None
    is_answer: bool = False


class Poster(Protocol):
    """Posts into a channel of its platform without a message before."""

    platform: str

    async def post(self, channel: str, reply: Reply) -> None:
        """Post; raises DeliveryError if the platform does not accept it."""
