"""What a question does not want ("senza SAP", "tranne Grande Orsa").

Only names are excluded: organisations, and words written as names are ("SAP", "Odoo"). An ordinary
word after "senza" describes the work ("siti senza barriere", "cosmetici senza plastica"): whoever
does it writes that very word, so leaving out the passages that hold it would hide the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from indexer.text.organisation_names import NameMention
from indexer.text.tokens import fold_same_length, words
from search_service.domain import Mention, Query, RecognisedFilter
from search_service.filters.base import EXCLUSION, Eligibility, Filter, FoldedQuestion, Mask
from search_service.filters.certification import NOT_HELD, holds, keys_of
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.languages import marked as _


@dataclass(frozen=True, slots=True)
class ExclusionCondition:
    """None of these organisations (ids), nobody with one of these certifications (keys), and no
    passage with all words of one of these terms.
    """

    organisations: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


class ExclusionFilter(Filter[ExclusionCondition]):
    """What must not be. Only said, never chosen."""

    key = EXCLUSION
    heading = _("senza")
    follows = False  # it goes with the words it is of

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The names behind "senza", "tranne" and their like."""
        return _recognise(question)

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> ExclusionCondition | None:
        """None of these."""
        values = [item.value for item in items]
        organisations = tuple(v for v in values if v in vocabulary.labels)
        others = [v for v in values if v not in vocabulary.labels]
        return ExclusionCondition(
            organisations,
            tuple(v.removeprefix(NOT_HELD) for v in values if v.startswith(NOT_HELD)),
            tuple(v for v in others if not v.startswith(NOT_HELD)),
        )

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """Everybody, and every passage, but these."""
        out = self.of(query) or ExclusionCondition()
        organisations = None
        if out.organisations or out.certifications:
            organisations = frozenset(
                o.id
                for o in index.generation.organisations.values()
                if o.id not in out.organisations
                and not any(holds(keys_of(o), one) for one in out.certifications)
            )
        return Eligibility(rows=_without(out.terms, index), organisations=organisations)


EXCLUSIONS = ExclusionFilter()


def _without(terms: Sequence[str], index: PassageIndex) -> Mask | None:
    """The passages that do not hold all the words of an excluded name."""
    if not terms:
        return None
    mask = np.ones(len(index.generation.passages), bool)
    for name in terms:
        held = [index.generation.lexical.rows(word) for word in words(name)]
        if held:
            mask[reduce(np.intersect1d, held)] = False
    return mask


# --- in a question -------------------------------------------------------------------------

_CUE = re.compile(
    r"(?:[,;(]\s*)?(?<!\w)(?:(?:ma|pero|but)\s+)?"
    r"(?:(?:d[ia]\s+)?(?:chi|che)\s+(?=non\b)"
    r"|(?:(?:from|by)\s+)?(?:(?:those|someone|somebody)\s+)?(?:who|that|which)\s+(?=do(?:es)?(?:n't)?\b))?"
    r"(?:senza|tranne|eccetto|salvo|fuorche|esclus[aeio]|escludendo|a\s+parte|ad\s+eccezione\s+di"
    r"|(?:do|does)(?:\s+not|n['’]?t)\s+(?:do|use|offer|sell|make)|non|without|except(?:\s+for)?|excluding|apart\s+from|other\s+than|not)\s+"
    r"(?:(?:usare|utilizzare|using|che\s+sia|sia(?:no)?|us[aio]|usino|usano|fa(?:nno|ccia|cciano)?|offr(?:e|a|ono|ano)|tratt(?:[ai]|ano|ino)|vend(?:e|a|ono|ano)"
    r"|propon(?:e|ga|gono|gano)|di|con|by|la|il|lo|le|i|gli|l'|the|quell[aeio]"
    r"|cooperativa|coop)(?:\s+|(?<=')))*"
)
_NO_EXCLUSION = re.compile(
    r"(?:non|no)\s+(?:solo|soltanto|only|just|profit|vedent\w+|udent\w+|autosufficient\w+)\b"
)
_WORD = re.compile(r"[^\W_][\w.+#&/-]*(?<![.,/-])[+#]*")
_NEXT = re.compile(
    r"\s*(?:,\s*(?:ne|e|o|and|or)?|ne|e|ed|o|od|and|or|nor)\s+(?:(?:senza|la|il|the|di|da)\s+)*"
)
_OF_STANDARDS = frozenset("iso uni iec en emas ateco pdr sa8000".split())  # filters of their own
# "Chi non fa SAP ma ERP": what is wanted follows.
_BUT = re.compile(r"\s+(?:ma|bensi|but)\s+(?!(?:non|not|senza|without)\b)")
_LONGEST = 3  # words of one excluded name


def _recognise(question: FoldedQuestion) -> list[Mention]:
    """What is not wanted, left to right: an organisation's id, or the words of a name, folded."""
    text, folded = question.text, question.folded
    shouted = not any(c.islower() for c in text)
    by_start = {name.start: name for name in question.names}
    found: list[Mention] = []
    for cue in _CUE.finditer(folded):
        if _NO_EXCLUSION.match(folded, cue.start()):
            continue
        start, at = cue.start(), cue.end()
        while (one := _excluded(question, at, by_start, shouted)) is not None:
            end, value, label = one
            understood = RecognisedFilter(EXCLUSION, value, label, text[start:end].strip(" ,;("))
            found.append(Mention(start, end, understood))
            following = _NEXT.match(folded, end)
            if following is None:
                but = _BUT.match(folded, end)
                if but:
                    found[-1] = replace(found[-1], end=but.end())
                break
            start, at = end, following.end()
            if at not in by_start and following[0].strip() == ",":
                break  # "senza SAP, Odoo": after a mere comma something else is wanted
    return found


def _excluded(
    question: FoldedQuestion, at: int, names: Mapping[int, NameMention], shouted: bool
) -> tuple[int, str, str] | None:
    """What is not wanted, if its name begins here.

    Args:
        question: The question.
        at: Where it may begin.
        names: The organisations that the question names, by where each begins.
        shouted: Whether the question is all in capitals, which then say nothing.

    Returns:
        Where it ends, its value and its label; ``None`` where nothing excludable begins.

    """
    text, vocabulary = question.text, question.vocabulary
    name = names.get(at)
    if name is not None:
        label = vocabulary.labels.get(name.organisation, text[at : name.end])
        return name.end, name.organisation, label
    end = at
    for _word in range(_LONGEST):
        word = _WORD.match(text, end if end == at else end + 1)
        if word is None or not _looks_like_name(word[0], vocabulary, shouted):
            break
        end = word.end()
    if end == at:
        return None
    return end, question.folded[at:end], text[at:end]


def _looks_like_name(word: str, vocabulary: IndexVocabulary, shouted: bool) -> bool:
    """Capitals (unless all is ``shouted``), or digits among letters; a word that passages write
    with a capital inside a sentence, and never in lower case: a verb after "non" is none.
    """
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 2 or fold_same_length(word) in _OF_STANDARDS:
        return False
    if (not shouted and any(c.isupper() for c in letters)) or (any(c.isdecimal() for c in word)):
        return True
    return vocabulary.is_ordinary(word) is False
