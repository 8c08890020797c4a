"""Markdown, front matter and sidecars."""

from __future__ import annotations

import datetime

import pytest

from indexer.domain import ParsedText
from indexer.parsing import parse_file, parse_sidecar


def read(text: str) -> ParsedText:
    (parsed,) = parse_file("a.md", text.encode())
    return parsed


def blocks(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(block.headings, block.text) for block in read(text).blocks]


def test_headings_make_the_path() -> None:
    assert blocks("# Uno\n\na\n\n## Due\n\nb\n\nTre\n===\n\nc\n") == [
        (("Uno",), "a"),
        (("Uno", "Due"), "b"),
        (("Tre",), "c"),
    ]
    assert read("testo\n\n# Primo *titolo*\n\naltro").title == "Primo titolo"


def test_a_heading_with_nothing_under_it_is_kept_as_text() -> None:
    assert blocks("# Servizi\n\n## Cloud\n\n## Dati\n\ntesto\n\n# Fine\n") == [
        (("Servizi",), "Cloud"),
        (("Servizi", "Dati"), "testo"),
        ((), "Fine"),
    ]


def test_marks_links_images_and_tags_leave_their_text() -> None:
    text = "Un *vero* [sito](https://x.it) ![logo](l.png) <b>forte</b><!-- no --> `x`\nsegue"
    assert blocks(text) == [((), "Un vero sito logo forte x segue")]
    assert blocks("<!-- commento -->\n\n<div><p>Dentro <i>html</i></p></div>\n") == [
        ((), "Dentro html")
    ]
    assert blocks("<https://rete.it>") == [((), "https://rete.it")]


def test_a_short_list_stays_with_what_introduces_it() -> None:
    assert blocks("Offriamo:\n\n- dati\n- reti\n  - wifi\n") == [
        ((), "Offriamo:\n- dati\n- reti\n- wifi")
    ]
    assert blocks("# Titolo\n\n1. dati\n2. reti\n") == [(("Titolo",), "- dati\n- reti")]


def test_the_items_of_a_long_list_are_blocks() -> None:
    text = "".join(f"- voce {number}\n" for number in range(13))
    assert blocks(text) == [((), f"voce {number}") for number in range(13)]
    long = "parola " * 30
    assert blocks(f"- {long}\n- breve\n") == [((), long.strip()), ((), "breve")]


def test_a_row_of_a_table_is_a_block_with_its_headers() -> None:
    text = "| Servizio | Livello |\n|---|---|\n| Cloud | alto |\n| | basso |\n"
    assert blocks(text) == [((), "Servizio: Cloud; Livello: alto"), ((), "Livello: basso")]


def test_quotes_and_code_are_text() -> None:
    assert blocks("> citato\n\n```\nx = 1\ny = 2\n```\n") == [((), "citato"), ((), "x = 1\ny = 2")]


def test_front_matter_keeps_what_people_mean() -> None:
    parsed = read(
        "---\nTitle: Prova\nvat: 01234567012\nprovince: NO\nremote: yes\nhours: 12:30\n"
        "members: 12\ndate: 2024-05-03\ncompetencies: [dati, reti]\n---\nTesto\n"
    )
    assert parsed.metadata == {
        "title": "Prova",
        "vat": "01234567012",
        "province": "NO",
        "remote": True,
        "hours": "12:30",
        "members": 12,
        "date": datetime.date(2024, 5, 3),
        "competencies": ["dati", "reti"],
    }
    assert [block.text for block in parsed.blocks] == ["Testo"]
    assert parsed.warnings == ()


def test_a_profile_may_be_front_matter_alone() -> None:
    parsed = read("\ufeff---\r\nname: Rete Uno\r\n---\r\n")
    assert parsed.metadata == {"name": "Rete Uno"}
    assert parsed.blocks == ()


@pytest.mark.parametrize(
    ("yaml", "problem", "kept"),
    [
        ("a: 1\nb: [x\nc: 2", "front matter: line 4: ", {"a": 1, "c": 2}),
        ("- uno\n- due", "front matter: line 2: not 'key: value' lines", {}),
        ("a: 1\nA: 2\nb: 3", "front matter: line 3: 'a' is given twice", {"b": 3}),
        ("a: &x 1\nb: *x", "front matter: line 3: aliases", {"a": 1}),
        ("a: 1\nd: 2024-02-30", "front matter: line 3: day is out of range", {"a": 1}),
        ("a: !!python/object:os.system x", "front matter: line 2: ", {}),
        ("a: " + "[" * 5000, "front matter: line 2: ", {}),
        ("b: 1\na: " + "x" * 70_000, "front matter: longer than 64 KiB", {"b": 1}),
    ],
)
def test_broken_front_matter_is_a_warning_that_names_the_line(
    yaml: str, problem: str, kept: dict[str, object]
) -> None:
    parsed = read(f"---\n{yaml}\n---\n\nIl testo resta.\n")
    assert parsed.metadata == kept
    assert [block.text for block in parsed.blocks] == ["Il testo resta."]
    assert len(parsed.warnings) == 1
    assert parsed.warnings[0].startswith(problem)


