"""Sectors: ATECO codes ("ATECO 62.20", "62.20.10"), and sectors in words.

Of a question a sector in words is a filter only where it says so and somebody writes it ("nel
settore turistico", "turismo"). Others stay in the text ("per la sanità"): cooperatives name their
sectors each in its own way or not at all, so a filter would hide those whose documents show the
work, while matching finds "ospedali" for "sanità".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from indexer.domain import Document, Organisation
from indexer.index.snapshot import Generation
from indexer.text.folding import fold
from search_service.domain import FacetValue, Mention, Query, RecognisedFilter
from search_service.filters.ateco import ateco_code
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    FoldedQuestion,
    Holders,
    Parameter,
    nobody_has,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.filters.sector_names import SectorName, sector_key, sector_name
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _


class SectorFilter(Filter[tuple[str, ...]]):
    """Organisations, or documents, that are in any of some sectors."""

    key = "sector"
    heading = _("settore")
    parameters = (
        Parameter(
            "sector",
            "sectors",
            _("Solo questo settore: un codice ATECO, o il nome come è scritto."),
            "62",
        ),
    )
    groups = (Facet("sectors", _("Settore"), 50),)

    def learn(self, generation: Generation) -> frozenset[str]:
        """The sectors of organisations and documents, as they are written."""
        organisations = (s for o in generation.organisations.values() for s in o.sectors)
        documents = (s for d in generation.documents.values() for s in d.sectors)
        return frozenset(chain(organisations, documents))

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The codes that the question names, and the sectors that it calls so."""
        known = self._known(question.vocabulary)
        codes = _recognise(question.text, question.folded, known)
        return [*codes, *_in_words(question.text, question.folded, known)]

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The sector of a code, which nobody need be in, or of words that somebody writes."""
        known = self._known(vocabulary)
        if not ateco_code(value) and not in_sector(known, value):
            raise nobody_has("sector", value)
        same = (s for s in known if sector_key(s) == sector_key(value))
        written = min(same, key=lambda s: (fold(s) != fold(value), s), default=value)
        return _recognised(written)

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """Its name in the reader's language."""
        name = item.meaning
        return words.named(name) if isinstance(name, SectorName) else item.label

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations in any of them, and the documents that are."""
        asked = self.of(query) or ()
        organisations = index.generation.organisations.values()
        mask = index.rows_of(o.id for o in organisations if _in_any(o.sectors, asked))
        mask |= index.rows_of_documents(lambda document: _in_any(document.sectors, asked))

        def counts(organisation: Organisation, document: Document) -> bool:
            return _in_any(organisation.sectors, asked) or _in_any(document.sectors, asked)

        return Eligibility(rows=mask, counts=counts)

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """Sectors of those that answer, or of documents that make them sure."""
        theirs: dict[str, set[str]] = {o.id: set(o.sectors) for o in answering.organisations}
        for organisation, evidence in answering.confident.items():
            written = chain.from_iterable(e.document.sectors for e in evidence)
            theirs.setdefault(organisation, set()).update(written)
        holders: dict[str, set[str]] = defaultdict(set)
        for organisation, sectors in theirs.items():
            for sector in sectors:
                for key in sector_keys(sector):
                    holders[key].add(organisation)
        spellings = {sector_key(s): s for s in sorted(set().union(*theirs.values()), reverse=True)}
        names = {key: sector_name(s) for key, s in spellings.items()}
        return {
            "sectors": {
                FacetKey(s, names[key].label, names[key].english): sorted(holders[key])
                for key, s in spellings.items()
            }
        }

    def value_label(self, value: FacetValue, words: Words) -> str:
        """Its name in the reader's language."""
        return words.named(value)

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """Each sector as profiles write it."""
        organisations = index.generation.organisations.values()
        return {"sectors": (s for o in organisations for s in o.sectors)}

    def _known(self, vocabulary: IndexVocabulary) -> Collection[str]:
        known: Collection[str] = vocabulary.learnt.get(self.key, frozenset())
        return known


SECTOR = SectorFilter()


