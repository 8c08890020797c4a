"""The indexer's settings, and the reading of any settings from the environment.

Settings are environment variables named ``COMPETENZE_…``. They are read once and frozen; unknown
names are refused, so that a misspelt one is not silently ignored.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.errors import SettingsError

_CHECKOUT = Path(__file__).parents[1] / "pyproject.toml"
PREFIX = "COMPETENZE_"
ENTRY_POINTS = "competenze.settings"  # classes of other programs that share the environment


class Settings(BaseSettings):
    """What the indexer can be configured with; each field's description is its documentation.

    A field whose type does not tell what a value looks like says so as ``expected`` in its
    ``json_schema_extra``.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    corpus: Path = Field(Path("corpus"), description="Folder of the documents to index.")
    index: Path = Field(Path("var/index"), description="Folder of the index (its generations).")
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("competenze-in-rete"),
        description="Folder for what can be made again: the converted model.",
    )
    model: str = Field(
        "multilingual-e5-small",
        description="The bundled model, or any sentence-transformers name or folder.",
    )
    encoder_threads: int = Field(
        0,
        ge=0,
        description="Threads of the model; with 0, as many as there are cores, shared by the "
        "processes of the service.",
    )
    max_file_mb: int = Field(100, ge=1, description="Larger files are not read (MB).")
    parse_seconds: int = Field(30, ge=1, description="A file that takes longer is not read (s).")
    parse_memory_mb: int = Field(
        1024, ge=256, description="A file that takes more memory is not read (MiB)."
    )
    passage_tokens: int = Field(
        200, ge=32, le=480, description="Target length of a passage, in tokens of the model."
    )


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


AnySettings = TypeVar("AnySettings", bound=Settings)


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """Why a setting cannot be used; ``field`` is empty for an unknown name."""

    field: str
    error: SettingsError


def read_settings(**overrides: object) -> Settings:
    """The indexer's settings; those given replace those of the environment, unless ``None``.

    Raises:
        SettingsError: A ``COMPETENZE_…`` name is unknown, or a value cannot be used.
    """
    return without_faults(*load_settings(Settings, overrides))


def load_settings(
    kind: type[AnySettings], overrides: Mapping[str, object]
) -> tuple[AnySettings, tuple[SettingsFault, ...]]:
    """Settings of a class, and every fault; a setting that cannot be used has its default.

    Args:
        kind: The class of settings to read.
        overrides: Values that replace those of the environment; ``None`` replaces nothing.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    unknown = tuple(SettingsFault("", error) for error in _unknown_names(kind))
    try:
        return kind(**given), unknown  # type: ignore[arg-type]
    except ValidationError as error:
        names = tuple(dict.fromkeys(str(found["loc"][0]) for found in error.errors()))
    fields = kind.model_fields
    defaults = {name: fields[name].get_default(call_default_factory=True) for name in names}
    settings = kind(**{**given, **defaults})
    faults = (SettingsFault(name, _unusable(name, fields[name])) for name in names)
    return settings, (*unknown, *faults)


def without_faults(settings: AnySettings, faults: tuple[SettingsFault, ...]) -> AnySettings:
    """The settings; raises one SettingsError that names all faults."""
    if len(faults) == 1:
        raise faults[0].error
    if faults:
        raise SettingsError(
            "Several settings cannot be used.",
            remedy="\n".join(f"{f.error.message} {f.error.remedy}" for f in faults),
        )
    return settings


def _unknown_names(kind: type[Settings]) -> Iterator[SettingsError]:
    kinds = (kind, *registered(ENTRY_POINTS).values())
    known = {PREFIX + name.upper() for one in kinds for name in one.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), sorted(known), n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."
            yield SettingsError(f"Unknown setting {name}.", remedy=hint)


def _unusable(name: str, field: FieldInfo) -> SettingsError:
    """The expected form of a setting; never its value, which may be a secret."""
    return SettingsError(
        f"{PREFIX}{name.upper()} cannot be used: expected {expected(field)}.",
        remedy=f"Correct it or leave it out. Its meaning: {field.description}",
    )


def expected(field: FieldInfo) -> str:
    """What a value of a setting looks like, in words."""
    if isinstance(field.json_schema_extra, dict) and "expected" in field.json_schema_extra:
        return str(field.json_schema_extra["expected"])
    if field.annotation is bool:
        return "true or false"
    bounds = ("ge", "le", "min_length")
    least, most, shortest = (
        next((getattr(m, bound) for m in field.metadata if hasattr(m, bound)), None)
        for bound in bounds
    )
    if most is not None:
        return f"a whole number from {least} to {most}"
    if least is not None:
        return f"a whole number, {least} or more"
    return f"{shortest} or more characters" if shortest else "a text"


# --- what other packages register -----------------------------------------------------------


def registered(group: str) -> Mapping[str, Any]:
    """The objects that are registered in a group, by name.

    They are those of the installed packages, and those of this one where it runs from a checkout.
    """
    points = {point.name: point for point in (*entry_points(group=group), *_of_checkout(group))}
    return {name: points[name].load() for name in sorted(points)}


def _of_checkout(group: str) -> tuple[EntryPoint, ...]:
    if not _CHECKOUT.is_file():  # it is installed
        return ()
    groups = tomllib.loads(_CHECKOUT.read_text("utf-8"))["project"]["entry-points"]
    return tuple(EntryPoint(name, value, group) for name, value in groups.get(group, {}).items())
