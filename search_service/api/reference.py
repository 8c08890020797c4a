"""The API's own description (OpenAPI), arranged for people to read. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
_REFERENCE = "#/components/schemas/"
_CODE = re.compile(r"`([^`]+)`")
_SUCCESS = range(200, 300)
SEARCH = "search"  # the group of what has no tag


@dataclass(frozen=True, slots=True)
class TypeName:
    """What a value is: ``name`` is JSON's, or a model's where ``is_model``.

    ``many`` are a list of them, ``named`` an object that has each under a name of its own;
    ``nullable`` ones may be null.
    """

    name: str
    is_model: bool = False
    many: bool = False
    named: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A description: paragraphs in pieces, each with whether it is code."""

    paragraphs: tuple[tuple[tuple[str, bool], ...], ...]

    @classmethod
    def of(cls, written: str) -> Text:
        """Read what the schema's authors wrote: paragraphs, and code between backticks."""
        parts = re.split(r"\n\s*\n", written.replace("``", "`").strip())
        return cls(tuple(tuple(_pieces(" ".join(part.split()))) for part in parts if part))


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter of a request or a field of an answer.

    ``least`` and ``most`` are limits of a number; ``longest`` is in characters; ``choices`` are all
    that it may be. ``standard`` is what it is unless one says so, as JSON.
    """

    name: str
    type: TypeName
    text: Text
    where: str = ""
    required: bool = False
    example: str = ""
    standard: str = ""
    least: float | None = None
    most: float | None = None
    longest: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A request that can be made, and its answer as JSON; both of an index."""

    values: Mapping[str, str]
    answer: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does."""

    anchor: str
    method: str
    path: str
    summary: str
    text: Text
    parameters: tuple[Value, ...]
    answers: tuple[tuple[str, TypeName | None], ...]
    needs_token: bool
    curl: str
    example: str


@dataclass(frozen=True, slots=True)
class Model:
    """An object of the answers, or the words that a value may be."""

    name: str
    text: Text
    fields: tuple[Value, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All that the page shows: operations by group, models by name, the statuses of errors."""

    groups: Mapping[str, tuple[Operation, ...]]
    models: tuple[Model, ...]
    errors: tuple[str, ...]


def reference(spec: Schema, origin: str, examples: Mapping[str, Example]) -> Reference:
    """Arrange a description.

    Args:
        spec: The OpenAPI document.
        origin: The service's address, which requests begin with.
        examples: By the path of an operation that reads.
    """
    groups: dict[str, list[Operation]] = defaultdict(list)
    errors: set[str] = set()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            example = examples.get(path) if method == "get" else None
            made = _operation(method, path, operation, spec, origin, example)
            groups[operation.get("tags", [SEARCH])[0]].append(made)
            errors |= {code for code in operation["responses"] if not _succeeds(code)}
    models = spec["components"]["schemas"].items()
    return Reference(
        {group: tuple(found) for group, found in groups.items()},
        tuple(_model(name, schema, spec) for name, schema in sorted(models)),
        tuple(sorted(code for code in errors if code.isdecimal())),
    )


def _operation(
    method: str,
    path: str,
    operation: Schema,
    spec: Schema,
    origin: str,
    example: Example | None,
) -> Operation:
    """One operation.

    Args:
        method: Of HTTP.
        path: With its parameters in braces.
        operation: Its part of the description.
        spec: The whole description.
        origin: The service's address.
        example: A request and its answer, if there is one.
    """
    parameters = tuple(_parameter(one, spec) for one in operation.get("parameters", ()))
    answers = [
        (code, _answer(response))
        for code, response in operation["responses"].items()
        if _succeeds(code)
    ]
    shown = example.values if example else _first_values(parameters)
    token = bool(operation.get("security"))
    return Operation(
        anchor=re.sub(r"[^a-z0-9]+", "-", f"{method} {path}".lower()).strip("-"),
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        text=Text.of(operation.get("description", "")),
        parameters=parameters,
        answers=tuple(sorted(answers, key=lambda pair: pair[0])),
        needs_token=token,
        curl=_curl(method, origin + path, parameters, shown, token=token),
        example=example.answer if example else "",
    )