def _in_any(sectors: Collection[str], asked: Iterable[str]) -> bool:
    return any(in_sector(sectors, sector) for sector in asked)


# --- spellings -------------------------------------------------------------------------------


def sector_keys(sector: str) -> tuple[str, ...]:
    """The keys of a sector and of those it lies under: "62" and "622" for "62.2"."""
    key = sector_key(sector)
    return tuple(key[:n] for n in range(1, len(key) + 1)) if ateco_code(sector) else (key,)


def in_sector(sectors: Collection[str], sector: str) -> bool:
    """Whether one of these sectors is the one asked for or, of a code, lies under it.

    "62" finds "62.20.10"; words are compared whole, without case and accents.
    """
    asked = sector_key(sector)
    is_code = bool(ateco_code(sector))
    return any(bool(ateco_code(s)) == is_code and asked in sector_keys(s) for s in sectors)


def _recognised(sector: str, words: str = "") -> RecognisedFilter:
    name = sector_name(sector)
    return RecognisedFilter(SectorFilter.key, sector, name.label, words, name)


# --- in a question -------------------------------------------------------------------------

_DIGITS = r"\d{2}(?:\.\d{1,2}(?:\.\d{1,2})?)?"
_NAMED = re.compile(
    r"(?<!\w)(?:(?:con|with|nel|in|del|di|per|il|un)\s+)*(?:codic[ei]\s+|attivita\s+|settore\s+|code\s+)?"
    rf"ateco(?:\s*(?:code|codice|20(?:07|25)))*\s*:?\s*(?P<code>{_DIGITS})(?![\w]|\.\d)"
)
_BARE = re.compile(
    r"(?<![\w.,/:€$-])(?P<code>\d{2}\.\d{2}(?:\.\d{1,2})?)(?![\w%€$/:]|[.,]\d|\s*(?:€|euro|eur))"
)


def _recognise(question: str, folded: str, known: Collection[str]) -> list[Mention]:
    """The ATECO codes of a question, left to right.

    Args:
        question: The question.
        folded: The same, folded.
        known: The sectors of the index. A code without the word counts when it is one of them, or
            the whole question: "Ubuntu 22.04" and "ore 18.30" are none.

    """
    found = []
    for match in _NAMED.finditer(folded):
        found.append(_mention(match, question))
    for match in _BARE.finditer(folded):
        if any(m.start < match.end() and match.start() < m.end for m in found):
            continue
        alone = match[0] == folded.strip(" ?!.")
        if alone or in_sector(known, match["code"]):
            found.append(_mention(match, question))
    return sorted(found, key=lambda m: m.start)


# "Nel settore turistico", "nell'ambito della cultura", "in the energy sector".
_SECTOR = (
    r"(?:(?:(?:che\s+|chi\s+)?(?:lavora|lavorano|opera|operano|attiv[aeio])\s+)?(?:nel|nei|del|dei)\s+settor[ei]"
    r"\s+(?:(?:del|della|dello|dei|delle)\s+|dell'|d')?(?P<word>[^\W\d_]{4,})"
    r"|(?:(?:who\s+)?works?\s+|working\s+|active\s+)?in\s+(?:the\s+)?(?P<english>[^\W\d_]{4,})"
    r"\s+(?:sector|industry))(?!\w)"
)
_IN_WORDS = re.compile(rf"(?<!\w){_SECTOR}")
_ROOT = 5  # letters that "turismo" and "turistico", "culturale" and "cultura" share


def _in_words(question: str, folded: str, known: Collection[str]) -> list[Mention]:
    """The sectors that a question calls so and that somebody writes, left to right."""
    found = []
    for match in _IN_WORDS.finditer(folded):
        root = (match["word"] or match["english"])[:_ROOT]
        written = sorted(s for s in known if not ateco_code(s) and fold(s).startswith(root))
        words = question[match.start() : match.end()]
        found += [Mention(*match.span(), _recognised(one, words)) for one in written[:1]]
    return found


def _mention(match: re.Match[str], question: str) -> Mention:
    words = question[match.start() : match.end()]
    return Mention(*match.span(), _recognised(match["code"], words))
