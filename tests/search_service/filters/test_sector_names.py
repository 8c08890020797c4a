from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from indexer.text.folding import fold
from search_service.filters.ateco import ateco_title
from search_service.filters.sector import in_sector
from search_service.filters.sector_names import SectorName, sector_key, sector_name
from tests.web_site import hrefs, site, text_of


@pytest.mark.parametrize(
    ("sector", "italian", "english"),
    [
        ("universities", "università", "universities"),
        ("Università", "Università", "universities"),
        ("university", "università", "university"),
        ("trasporti pubblici", "trasporti pubblici", "public transport"),
        ("public transport", "trasporto pubblico", "public transport"),
        ("pasticceria fine", "pasticceria fine", "pasticceria fine"),
        (
            "62.10",
            "62.10 Attività di programmazione informatica",
            "62.10 Attività di programmazione informatica",
        ),
        ("3D e realtà virtuale", "3D e realtà virtuale", "3D e realtà virtuale"),
    ],
)
def test_a_sector_has_a_name_in_each_language(sector: str, italian: str, english: str) -> None:
    assert sector_name(sector) == SectorName(italian, english)


def test_a_sector_is_one_in_both_languages() -> None:
    assert sector_key("Universities") == sector_key("università") == "universita"
    assert sector_key("62.10") == sector_key("6210") == "6210"
    assert in_sector(("universities",), "università")
    assert not in_sector(("public transport",), "trasporti")
    assert not in_sector(("3D e realtà virtuale",), "3D")


def test_no_name_means_two_sectors() -> None:
    text = (files("search_service.filters") / "data" / "sectors.tsv").read_text("utf-8")
    lines = text.splitlines()
    assert lines == sorted(lines)
    for line in lines:
        assert len(line.split("\t")) == 2, line
    names = [
        name
        for line in lines
        for name in dict.fromkeys(fold(one) for one in line.replace("\t", "|").split("|"))
    ]
    assert sorted(names) == sorted(set(names))


def test_a_page_counts_a_sector_of_two_languages_once_in_its_own(tmp_path: Path) -> None:
    profile = "---\nname: {}\nsectors: [{}]\n---\nFacciamo reti.\n"
    client = site(
        tmp_path,
        {
            "profiles/a.md": profile.format("Alfa", "università"),
            "profiles/b.md": profile.format("Beta", "universities"),
            "profiles/c.md": profile.format("Gamma", "pasticceria"),
        },
    )
    page = client.get("/organisations").text
    assert "Settore università 2 pasticceria 1" in text_of(page)
    english = text_of(client.get("/organisations?lang=en").text)
    assert "Sector universities 2 pasticceria 1" in english
    (chosen,) = (href for href in hrefs(page) if "sector=universi" in href)
    found = text_of(client.get(chosen).text)
    assert "2 cooperative" in found
    assert "Togli settore: università" in found
    both = client.get("/shortlist?pick=alfa&pick=beta&lang=en").text
    assert both.count('<span class="share-all">universities</span>') == 2


def test_an_activity_s_name_is_marked_as_italian_on_english_pages(tmp_path: Path) -> None:
    profile = '---\nname: {}\nseat: Bari\nsectors: ["62.10"]\n---\nFacciamo siti.\n'
    client = site(
        tmp_path,
        {f"profiles/{name}.md": profile.format(name) for name in ("alfa", "beta")}
        | {"profiles/gamma.md": "---\nname: gamma\nsectors: [cultura]\n---\nFacciamo siti.\n"},
    )
    title = f"62.10 {ateco_title('62.10')}"
    for path in (
        "/organisations?",
        "/organisations?sector=62.10&",
        "/organisations?sector=62.10&off=sector&",
        "/?q=siti&sector=62.10&place=Roma&",
        "/organisations/alfa?",
        "/documents/profiles/alfa.md?",
        "/shortlist?pick=alfa&pick=beta&",
    ):
        page = client.get(f"{path}lang=en").text.partition("<main")[2]
        assert title in page, path
        for before in page.split(title)[:-1]:
            assert before.endswith('<span lang="it">'), path
        assert '<span lang="it">' not in client.get(f"{path}lang=it").text


def test_a_code_with_its_words_is_found_by_the_code() -> None:
    assert in_sector(("62.01 Produzione di software",), "62")
    assert in_sector(("62.01 Produzione di software",), "62.01")
    assert in_sector(("62.01",), "62.01 Produzione di software")
    assert not in_sector(("62.01 Produzione di software",), "63")
