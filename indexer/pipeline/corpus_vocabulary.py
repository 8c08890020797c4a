"""The vocabulary of a corpus: the built-in one, with what the association's own file changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import fuzz, process

from indexer.domain import Document, Problem, Reason, Severity, UnknownCompetence
from indexer.errors import UnreadableFileError, VocabularyError
from indexer.pipeline.text_cache import FileParser
from indexer.source import scan as corpora
from indexer.text.folding import fold
from indexer.vocabulary import Linker, Vocabulary, extended

_SIMILAR = 80.0  # rapidfuzz ratio, 0 to 100, set by hand
_UNUSED = "it was left out, and the corpus was read with the built-in vocabulary"


def corpus_linker(scan: corpora.Scan, parser: FileParser) -> tuple[Linker, list[Problem]]:
    """Finds the competencies of a corpus; a file that cannot be used changes nothing, and why."""
    file = scan.vocabulary
    if file is None:
        refused = (p for p in scan.problems if p.path == corpora.VOCABULARY)
        return Linker.load(), [_unread(p) for p in refused if p.severity is Severity.ERROR]
    try:
        return Linker(_read(file, parser)), []
    except UnreadableFileError as error:
        reason, message, remedy = error.reason, error.message, error.remedy
    except VocabularyError as error:
        reason, remedy = Reason.BAD_VOCABULARY, error.remedy
        message = error.message.removeprefix(f"{file.path}: ").rstrip(".")
    detail = f"{message}: {_UNUSED}"
    return Linker.load(), [Problem(file.path, Severity.ERROR, reason, detail, remedy)]


def _unread(problem: Problem) -> Problem:
    """What follows from what is wrong with the file itself."""
    return replace(problem, severity=Severity.WARNING, reason=Reason.BAD_VOCABULARY, detail=_UNUSED)


def _read(file: corpora.SourceFile, parser: FileParser) -> Vocabulary:
    fields, warnings = parser.parse_sidecar(corpora.read(file))
    if warnings:
        reason = warnings[0].partition("; ")[0]
        raise VocabularyError(f"{reason}.", remedy="Correct the YAML, and build again.")
    return extended(Vocabulary.load(), fields, file.path)


def unknown_competencies(
    documents: Iterable[Document], linker: Linker
) -> tuple[UnknownCompetence, ...]:
    """The competencies of some documents that no concept knows, in alphabetical order."""
    written: dict[str, str] = {}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for document in documents:
        for competence in document.competencies:
            if not linker.knows(competence):
                written.setdefault(fold(competence), competence)
                found[fold(competence)][document.id] = None
    names = {
        fold(name): (name, concept.id)
        for concept in linker.vocabulary.concepts.values()
        for name in (*(n for _, n in concept.names()), *concept.narrower_terms, *concept.ask_only)
    }
    unknown = []
    for key in sorted(found):
        near = process.extractOne(
            key, names.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_SIMILAR
        )
        nearest = names[near[0]] if near else ("", "")
        unknown.append(UnknownCompetence(written[key], tuple(found[key]), *nearest))
    return tuple(unknown)