def _parameter(parameter: Schema, spec: Schema) -> Value:
    return _value(
        parameter["name"],
        parameter["schema"],
        spec,
        where=parameter["in"],
        required=parameter.get("required", False),
    )


def _model(name: str, schema: Schema, spec: Schema) -> Model:
    required = schema.get("required", ())
    fields = tuple(
        _value(field, of, spec, required=field in required)
        for field, of in schema.get("properties", {}).items()
    )
    choices = tuple(map(str, schema.get("enum", ())))
    return Model(name, Text.of(schema.get("description", "")), fields, choices)


def _value(
    name: str, schema: Schema, spec: Schema, *, where: str = "", required: bool = False
) -> Value:
    """A parameter or a field.

    Args:
        name: Its name.
        schema: What it may be.
        spec: The whole description.
        where: Where a request has it: "query", "path".
        required: Whether it has to be there.
    """
    kind = type_of(schema)
    of_its_model = spec["components"]["schemas"].get(kind.name, {}) if kind.is_model else {}
    choices = schema.get("enum") or (of_its_model.get("enum") if where else None) or ()
    example = next(iter(schema.get("examples", ())), "")
    standard = schema.get("default")
    return Value(
        name=name,
        type=kind,
        text=Text.of(schema.get("description", "")),
        where=where,
        required=required,
        example=_plain(example),
        standard="" if standard in (None, "") else json.dumps(standard),
        least=schema.get("minimum"),
        most=schema.get("maximum"),
        longest=schema.get("maxLength"),
        choices=tuple(map(str, choices)),
    )


def type_of(schema: Schema) -> TypeName:
    """What a value of a schema is."""
    if "$ref" in schema:
        return TypeName(schema["$ref"].removeprefix(_REFERENCE), is_model=True)
    if "anyOf" in schema:
        kinds = [type_of(one) for one in schema["anyOf"]]
        (first, *_rest) = [kind for kind in kinds if kind.name != "null"]
        nullable = any(kind.name == "null" for kind in kinds)
        return TypeName(first.name, first.is_model, first.many, first.named, nullable)
    if schema.get("type") == "array":
        item = type_of(schema.get("items", {}))
        return TypeName(item.name, item.is_model, many=True)
    inside = schema.get("additionalProperties")
    if isinstance(inside, dict) and inside:
        item = type_of(inside)
        return TypeName(item.name, item.is_model, many=item.many, named=True)
    return TypeName(str(schema.get("format") or schema.get("type", "any")))


def _answer(response: Schema) -> TypeName | None:
    """What a response holds; ``None`` where it holds no JSON."""
    content = response.get("content", {}).get("application/json", {}).get("schema")
    return type_of(content) if content else None


def _succeeds(code: str) -> bool:
    return code.isdecimal() and int(code) in _SUCCESS


def _first_values(parameters: Iterable[Value]) -> Mapping[str, str]:
    """An example of each parameter that has to be there."""
    return {one.name: one.example for one in parameters if one.required}


def _curl(
    method: str,
    url: str,
    parameters: Sequence[Value],
    values: Mapping[str, str],
    *,
    token: bool,
) -> str:
    """The request as a command.

    Args:
        method: Of HTTP.
        url: With its parameters in braces.
        parameters: All that it may have.
        values: Those that it has.
        token: Whether it has to show a token.
    """
    words = ["curl -s"]
    words += ["-G"] if any(one.where == "query" for one in parameters if one.name in values) else []
    words += [f"-X {method.upper()}"] if method == "post" else []
    words += ["--upload-file FILE"] if method == "put" else []
    words += ['-H "Authorization: Bearer $TOKEN"'] if token else []
    for one in parameters:
        if one.where == "path":
            url = url.replace("{" + one.name + "}", values.get(one.name, one.name))
    queries = [one.name for one in parameters if one.where == "query" and one.name in values]
    data = [f"--data-urlencode {shlex.quote(f'{name}={values[name]}')}" for name in queries]
    return " \\\n  ".join([" ".join([*words, shlex.quote(url)]), *data])


def _plain(example: object) -> str:
    if isinstance(example, list):
        return ", ".join(map(str, example))
    return str(example)


def _pieces(paragraph: str) -> Iterator[tuple[str, bool]]:
    for n, piece in enumerate(_CODE.split(paragraph)):
        if piece:
            yield piece, n % 2 == 1
