"""Documents to passages: citable pieces that fit the model and make sense alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from indexer.domain import (
    CARD,
    DECLARES,
    Block,
    Document,
    DocumentKind,
    Organisation,
    Part,
    Passage,
    Place,
    Role,
    Statement,
)
from indexer.entities.attribution import Attribution, DocumentSentence, attribute
from indexer.entities.declared_parts import declared_parts
from indexer.text.negation import is_negated, negated_sentences
from indexer.text.organisation_names import OrganisationNameIndex
from indexer.text.sentences import split_sentences
from indexer.vocabulary import Linker

CountTokens = Callable[[Sequence[str]], list[int]]

_SMALL = 0.25  # a section below this share of a passage joins its neighbour
_MARGIN = 8  # tokens kept for the model's prompt and special tokens
_SHORTEST = 16  # tokens left to the text by whatever context
# Who a passage is found for. Only doing proves anything; the rest may be near.
_SPEAKING = frozenset({Part.DOES, Part.SHARED, Part.SPEAKS, Part.ORGANISES})


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    tokens: int
    headings: tuple[str, ...]
    page: int | None
    block: int  # sentences of one block are joined by a space, blocks by a line break
    denies: bool  # says what is not done: kept apart from the rest
    says: tuple[Attribution, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageSplitter:
    """Cuts documents into passages of about ``size`` tokens, their context not counted.

    Text and context together never take more than ``longest``, what the model reads. ``region``
    gives the name of a place's region, for the context line; ``linker`` finds competencies.
    """

    count_tokens: CountTokens
    size: int
    longest: int
    names: OrganisationNameIndex
    organisations: Mapping[str, Organisation]
    region: Callable[[Place], str]
    linker: Linker = field(default_factory=Linker.load)

    def split(self, document: Document, blocks: Sequence[Block]) -> tuple[Passage, ...]:
        """The passages of one document, in reading order; none for a document without text."""
        mended = _mended(blocks)
        size = self._room(document, mended)
        found = self._attributed(document, self._sentences(mended, size))
        paths = list(dict.fromkeys(s.headings for s in found))
        counts = self.count_tokens([path[-1] if path else "" for path in paths])
        sections = _sections(found, size, dict(zip(paths, counts, strict=True)))
        groups = [group for section in sections for group in _pack(section, size)]
        return tuple(self._passage(document, n, group) for n, group in enumerate(groups))

    def _room(self, document: Document, blocks: Sequence[Block]) -> int:
        """How many tokens of text fit a passage beside the longest context of the document."""
        paths = dict.fromkeys(block.headings for block in blocks)
        counts = self.count_tokens([self._context(document, path) for path in paths])
        return max(_SHORTEST, min(self.size, self.longest - _MARGIN - max(counts, default=0)))

    def _sentences(self, blocks: Sequence[Block], size: int) -> list[_Sentence]:
        texts = [(n, s) for n, block in enumerate(blocks) for s in split_sentences(block.text)]
        counts = self.count_tokens([text for _, text in texts])
        nothing = negated_sentences(
            [text for _, text in texts], [blocks[n].headings for n, _ in texts]
        )
        whole = [
            _Sentence(text, count, blocks[n].headings, blocks[n].page, n, proves_nothing)
            for (n, text), count, proves_nothing in zip(texts, counts, nothing, strict=True)
        ]
        return [piece for sentence in whole for piece in self._fitting(sentence, size)]

    def _attributed(self, document: Document, found: list[_Sentence]) -> list[_Sentence]:
        """The sentences with their attributions; the document's card has what it declares."""
        card = found[0].block if found and found[0].headings == (CARD,) else -1
        lines = [
            DocumentSentence(s.text, s.headings, s.block, s.denies and not is_negated(s.text, ()))
            for s in found
        ]
        said = attribute(lines, document, self.names, self.names.lookup(document.client))
        did = _did(found, said)
        attributed = []
        for sentence, says in zip(found, said, strict=True):
            if sentence.block == card:
                is_list = sentence.text.startswith(DECLARES)
                says = declared_parts(sentence.text, says, did, self.linker) if is_list else ()
            parts = {one.part for one in says}
            silent = bool(parts & {Part.DENIES, Part.FORMER}) and not parts & _SPEAKING
            attributed.append(replace(sentence, says=says, denies=silent))
        return attributed

    def _statements(
        self, group: Sequence[_Sentence], offsets: Sequence[int], *, is_profile: bool
    ) -> Iterator[Statement]:
        """What the sentences of a passage say, with the competencies that each stretch names.

        Args:
            group: The passage's sentences.
            offsets: Where each begins in its text, in characters.
            is_profile: Whether headings name what the organisation offers.
        """
        for at, sentence in zip(offsets, group, strict=True):
            above = sentence.headings[-1] if sentence.headings else ""
            # In a profile a heading names a service; elsewhere, what a section tells of.
            of_heading = self.linker.announced(above) if is_profile else frozenset()
            named = self.linker.mentions(sentence.text)
            is_list = sentence.text.startswith(DECLARES)
            for one in sentence.says:
                concepts = {m.concept for m in named if one.start <= m.start and m.end <= one.end}
                if one.part is Part.DOES:
                    concepts |= of_heading
                    concepts |= (
                        self._listed(sentence.text[one.start : one.end]) if is_list else set()
                    )
                start, end = at + one.start, at + one.end
                yield Statement(start, end, one.organisation, one.part, tuple(sorted(concepts)))

    def _listed(self, text: str) -> frozenset[str]:
        """What a list of declared competencies names, an item as a question that is only it."""
        items = text.removeprefix(DECLARES).rstrip(".").split(",")
        topics = (self.linker.topic(item) for item in items)
        return frozenset(topic for topic in topics if topic)

    def _fitting(self, sentence: _Sentence, size: int) -> Iterator[_Sentence]:
        """The sentence, cut between words only if it alone is longer than a passage."""
        limit = size - _MARGIN
        if sentence.tokens <= limit:
            yield sentence
            return
        step = max(1, int(len(sentence.text) * limit / sentence.tokens * 0.8))
        for text in _cut(sentence.text, step):
            (tokens,) = self.count_tokens([text])
            piece = replace(sentence, text=text, tokens=tokens)
            if tokens <= limit or len(text) <= 1:
                yield piece
            else:
                yield from self._fitting(piece, size)

    def _passage(self, document: Document, n: int, group: Sequence[_Sentence]) -> Passage:
        text, offsets = _joined(group)
        headings = _common([s.headings for s in group])
        is_profile = document.kind is DocumentKind.PROFILE
        statements = tuple(self._statements(group, offsets, is_profile=is_profile))
        speaking = dict.fromkeys(s.organisation for s in statements if s.part in _SPEAKING)
        return Passage(
            id=f"{document.id}#{n}",
            document=document.id,
            ordinal=n,
            text=text,
            context=self._context(document, headings),
            headings=headings,
            page=group[0].page,
            organisations=tuple(speaking),
            language=document.language,
            statements=statements,
        )

    def _context(self, document: Document, headings: tuple[str, ...]) -> str:
        """Title, organisation and place: what a reader of the passage alone would miss."""
        about = [
            link for link in document.organisations if link.role in (Role.SUBJECT, Role.AUTHOR)
        ]
        known = [self.organisations[link.organisation] for link in about]
        # A file's name replaces a missing title; digits alone would only be noise.
        parts = [document.title] if any(c.isalpha() for c in document.title) else []
        parts += [o.name for o in known if o.name not in document.title]
        if document.kind is DocumentKind.PROFILE:
            places = [o.seat for o in known if o.seat is not None]
        else:
            places = [document.place] if document.place else []
        for place in places[:1]:
            parts.append(", ".join(dict.fromkeys(filter(None, (place.name, self.region(place))))))
        parts += [h for h in headings if h not in parts]
        return " · ".join(filter(None, parts))


