"""Text files as people send them: old encodings, fields that are not first, Obsidian."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import ParsedText
from indexer.parsing import parse_file
from indexer.parsing.legacy_encoding import decode_legacy

SAMPLES = Path(__file__).parent / "samples"
ITALIAN = (
    "La cooperativa Calicanto ha sede a Forlì. Perché sì: qualità, città, così, virtù, può già. "
    "È attiva dal 2009 - dodici soci."
)


def read(name: str, data: bytes | str) -> ParsedText:
    (parsed,) = parse_file(name, data.encode() if isinstance(data, str) else data)
    return parsed


def texts(parsed: ParsedText) -> list[str]:
    return [block.text for block in parsed.blocks]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "cp850", "utf-16"])
def test_italian_is_read_in_the_encodings_of_every_system(encoding: str) -> None:
    parsed = read("a.txt", ITALIAN.encode(encoding))
    assert texts(parsed) == [ITALIAN]
    assert parsed.warnings == ()


def test_registers_of_a_mac_and_texts_of_dos_are_read() -> None:
    rows = parse_file("c.csv", (SAMPLES / "mac.csv").read_bytes())
    assert [row.metadata["name"] for row in rows] == ["Calicanto", "Virtù"]
    assert [row.metadata["seat"] for row in rows] == ["Forlì", "Cantù"]
    assert rows[0].metadata["competencies"] == "qualità | accessibilità"
    (said,) = texts(read("t.txt", (SAMPLES / "cp850.txt").read_bytes()))
    assert said.startswith("La cooperativa Calicanto ha sede a Forlì. Perché sì: qualità, città")


WINDOWS = (
    "“Virgolette” – e l’analisi: 30 € al mese… fine",
    "Servizi… e assistenza",
    "Müller, Señor, François, Ångström",
    "© 2024 · Città di Adria • reti • siti",
    "ALTA QUALITÀ, PERCHÉ SÌ",
)


@pytest.mark.parametrize("text", WINDOWS)
def test_text_of_windows_stays_of_windows(text: str) -> None:
    assert decode_legacy(text.encode("cp1252")) == text


WORDS = "città qualità perché così più può università attività già è lunedì virtù né sarà"


@given(
    st.lists(st.sampled_from(WORDS.split()), min_size=6, max_size=40),
    st.sampled_from(["cp1252", "mac_roman", "cp850"]),
)
def test_any_italian_words_are_told_apart(words: list[str], encoding: str) -> None:
    text = " ".join((*words, "perché così più è"))
    assert decode_legacy(text.encode(encoding)) == text


def test_one_character_that_could_not_be_read_is_told() -> None:
    text = "Cooperativa di Cant\ufffd con dodici soci e una sede."
    (warning,) = read("a.txt", text).warnings
    assert warning.startswith("characters could not be read (1: ")
    assert "Cant\ufffd" in warning


# Fields


@pytest.mark.parametrize("name", ["front-matter-after-blank.md", "front-matter-after-comment.md"])
def test_fields_need_not_be_first(name: str) -> None:
    parsed = read(name, (SAMPLES / name).read_bytes())
    assert parsed.metadata == {
        "title": "Archivio di Adria",
        "cooperatives": ["Calicanto"],
        "place": "Adria",
        "date": "2023-05",
        "fictional": True,
    }
    assert texts(parsed) == ["Abbiamo scansionato archivi."]
    assert parsed.warnings == ()


def test_more_dashes_open_fields_too() -> None:
    parsed = read("a.md", "-----\nname: Calicanto\nfictional: true\n-----\nTesto.")
    assert parsed.metadata == {"name": "Calicanto", "fictional": True}


def test_a_line_below_the_first_paragraph_opens_no_fields() -> None:
    parsed = read("a.md", "Testo.\n\n---\nnota: bene\n---\n\nAltro.")
    assert parsed.metadata == {}
    assert ("nota: bene",) in [block.headings for block in parsed.blocks]


def test_fields_in_toml() -> None:
    source = (
        '+++\ntitle = "Archivio"\ndate = 2023-05-01\ncooperatives = ["Calicanto"]\n'
        "fictional = true\n+++\nTesto."
    )
    parsed = read("a.md", source)
    assert parsed.metadata == {
        "title": "Archivio",
        "date": date(2023, 5, 1),
        "cooperatives": ["Calicanto"],
        "fictional": True,
    }
    assert texts(parsed) == ["Testo."]


def test_toml_that_does_not_parse_costs_what_is_broken() -> None:
    parsed = read("a.md", '+++\ntitle = "Archivio\nfictional = true\nplace = "Adria"\n+++\nTesto.')
    assert parsed.metadata["fictional"] is True
    assert parsed.metadata["place"] == "Adria"
    assert parsed.warnings[0].startswith("front matter: from line 2: TOML: ")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.md", "Testo.\n\nfictional: true\n"),
        ("a.md", "```yaml\nname: Calicanto\nfictional: true\n```\nTesto."),
        ("a.md", "Calicanto\n\nfictional: sì\n----\nTesto."),
        ("a.txt", "name: Calicanto\nfittizio: true\n\nTesto."),
        ("a.html", "<p>fictional: true</p><p>Testo.</p>"),
    ],
)
def test_the_mark_of_invented_data_is_never_lost(name: str, source: str) -> None:
    parsed = read(name, source)
    assert parsed.metadata["fictional"] is True
    assert any("invented" in warning for warning in parsed.warnings)


def test_who_writes_of_fiction_is_not_invented() -> None:
    parsed = read("a.md", "Pubblichiamo romanzi: fictional true crime e fictional: storie vere.")
    assert "fictional" not in parsed.metadata


# Markdown


def test_headings_lists_and_tables_in_html_blocks_are_read() -> None:
    parsed = read("m.md", (SAMPLES / "html-blocks.md").read_bytes())
    found = [(block.headings, block.text) for block in parsed.blocks]
    assert parsed.title == "Calicanto"
    assert (("Calicanto",), "Siti e app") in found
    assert (("Calicanto",), "Servizio: Siti; Prezzo: 1.500,00") in found
    assert "TODO" not in " ".join(texts(parsed))


def test_what_obsidian_adds_is_read_as_it_shows_it() -> None:
    parsed = read("m.md", (SAMPLES / "obsidian.md").read_bytes())
    said = "\n".join(texts(parsed))
    for words in (
        "Con la Bussola e Doppiachiave abbiamo fatto",
        "[Sede]: Rovigo",
        "List<String> e vector<int>, C++",
        "Nota: il cliente era il Comune di Adria.",
        "☒ fatto",
        "☐ da fare",
    ):
        assert words in said
    for words in ("nascosto", "realtà virtuale", "[[", "[^1]", "[!note]", "%%"):
        assert words not in said
    assert parsed.warnings == ("text that is struck out is not read",)


def test_links_by_reference_are_still_links() -> None:
    source = "Vedi [il sito][1] e [l'altro].\n\n[1]: https://a.example\n[l'altro]: pagina.html"
    assert texts(read("m.md", source)) == ["Vedi il sito e l'altro."]


def test_code_is_read_as_it_is_written() -> None:
    assert texts(read("m.md", "```\nif a[[1]] %% 2:\n```")) == ["if a[[1]] %% 2:"]
