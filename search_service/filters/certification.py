"""Certifications that an organisation must hold ("certificata ISO 27001").

A standard is a filter only where it is said of the organisation: "certificata …", "con …"; or bare
beside other words, when somebody holds it. "Consulenza ISO 27001" and "chi fa audit ISO 27001" ask
for work about the standard, which is content.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from indexer.domain import Organisation
from indexer.index.snapshot import Generation
from indexer.text.tokens import fold_same_length
from search_service.domain import Mention, Query, RecognisedFilter
from search_service.filters.base import (
    EXCLUSION,
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
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _

_KEY = "certification"
NOT_HELD = "certification:"  # before the key of one that whoever is looked for must not hold


class CertificationFilter(Filter[tuple[frozenset[str], ...]]):
    """Organisations that hold one of each set of certifications, by their keys."""

    key = _KEY
    heading = _("certificata")
    parameters = (
        Parameter(
            "certification", "certifications", _("Solo chi ha questa certificazione."), "ISO 9001"
        ),
    )
    groups = (Facet("certifications", _("Certificazione"), 40),)
    any_of = False

    def learn(self, generation: Generation) -> Mapping[str, str]:
        """Each certification as it is first written, by its key."""
        found: dict[str, str] = {}
        for organisation in sorted(generation.organisations.values(), key=lambda o: o.id):
            for written in organisation.certifications:
                if key := certification_key(written):
                    found.setdefault(key, written)
        return found

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The certifications to hold, and as exclusions those not to hold."""
        return _recognise(question.text, question.folded, self._known(question.vocabulary))

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The certification of any spelling, or of its key ("iso9001")."""
        key, known = certification_key(value), self._known(vocabulary)
        if key not in known:
            raise nobody_has("certification", value)
        return RecognisedFilter(self.key, key, known[key])

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> tuple[frozenset[str], ...] | None:
        """One of each."""
        return tuple(frozenset(item.value.split("|")) for item in items)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations that hold them."""
        asked = self.of(query) or ()
        organisations = index.generation.organisations.values()
        return Eligibility(
            organisations=frozenset(
                o.id
                for o in organisations
                if all(any(holds(keys_of(o), one) for one in either) for either in asked)
            )
        )

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """The certification as it is written; of alternatives, each."""
        if "|" not in item.value:
            return item.label
        return words.language.text(" o ").join(item.label.split(" o "))

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """What those that answer hold."""
        held = {o.id: keys_of(o) for o in answering.organisations}
        keys, known = frozenset().union(*held.values()), self._known(index.vocabulary)
        return {
            "certifications": {
                FacetKey(key, known[key]): [o for o, theirs in held.items() if holds(theirs, key)]
                for key in keys
            }
        }

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """Each certification as profiles write it."""
        organisations = index.generation.organisations.values()
        return {"certifications": (c for o in organisations for c in o.certifications)}

    def _known(self, vocabulary: IndexVocabulary) -> Mapping[str, str]:
        known: Mapping[str, str] = vocabulary.learnt.get(self.key, {})
        return known


CERTIFICATION = CertificationFilter()


def keys_of(organisation: Organisation) -> frozenset[str]:
    """The keys of the certifications that an organisation holds."""
    return frozenset(map(certification_key, organisation.certifications))


def rows_naming_certification(query: Query, generation: Generation) -> frozenset[int]:
    """The rows that name a certification asked for: the best evidence of those who hold it."""
    asked = frozenset().union(*(CERTIFICATION.of(query) or ()))
    rows = {row for key in asked for row in generation.lexical.rows(_number(key)).tolist()}
    texts = generation.passages
    return frozenset(row for row in rows if names_any(texts[row].text, asked))


def _number(key: str) -> str:
    """The word of a certification's key that every spelling holds: "27001" of "iso27001"."""
    digits = re.search(r"\d+", key)
    return digits[0] if digits else key


# --- spellings -------------------------------------------------------------------------------

