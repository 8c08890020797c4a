"""Writes the reference of commands and settings, in Markdown, from the code itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic.fields import FieldInfo

from indexer.settings import PREFIX, Settings
from search_service.settings import ServiceSettings


def setting_rows(settings: type[Settings]) -> Iterator[tuple[str, str, str]]:
    """Name in the environment, meaning and default of each setting that a class adds."""
    inherited = set(Settings.model_fields) if settings is not Settings else set()
    for name, field in settings.model_fields.items():
        if name not in inherited:
            yield PREFIX + name.upper(), field.description or "", _default(field)


def _default(field: FieldInfo) -> str:
    return "the user's cache folder" if field.default_factory else _shown(field.default)


def _shown(default: object) -> str:
    """A default as a table shows it; empty for none, no value and a switch that is off."""
    if default is None or default is False or default in ("", [], ()):
        return ""
    return f"`{getattr(default, 'value', default)}`"


def _table(heading: str, rows: Iterator[tuple[str, str, str]]) -> str:
    lines = [
        f"| `{name}` | {meaning.replace('|', chr(92) + '|')} | {default} |"
        for name, meaning, default in rows
    ]
    if not lines:
        return ""
    return "\n".join([f"| {heading} | meaning | default |", "|---|---|---|", *lines]) + "\n"


PARTS: dict[str, Callable[[], str]] = {
    "indexer_settings": lambda: _table("setting", setting_rows(Settings)),
    "service_settings": lambda: _table("setting", setting_rows(ServiceSettings)),
}
