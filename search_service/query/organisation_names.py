"""Organisations that a question asks about by name ("cosa ha fatto Bussoladati?"). Pure."""

from __future__ import annotations

import re

from indexer.text.organisation_names import NameMention
from indexer.text.tokens import fold_same_length
from search_service.domain import Aspect, Mention, RecognisedFilter
from search_service.query.index_vocabulary import IndexVocabulary

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


def name_mentions(question: str, known: IndexVocabulary) -> list[NameMention]:
    """The names of organisations that a question surely means, left to right."""
    shouted = not any(c.islower() for c in question)
    found = known.names.find(question, capitals=False)
    return [m for m in found if _is_name(question, m, known, shouted=shouted)]


def _is_name(question: str, mention: NameMention, known: IndexVocabulary, *, shouted: bool) -> bool:
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
    if len(written) < _SHORTEST or known.is_ordinary(written):
        return False
    return cased or _asked_about(question, mention)


def _asked_about(question: str, mention: NameMention) -> bool:
    before = fold_same_length(question[: mention.start])
    alone = not any(c.isalnum() for c in question[: mention.start] + question[mention.end :])
    return alone or bool(_LEADS.search(before) or _ASKED.search(before))


def organisations(question: str, names: list[NameMention], known: IndexVocabulary) -> list[Mention]:
    """The names that limit the search to their organisations.

    "Cooperative simili a X", "chi collabora con X" are about others: there the name is matched,
    which documents of both hold, and X itself is left out.
    """
    found = []
    for name in names:
        before = fold_same_length(question[: name.start])
        if others := _OTHERS.search(before):
            words = question[others.start() : name.end]
            label = known.labels.get(name.organisation, words)
            understood = RecognisedFilter(Aspect.EXCLUSION, name.organisation, label, words)
            found.append(Mention(name.start, name.start, understood))  # its words stay
        if _BESIDE.search(before):
            continue
        leads = _LEADS.search(before)
        start = leads.start() if leads else name.start
        words = question[start : name.end]
        label = known.labels.get(name.organisation, words)
        understood = RecognisedFilter(Aspect.ORGANISATION, name.organisation, label, words)
        found.append(Mention(start, name.end, understood))
    return found