# The families of standards for which organisations are certified, as they are written.
_FAMILIES = (
    r"(?:uni[\s/-]+)?(?:(?:cei|en)[\s/-]+)*iso(?:[\s/-]*iec)?(?:[\s/-]*ts)?[\s-]*\d{4,5}(?:-\d{1,2}(?!\d))?",
    r"(?:uni[\s/-]*)?p\.?d\.?r\.?[\s-]*\d{2,3}",
    r"(?:sa|as|bs|ohsas)[\s-]*\d{4,5}",
    r"uni[\s/-]+(?:(?:cei|en)[\s/-]+)*\d{4,5}(?:-\d{1,2}(?!\d))?",
    r"(?:cei[\s/-]+)?en[\s-]*\d{4,5}(?:-\d{1,2}(?!\d))?",
    r"emas(?!\w)",
    r"(?:sulla\s+|per\s+la\s+|della\s+|di\s+)?parita\s+di\s+genere(?!\s+uni)",
)
_STANDARD = re.compile(
    rf"(?<![\w/-])(?:{'|'.join(_FAMILIES)})(?:[:/]?(?<=[:/])(?:19|20)\d\d)?(?!\w)"
)
_PREFIX = re.compile(r"^(?:(?:uni|cei|en)(?=.*iso)|uni(?=pdr)|cei(?=en))+")
_YEAR = re.compile(r"[:/](?:19|20)\d\d$")
_PARITY = "pdr125"  # UNI/PdR 125, which people call by its subject


@lru_cache(maxsize=100_000)  # each search goes through all that are written
def certification_key(text: str) -> str:
    """What spellings of one certification share: "UNI CEI ISO/IEC 27001:2022" gives "iso27001".

    Text around a standard is dropped; what names none is its letters and digits.
    """
    folded = fold_same_length(text)
    found = _STANDARD.search(folded)
    return _key(found[0] if found else folded)


def names_any(text: str, asked: Collection[str]) -> bool:
    """Whether a text names one of these certifications, given as keys, however it writes them."""
    found = {_key(match[0]) for match in _STANDARD.finditer(fold_same_length(text))}
    return any(holds(found, one) for one in asked)


def _key(folded: str) -> str:
    bare = _YEAR.sub("", folded)
    part = re.search(r"(?<=\d)-(\d{1,2})$", bare)
    if "parita" in bare:
        return _PARITY
    letters = "".join(c for c in (bare[: part.start()] if part else bare) if c.isalnum())
    letters = _PREFIX.sub("", letters.replace("isoiec", "iso").replace("isots", "iso"))
    return f"{letters}-{part[1]}" if part else letters


def holds(held: Collection[str], asked: str) -> bool:
    """Whether one of these keys is the certification: "iso20000" is held by "iso20000-1"."""
    return any(key == asked or key.startswith(f"{asked}-") for key in held)


# --- in a question -------------------------------------------------------------------------

_OF_ORGANISATION = re.compile(
    r"(?:(?:che\s+(?:sia(?:no)?|e|sono)\s+)?(?:in\s+possesso\s+d(?:i|ella|elle)\s+(?:certificazion[ei]\s+)?"
    r"|(?:che\s+)?(?:ha|hanno|abbia(?:no)?|possied[ea](?:no)?)\s+(?:la\s+|le\s+)?(?:certificazion[ei]\s+)?"
    r"|(?:con|dotat[aeio]\s+di)\s+(?:(?:la|una|le)\s+)?(?:certificazion[ei]\s+)?"
    r"|(?:certificat[aeio]|certified)\s+(?:(?:secondo|con|per|per\s+la|to|for|against)\s+)?(?:la\s+)?"
    r"|(?:that\s+(?:is|are)\s+)?certified\s+(?:to\s+|for\s+)?"
    r"|with\s+(?:an?\s+|the\s+)?|holding\s+(?:an?\s+)?|that\s+(?:has|have|holds?)\s+(?:an?\s+)?))$"
)
_AFTER = re.compile(r"\s*-?\s*(?:certificat[aeio]|certified)\b")
_NOUN_AFTER = re.compile(r"\s*(?:certification|certificate|certificazione)\b")
# "Chi ci aiuta con la certificazione ISO 9001": the help is wanted, not the certificate.
_HELP = re.compile(
    r"\b(?:aiut|assist|support|help|segu|lavor|work|esperienz|experienc)\w*(?:\s+(?:me|us|you))?\s*$"
)
_LEADING = re.compile(r"^(?:sulla|per la|della|di)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|e|ed|and|&|/|\+)\s*(?:(?:la|con|di)\s+)?$")
_OR = re.compile(r"\s*(?:o|oppure|or)\s*(?:(?:la|con|di)\s+)?$")
# Work about a standard: with one of these words in the question, a bare standard is content.
_WORK = re.compile(
    r"\b(?:consulen|consult|audit|verific|ispezion|implement|adegu|percors|accompagn|otten|consegu"
    r"|sistem[ai]\s+di\s+gestione|management\s+system|formazion|corso|corsi|training|course|prepar"
    r"|support|gap|complian|norm[ae]\b|standard|requisit|conformit|certificator|certificazion|rilasci"
    r"|ente\b|chi\s+(?:fa|si\s+occupa)|who\s+does|manutenz|aggiorn|rinnov|help|aiut|assist)"
)


