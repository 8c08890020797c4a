"""Writes the reference of commands and settings, in Markdown, from the code itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

import typer
from pydantic.fields import FieldInfo

import indexer.cli.main
import search_service.cli.main
from indexer.cli.terminal import commands
from indexer.settings import PREFIX, Settings
from search_service.settings import ServiceSettings

Row = tuple[str, str, str]  # name, meaning, default


def command_reference(app: typer.Typer) -> str:
    """A heading, a description and a table for each command."""
    parts = []
    for name, command in commands(app).items():
        table = _table("argument or option", map(_parameter, command.params))
        parts.append(f"### `{name}`\n\n{command.help or ''}\n\n{table}")
    return "\n".join(parts)


def settings_reference(settings: type[Settings], without: Iterable[str] = ()) -> str:
    """A table of the settings of a class, but those named."""
    return _table("setting", _settings(settings, set(without)))


def _parameter(parameter: Any) -> Row:  # noqa: ANN401 - of Typer's own copy of Click
    is_option = parameter.param_type_name == "option"
    name = ", ".join(parameter.opts) if is_option else parameter.name.upper()
    meaning, _, written = parameter.help.partition(" [default: ")
    if values := _values(parameter.type_descriptor.annotation):
        meaning = f"{meaning.rstrip('.')}: {values}."
    default = "" if parameter.required else _shown(parameter.default)
    return name, meaning, written.rstrip("]") or default


def _values(annotation: object) -> str:
    is_choice = isinstance(annotation, type) and issubclass(annotation, Enum)
    return ", ".join(str(each.value) for each in annotation) if is_choice else ""


def _settings(settings: type[Settings], without: set[str]) -> Iterator[Row]:
    for name, field in settings.model_fields.items():
        if name not in without:
            yield PREFIX + name.upper(), field.description or "", _default(field)


def _default(field: FieldInfo) -> str:
    return "the user's cache folder" if field.default_factory else _shown(field.default)


def _shown(default: object) -> str:
    """A default as a table shows it; empty for none, and for a switch that is off."""
    return f"`{default}`" if default or (default == 0 and default is not False) else ""


def _table(heading: str, rows: Iterable[Row]) -> str:
    lines = [f"| `{name}` | {_cell(meaning)} | {default} |" for name, meaning, default in rows]
    return "\n".join((f"| {heading} | meaning | default |", "|---|---|---|", *lines, ""))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


PARTS: dict[str, Callable[[], str]] = {
    "indexer": lambda: command_reference(indexer.cli.main.app),
    "search_service": lambda: command_reference(search_service.cli.main.app),
    "indexer_settings": lambda: settings_reference(Settings),
    "service_settings": lambda: settings_reference(ServiceSettings, Settings.model_fields),
}
