"""What a question asks that somebody does: competencies of the vocabulary, and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.text.compounds import Compounds, can_join
from indexer.text.folding import fold
from indexer.text.language_names import languages_named
from indexer.text.tokens import QUERY_LANGUAGES, Span, query_stems, word_spans
from indexer.vocabulary import Linker
from search_service.query.language import language_of_question

# Words of asking, of offering in general, of examples and of time: no competence by themselves.
_GENERIC = frozenset(
    """
chi cosa quale quali servizio servizi azienda aziende impresa imprese cooperativa cooperative
societa coop cerco cerchiamo cercasi serve servono servirebbe bisogno aiuto aiutare aiuta aiutarci
aiuti occupa occupano occupi fare fa fanno faccia facciano fatto fatta fatti fatte sa sanno sappia
offre offrono fornisce fornire realizza realizzare svolto svolti svolta svolte concluso conclusi
esperto esperti esperta esperte specialista specialisti specializzata specializzate competenza
competenze esperienza progetto progetti soluzione soluzioni attivita consulenza consulenze lavoro
lavori lavora lavorano lavorato gestione gestire gestisce nostro nostra nostri nostre qualcuno
persona persone gruppo team professionista professionisti fornitore fornitori partner realta ente
enti possibile vorrei vorremmo dobbiamo devo possiamo puo possono piccolo piccola piccoli piccole
grande grandi buono bravo brava bravi anche meglio sistema sistemi settore ambito campo tipo modo
nuovo nuova nuovi nuove referenza referenze esempio esempi caso casi porta portare portato portano
dato dare mano gia solo molto davvero ogni prima poi ancora adesso oggi anno anni mese mesi giorno
giorni ora ore posto piacerebbe potrebbe sapreste sapete indicarci consigliarci trovare trovarci
mettere mette seria serio serie
who what which company companies cooperative cooperatives service services expert experts specialist
specialists looking need needs help someone somebody anyone provider providers provide provides
offer offers offering solution solutions project projects work works working experience skill skills
team firm firms organisation organization people do does done make makes made run still can could
would like get our us we partner partners small large new good based area field example examples
reference references many year years month months day days next how much very really
""".split()
)
# What follows one of these tells for whom or with whom, rather than what.
_AUDIENCE = re.compile(r"\b(?:per|con|presso|for|with|tra|among)\b", re.IGNORECASE)
_AUDIENCE_WEIGHT = 0.4
_OF_LANGUAGES = "language-services"  # the family whose work is between languages
_UNDERSTOOD = frozenset(QUERY_LANGUAGES)  # whoever translates knows them, and may not say so


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a question.

    Attributes:
        start: Where it begins in the text, in characters.
        end: Where it ends.
        text: The word, folded.
        stems: Its stems in each language that questions are asked in.
        weight: What it counts; less where it tells for whom.

    """

    start: int
    end: int
    text: str
    stems: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Topic:
    """The competencies that a question names, and its content words.

    Attributes:
        concepts: Ids of the vocabulary.
        words: The content words, those that name the concepts among them.
        naming: For each word the concepts that it helps to name.
        own_names_only: Of the concepts, those that nothing narrower counts for.
        language: Of the words, "it" or "en".
        share: How many of the words tell of the concepts, as a share of all.
        languages: The codes of the languages that somebody must work in; Italian and English go
            without saying.

    """

    concepts: tuple[str, ...]
    words: tuple[Word, ...]
    naming: tuple[frozenset[str], ...]
    own_names_only: frozenset[str] = frozenset()
    language: str = "it"
    share: float = 1.0
    languages: frozenset[str] = frozenset()


@lru_cache(maxsize=64)
def topic_of(text: str, linker: Linker) -> Topic:
    """What a question's text, without its filters, is about; every stage asks."""
    topic = _topic_of(text, linker)
    known = linker.vocabulary.concepts
    if not any(known[concept].family == _OF_LANGUAGES for concept in topic.concepts):
        return replace(topic, language=language_of_question(text))
    asked = languages_named(word.text for word in topic.words) - _UNDERSTOOD
    return replace(topic, language=language_of_question(text), languages=asked)


@dataclass(frozen=True, slots=True)
class TranslatedNames:
    """The competencies of a question, by their names in the language that it is not in.

    ``share`` of the question's content words, from 0 to 1, name them: what the names say of it.
    """

    language: str
    text: str
    share: float


def translated_names(text: str, linker: Linker) -> TranslatedNames | None:
    """What a question's text asks for in the other language; ``None`` where it names nothing."""
    topic = topic_of(text, linker)
    if not topic.concepts:
        return None
    language = next(code for code in QUERY_LANGUAGES if code != topic.language)
    concepts = linker.vocabulary.concepts
    names = ", ".join(concepts[c].label(language) for c in topic.concepts)
    return TranslatedNames(language, names, topic.share)


def _topic_of(text: str, linker: Linker) -> Topic:
    mentions = [m for m in linker.mentions(text) if not m.narrower]
    words = _content_words(text, linker.compounds)
    naming = tuple(
        frozenset(m.concept for m in mentions if m.start <= w.start and w.end <= m.end)
        for w in words
    )
    concepts = tuple(dict.fromkeys(m.concept for m in mentions))
    if not concepts:
        bare = " ".join(word.text for word in words)
        if alone := linker.topic(text) or linker.topic(bare):
            return Topic((alone,), words, tuple(frozenset({alone}) for _ in words))
        if like := linker.similar(bare):
            named = frozenset({like.concept})
            told = tuple(named if word.text in like.words else frozenset[str]() for word in words)
            return Topic((like.concept,), words, told, share=_share(map(bool, told)))
        if asked := linker.asked(text):  # the rest of the sentence tells of the need
            told = tuple(frozenset({asked.concept}) for _ in words)
            share = _share(word.text in asked.words for word in words)
            return Topic((asked.concept,), words, told, share=share)
    return Topic(concepts, words, naming, share=_share(map(bool, naming)))


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / max(1, len(found))


def _content_words(text: str, compounds: Compounds) -> tuple[Word, ...]:
    every = [
        Word(start, end, word, query_stems(word))
        for span in word_spans(text)
        for start, end, word in _halves(text, span, compounds)
    ]
    words = [word for word in every if word.text not in _GENERIC]
    if not words:
        return ()
    audience = _AUDIENCE.search(text, words[0].end)
    if audience is None:
        return tuple(words)
    return tuple(
        replace(w, weight=_AUDIENCE_WEIGHT) if w.start > audience.start() else w for w in words
    )


def _halves(text: str, span: Span, compounds: Compounds) -> list[Span]:
    """The halves of a compound that no name of the vocabulary writes as one: "German-Italian"."""
    start, end, _ = span
    first, hyphen, second = text[start:end].partition("-")
    left, right = fold(first), fold(second)
    if not (hyphen and can_join(left, right)) or compounds.joins(left, right):
        return [span]
    middle = start + len(first)
    return [(start, middle, left), (middle + 1, end, right)]
