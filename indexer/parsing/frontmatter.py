"""Metadata written by people: YAML front matter and sidecars.

YAML is read with three changes that protect Italian data: a number that starts with 0 stays text
(YAML 1.1 reads the VAT number 01234567012 as octal), "NO" stays text (Novara's province), and
"12:30" stays text. Aliases are refused (a few lines can expand to gigabytes), and so is a key
given twice (the first would vanish).

Broken YAML only loses its broken part: fields on their own lines are still read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Hashable, Iterator
from typing import NamedTuple

import yaml

from indexer.parsing.file_type import decode

MAX_BYTES = 64 * 1024
_TOML_FENCE = "+++"
_MOST_ABOVE = 50  # lines of comments above the fields
_FENCE = re.compile(r"-{3,}[ \t]*")
_END = re.compile(r"(?:-{3,}|\.{3})[ \t]*")
_FIELD = re.compile(r"[A-Za-z_][\w .-]*:(\s|$)")
# The mark of invented data, however badly it is written: as a field, in a list or in braces.
_MARK = re.compile(
    r"""(?:^(?:\s*-\s)?|\{(?:[^{}]*,)?)\s*["']?(?:fictional|fittizio)["']?\s*:\s*["']?([^"'#,}]*)""",
    re.IGNORECASE,
)
# Lines about who may see a document, however badly written, in YAML or in broken YAML.
_CLOSING = re.compile(
    r"(?<![^\W_])visibilit|^\W*(?:members|soci|admin|amministratori)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_VISIBILITY = re.compile(r"""(?<!\w)visibilit[^\s:"']{1,2}["']?\s*:""", re.IGNORECASE)
_YES = re.compile(r"true|yes|s[iì]|vero|1|x", re.IGNORECASE)


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


def split_front_matter(text: str) -> FrontMatter:
    """Take the fields off the top of a text: YAML between two lines "---", or TOML between "+++".

    Blank lines and comments may stand above them.
    """
    lines = text.split("\n")
    start = _opening(lines)
    if start is None:
        return FrontMatter({}, text, ())
    toml = lines[start].strip() == _TOML_FENCE
    ends = re.compile(re.escape(_TOML_FENCE)) if toml else _END
    end = next(
        (
            n
            for n, line in enumerate(lines[start + 1 :], start + 1)
            if ends.fullmatch(line.rstrip())
        ),
        None,
    )
    if end is None:
        return _unclosed(lines, start, text)
    if not lines[start + 1].strip():
        return FrontMatter({}, text, ())  # prose between two lines, not metadata
    body = "\n".join((*lines[:start], *lines[end + 1 :]))
    source = "\n".join(lines[start + 1 : end])
    read = _read_toml if toml else _read
    metadata, warnings = read(source, "front matter", first_line=start + 2)
    return FrontMatter(metadata, body, warnings)


def _opening(lines: list[str]) -> int | None:
    """The line that opens the fields; if it is not the first, a field has to follow it."""
    comment = False
    for number, line in enumerate(lines[:_MOST_ABOVE]):
        text = line.strip()
        if comment or text.startswith("<!--"):
            comment = "-->" not in text
        elif _FENCE.fullmatch(text) or text == _TOML_FENCE:
            field = number + 1 < len(lines) and _FIELD.match(
                lines[number + 1].replace("=", ": ", 1)
            )
            first = number == 0 and text in ("---", _TOML_FENCE)
            return number if first or field else None
        elif text:
            return None
    return None


def _unclosed(lines: list[str], start: int, text: str) -> FrontMatter:
    if start + 1 >= len(lines) or not _FIELD.match(lines[start + 1]):
        return FrontMatter({}, text, ())
    blank = next((n for n, line in enumerate(lines) if n > start and not line.strip()), len(lines))
    metadata, told = _recovered("\n".join(lines[start + 1 : blank]), text)
    warning = f"front matter: line {start + 1}: opened by '---' and never closed; {told}"
    return FrontMatter(metadata, text, (warning,))


def parse_sidecar(data: bytes) -> tuple[dict[str, object], tuple[str, ...]]:
    """Read the metadata in a sidecar ``NAME.ext.yaml``, with its faults."""
    return _read(decode(data), "metadata", first_line=1)


def _read(source: str, what: str, *, first_line: int) -> tuple[dict[str, object], tuple[str, ...]]:
    """The fields of some YAML; if it does not parse, those that can be read, and a warning."""
    try:
        return _load(source, first_line=first_line), ()
    except _YamlProblemError as problem:
        metadata, told = _recovered(source, source)
        return metadata, (f"{what}: {problem}; {told}",)


def _read_toml(
    source: str, what: str, *, first_line: int
) -> tuple[dict[str, object], tuple[str, ...]]:
    """The fields of some TOML; if it does not parse, those that can be read, and a warning."""
    try:
        loaded = tomllib.loads(source[:MAX_BYTES])
    except (ValueError, RecursionError) as error:
        as_yaml = re.sub(r"(?m)^([\w-]+)\s*=\s*", r"\1: ", source)
        metadata, told = _recovered(as_yaml, as_yaml)
        return metadata, (f"{what}: from line {first_line}: TOML: {error}; {told}",)
    return {_key(str(key)): value for key, value in loaded.items()}, ()


def _recovered(source: str, whole: str) -> tuple[dict[str, object], str]:
    """The fields that parse on their own, and which they are in words.

    One that is written twice and differently is in doubt, and left out. The mark of invented data
    is not: one that says yes counts, wherever in the ``whole`` it stands. Where something is said
    of who may see the document, what is broken may be just that: then it is for administrators.
    """
    found: dict[str, list[object]] = {}
    for text in _fields(source[:MAX_BYTES].rpartition("\n")[0] if _is_long(source) else source):
        for key, value in _alone(text).items():
            found.setdefault(key, []).append(value)
    metadata = {
        key: values[0] for key, values in found.items() if values.count(values[0]) == len(values)
    }
    marks = [m[1].strip() for line in whole.split("\n") for m in _MARK.finditer(line)]
    if marks and (len(marks) > 1 or not metadata.keys() & {"fictional", "fittizio"}):
        metadata["fictional"] = next((m for m in marks if _YES.fullmatch(m)), marks[-1])
    told = f"of it were read: {', '.join(metadata)}" if metadata else "nothing of it was read"
    if _CLOSING.search(source) or _VISIBILITY.search(whole):
        metadata["visibility"] = "admin"
        told += "; it may say who sees the document: only administrators see it"
    return metadata, told


def _fields(source: str) -> Iterator[str]:
    """Each ``key: value`` at the beginning of a line, with the lines below that may be its."""
    field: list[str] = []
    for line in source.split("\n"):
        if _FIELD.match(line):
            yield "\n".join(field)
            field = []
        field.append(line)
    yield "\n".join(field)


def _alone(field: str) -> dict[str, object]:
    """A field that parses, whole or its first line; none when it does not, or has no value."""
    for text in dict.fromkeys((field, field.partition("\n")[0])):
        try:
            loaded = _load(text, first_line=1)
        except _YamlProblemError:
            continue
        return {key: value for key, value in loaded.items() if value is not None}
    return {}


def _is_long(source: str) -> bool:
    return len(source.encode("utf-8", "replace")) > MAX_BYTES


def _load(source: str, *, first_line: int) -> dict[str, object]:
    if _is_long(source):
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
