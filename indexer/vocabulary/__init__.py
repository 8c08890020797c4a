"""The vocabulary of competencies: concepts, their names, and which includes which."""

from indexer.vocabulary.concepts import Concept, Vocabulary
from indexer.vocabulary.extension import extended
from indexer.vocabulary.linker import ConceptMention, Linker

__all__ = ["Concept", "ConceptMention", "Linker", "Vocabulary", "extended"]
