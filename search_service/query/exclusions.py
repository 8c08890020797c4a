"""What a question does not want ("senza SAP", "tranne Grande Orsa"). Pure.

Only names are excluded: organisations, and words written as names are ("SAP", "Odoo"). An ordinary
word after "senza" describes the work ("siti senza barriere", "cosmetici senza plastica"): whoever
does it writes that very word, so leaving out the passages that hold it would hide the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.text.organisation_names import NameMention
from indexer.text.tokens import fold_same_length
from search_service.domain import Aspect, Mention, RecognisedFilter
from search_service.query.index_vocabulary import IndexVocabulary

_CUE = re.compile(
    r"(?:[,;(]\s*)?(?<!\w)(?:(?:ma|pero|but|che(?=\s+non\b))\s+)?"
    r"(?:senza|tranne|eccetto|salvo|fuorche|esclus[aeio]|escludendo|a\s+parte|ad\s+eccezione\s+di"
    r"|non|without|except(?:\s+for)?|excluding|apart\s+from|other\s+than|not)\s+"
    r"(?:(?:usare|utilizzare|using|che\s+sia|sia(?:no)?|us[aio]|usino|usano|di|con|by|la|il|lo|le|i|gli|l'|the|quell[aeio]"
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
_LONGEST = 3  # words of one excluded name


def exclusions(
    question: str, names: Sequence[NameMention], known: IndexVocabulary
) -> list[Mention]:
    """What is not wanted, left to right: an organisation's id, or the words of a name.

    The value of words is folded; that of an organisation is its id.
    """
    folded = fold_same_length(question)
    shouted = not any(c.islower() for c in question)
    by_start = {name.start: name for name in names}
    found: list[Mention] = []
    for cue in _CUE.finditer(folded):
        if _NO_EXCLUSION.match(folded, cue.start()):
            continue
        start, at = cue.start(), cue.end()
        while (one := _excluded(question, at, by_start, known, shouted)) is not None:
            end, value, label = one
            understood = RecognisedFilter(
                Aspect.EXCLUSION, value, label, question[start:end].strip(" ,;(")
            )
            found.append(Mention(start, end, understood))
            following = _NEXT.match(folded, end)
            if following is None:
                break
            start, at = end, following.end()
            if at not in by_start and following[0].strip() == ",":
                break  # "senza SAP, Odoo": after a mere comma something else is wanted
    return found


def _excluded(
    question: str, at: int, names: dict[int, NameMention], known: IndexVocabulary, shouted: bool
) -> tuple[int, str, str] | None:
    """Where what is not wanted ends, its value and label; None when nothing excludable is here."""
    name = names.get(at)
    if name is not None:
        label = known.labels.get(name.organisation, question[at : name.end])
        return name.end, name.organisation, label
    end = at
    for _ in range(_LONGEST):
        word = _WORD.match(question, end if end == at else end + 1)
        if word is None or not _looks_like_name(word[0], known, shouted):
            break
        end = word.end()
    if end == at:
        return None
    return end, fold_same_length(question[at:end]), question[at:end]


def _looks_like_name(word: str, known: IndexVocabulary, shouted: bool) -> bool:
    """Capitals (unless all is ``shouted``), or digits among letters; a word that passages write
    with a capital inside a sentence, and never in lower case: a verb after "non" is none.
    """
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 2 or fold_same_length(word) in _OF_STANDARDS:
        return False
    if (not shouted and any(c.isupper() for c in letters)) or (any(c.isdecimal() for c in word)):
        return True
    return known.is_ordinary(word) is False
