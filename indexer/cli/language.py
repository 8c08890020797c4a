"""Reports in Italian: what the indexer says in English, said by a catalogue.

Messages are templates whose values are numbered ("It has {1} pages"). A report keeps them filled
in, as the index does too, so a message is found by the template that it fits; what its values say
is translated in the same way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

Translate = Callable[[str], str]


class Language(StrEnum):
    """A language of reports and of what is handed out."""

    ITALIAN = "it"
    ENGLISH = "en"


_CATALOGUE = Path(__file__).parent / "locale" / "it.po"
_VALUE = re.compile(r"\{(\d)\}")
_SEPARATOR = ", "
_BETWEEN = re.compile(r", (?=(?:[^«»]*«[^«»]*»)*[^«»]*$)")  # not within what is quoted
_DEEPEST = 6  # messages within messages


class _Template(NamedTuple):
    pattern: re.Pattern[str]
    italian: str


def environment_language() -> Language:
    """The language that the environment asks for: LC_ALL, LC_MESSAGES, LANG."""
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return Language.ITALIAN if asked.lower().startswith("it") else Language.ENGLISH


def translator(language: Language) -> Translate:
    """What says an English message in a language."""
    return _in_italian if language is Language.ITALIAN else str


def _in_italian(text: str, depth: int = 0) -> str:
    """A message in Italian; words that no template fits stay as they are."""
    exact, templates = _catalogue()
    if text in exact:
        return exact[text]
    if depth > _DEEPEST:
        return text
    parts = _BETWEEN.split(text)
    said = [_in_italian(part, depth + 1) for part in parts] if depth and len(parts) > 1 else []
    if said and all(one != part for one, part in zip(said, parts, strict=True)):
        return _SEPARATOR.join(said)  # a list, of messages of one kind
    for template in templates:
        if found := template.pattern.fullmatch(text):
            values = [_in_italian(value, depth + 1) for value in found.groups()]
            return _VALUE.sub(lambda at: values[int(at[1]) - 1], template.italian)  # noqa: B023 - called at once
    return _SEPARATOR.join(said) if said else text


@cache
def _catalogue() -> tuple[dict[str, str], list[_Template]]:
    """The messages without values, and the templates, those with most words of their own first."""
    with _CATALOGUE.open("rb") as file:
        messages = {str(m.id): str(m.string) for m in read_po(file, locale="it") if m.id}
    exact = {said: italian for said, italian in messages.items() if not _VALUE.search(said)}
    with_values = [said for said in messages if _VALUE.search(said)]
    with_values.sort(key=lambda said: -len(_VALUE.sub("", said)))
    return exact, [_Template(_pattern(said), messages[said]) for said in with_values]


def _pattern(template: str) -> re.Pattern[str]:
    parts = _VALUE.split(template)[::2]
    return re.compile("(.*?)".join(map(re.escape, parts)), re.DOTALL)
