"""Real PDFs, read where they lie: they are shared beside the project and never copied into it."""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path

import pytest

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "real" / "pdf"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no folder {FOLDER.name} of real PDFs")

READABLE = [
    "RapportoLinuxDay2014",
    "InnovazioneLibera_2013",
    "Metadati_Open_Data",
    "ANAC_UPSI_StrutturaDataLakeANAC_V1",
    "tl_frontespizio",
    "js_copy_paste_ligatures",
    "pypdf_r6-empty-password",
    "pypdf_r6-user-password",
]


@cache
def read(name: str) -> ParsedText:
    (parsed,) = parse_file(f"{name}.pdf", (FOLDER / f"{name}.pdf").read_bytes())
    return parsed


@cache
def text_of(name: str) -> str:
    return "\n".join(block.text for block in read(name).blocks)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("js_bug1782186", Reason.ENCRYPTED),
        ("sample_lo-password", Reason.ENCRYPTED),
        ("js_scan-bad", Reason.NO_TEXT),
        ("js_issue9105_other", Reason.CORRUPT),
    ],
)
def test_what_cannot_be_read_says_why(name: str, reason: Reason) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        read(name)
    assert raised.value.reason is reason
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("name", "title", "pages"),
    [
        ("RapportoLinuxDay2014", "Rapporto Linux Day 2014", 7),
        ("InnovazioneLibera_2013", "Innovazione Libera!", 6),
        (
            "Metadati_Open_Data",
            "Indice delle Pubbliche Amministrazioni - Metadati degli Open Data",
            16,
        ),
        ("ANAC_UPSI_StrutturaDataLakeANAC_V1", "Struttura Data Lake ANAC", 13),
        ("tl_frontespizio", "Come comporre un frontespizio e vivere felici", 38),
    ],
)
def test_titles_and_pages(name: str, title: str, pages: int) -> None:
    parsed = read(name)
    assert (parsed.title, parsed.pages, parsed.warnings) == (title, pages, ())
    assert {block.page for block in parsed.blocks} <= set(range(1, pages + 1))


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("RapportoLinuxDay2014", "hanno voluto organizzare un Linux Day"),
        ("RapportoLinuxDay2014", "per le generose sponsorizzazioni"),
        ("InnovazioneLibera_2013", "digitalizzazione – e dunque"),
        ("InnovazioneLibera_2013", "sistemi operativi server-side, web server"),
        ("Metadati_Open_Data", "Codice identificativo dell'Ente all'interno"),
        ("Metadati_Open_Data", "1.9 | 29/11/2013"),
        ("Metadati_Open_Data", "PEC, CEC-PAC, altro"),
        ("ANAC_UPSI_StrutturaDataLakeANAC_V1", "NUMERO_GARA | VARCHAR(100)"),
        ("ANAC_UPSI_StrutturaDataLakeANAC_V1", "UPSI | Ufficio Progettazione"),
        ("tl_frontespizio", "il nome dell'università e quello"),
        ("tl_frontespizio", "il frontespizio occupa correttamente"),
        ("tl_frontespizio", "due studenti preparino la loro tesi in collaborazione"),
        ("js_copy_paste_ligatures", "abcdeffffiflffifflststghijklmno"),
        ("pypdf_r6-empty-password", "pdf encryption test"),
        ("pypdf_r6-user-password", "pdf encryption test"),
        ("js_poppler-395-0-fuzzed", "Phil Smith"),
    ],
)
def test_a_phrase_is_found(name: str, phrase: str) -> None:
    assert phrase in text_of(name)


@pytest.mark.parametrize("name", READABLE)
def test_no_broken_characters_or_words(name: str) -> None:
    text = text_of(name)
    assert not re.search(r"[ﬀ-ﬆ\u00ad\u200b\ufeff\x00-\x09\x0b-\x1f]", text)
    assert not re.search(r"\w[`´]\w?\b", text.split("\\documentclass")[0])
    for half in ("fron- te", "corret- ta", "dispo- ni", "iden tificativo", "Resp onsabile"):
        assert half not in text


def test_headers_footers_and_contents_are_gone() -> None:
    anac = text_of("ANAC_UPSI_StrutturaDataLakeANAC_V1")
    for footer in ("Codice documento", "Uso Interno", "di 13", "....."):
        assert footer not in anac
    assert "......" not in text_of("RapportoLinuxDay2014")
    numbers = [block.text for block in read("tl_frontespizio").blocks if block.text.isdigit()]
    assert numbers == []


def test_headings_are_found() -> None:
    def paths(name: str) -> set[tuple[str, ...]]:
        return {block.headings[-2:] for block in read(name).blocks}

    assert ("Prospettive",) in paths("RapportoLinuxDay2014")
    assert ("3 Definizione", "3.1 Convenzioni") in paths("ANAC_UPSI_StrutturaDataLakeANAC_V1")
    assert ("10 LATEXmk", "10.3 xelatex") in paths("tl_frontespizio")
    (motives,) = {
        block.headings[-1] for block in read("InnovazioneLibera_2013").blocks if block.page == 5
    }
    assert motives == "Motivazioni"


def test_they_are_read_quickly() -> None:
    data = (FOLDER / "tl_frontespizio.pdf").read_bytes()
    started = time.perf_counter()
    parse_file("tl_frontespizio.pdf", data)
    assert time.perf_counter() - started < 6  # under one second on an idle machine
