"""Every command, option, setting and field is documented, where a person would look for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import indexer.cli.main
import search_service.cli.main
from indexer.cli.terminal import commands
from indexer.domain import DocumentKind
from indexer.parsing import SUFFIXES
from indexer.settings import PREFIX
from indexer.source.metadata import _ITALIAN, Fields
from search_service.settings import ServiceSettings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8") if (ROOT / "README.md").exists() else ""
CONTRACT = (ROOT / "corpus" / "README.md").read_text("utf-8")
PROGRAMS = {
    "indexer": commands(indexer.cli.main.app),
    "search_service": commands(search_service.cli.main.app),
}
COMMANDS = [(program, name) for program, named in PROGRAMS.items() for name in named]
OPTIONS = [
    (program, name, option)
    for program, named in PROGRAMS.items()
    for name, command in named.items()
    for parameter in command.params
    if parameter.param_type_name == "option"
    for option in parameter.opts
]
TARGETS = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def section(program: str) -> str:
    """The part of the README on one program."""
    start = README.find(f"### `python -m {program}`")
    assert start >= 0, f"README.md has no section '### `python -m {program}`'"
    end = re.search(r"^##", README[start + 3 :], re.MULTILINE)
    return README[start : start + 3 + end.start()] if end else README[start:]


def test_the_programs_have_commands_and_options() -> None:
    assert ("indexer", "build") in COMMANDS
    assert ("search_service", "search", "--json") in OPTIONS
    assert "serve" in TARGETS


@pytest.mark.parametrize(("program", "command"), COMMANDS)
def test_every_command_is_in_the_readme(program: str, command: str) -> None:
    assert re.search(rf"`{command}\b", section(program)), f"document `{command}` in README.md"


@pytest.mark.parametrize(("program", "command", "option"), OPTIONS)
def test_every_option_is_in_the_readme(program: str, command: str, option: str) -> None:
    text = section(program)
    lines = [line for line in re.split(r"\n(?=- )", text) if line.startswith(f"- `{command}`")]
    where = lines[0] if lines else text
    assert re.search(rf"`{option}\b", where), f"document `{option}` of `{command}` in README.md"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_readme_names_no_option_that_does_not_exist(program: str) -> None:
    known = {option for name, _, option in OPTIONS if name == program}
    named = set(re.findall(r"`(--[a-z-]+)", section(program))) - {"--help"}
    assert named <= known


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_argument_has_a_help_text(program: str) -> None:
    for name, command in PROGRAMS[program].items():
        assert command.help, name
        silent = [parameter.name for parameter in command.params if not parameter.help]
        assert silent == [], f"{program} {name}: no help for {silent}"


@pytest.mark.parametrize("name", ServiceSettings.model_fields)
def test_every_setting_is_in_the_readme_with_its_default(name: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| `{PREFIX}{name.upper()}`")]
    assert len(rows) == 1, f"document {PREFIX}{name.upper()} in the README's table of settings"
    field = ServiceSettings.model_fields[name]
    if field.default_factory is None:
        assert f"| `{field.default}` |" in rows[0], f"the default is {field.default}"


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    known = {PREFIX + name.upper() for name in ServiceSettings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", README)) <= known


@pytest.mark.parametrize("target", sorted(set(TARGETS)))
def test_every_make_target_is_in_the_readme(target: str) -> None:
    assert re.search(rf"`make {target}\b", README), f"document `make {target}` in README.md"


def test_the_readme_names_no_make_target_that_does_not_exist() -> None:
    assert set(re.findall(r"`make ([a-z]+)", README)) <= set(TARGETS)


# --- the contract of a corpus --------------------------------------------------------------

FIELDS = sorted({*Fields.__dataclass_fields__, "date"} - {"period"})


def _documented_fields() -> list[str]:
    names: list[str] = []
    for line in CONTRACT[
        CONTRACT.index("## Fields") : CONTRACT.index("## Who is who")
    ].splitlines():
        cells = line.split("|")
        if len(cells) > 4:
            names += re.findall(r"`([a-z_]+)`", cells[1])
    return names


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_in_the_table_of_the_contract(field: str) -> None:
    assert field in _documented_fields(), f"document {field} in corpus/README.md"


def test_the_contract_names_no_field_that_does_not_exist() -> None:
    documented = _documented_fields()
    assert sorted(documented) == FIELDS


@pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".markdown", ".htm"}))
def test_every_format_is_in_the_contract(suffix: str) -> None:
    name = suffix.removeprefix(".").upper()
    assert name in CONTRACT or f"`{suffix}`" in CONTRACT


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_is_in_the_contract(kind: DocumentKind) -> None:
    assert f"`{kind}`" in CONTRACT


@pytest.mark.parametrize("name", sorted(_ITALIAN))
def test_every_italian_name_of_a_field_is_in_the_contract(name: str) -> None:
    assert f"`{name}`" in CONTRACT
