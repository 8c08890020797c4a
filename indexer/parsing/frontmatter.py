"""Metadata written by people: YAML front matter and sidecars.

YAML is read with three changes that protect Italian data: a number that starts with 0 stays text
(YAML 1.1 reads the VAT number 01234567012 as octal), "NO" stays text (Novara's province), and
"12:30" stays text. Aliases are refused (a few lines can expand to gigabytes), and so is a key
given twice (the first would vanish).
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple

import yaml

from indexer.errors import UnreadableFileError
from indexer.model import Reason
from indexer.parsing.sniff import decode

MAX_BYTES = 64 * 1024
_REMEDY = "Correct the YAML: one 'key: value' a line, text with ': ' in quotes, lists with '- '."
_FENCE = re.compile(r"-{3}[ \t]*")
_END = re.compile(r"(?:-{3}|\.{3})[ \t]*")
_LOOKS_LIKE_YAML = re.compile(r"[A-Za-z_][\w -]*:(\s|$)")


class FrontMatter(NamedTuple):
    """A text without its front matter, and what that says."""

    metadata: dict[str, object]
    body: str
    warnings: tuple[str, ...]


class _YamlProblemError(Exception):
    """Why YAML cannot be used, naming the line."""


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases, doubled keys and the surprises of YAML 1.1."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not allowed",
                problem_mark=self.current_event.start_mark,
            )
        return super().compose_node(parent, index)

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = _key(str(key_node.value))
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"'{key}' is given twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_TAG = "tag:yaml.org,2002:"
_REPLACED = {f"{_TAG}bool", f"{_TAG}int"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _REPLACED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    f"{_TAG}bool", re.compile(r"^(?:[Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|[Nn]o)$"), list("tTfFyYnN")
)
_Loader.add_implicit_resolver(
    f"{_TAG}int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


def split(text: str) -> FrontMatter:
    """Take the YAML between two lines of "---" off the top of a text."""
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0].rstrip("\r")):
        return FrontMatter({}, text, ())
    end = next(
        (n for n, line in enumerate(lines[1:], 1) if _END.fullmatch(line.rstrip("\r"))), None
    )
    if end is None:
        opened = len(lines) > 1 and _LOOKS_LIKE_YAML.match(lines[1])
        warning = "front matter: line 1: opened by '---' and never closed"
        return FrontMatter({}, text, (warning,) if opened else ())
    if not lines[1].strip():
        return FrontMatter({}, text, ())  # prose between two lines, not metadata
    body = "\n".join(lines[end + 1 :])
    try:
        return FrontMatter(_load("\n".join(lines[1:end]), first_line=2), body, ())
    except _YamlProblemError as problem:
        return FrontMatter({}, body, (f"front matter: {problem}",))


def parse_sidecar(name: str, data: bytes) -> dict[str, object]:
    """Read the metadata in a sidecar ``NAME.ext.yaml``.

    Raises UnreadableFileError (``BAD_METADATA``) naming the line and the reason.
    """
    try:
        return _load(decode(data), first_line=1)
    except _YamlProblemError as problem:
        raise UnreadableFileError(
            Reason.BAD_METADATA,
            f"The metadata in {name} cannot be read: {problem}.",
            remedy=_REMEDY,
        ) from None


def _load(source: str, *, first_line: int) -> dict[str, object]:
    if len(source.encode("utf-8", "replace")) > MAX_BYTES:
        raise _YamlProblemError(f"longer than {MAX_BYTES // 1024} KiB")
    try:
        loaded = _Loader(source).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise _YamlProblemError(f"line {line}: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        line = first_line + source.count("\n", 0, int(error.position))
        raise _YamlProblemError(f"line {line}: a character that YAML does not allow") from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError) as error:
        raise _YamlProblemError(_unmarked(error, source, first_line)) from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise _YamlProblemError(f"line {first_line}: not 'key: value' lines")
    return {_key(str(key)): value for key, value in loaded.items()}


def _unmarked(error: Exception, source: str, first_line: int) -> str:
    """Errors in values, such as the date 2024-02-30, come without a line: look for it."""
    if isinstance(error, RecursionError):
        return f"line {first_line}: too deeply nested"
    for number, line in enumerate(source.split("\n"), first_line):
        try:
            _Loader(line).get_single_data()
        except yaml.YAMLError:
            continue
        except (ValueError, TypeError, OverflowError):
            return f"line {number}: {error}"
    return f"line {first_line}: {error}"


def _key(text: str) -> str:
    return text.strip().lower()
