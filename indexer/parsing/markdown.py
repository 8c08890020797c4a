"""Markdown, with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.domain import ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.file_type import decode
from indexer.parsing.frontmatter import split_front_matter
from indexer.parsing.markdown_inline import has_struck_text, inline_text, without_notes
from indexer.parsing.plain_text import parse_text
from indexer.text.restriction_words import visibility_notes

_MAX_NESTING = 100
_MAX_BRACKETS = 20_000
_TOO_DEEP = "Its lists, quotes or brackets are nested too deep: it was read as plain text."
_STRUCK = "text that is struck out is not read"
_BOLD_LEVEL = 6  # a line in bold stands under every real heading
_MAX_BOLD_LINE = 80  # characters
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_READER = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Parse a Markdown file as one document."""
    front = split_front_matter(decode(data).replace("\r\n", "\n").replace("\r", "\n"))
    typed = visibility_notes(front.body)  # with its comments, and its lines where they were broken
    source = without_notes(front.body)
    tokens = _READER.parse(source) if _is_sane(source) else None
    # Text nested deeper is not among the tokens: the plain text has it all.
    if tokens is None or any(token.level >= _MAX_NESTING - 2 for token in tokens):
        plain = parse_text(source)
        warnings = (*front.warnings, _TOO_DEEP)
        return (replace(plain, metadata=front.metadata, warnings=warnings, side_texts=typed),)
    assembler = BlockBuilder()
    _Reader(tokens, assembler).read()
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata=front.metadata,
            title=assembler.first_heading,
            warnings=(*front.warnings, *((_STRUCK,) if has_struck_text(tokens) else ())),
            side_texts=typed,
        ),
    )


def _is_sane(text: str) -> bool:
    """Whether no paragraph has so many brackets that matching them would take minutes."""
    return all(part.count("[") <= _MAX_BRACKETS for part in _PARAGRAPHS.split(text))


class _Reader:
    """Walks the flat list of tokens; nesting is by matching open and close tokens."""

    def __init__(self, tokens: Sequence[Token], assembler: BlockBuilder) -> None:
        self._tokens = tokens
        self._assembler = assembler
        self._at = 0

    def read(self) -> None:
        """Hand every block to the assembler."""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            match token.type:
                case "heading_open":
                    content = self._tokens[self._at + 1]
                    self._assembler.heading(int(token.tag[1:]), inline_text(content))
                    self._at = self._end(self._at)
                case "paragraph_open" if heading := self._bold_line():
                    self._assembler.heading(_BOLD_LEVEL, heading)
                    self._at = self._end(self._at)
                case "bullet_list_open" | "ordered_list_open":
                    end = self._end(self._at)
                    self._assembler.items(_items(self._tokens[self._at : end + 1]))
                    self._at = end
                case "table_open":
                    end = self._end(self._at)
                    rows = _rows(self._tokens[self._at : end])
                    self._assembler.table(rows[1:] or rows[:1], rows[0] if rows[1:] else ())
                    self._at = end
                case "html_block":
                    _read_markup(token.content, self._assembler)
                case _:
                    self._assembler.paragraph(_text(token))
            self._at += 1

    def _bold_line(self) -> str:
        """The text of a short paragraph in bold with more text below it: people's headings."""
        content, end = self._tokens[self._at + 1], self._end(self._at)
        parts = [child for child in content.children or () if child.content or child.nesting]
        bold = (
            len(parts) >= 3
            and parts[0].type == "strong_open"
            and parts[-1].type == "strong_close"
            and sum(part.type == "strong_open" for part in parts) == 1
        )
        below = self._tokens[end + 1].type if end + 1 < len(self._tokens) else "heading_open"
        text = inline_text(content)
        return text if bold and below != "heading_open" and len(text) <= _MAX_BOLD_LINE else ""

    def _end(self, start: int) -> int:
        """The position of the token that closes the one at ``start``."""
        return start + _length(self._tokens[start:]) - 1


def _length(tokens: Sequence[Token]) -> int:
    depth = 0
    for count, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            return count
    return len(tokens)


def _items(tokens: Sequence[Token]) -> list[str]:
    """List the items of the outermost list, each with its nested text."""
    items: list[list[str]] = []
    depth = 0
    for token in tokens:
        if token.type == "list_item_open":
            depth += 1
            if depth == 1:
                items.append([])
            else:
                items[-1].append("- ")
        elif token.type == "list_item_close":
            depth -= 1
        elif items and (text := _text(token)):
            items[-1].append(f"{text}\n")
    return ["".join(parts).strip() for parts in items]


def _rows(tokens: Sequence[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(inline_text(token))
    return rows


def _text(token: Token) -> str:
    """Return the text of a token that holds any."""
    if token.type == "inline":
        return inline_text(token)
    if token.type in ("fence", "code_block"):
        return token.content
    if token.type == "html_block":
        return _without_tags(token.content)
    return ""


def _without_tags(markup: str) -> str:
    """Text inside a block of HTML in a list."""
    inner = BlockBuilder()
    _read_markup(markup, inner)
    return "\n".join(block.text for block in inner.blocks())


def _read_markup(markup: str, assembler: BlockBuilder) -> None:
    """Read a block of HTML; the page parser is only loaded when there is one."""
    from indexer.parsing.html.page import read_fragment

    read_fragment(markup, assembler)
