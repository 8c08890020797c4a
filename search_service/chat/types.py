"""The words of a chat: a Message comes in, a Reply goes out. Imports nothing of the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote, without the command or the mention that called us.

    ``conversation`` is what a follow-up belongs to (a thread, or a person in a channel),
    ``channel`` is where an alert posts, ``event`` is the platform's own id of the
    message, by which it is answered once; empty where there is none. All ids are the platform's.
    ``language`` is the code of what the platform says that the person reads ("en"), or empty.
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
    """Somewhere to go; ``url`` is empty where the service's public address is not configured."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A cooperative, or a document, with its line of evidence. All of it is plain text.

    ``facts`` stand beside the name ("Bologna (BO)", "sede qui"); ``proof`` says what the evidence
    is worth; ``source`` is the document it is from, ``date`` when that is of.
    """

    name: Link
    quote: str
    source: Link
    facts: tuple[str, ...] = ()
    proof: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class ReplySection:
    """Items under a heading, which may be empty; they are counted from ``first``."""

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

    ``heading`` says it in one line; ``notes`` are what was understood and how it was widened;
    ``hints`` what can be done next; ``more`` is the same search on the web page. ``is_answer``: it
    is of use to the whole channel, and no help, refusal or list of alerts.
    """

    language: str
    heading: str
    notes: tuple[str, ...] = ()
    sections: tuple[ReplySection, ...] = ()
    hints: tuple[str, ...] = ()
    more: Link | None = None
    is_answer: bool = False


class Poster(Protocol):
    """Posts a reply into a channel of its platform that nobody just wrote in."""

    platform: str

    async def post(self, channel: str, reply: Reply) -> None:
        """Post; raises DeliveryError where the platform does not take it."""
