"""Every command, option, setting and field is documented, where a person would look for it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from lxml import html
from mkdocs.commands.build import build
from mkdocs.config import load_config

import indexer.cli.main
import search_service.cli.main
from indexer.cli.terminal import commands
from indexer.domain import DocumentKind
from indexer.parsing.formats import FORMATS
from indexer.settings import PREFIX
from indexer.source.metadata import Fields
from indexer.text import field_names
from indexer.vocabulary import Vocabulary, extended
from search_service.filters.registry import PARAMETERS
from search_service.settings import ServiceSettings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRACT = (ROOT / "corpus" / "README.md").read_text("utf-8")
PROGRAMS = {
    "indexer": commands(indexer.cli.main.app),
    "search_service": commands(search_service.cli.main.app),
}
TARGETS = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
FILES = [
    f"/{path.relative_to(ROOT)}"
    for folder in (
        "corpus",
        "deploy",
        "docs",
        "indexer",
        "search_service",
        "templates",
        "tests",
        "tools",
    )
    for path in (ROOT / folder).rglob("*.*")
]
_SUFFIXES = "py|po|html|css|js|csv|jsonl|conf|service|timer"  # of files that pages name
PAGES = [*ROOT.glob("*.md"), ROOT / "corpus" / "README.md", *ROOT.glob("docs/**/*.md")]


# --- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built strictly: a broken link or a page outside the menu is an error."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


def words(page: Path) -> set[str]:
    """The texts in code type on a page."""
    return {"".join(e.itertext()) for e in html.parse(str(page)).iter("code")}


def test_the_site_has_every_command_with_its_arguments_and_options(site: Path) -> None:
    named = words(site / "reference" / "commands.html")
    for program, known in PROGRAMS.items():
        assert f"python -m {program}" in named
        for name, command in known.items():
            assert name in named
            for parameter in command.params:
                assert named & {", ".join(parameter.opts), parameter.opts[0].upper()}, (
                    parameter.name
                )


def test_the_site_has_every_setting(site: Path) -> None:
    named = words(site / "reference" / "settings.html")
    assert named >= {PREFIX + name.upper() for name in ServiceSettings.model_fields}


def test_no_page_of_the_site_loads_anything_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        tree = html.parse(str(page))
        loaded = [*tree.xpath("//@src"), *tree.xpath("//link[@rel!='canonical']/@href")]
        assert [url for url in loaded if "//" in url] == [], page


def test_diagrams_are_drawn_and_need_no_script(site: Path) -> None:
    text = (site / "develop" / "index.html").read_text("utf-8")
    assert "<svg" in text
    assert "mermaid" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


# --- commands and settings explain themselves


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_argument_and_option_has_a_help_text(program: str) -> None:
    for name, command in PROGRAMS[program].items():
        assert command.help, name
        silent = [parameter.name for parameter in command.params if not parameter.help]
        assert silent == [], f"{program} {name}: no help for {silent}"


def test_every_setting_has_a_description() -> None:
    fields = ServiceSettings.model_fields.items()
    assert [name for name, field in fields if not field.description] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_what_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    settings = {PREFIX + name.upper() for name in ServiceSettings.model_fields}
    past = {"COMPETENZE_MCP_TOKENS"} if page.name == "CHANGELOG.md" else set()
    assert set(re.findall(rf"{PREFIX}[A-Z_]+\b", text)) <= settings | past
    assert set(re.findall(r"`make ([a-z]+)", text)) <= set(TARGETS)
    for program, name in re.findall(r"python -m (indexer|search_service) ([a-z]+)", text):
        assert {name, *(n.split()[0] for n in PROGRAMS[program])} == {
            n.split()[0] for n in PROGRAMS[program]
        }, f"{program} has no command {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_files_that_exist(page: Path) -> None:
    named = set(re.findall(rf"`([\w/-]+/[\w@-]+\.(?:{_SUFFIXES}))`", page.read_text("utf-8")))
    named |= set(re.findall(r"[\w/]+/\w+\.py\b", page.read_text("utf-8")))  # in diagrams, too
    gone = [
        name
        for name in named
        if not ((ROOT / name).exists() if _is_whole(name) else _ends_a_path(name))
    ]
    # Steps for something new name what is to be written.
    assert [name for name in gone if not re.search(r"NAME|rtf|templates/events", name)] == []


def _is_whole(name: str) -> bool:
    """Whether a name is a path from the project's folder, and not one inside a package."""
    return (ROOT / name.split("/", 1)[0]).is_dir()


def _ends_a_path(name: str) -> bool:
    return any(file.endswith(f"/{name}") for file in FILES)


def test_the_page_on_the_api_names_every_filter() -> None:
    text = (ROOT / "docs" / "connect" / "api.md").read_text("utf-8")
    assert [each.name for each in PARAMETERS if f"`{each.name}`" not in text] == []


# --- the README


def test_the_readme_is_one_page() -> None:
    assert len(README.splitlines()) < 150


@pytest.mark.model
def test_the_readme_shows_what_the_search_prints(
    sample_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked, shown) = re.findall(r"^\$ \S+ -m search_service (.+)\n((?:.*\n)+?)```", README, re.M)[0]
    monkeypatch.setenv("COMPETENZE_MODEL", "multilingual-e5-small")
    search_service.cli.main.main([*shlex.split(asked), "--index", str(sample_index)])
    printed = " ".join(capsys.readouterr().out.split())
    lines = [" ".join(line.split()) for line in shown.splitlines() if line.strip(" …")]
    places = [printed.find(line) for line in lines]
    assert -1 not in places, printed
    assert places == sorted(places)
    assert len(lines) > 3


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), ROOT / "corpus" / "README.md"], ids=str)
def test_links_of_pages_outside_the_site_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


# --- the contract of a corpus --------------------------------------------------------------


def test_the_example_of_a_vocabulary_can_be_used() -> None:
    section = CONTRACT.partition("## Your own vocabulary")[2]
    example = section.partition("```yaml\n")[2].partition("```")[0]
    found = extended(Vocabulary.load(), yaml.safe_load(example), "vocabulary.yaml")
    assert "sailing-school" in found.within("vocational-training")


FIELDS = sorted({*Fields.__dataclass_fields__, "date", *field_names.SEAT_PARTS} - {"period"})


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


@pytest.mark.parametrize("suffix", sorted(entry.suffixes[0] for entry in FORMATS))
def test_every_format_is_in_the_contract(suffix: str) -> None:
    name = suffix.removeprefix(".").upper()
    assert name in CONTRACT or f"`{suffix}`" in CONTRACT


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_is_in_the_contract(kind: DocumentKind) -> None:
    assert f"`{kind}`" in CONTRACT


@pytest.mark.parametrize("field", sorted(field_names.FIELDS))
def test_an_everyday_name_of_every_field_is_in_the_contract(field: str) -> None:
    names = [name.strip() for name in field_names.FIELDS[field].split(";")]
    assert any(f"`{name}`" in CONTRACT for name in names if name != field.replace("_", " "))
