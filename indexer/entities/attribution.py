"""What each sentence of a document says of whom. Pure.

A document names many organisations: those that did the work, hosted, attended or were clients.
Only the sentence, list item or table row that names an organisation gives its part. A profile
speaks of its own organisation, a case study with one author of that author. In a case study with
several authors a sentence speaks of those it names; what names none of them is shared by all, and
proves nothing of one by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.domain import Document, DocumentKind, Part, Role
from indexer.entities.part_words import LISTED, TOGETHER, part_before, part_told, tells_backwards
from indexer.text.clauses import Mood, clauses
from indexer.text.organisation_names import NameMention, OrganisationNameIndex

_PARTS = {
    Mood.DOES: Part.DOES,
    Mood.DENIES: Part.DENIES,
    Mood.FORMER: Part.FORMER,
    Mood.USES: Part.USES,
    Mood.INTENDS: Part.INTENDS,
}


@dataclass(frozen=True, slots=True)
class DocumentSentence:
    """A sentence of a document: its text, the headings above it, and the block it is in."""

    text: str
    headings: tuple[str, ...]
    block: int
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a stretch of a sentence says of an organisation; ``start`` and ``end`` are offsets."""

    start: int
    end: int
    organisation: str
    part: Part


_AFTER_NAME = 90  # characters: the verb of a name stands no further behind it


def attribute(
    lines: Sequence[DocumentSentence],
    document: Document,
    names: OrganisationNameIndex,
    clients: Collection[str] = (),
) -> list[tuple[Attribution, ...]]:
    """What each sentence of a document says of whom.

    Args:
        lines: The document's sentences in reading order.
        document: The document, its organisations linked.
        names: Finds organisations in text.
        clients: The organisations that the work of a case study was done for.

    Returns:
        For each sentence the stretches that say something of an organisation; empty for none.
    """
    by_role = _by_role(document)
    known = [link.organisation for link in document.organisations]
    if document.kind is DocumentKind.PROFILE:
        owners, together = by_role[Role.SUBJECT], Part.DOES
    elif document.kind is DocumentKind.CASE_STUDY:
        owners = tuple(o for o in by_role[Role.AUTHOR] if o not in clients) or by_role[Role.AUTHOR]
        together = Part.DOES if len(owners) == 1 else Part.SHARED
    else:
        owners, together = by_role[Role.ORGANISER], Part.ORGANISES
    reader = _Reader(names, known, owners, together, frozenset(clients))
    return list(reader.read(lines))


def _by_role(document: Document) -> Mapping[Role, tuple[str, ...]]:
    return {
        role: tuple(link.organisation for link in document.organisations if link.role is role)
        for role in Role
    }


class _Reader:
    """Reads the sentences of one document; the subject of a paragraph or section carries over."""

    def __init__(
        self,
        names: OrganisationNameIndex,
        known: Sequence[str],
        owners: tuple[str, ...],
        together: Part,
        clients: frozenset[str],
    ) -> None:
        self._names = names
        self._known = known
        self._owners = owners
        self._together = together
        self._clients = clients
        self._block = -1
        self._meant: tuple[str, ...] = ()
        self._mood = Mood.DOES

    def read(self, lines: Sequence[DocumentSentence]) -> Iterator[tuple[Attribution, ...]]:
        for line in lines:
            if line.block != self._block:
                self._block, self._meant = line.block, self._of_headings(line.headings)
                self._mood = Mood.DOES
            yield tuple(self._line(line))

    def _of_headings(self, headings: Sequence[str]) -> tuple[str, ...]:
        """The organisation that the innermost heading naming a possible subject is about."""
        if self._together is Part.DOES:
            return ()  # all of it is about one
        may_be = {*self._owners} if self._together is Part.SHARED else {*self._known}
        for heading in reversed(headings[1:] if len(headings) > 1 else headings):
            found = {m.organisation for m in self._find(heading)} & may_be
            if len(found) == 1:
                return tuple(found)
        return ()

    def _find(self, text: str) -> list[NameMention]:
        return self._names.find(text, among=self._known)

    def _line(self, line: DocumentSentence) -> Iterator[Attribution]:
        mentions = self._find(line.text)
        others = [m for m in mentions if self._is_other(m.organisation)]
        said = list(self._named(line.text, mentions)) if others else []
        yield from said
        telling = [a for a in said if a.organisation not in self._alone]
        if any(a.part in (Part.DOES, Part.SPEAKS) for a in telling):
            doing = tuple(a.organisation for a in said if a.part is Part.DOES)
            self._meant = doing if len(doing) == 1 else ()
            return
        if said and self._together is not Part.DOES:
            self._meant = ()
            if any(a.part is not Part.MENTION for a in said):
                return
        yield from self._unnamed(line)

    @property
    def _of_meant(self) -> Part:
        """The part of the subject that carries over, if no verb gives one: at events they speak."""
        return Part.SPEAKS if self._together is Part.ORGANISES else Part.DOES

    @property
    def _alone(self) -> tuple[str, ...]:
        return self._owners if len(self._owners) == 1 else ()

    def _is_other(self, organisation: str) -> bool:
        """Whether a name says more than whose document it is."""
        return organisation not in self._alone

    def _unnamed(self, line: DocumentSentence) -> Iterator[Attribution]:
        """What a sentence that names nobody, or only in passing, says of its subjects."""
        if self._meant:
            owners, part = self._meant, part_told(line.text) or self._of_meant
        elif self._together is Part.SHARED and TOGETHER.search(line.text):
            owners, part = self._owners, Part.DOES
        else:
            owners, part = self._owners, self._together
        for clause in clauses(line.text, self._mood):
            self._mood = Mood.DENIES if line.denied else clause.mood
            told = part if self._mood is Mood.DOES else _PARTS[self._mood]
            for owner in owners:
                yield Attribution(clause.start, clause.end, owner, told)

    def _named(self, text: str, mentions: Sequence[NameMention]) -> Iterator[Attribution]:
        """The part of each organisation that a sentence names, with the stretch that says so."""
        for n, mention in enumerate(mentions):
            end = self._stretch(text, mentions, n)
            part = self._part(text, mention, end)
            before = text[: mention.start]
            from_start = n == 0 or (part is Part.DOES and tells_backwards(before))
            # What stands before a semicolon is about something else.
            start = before.rfind(";") + 1 if from_start else mention.start
            if part is Part.DOES and mention.organisation in self._clients:
                part = Part.CLIENT
            yield Attribution(start, end, mention.organisation, part)

    def _stretch(self, text: str, mentions: Sequence[NameMention], n: int) -> int:
        """Where the words about a name end: at the next name that is not merely joined to it."""
        for before, after in zip(mentions[n:], mentions[n + 1 :], strict=False):
            between = text[before.end : after.start]
            if len(between.split()) > 3 or re.search(r"[;.:]", between):
                return after.start
        return len(text)

    def _part(self, text: str, mention: NameMention, end: int) -> Part:
        before, after = text[: mention.start], text[mention.end : end][:_AFTER_NAME]
        if told := part_before(before, after) or part_told(after):
            return told
        return self._of_meant if LISTED.match(after) else Part.MENTION
