"""What each sentence of a document says of whom. Pure.

A document names many organisations: those that did the work, hosted, attended or were clients.
Only the sentence, list item or table row that names an organisation gives its part. A profile
speaks of its own organisation, a case study with one author of that author. In a case study with
several authors a sentence speaks of those it names; what names none of them is shared by all, and
proves nothing of one by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from indexer.domain import Document, DocumentKind, Part, Role
from indexer.entities.name_frames import LISTED
from indexer.entities.name_stretches import GOES_ON, ordinals, stretches
from indexer.entities.part_rows import parts_of_row
from indexer.entities.part_words import TOGETHER, part_at_event, part_of_verb
from indexer.text.clauses import Mood, clauses
from indexer.text.organisation_names import NameMention, OrganisationNameIndex
from indexer.text.tokens import word_spans

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


_TELLING = frozenset({Part.DOES, Part.SPEAKS})
_BESIDES = frozenset({Part.HOSTS, Part.MODERATES, Part.ATTENDS, Part.MENTION})


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
        owners, owners_part = by_role[Role.SUBJECT], Part.DOES
    elif document.kind is DocumentKind.CASE_STUDY:
        owners = tuple(o for o in by_role[Role.AUTHOR] if o not in clients) or by_role[Role.AUTHOR]
        owners_part = Part.DOES if len(owners) == 1 else Part.SHARED
    else:
        owners, owners_part = by_role[Role.ORGANISER], Part.ORGANISES
    reader = _Reader(names, known, owners, owners_part, frozenset(clients))
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
        owners_part: Part,
        clients: frozenset[str],
    ) -> None:
        """Prepare for a document.

        Args:
            names: Finds organisations in text.
            known: The ids of those that it is linked to.
            owners: The ids of those whose document it is.
            owners_part: What a sentence that names nobody says of them.
            clients: The ids of those for whom its work was done.

        """
        self._names = names
        self._known = known
        self._owners = owners
        self._owners_part = owners_part
        self._clients = clients
        self._block = -1
        self._subjects: tuple[str, ...] = ()  # whom a sentence without a name goes on about
        self._last_named: Sequence[str] = ()  # in order, where a sentence named several
        self._by_list = False  # whether it stands before what is listed of it
        self._mood = Mood.DOES

    def read(self, lines: Sequence[DocumentSentence]) -> Iterator[tuple[Attribution, ...]]:
        for line in lines:
            if line.block != self._block:
                self._block, self._subjects = line.block, self._of_headings(line.headings)
                self._mood = Mood.DOES
            yield tuple(self._line(line))

    def _of_headings(self, headings: Sequence[str]) -> tuple[str, ...]:
        """The organisation that the innermost heading naming a possible subject is about."""
        if self._owners_part is Part.DOES:
            return ()  # all of it is about one
        may_be = {*self._owners} if self._owners_part is Part.SHARED else {*self._known}
        for heading in reversed(headings[1:] if len(headings) > 1 else headings):
            found = {m.organisation for m in self._find(heading)} & may_be
            if len(found) == 1:
                return tuple(found)
        return ()

    def _find(self, text: str) -> list[NameMention]:
        return self._names.find(text, among=self._known)

    def _line(self, line: DocumentSentence) -> Iterator[Attribution]:
        mentions = self._find(line.text)
        named = list(dict.fromkeys(m.organisation for m in mentions))
        if len(named) > 1:
            self._last_named = named
        mentions = sorted([*mentions, *self._ordinals(line.text)], key=lambda m: m.start)
        others = [m for m in mentions if self._is_other(m.organisation)]
        said = list(self._named(line.text, mentions)) if others else []
        yield from said
        telling = [a for a in said if self._is_other(a.organisation) and a.part in _TELLING]
        if self._owners_part is Part.DOES:
            yield from self._unnamed(line, [a for a in said if a.part in _TELLING])
            return
        if telling:
            self._by_list = any(LISTED.match(line.text[m.end :]) for m in mentions)
            doing = tuple(dict.fromkeys(a.organisation for a in said if a.part in _TELLING))
            self._subjects = doing if len(doing) == 1 else ()
            return
        if said:
            self._subjects = ()
            if any(a.part is not Part.MENTION for a in said):
                return
        yield from self._unnamed(line)

    @property
    def _listed_part(self) -> Part:
        """The part of who is only listed: at events they speak."""
        return Part.SPEAKS if self._owners_part is Part.ORGANISES else Part.DOES

    def _is_other(self, organisation: str) -> bool:
        """Whether a name says more than whose document it is."""
        alone = self._owners_part is Part.DOES and len(self._owners) == 1
        return not alone or organisation not in self._owners

    def _ordinals(self, text: str) -> Iterator[NameMention]:
        """The stand-ins of names that were given in order: "il primo", "the latter"."""
        if self._owners_part is not Part.SHARED:
            return
        for match, place in ordinals(text, len(self._last_named)):
            yield NameMention(match.start(), match.end(), self._last_named[place])

    def _unnamed(
        self, line: DocumentSentence, taken: Sequence[Attribution] = ()
    ) -> Iterator[Attribution]:
        """What a sentence says of its subjects, but for the stretches that are of others."""
        if self._subjects and self._carries_over(line.text):
            owners, part = self._subjects, part_of_verb(line.text) or self._listed_part
            if self._owners_part is Part.ORGANISES:
                part = part_at_event(part, line.text)
        elif self._owners_part is Part.SHARED and TOGETHER.search(line.text):
            owners, part = self._owners, Part.DOES
        else:
            self._subjects, owners, part = (), self._owners, self._owners_part
        for clause in clauses(line.text, self._mood):
            self._mood = Mood.DENIES if line.denied else clause.mood
            of_clause = part if self._mood is Mood.DOES else _PARTS[self._mood]
            # What the subject denies it denies, even where another is named who does it.
            others = () if self._mood in (Mood.DENIES, Mood.FORMER) else taken
            for start, end in _left(clause.start, clause.end, others):
                if not others or word_spans(line.text[start:end]):
                    yield from (Attribution(start, end, o, of_clause) for o in owners)

    def _carries_over(self, text: str) -> bool:
        """Whether a sentence without a name goes on about the one before it."""
        return (
            self._owners_part is not Part.ORGANISES
            or self._by_list
            or GOES_ON.match(text) is not None
        )

    def _named(self, text: str, mentions: Sequence[NameMention]) -> Iterator[Attribution]:
        """The part of each organisation that a sentence names, with the stretch that says so."""
        row = parts_of_row(text, mentions, self._listed_part)
        if row is not None:
            for mention, part in row:
                yield Attribution(
                    0, len(text), mention.organisation, self._part_unless_client(mention, part)
                )
            return
        for one in stretches(text, mentions, self._listed_part, frozenset(self._owners)):
            part = self._part_unless_client(one.mention, one.name_part.part)
            if self._owners_part is Part.ORGANISES:
                part = part_at_event(part, text[one.start : one.end])
                # Who holds an event holds it, whatever else it does there.
                if one.mention.organisation in self._owners and part in _BESIDES:
                    yield Attribution(
                        one.start, one.end, one.mention.organisation, self._owners_part
                    )
            if part not in _TELLING or one.name_part.before:
                yield Attribution(one.start, one.end, one.mention.organisation, part)
                continue
            for start, end, denied in _denied(text[one.start : one.end]):
                of_clause = Part.DENIES if denied else part
                yield Attribution(
                    one.start + start, one.start + end, one.mention.organisation, of_clause
                )

    def _part_unless_client(self, mention: NameMention, part: Part) -> Part:
        """Whom work was done for did not do it."""
        is_client = part is Part.DOES and mention.organisation in self._clients
        return Part.CLIENT if is_client else part


def _denied(text: str) -> Iterator[tuple[int, int, bool]]:
    """The stretches of a text that deny something, and those that do not."""
    for denied, run in groupby(clauses(text), key=lambda clause: clause.mood is Mood.DENIES):
        found = list(run)
        yield found[0].start, found[-1].end, denied


def _left(start: int, end: int, taken: Sequence[Attribution]) -> Iterator[tuple[int, int]]:
    """What is left of a clause without the stretches that are taken."""
    at = start
    for one in sorted(taken, key=lambda a: a.start):
        if one.end <= at or one.start >= end:
            continue
        if one.start > at:
            yield at, one.start
        at = max(at, one.end)
    if at < end:
        yield at, end
