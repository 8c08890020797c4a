"""Names of organisations: one key for all spellings, and mentions found where they stand."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.organisation_names import (
    NameMention,
    OrganisationNameIndex,
    name_key,
    organisation_slug,
)

SPELLINGS_OF_ARCA = """
Arca | ARCA | Arca soc. coop. | ARCA SOC.COOP. | Arca soc coop | Arca Soc. Cooperativa | Arca scarl
Arca S.C.A.R.L. | Arca S.c.a r.l. | Arca s.c. a r.l. | Arca SCRL | Arca S.C.R.L. | Arca S.C.
Arca soc. coop. a r.l. | Arca soc coop arl | Arca Soc. Coop. a.r.l. | Arca coop. a r.l.
Arca società cooperativa | Arca, società cooperativa | Arca - Società Cooperativa
Arca (soc. coop.) | Arca SOCIETA' COOPERATIVA | ARCA SOCIETA’ COOPERATIVA A R.L.
ARCA SOCIETA` COOPERATIVA SOCIALE | Arca s.c.
Arca società cooperativa a responsabilità limitata | Arca società cooperativa per azioni
Arca società cooperativa sociale | Arca Società Cooperativa Sociale a r.l. | Arca S.C.S. | Arca SCS
Arca Società Cooperativa Sociale ONLUS | Arca soc. coop. sociale a R.L. ONLUS | Arca Onlus
Arca Soc. Coop. Soc. | Arca Soc.Coop.Soc. | Arca coop. soc. | Arca coop sociale | Arca S.C.S. a r.l.
Arca S.C.S.A.R.L. | Arca S.Coop. | Arca S. Coop. Soc. | Arca S.C.S. Onlus | Arca O.N.L.U.S.
Arca cooperativa sociale di tipo B | Arca società cooperativa sociale di tipo A
Arca S.r.l. | Arca srl | Arca S.p.A. | Arca SpA | Arca S.C.p.A. | Arca scpa | Arca soc. coop. p.a.
Arca Società Cooperativa Consortile | Arca soc. cons. a r.l. | Arca società consortile a r.l.
Arca impresa sociale | Arca S.r.l. Impresa Sociale | Arca Piccola Società Cooperativa a r.l.
Arca cooperativa di produzione e lavoro | Arca società cooperativa di produzione e lavoro
Arca cooperativa di comunità | Arca società cooperativa di comunità
Arca Società Cooperativa a mutualità prevalente
Cooperativa Arca | Coop. Arca | Arca cooperativa | Arca coop | Cooperativa sociale Arca
Società cooperativa Arca | Soc. Coop. Arca | Soc. Coop. Soc. Arca | Societa cooperativa a r.l. Arca
""".replace("\n", " | ").split(" | ")


@pytest.mark.parametrize("spelling", [s for s in SPELLINGS_OF_ARCA if s])
def test_every_legal_form_leaves_the_same_key(spelling: str) -> None:
    assert name_key(spelling) == "arca"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Officina Cooperativa Dati", "officina cooperativa dati"),
        ("Consorzio Trama Lunga", "consorzio trama lunga"),
        ("Consorzio Trama Lunga società cooperativa sociale", "consorzio trama lunga"),
        ("Innovazione Sociale", "innovazione sociale"),
        ("Innovazione Sociale soc. coop. sociale", "innovazione sociale"),
        ("La Sociale", "la sociale"),
        ("Il Sociale in Rete", "il sociale in rete"),
        ("La Cooperativa", "la cooperativa"),
        ("Arlecchino", "arlecchino"),
        ("Scarlatti", "scarlatti"),
        ("Spartaco", "spartaco"),
        ("Onlusone", "onlusone"),
        ("Città Solidale", "citta solidale"),
        ("Perché No? S.r.l.", "perche no"),
        ("L'Arca", "l arca"),
        ("3B Meteo", "3b meteo"),
    ],
)
def test_a_name_keeps_the_words_that_are_its_own(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize("name", ["Cooperativa", "Coop", "S.C.A.R.L.", "a r.l.", "Onlus", "Srl"])
def test_a_name_made_of_nothing_but_a_legal_form_still_has_a_key(name: str) -> None:
    assert name_key(name)


def test_accents_case_and_unicode_forms_do_not_matter() -> None:
    spellings = (
        "Società Più",
        "SOCIETÀ PIÙ",
        "societa piu",
        unicodedata.normalize("NFD", "Società Più"),
    )
    assert {name_key(s) for s in spellings} == {"societa piu"}


def test_different_cooperatives_keep_different_keys() -> None:
    names = ["Progetto", "Progetto Sociale", "Progetto Lavoro", "Consorzio Progetto", "Progetto 2"]
    assert len({name_key(f"{name} soc. coop. sociale") for name in names}) == len(names)


_FORMS = [
    "soc. coop.",
    "S.C.A.R.L.",
    "a r.l.",
    "Società",
    "cooperativa",
    "sociale",
    "Onlus",
    "S.",
    "C.",
]
_FORMS += [
    "s",
    "c",
    "a",
    "r",
    "l",
    "p",
    "coop",
    "A.R.L.",
    "consortile",
    "per azioni",
    "Arca",
    "Èva",
    "'",
]


@given(st.lists(st.one_of(st.sampled_from(_FORMS), st.text(max_size=6)), max_size=6).map(" ".join))
def test_the_key_of_a_key_is_itself(name: str) -> None:
    key = name_key(name)
    assert name_key(key) == key


@given(st.text(max_size=30))
def test_a_key_is_words_with_single_spaces(name: str) -> None:
    key = name_key(name)
    assert key == " ".join(key.split())
    assert not any(character.isspace() and character != " " for character in key)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Arca S.C.A.R.L.", "arca"),
        ("Città & Società soc. coop.", "citta-societa"),
        ("L'Officina del Dato", "l-officina-del-dato"),
        ("Straße 9", "strasse-9"),
        ("Ωμέγα", "senza-nome"),
        ("𝙰rca", "arca"),  # a capital whose small letter only its plain form has
        ("", "senza-nome"),
    ],
)
def test_slug_is_ascii_words_joined_by_hyphens(name: str, expected: str) -> None:
    assert organisation_slug(name) == expected


@given(st.text(max_size=30))
def test_slug_is_always_safe_in_an_address(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", organisation_slug(name))


# --- mentions ------------------------------------------------------------------------------


def found(index: OrganisationNameIndex, text: str, **options: bool) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.organisation) for m in index.find(text, **options)]


ARCA = OrganisationNameIndex(
    {"arca": ["Arca soc. coop."], "noe": ["Arca di Noè"], "rete": ["Rete"]}
)


def test_the_longest_name_wins() -> None:
    text = "Con Arca di Noè, non con Arca di Mosè."
    assert found(ARCA, text) == [("Arca di Noè", "noe"), ("Arca", "arca")]


def test_a_name_is_found_as_whole_words_only() -> None:
    assert found(ARCA, "Arcadia, Arcana e NArca: nessuna. Qui c'è l'Arca!") == [("Arca", "arca")]


def test_an_ordinary_word_in_lower_case_names_nobody() -> None:
    assert found(ARCA, "la rete dei servizi, un'arca") == []
    assert found(ARCA, "la rete dei servizi", capitals=False) == [("rete", "rete")]
    assert found(ARCA, "RETE e Rete") == [("RETE", "rete"), ("Rete", "rete")]


def test_a_name_may_begin_with_a_digit_but_a_bare_number_names_nobody() -> None:
    index = OrganisationNameIndex({"3b": ["3B Meteo"], "2000": ["Cooperativa 2000"]})
    assert found(index, "con 3B Meteo dal 2000") == [("3B Meteo", "3b")]
    assert index.lookup("coop. 2000") == {"2000"}


@pytest.mark.parametrize("name", ["La Sociale", "Il", "La Cooperativa", "E-Coop", "Coop Uno"])
def test_an_article_or_a_letter_left_of_a_name_is_not_searched_in_texts(name: str) -> None:
    index = OrganisationNameIndex({"x": [name]})
    assert found(index, "La prima volta. Il caso. E poi la sede. La lezione. Coop.") == []


def test_a_name_that_two_organisations_share_is_nobodys_mention() -> None:
    index = OrganisationNameIndex({"a": ["Arca"], "b": ["ARCA srl", "Bussola"]})
    assert found(index, "Arca e Bussola") == [("Bussola", "b")]
    assert index.lookup("Arca scarl") == {"a", "b"}
    assert index.lookup("Bussola") == {"b"}
    assert index.lookup("Nessuna") == frozenset()


def test_of_a_shared_name_the_one_that_is_known_to_be_meant_is_mentioned() -> None:
    index = OrganisationNameIndex({"a": ["Arca"], "b": ["ARCA srl", "Bussola"], "c": ["Arca"]})
    text = "Arca e Bussola"
    assert index.find(text, among={"a"}) == [NameMention(0, 4, "a"), NameMention(7, 14, "b")]
    assert index.find(text, among={"a", "c"}) == [NameMention(7, 14, "b")]
    assert index.shared(text) == {"Arca": {"a", "b", "c"}}
    assert index.shared(text, among={"a"}) == {}


def test_aliases_are_found_like_names() -> None:
    index = OrganisationNameIndex({"it1": ["Bussoladati", "Bussola Dati", "BD Lab"]})
    assert found(index, "Bussola Dati (BD Lab), già Bussoladati") == [
        ("Bussola Dati", "it1"),
        ("BD Lab", "it1"),
        ("Bussoladati", "it1"),
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_are_those_of_the_text_as_written(form: str) -> None:
    index = OrganisationNameIndex({"x": ["Città Più"]})
    text = unicodedata.normalize(form, "È così che però Città Più lavorò là.")
    name = unicodedata.normalize(form, "Città Più")
    start = text.index(name)
    assert index.find(text) == [NameMention(start, start + len(name), "x")]


def test_no_name_no_mention() -> None:
    assert OrganisationNameIndex({}).find("Arca e Bussola") == []
    assert OrganisationNameIndex({"x": ["", "?!", "A"]}).find("A Arca ?!") == []


_TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["Arca", "di", "Noè", "Noe\u0300", "RETE", "क़", "2000"]),
        st.text(max_size=5),
    )
).map(" ".join)


@given(_TEXTS, st.booleans())
def test_mentions_are_in_order_apart_and_inside_the_text(text: str, capitals: bool) -> None:
    mentions = ARCA.find(text, capitals=capitals)
    ends = [0]
    for m in mentions:
        assert ends[-1] <= m.start < m.end <= len(text)
        ends.append(m.end)
        assert ARCA.lookup(text[m.start : m.end]) == {m.organisation}


@pytest.mark.parametrize("text", ["chi è G.O.S.?", "CHI È G.O.S", "g.o.s.", "chi è GOS?"])
def test_an_acronym_is_found_with_its_dots_and_without(text: str) -> None:
    names = OrganisationNameIndex({"orsa": ["Grande Orsa", "G.O.S."]})
    (found,) = names.find(text, capitals=False)
    assert text[found.start : found.end].upper().replace(".", "") == "GOS"


@pytest.mark.parametrize("text", ["i punti g, o, s", "lettere g o s", "gosh", "G.O.", "g-o-s"])
def test_letters_that_stand_apart_are_no_acronym(text: str) -> None:
    names = OrganisationNameIndex({"orsa": ["G.O.S."], "go": ["G.O."]})
    assert names.find(text, capitals=False) == []
