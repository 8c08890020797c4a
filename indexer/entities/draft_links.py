"""Which organisations a draft is about, by what its fields and its text say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.domain import Block, DocumentKind, OrganisationLink, Role
from indexer.source.drafts import Draft
from indexer.text.language import detect_language
from indexer.text.organisation_names import OrganisationNameIndex, name_key, unique_owner


@dataclass(frozen=True, slots=True)
class LinkClues:
    """What decides, besides its text and all names, whom a draft is about."""

    kind: DocumentKind
    subject: str
    title: str
    language: str
    cooperatives: tuple[str, ...]
    organisers: tuple[str, ...]
    participants: tuple[str, ...]
    client: str

    @classmethod
    def of(cls, d: Draft) -> LinkClues:
        """What a draft's fields say."""
        f = d.fields
        people = (f.cooperatives, f.organisers, f.participants)
        return cls(d.kind, d.subject, d.title, f.language, *people, f.client)


@dataclass(frozen=True, slots=True)
class DraftLinks:
    """What a draft's text says, given all names.

    Attributes:
        organisations: Those it is about, each with its role.
        shared: The names of several organisations that nothing in it tells apart, each with their
            ids.
        language: Its language, as a code.

    """

    organisations: tuple[OrganisationLink, ...]
    shared: Mapping[str, frozenset[str]]
    language: str


Links = Callable[[Sequence[Draft], OrganisationNameIndex], Iterable[DraftLinks]]


def link_drafts(drafts: Sequence[Draft], names: OrganisationNameIndex) -> Iterator[DraftLinks]:
    """``links_of`` for each of some drafts."""
    for d in drafts:
        yield links_of(LinkClues.of(d), d.parsed.blocks, names)


def links_of(d: LinkClues, written: Sequence[Block], names: OrganisationNameIndex) -> DraftLinks:
    """Whom a draft is about: those its fields name, then those its text mentions.

    Args:
        d: What its fields say.
        written: Its text.
        names: The names of all organisations.
    """
    named = (
        (Role.AUTHOR, d.cooperatives),
        (Role.ORGANISER, d.organisers),
        (Role.PARTICIPANT, d.participants),
    )
    links: dict[str, Role] = {d.subject: Role.SUBJECT} if d.subject else {}
    shared: dict[str, frozenset[str]] = {}
    for role, spellings in named:
        for spelling in spellings:
            owners = names.lookup(spelling)
            if organisation := unique_owner(owners, ()):
                links.setdefault(organisation, role)
            elif owners:
                shared[spelling] = owners
    # A case study without authors in its fields names them in its text; its client does not count.
    unsigned = d.kind is DocumentKind.CASE_STUDY and not d.cooperatives
    client = names.lookup(d.client)
    blocks = tuple(written)
    texts = (d.title, *(" ".join((*block.headings, block.text)) for block in blocks))
    for mention in (m for text in texts for m in names.find(text)):
        is_author = unsigned and mention.organisation not in client
        links.setdefault(mention.organisation, Role.AUTHOR if is_author else Role.MENTION)
    for text in texts:
        shared |= names.shared(text, among=links)
    once = {
        name_key(spelling): (spelling, owners)
        for spelling, owners in shared.items()
        if not owners <= links.keys()
    }
    return DraftLinks(
        tuple(OrganisationLink(o, role) for o, role in links.items()),
        dict(once.values()),
        d.language or detect_language(" ".join((d.title, *(block.text for block in blocks)))),
    )
