"""What an index knows that helps to understand a question: names, competencies and the like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from indexer.domain import Encoder, Organisation
from indexer.index.snapshot import Generation
from indexer.text.organisation_names import OrganisationNameIndex
from search_service.query.spelling import QuestionSpeller
from search_service.vocabulary.certifications import certification_key
from search_service.vocabulary.competencies import competencies_of
from search_service.vocabulary.legal_forms import legal_form_keys

_INSIDE = re.compile(r"[\w,;)] ")  # what stands before a word inside a sentence


def _unknown(word: str) -> bool | None:
    return None


@dataclass(frozen=True, slots=True)
class IndexVocabulary:
    """Names as they are written and by id, and what organisations of a generation have.

    ``certifications`` and ``competencies`` say, by key, how the first writes them.
    ``is_ordinary`` says whether passages write a word in lower case too: ``None`` when none holds
    it, or only where a sentence opens. Without a ``speller`` no word is put right.
    """

    names: OrganisationNameIndex = field(default_factory=lambda: OrganisationNameIndex({}))
    spellings: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    certifications: Mapping[str, str] = field(default_factory=dict)
    competencies: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    sectors: frozenset[str] = frozenset()
    legal_forms: frozenset[str] = frozenset()
    is_ordinary: Callable[[str], bool | None] = _unknown
    speller: QuestionSpeller | None = None

    @classmethod
    def of(cls, generation: Generation, encoder: Encoder) -> IndexVocabulary:
        """What a generation knows; made once for it."""
        organisations = generation.organisations.values()
        documents = generation.documents.values()
        by_id = {o.id: (o.name, *o.aliases) for o in organisations}
        sectors = {s for o in organisations for s in o.sectors}
        return cls(
            names=OrganisationNameIndex(by_id),
            spellings=tuple(name for names in by_id.values() for name in names),
            labels={o.id: o.name for o in organisations},
            certifications=_certifications(organisations),
            competencies={
                competence.key: competence.label
                for competence in competencies_of(generation).values()
                if competence.able(generation)
            },
            sectors=frozenset(sectors.union(*(d.sectors for d in documents))),
            legal_forms=frozenset().union(*(legal_form_keys(o.legal_form) for o in organisations)),
            is_ordinary=_ordinary_words(generation),
            speller=QuestionSpeller(generation.lexical, generation.passages, encoder.count_tokens),
        )


def _certifications(organisations: Iterable[Organisation]) -> dict[str, str]:
    """Each certification as it is first written, by its key."""
    found: dict[str, str] = {}
    for organisation in sorted(organisations, key=lambda o: o.id):
        for written in organisation.certifications:
            if key := certification_key(written):
                found.setdefault(key, written)
    return found


def _ordinary_words(generation: Generation) -> Callable[[str], bool | None]:
    """Looks a word up in the passages that hold it, which are few for a name.

    They are found by the stem, but only the very word tells: that "riesce" is written says nothing
    of "riescono". Nor does a capital that opens a sentence.
    """

    @lru_cache(maxsize=1024)
    def is_ordinary(word: str) -> bool | None:
        written = re.compile(rf"(?<!\w){re.escape(word.lower())}(?!\w)", re.IGNORECASE)
        inside = False
        for row in generation.lexical.rows(word.lower()).tolist():
            text = generation.passages[row].text
            for match in written.finditer(text):
                if match[0].islower():
                    return True
                before = text[max(0, match.start() - 2) : match.start()]
                inside = inside or _INSIDE.fullmatch(before) is not None
        return False if inside else None

    return is_ordinary