def test_of_broken_front_matter_the_fields_that_stand_alone_are_read() -> None:
    parsed = read(
        "---\nname: Arca\nseat: Bologna\ntitle: Reti: quali?\ncompetencies:\n  - reti\n- dati\n"
        "sectors:\n- sanità\n- scuola\nmembers: 12\n\tremote: true\n---\nTesto.\n"
    )
    assert parsed.metadata == {
        "name": "Arca",
        "seat": "Bologna",
        "sectors": ["sanità", "scuola"],
        "members": 12,
    }
    (warning,) = parsed.warnings
    assert warning.startswith("front matter: line 4: mapping values are not allowed here")
    assert warning.endswith("; of it were read: name, seat, sectors, members")


def test_nothing_read_is_said_too() -> None:
    (warning,) = read("---\na: [x\n---\nTesto.\n").warnings
    assert warning.endswith("; nothing of it was read")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("fictional: true", "true"),
        ("  fictional: true", "true"),  # the indent may be what is wrong
        ("fictional:true", "true"),
        ('"fictional": "yes"  # un esempio', "yes"),
        ("Fittizio: sì", "sì"),
        ("- fictional: true", "true"),
        ("meta: {fictional: true}", "true"),
        ("meta: {autore: io, 'fittizio': 'sì'}", "sì"),
        ("fictional: false\nfictional: true", "true"),
        ("fictional: false", "false"),
        ("fictional: [tru", "[tru"),  # what that means is for the contract to refuse
    ],
)
def test_a_line_that_marks_invented_data_always_counts(line: str, value: str) -> None:
    for before, after in (("", "\ntitle: [aperta"), ("title: a: b\n", ""), ("b: '\n", "")):
        metadata = read(f"---\n{before}{line}{after}\n---\nTesto.\n").metadata
        marks = [str(v).lower() for k, v in metadata.items() if k in ("fictional", "fittizio")]
        assert marks == [value]


def test_front_matter_that_never_ends() -> None:
    parsed = read("---\ntitle: x\n\nfictional: true\n\nTesto: mio.\n")
    (warning,) = parsed.warnings
    assert warning.startswith("front matter: line 1: opened by '---' and never closed")
    assert parsed.metadata == {"title": "x", "fictional": "true"}
    assert "Testo: mio." in [block.text for block in parsed.blocks]
    assert read("---\n\nprosa\n\n---\n\nfine\n").warnings == ()


def test_a_sidecar_is_read() -> None:
    assert parse_sidecar(b"title: Prova\nplace: Bologna\n") == (
        {"title": "Prova", "place": "Bologna"},
        (),
    )
    assert parse_sidecar(b"---\n# nulla\n") == ({}, ())


def test_of_a_broken_sidecar_the_fields_that_stand_alone_are_read() -> None:
    metadata, (warning,) = parse_sidecar(b"title: x\nfictional: true\nplace: [Bologna\n")
    assert metadata == {"title": "x", "fictional": True}
    assert warning.startswith("metadata: line 4: ")
    assert warning.endswith("; of it were read: title, fictional")


def test_deep_markdown_does_not_overflow() -> None:
    assert read(">" * 3000 + " fondo").blocks
    assert read("- " * 3000 + "fondo").blocks
    assert read("[" * 3000 + "fondo").blocks
    parsed = read("[" * 100_000 + "fondo")
    assert parsed.blocks[-1].text.endswith("fondo")
    assert "too deep" in parsed.warnings[0]


def test_a_line_in_bold_is_a_heading() -> None:
    text = (
        "# A\n\ntesto\n\n**Cosa non facciamo**\n\nRilievi\n\n## B\n\n**due** parole\n\n**fine**\n"
    )
    assert blocks(text) == [
        (("A",), "testo"),
        (("A", "Cosa non facciamo"), "Rilievi"),
        (("A", "B"), "due parole"),
        (("A", "B"), "fine"),
    ]
