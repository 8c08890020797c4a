"""Organisations that a question asks about by name ("cosa ha fatto Bussoladati?")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.text.organisation_names import NameMention
from search_service.domain import Mention, Query, RecognisedFilter
from search_service.filters.base import EXCLUSION, Eligibility, Filter, FoldedQuestion
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.languages import marked as _


class OrganisationFilter(Filter[frozenset[str]]):
    """Only some organisations, by id. Only said, never chosen."""

    key = "organisation"
    heading = _("chi")
    ignored_words_match = True  # a name may well be a word of what is looked for
    alone_is_question = True

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """Who is asked about, by name or VAT number; as exclusions those whose likes are."""
        return [*_with_vat(question), *_recognise(question)]

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> frozenset[str] | None:
        """Any of these."""
        return frozenset(item.value for item in items)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """These organisations."""
        return Eligibility(organisations=self.of(query))


ORGANISATION = OrganisationFilter()

# --- in a question -------------------------------------------------------------------------

_SHORTEST = 6  # letters of a single word that is a name even without its capital
# Before a name that somebody else is compared with, or works with: the name is no filter then.
_BESIDE = re.compile(
    r"(?:\b(?:simil[ei]\s+a|(?:come|like|con|with|tipo|insieme\s+a)|(?:similar|alternatives?|next)\s+to"
    r"|alternativ[aeo]\s+a|concorrent[ei]\s+di|competitors?\s+(?:of|to)|partner(?:s|ship)?\s+(?:di|of)"
    r"|client[ei]?s?\s+(?:di|of|for|per)|per|for)|\b(?:simil[ei]|alternativ[aeo])\s+(?:al|alla|ad))"
    r"\s+(?:(?:la|il|le|l'|the|cooperativa|coop)\s*)*$"
)
# Of these, what asks for others: the name is then no answer.
_OTHERS = re.compile(
    r"(?:\b(?:lavor|collabor|cooper)(?:a|ano|ato|i|ino|ava|avano)\s+(?:gia\s+)?(?:insieme\s+)?(?:con|a)"
    r"|\b(?:work|collaborat|partner)(?:s|ed|es)?\s+(?:together\s+)?with"
    r"|\b(?:simil[ei]|alternativ[aeo])\s+(?:a|ad|al|alla)|\b(?:similar|alternatives?)\s+to"
    r"|\bconcorrent[ei]\s+di|\bcompetitors?\s+(?:of|to)|\bpartners?\s+(?:di|of)|(?<!would\s)(?<!'d\s)\blike)"
    r"\s+(?:(?:la|il|le|l'|the|cooperativa|coop)\s*)*$"
)
# What may lead to a name and goes with it.
_LEADS = re.compile(
    r"\b(?:(?:d[aie]|del|della|dell'|dalla|dal|di|by|of|about|from|su|sulla|sul|cooperativa|coop|la|il)"
    r"\s*)+$"
)
_ASKED = re.compile(r"\b(?:fa|fatto|fanno|has|have|does|did|is|e)\s+$")


# "P.IVA 01234567890", or the eleven digits alone.
_VAT = re.compile(
    r"(?:(?:con|la|with|the|di|of)\s+)*"
    r"(?:(?:p\.?\s?i(?:va|\.)|partita\s+iva|vat(?:\s+(?:number|no\.?|id|code))?"
    r"|cod(?:ice|\.)\s*fisc(?:ale|\.)|c\.?\s?f\.?)"
    r"\s*(?:n\.?|:|=|e|is)?\s*|(?<!\w))(?:it\s?)?(?P<digits>\d{11})(?!\d)"
)


def _with_vat(question: FoldedQuestion) -> list[Mention]:
    """Who has a VAT number of the question; a number that nobody has finds nobody."""
    found = []
    for match in _VAT.finditer(question.folded):
        organisation = f"it{match['digits']}"
        label = question.vocabulary.labels.get(organisation, f"P. IVA {match['digits']}")
        words = question.text[match.start() : match.end()]
        understood = RecognisedFilter(OrganisationFilter.key, organisation, label, words)
        found.append(Mention(*match.span(), understood))
    return found


def name_mentions(question: str, folded: str, vocabulary: IndexVocabulary) -> list[NameMention]:
    """The names of organisations that a question surely means, left to right.

    Args:
        question: The question.
        folded: The same, folded.
        vocabulary: What the index knows.

    """
    shouted = not any(c.islower() for c in question)
    found = vocabulary.names.find(question, capitals=False)
    return [m for m in found if _is_name(question, folded, m, vocabulary, shouted=shouted)]


def _is_name(
    question: str, folded: str, mention: NameMention, vocabulary: IndexVocabulary, *, shouted: bool
) -> bool:
    """Several words are a name; one is with a capital inside a sentence, or when it is no word of
    the language, as far as the passages tell, and stands where a name is asked about.
    """
    written = question[mention.start : mention.end]
    if not written.isalnum():
        return True
    before = question[: mention.start].strip(" \"'«“(")  # a capital that begins says nothing
    cased = written[0].isupper() and not shouted
    if cased and before and before[-1] not in ".?!:;":
        return True
    if len(written) < _SHORTEST or vocabulary.is_ordinary(written):
        return False
    return cased or _asked_about(folded, mention)


def _asked_about(folded: str, mention: NameMention) -> bool:
    before = folded[: mention.start]
    alone = not any(c.isalnum() for c in before + folded[mention.end :])
    return alone or bool(_LEADS.search(before) or _ASKED.search(before))


def _recognise(question: FoldedQuestion) -> list[Mention]:
    """The names that limit the search to their organisations.

    "Cooperative simili a X", "chi collabora con X" are about others: there the name is matched,
    which documents of both hold, and X itself is left out.
    """
    text, labels, found = question.text, question.vocabulary.labels, []
    for name in question.names:
        before = question.folded[: name.start]
        if others := _OTHERS.search(before):
            words = text[others.start() : name.end]
            label = labels.get(name.organisation, words)
            understood = RecognisedFilter(EXCLUSION, name.organisation, label, words)
            found.append(Mention(name.start, name.start, understood))  # its words stay
        if _BESIDE.search(before):
            continue
        leads = _LEADS.search(before)
        start = leads.start() if leads else name.start
        words = text[start : name.end]
        label = labels.get(name.organisation, words)
        understood = RecognisedFilter(OrganisationFilter.key, name.organisation, label, words)
        found.append(Mention(start, name.end, understood))
    return found
