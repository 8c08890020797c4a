"""Plain text and what is common to every file: types, emptiness, encodings."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import SUFFIXES, parse_file
from indexer.parsing.block_builder import MAX_CHARACTERS
from indexer.parsing.formats import FORMATS

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def texts(name: str, data: bytes | str) -> list[str]:
    (parsed,) = parse_file(name, data if isinstance(data, bytes) else data.encode())
    return [block.text for block in parsed.blocks]


def failure(name: str, data: bytes) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file(name, data)
    return raised.value


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return made.getvalue()


def test_the_suffixes_are_the_contract() -> None:
    assert {
        ".md", ".markdown", ".txt", ".pdf", ".html", ".htm", ".docx", ".odt",
        ".pptx", ".csv", ".xlsx", ".ods",
    } == SUFFIXES  # fmt: skip
    assert {s for f in FORMATS if f.is_register for s in f.suffixes} == {".csv", ".xlsx", ".ods"}
    assert texts("A.TXT", "testo") == ["testo"]


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\x00\x00"])
def test_an_empty_file_is_empty_whatever_its_name(suffix: str, data: bytes) -> None:
    assert failure(f"a{suffix}", data).reason is Reason.EMPTY


def test_an_unknown_suffix_lists_the_known_ones_or_names_the_better_one() -> None:
    error = failure("a.xyz", b"x")
    assert error.reason is Reason.UNSUPPORTED
    assert all(suffix in error.remedy for suffix in SUFFIXES)
    assert ".docx" in failure("a.doc", b"x").remedy
    assert ".xlsx" in failure("a.xls", b"x").remedy
    assert ".docx" in failure("a.rtf", b"x").remedy
    assert ".pdf" in failure("a.odp", b"x").remedy
    assert "no suffix" in failure("README", b"x").message


@pytest.mark.parametrize(
    ("name", "data", "seems"),
    [
        ("a.pdf", PNG, "a PNG image"),
        ("a.pdf", b"solo testo", "plain text"),
        ("a.pdf", b"<!DOCTYPE html><html></html>", "an HTML page"),
        ("a.docx", b"%PDF-1.4\nendobj", "a PDF document"),
        ("a.txt", b"%PDF-1.4\nendobj", "a PDF document"),
        ("a.txt", b"\x01\x02\x03\x00\xfe" * 50, "binary data"),
        ("a.md", b"\xff\xd8\xff\xe0" + bytes(100), "a JPEG image"),
        ("a.xlsx", archive("a.txt"), "a ZIP archive"),
        ("a.xlsx", archive("word/document.xml"), "a Word document (.docx)"),
        ("a.docx", archive("content.xml"), "an OpenDocument file"),
        ("a.csv", archive("xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        ("a.csv", b"<html><body>404</body></html>", "an HTML page"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office document"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(name: str, data: bytes, seems: str) -> None:
    error = failure(name, data)
    assert error.reason is Reason.WRONG_TYPE
    assert seems in error.message
    assert error.remedy


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_a_page_saved_as_text_is_read_as_a_page(name: str) -> None:
    page = "<!doctype html><html><body><p>Ciao <b>rete</b></p></body></html>"
    assert texts(name, page) == ["Ciao rete"]


def test_a_text_with_an_html_suffix_is_read() -> None:
    assert texts("a.html", "solo testo") == ["solo testo"]


def test_a_text_may_speak_of_formats() -> None:
    assert texts("a.txt", "La firma %PDF-1.7 apre i file") == ["La firma %PDF-1.7 apre i file"]
    assert texts("a.txt", "MZ e BM sono sigle") == ["MZ e BM sono sigle"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert texts("a.txt", "Perché è così: più città, 10 €".encode(encoding)) == [
        "Perché è così: più città, 10 €"
    ]


def test_hard_wrapped_lines_are_joined_and_lists_are_kept() -> None:
    text = (
        "La cooperativa nasce a Bologna nel 1980 per offrire servizi informa-\n"
        "tici agli enti pubblici e alle imprese della regione Emilia-\n"
        "Romagna, e da allora cresce.\n"
        "\n"
        "Nome: Rete Uno\n"
        "Sede: Bologna\n"
        "-----------------------\n"
        "- sviluppo di applicazioni web\n"
        "- sicurezza: analisi del rischio e prove di penetrazione su reti e\n"
        "  applicazioni\n"
        "\n"
        "Via Roma 1\n"
        "40100 Bologna\n"
    )
    assert texts("a.txt", text) == [
        "La cooperativa nasce a Bologna nel 1980 per offrire servizi informatici agli enti "
        "pubblici e alle imprese della regione Emilia-Romagna, e da allora cresce.",
        "Nome: Rete Uno\nSede: Bologna",
        "- sviluppo di applicazioni web\n"
        "- sicurezza: analisi del rischio e prove di penetrazione su reti e applicazioni",
        "Via Roma 1\n40100 Bologna",
    ]


def test_lines_that_are_paragraphs_stay_apart() -> None:
    one, two = "parola " * 40, "altra " * 50
    assert texts("a.txt", f"{one}\n{two}\n") == [one.strip(), two.strip()]


def test_underlined_lines_are_headings() -> None:
    (parsed,) = parse_file(
        "a.txt", b"Chi siamo\n=========\n\nTesto.\n\nServizi\n-------\n\nAltro.\n"
    )
    assert parsed.title == "Chi siamo"
    assert [(block.headings, block.text) for block in parsed.blocks] == [
        (("Chi siamo",), "Testo."),
        (("Chi siamo", "Servizi"), "Altro."),
    ]


def test_too_much_text_is_refused_not_cut() -> None:
    error = failure("a.txt", b"parola lunga " * (MAX_CHARACTERS // 13 + 1))
    assert error.reason is Reason.TOO_LARGE


def outcome(name: str, data: bytes) -> tuple[tuple[ParsedText, ...], UnreadableFileError | None]:
    try:
        return parse_file(name, data), None
    except UnreadableFileError as error:
        return (), error


_REASONS_FOR_TEXT = (Reason.EMPTY, Reason.BAD_METADATA, Reason.WRONG_TYPE)
_STARTS = st.sampled_from(
    [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"---\n", b"<html>", b"\xff\xfe", b"\xd0\xcf\x11\xe0", b'"']
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SUFFIXES)), _STARTS, st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(suffix: str, start: bytes, data: bytes) -> None:
    parsed, problem = outcome(f"a{suffix}", start + data)
    assert (problem and problem.remedy) or any(text.blocks or text.metadata for text in parsed)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([".md", ".txt", ".html", ".csv"]), st.text(max_size=300))
def test_any_text_is_read_or_refused(suffix: str, text: str) -> None:
    parsed, problem = outcome(f"a{suffix}", text.encode("utf-8", "replace"))
    assert all(block.text.strip() for one in parsed for block in one.blocks)
    assert problem is None or problem.reason in _REASONS_FOR_TEXT


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("a.txt", "a-\n"),
        ("a.txt", ". "),
        ("a.txt", "a` "),
        ("a.md", "` a"),
        ("a.md", "<!--"),
        ("a.html", "<b>"),
        ("a.html", "<script"),
        ("a.csv", '";'),
    ],
)
def test_no_pattern_takes_quadratic_time(name: str, unit: str) -> None:
    started = time.perf_counter()
    outcome(name, ("nome\n" + unit * 20_000).encode())
    assert time.perf_counter() - started < 5  # usually a tenth of a second
