"""What an index knows that helps to understand a question: names, and what each filter learnt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from indexer.text.organisation_names import OrganisationNameIndex

_INSIDE = re.compile(r"[\w,;)] ")  # what stands before a word inside a sentence


def _unknown(word: str) -> bool | None:
    return None


@dataclass(frozen=True, slots=True)
class IndexVocabulary:
    """What the questions to a generation may speak of.

    Attributes:
        names: Finds the names of organisations in a text.
        spellings: These names, as they are written.
        labels: The name of each organisation, by its id.
        learnt: What each filter knows of the generation, by its key.
        is_ordinary: Whether passages write a word in lower case too; ``None`` where none holds
            it, or only where a sentence opens.
        gazetteer: The places of Italy.

    """

    names: OrganisationNameIndex = field(default_factory=lambda: OrganisationNameIndex({}))
    spellings: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    learnt: Mapping[str, Any] = field(default_factory=dict)
    is_ordinary: Callable[[str], bool | None] = _unknown
    gazetteer: Gazetteer = field(default_factory=Gazetteer.load)

    @classmethod
    def of(cls, generation: Generation, learnt: Mapping[str, Any]) -> IndexVocabulary:
        """What a generation knows; made once for it, with what each filter ``learnt``."""
        organisations = generation.organisations.values()
        by_id = {o.id: (o.name, *o.aliases) for o in organisations}
        return cls(
            names=OrganisationNameIndex(by_id),
            spellings=tuple(name for names in by_id.values() for name in names),
            labels={o.id: o.name for o in organisations},
            learnt=learnt,
            is_ordinary=_ordinary_words(generation),
        )


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