def _did(
    found: Sequence[_Sentence], said: Sequence[tuple[Attribution, ...]]
) -> Mapping[str, Sequence[str]]:
    """What a document says that each organisation did, a stretch each."""
    did: dict[str, list[str]] = {}
    for sentence, says in zip(found, said, strict=True):
        for one in says:
            if one.part is Part.DOES:
                did.setdefault(one.organisation, []).append(sentence.text[one.start : one.end])
    return did


def _pack(section: Sequence[_Sentence], size: int) -> Iterator[list[_Sentence]]:
    """Runs of sentences of even length, none over the size."""
    total = sum(s.tokens for s in section)
    parts = max(1, -(-total // size))
    target = total / parts
    group: list[_Sentence] = []
    length = 0
    for sentence in section:
        over = length + sentence.tokens > size
        if group and (over or length + sentence.tokens / 2 > target):
            yield group
            group, length = [], 0
        group.append(sentence)
        length += sentence.tokens
    if group:
        yield group


def _mended(blocks: Sequence[Block]) -> list[Block]:
    """Blocks with the sentences that a page break had cut joined again, on the first page."""
    mended: list[Block] = []
    page: int | None = None  # of the block before, which a joined block no longer tells
    for block in blocks:
        last = mended[-1] if mended else None
        if last is not None and page != block.page and _runs_on(last.text, block.text):
            mended[-1] = Block(f"{last.text} {block.text}", last.headings, last.page)
        else:
            mended.append(block)
        page = block.page
    return mended


def _runs_on(before: str, after: str) -> bool:
    return before[-1:].isalpha() and after[:1].islower()


def _sections(
    found: Sequence[_Sentence], size: int, headings_tokens: Mapping[tuple[str, ...], int]
) -> list[list[_Sentence]]:
    """Sentences under one heading on one page; short neighbours under one parent are joined.

    Denials are never joined to statements of work.
    """
    sections: list[list[_Sentence]] = []
    for (headings, page, is_denial), group in groupby(
        found, key=lambda s: (s.headings, s.page, s.denies)
    ):
        section = list(group)
        previous = sections[-1] if sections else None
        if (
            previous is not None
            and (previous[0].page, previous[0].denies) == (page, is_denial)
            and _related(previous[0].headings, headings)
            and min(_length(previous), _length(section)) < size * _SMALL
            and _joined_length([*previous, *section], headings_tokens) <= size
        ):
            previous.extend(section)
        else:
            sections.append(section)
    return sections


def _related(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether one heading is the other's parent, or both have the same parent."""
    return a[:1] == b[:1] and abs(len(a) - len(b)) <= 1 and bool(a or b)


def _length(section: Sequence[_Sentence]) -> int:
    return sum(s.tokens for s in section)


def _joined_length(
    section: Sequence[_Sentence], headings_tokens: Mapping[tuple[str, ...], int]
) -> int:
    """The length of sections in one passage, where each heading is written out."""
    headings = (path for path, _ in groupby(section, key=lambda s: s.headings))
    return _length(section) + sum(headings_tokens[path] for path in headings)


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The headings that all the sentences share."""
    first = paths[0]
    length = next(
        (
            n
            for n in range(len(first))
            if any(path[n : n + 1] != first[n : n + 1] for path in paths)
        ),
        len(first),
    )
    return first[:length]


def _joined(group: Sequence[_Sentence]) -> tuple[str, list[int]]:
    """The sentences as text, and where each begins in it.

    If the heading changes inside, the new one is written out.
    """
    common = len(_common([s.headings for s in group]))
    text, offsets = "", []
    previous: _Sentence | None = None
    for sentence in group:
        if previous is not None:
            text += " " if previous.block == sentence.block else "\n"
        own = sentence.headings[common:]
        if own and (previous is None or previous.headings != sentence.headings):
            text += f"{own[-1]}\n"
        offsets.append(len(text))
        text += sentence.text
        previous = sentence
    return text, offsets


def _cut(text: str, step: int) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = min(len(text), start + step)
        space = text.rfind(" ", start + 1, end)
        if end < len(text) and space > start:
            end = space
        yield text[start:end].strip()
        start = end