_DENIED = re.compile(
    r"\b(?:senza|tranne|without|except|non\s+(?:ha|hanno|abbia|abbiano|sia|siano))\s+"
    r"(?:(?:la|le|una|the|a|any|certificazion[ei]|certificat[aeio]|certifications?)\s+)*$"
)


def _recognise(question: str, folded: str, held: Collection[str]) -> list[Mention]:
    """The certifications that a question wants of organisations, left to right.

    Of "ISO 9001 o ISO 27001" one is enough: they are one mention, its value "iso9001|iso27001". One
    not to be held ("senza ISO 9001") is an exclusion, its value NOT_HELD and the key.

    Args:
        question: The question.
        folded: The same, folded.
        held: The keys of the certifications that somebody holds.

    """
    bare_counts = _bare_counts(folded)
    found: list[Mention] = []
    for match in _STANDARD.finditer(folded):
        before, value = folded[: match.start()], _key(match[0])
        denied = _DENIED.search(before)
        if denied:  # who is without it is not who has it
            found.append(_unwanted(question, denied.start(), match.start(), match.end(), value))
            continue
        said, joined = _OF_ORGANISATION.search(before), _joined(found, before)
        if said and _HELP.search(before[: said.start()]):
            continue
        after = _AFTER.match(folded, match.end())
        bare = bare_counts and value != _PARITY and holds(held, value)
        if not (said or joined or after or bare):
            continue
        after = after or (_NOUN_AFTER.match(folded, match.end()) if said else None)
        start = said.start() if said else found[-1].end if joined else match.start()
        end = after.end() if after else match.end()
        label = _LEADING.sub("", question[match.start() : match.end()])
        words = question[start:end].strip()
        if joined and _OR.search(before):
            start = found[-1].start
            first = found.pop().understood
            words = question[start:end]
            value, label = f"{first.value}|{value}", f"{first.label} o {label}"
        found.append(Mention(start, end, RecognisedFilter(_KEY, value, label, words)))
    return found


def _unwanted(question: str, start: int, name: int, end: int, value: str) -> Mention:
    label, words = _LEADING.sub("", question[name:end]), question[start:end]
    return Mention(start, end, RecognisedFilter(EXCLUSION, f"{NOT_HELD}{value}", label, words))


def _bare_counts(folded: str) -> bool:
    """Whether a standard without a word about holding it may be a filter: beside content that is
    not about certification itself.
    """
    content = _STANDARD.sub(" ", folded)
    return not _WORK.search(folded) and re.search(r"[^\W\d_]{3,}", content) is not None


def _joined(found: list[Mention], before: str) -> bool:
    """Whether only "e" or "o" stands between this standard and the one before."""
    if not found:
        return False
    between = before[found[-1].end :]
    return bool(_AND.fullmatch(between) or _OR.fullmatch(between))
