"""Titles that a program wrote, which say nothing of the document."""

from __future__ import annotations

import re

from indexer.domain import ParsedText
from indexer.text.folding import fold

_BY_PROGRAM = re.compile(
    r"microsoft (?:office )?(?:word|powerpoint|excel|publisher)\b.*"
    r"|(?:presentazione|presentation|slide|diapositiva) ?(?:standard )?(?:di |of )?powerpoint.*"
    r"|powerpoint[ -]?(?:presentation|praesentation|prasentation|presentazione)?"
    r"|(?:untitled|senza (?:titolo|nome)|document[oi]? senza (?:titolo|nome)|no title|unnamed)\W*"
    r"(?:document|documento|page|pagina|presentation|spreadsheet|\d+|\(\d+\)|-.*)?\W*\d*"
    r"|(?:document|documento|presentation|presentazione|cartel|book|foglio|sheet|slide|diapositiva|"
    r"layout|pagina|page|print|stampa)[ _-]?\d+|document|documento(?: di microsoft word)?|print"
    r"|about:blank|new tab|nuova scheda"
    r"|\[.*\]|(?:document )?title|titolo(?: del)?(?: documento| presentazione)?"
    r"|fare clic (?:qui )?per .*|click (?:here )?to (?:add|edit|enter) .*"
    r"|(?:file|https?):.*|.*\.(?:docx?|odt|rtf|pdf|pptx?|odp|xlsx?|ods|html?|php|txt|md|csv|"
    r"indd|qxd|qxp|pub|eps|cdr|pages|tex|dvi|tmp)"
)


def made_by_program(title: str) -> bool:
    """Whether a title is one that a program gives: "Microsoft Word - Documento1", "offerta.doc"."""
    return _BY_PROGRAM.fullmatch(fold(title).strip()) is not None


def own_title(text: ParsedText) -> str:
    """A document's title; where a program wrote it, the first heading, if there is one."""
    if not made_by_program(text.title):
        return text.title
    headings = (block.headings[0] for block in text.blocks if block.headings)
    return next((heading for heading in headings if not made_by_program(heading)), "")
