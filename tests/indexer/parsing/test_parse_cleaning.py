"""Text cleaned for people, and lines joined."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parsing.cleaning import clean, clean_line
from indexer.parsing.line_joining import DocumentWords, join_lines


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("Universit`a degli Studi", "Università degli Studi"),
        ("FACOLT`A DI SCIENZE", "FACOLTÀ DI SCIENZE"),
        ("citt`a, perch´e e pi`u", "città, perché e più"),
        ("cos`ı", "così"),
        ("attivit` a sociali", "attività sociali"),
        (r"Universit\`a e perch\'e", "Università e perché"),
        (r"citt\`{a}", "città"),
        ("`e una cooperativa", "è una cooperativa"),
        ("c'`e lavoro", "c'è lavoro"),
        ("perche` citta`", "perchè città"),
        ("perche´ no", "perché no"),
        ("Universita ̀ di Bologna", "Università di Bologna"),
        ("Universit ̀a di Bologna", "Università di Bologna"),
        ("citta\u0300", "città"),
        ("M¨uller", "Müller"),
    ],
)
def test_accents_beside_their_vowel_are_composed(broken: str, mended: str) -> None:
    assert clean(broken) == mended


@pytest.mark.parametrize(
    "text",
    [
        "usa `git` a casa",
        "il comando `ls -la` e poi",
        "```python",
        "piu' forte, e' vero",
        "l'azienda dell'Emilia",
        "dell`azienda",
        "un `esempio' di citazione",
        r"dell\'Emilia",
        "m² ½ ™ 10°",
        "“citato” «anche»",
    ],
)
def test_apostrophes_code_and_signs_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("UniversitÃ  di", "Università di"),
        ("UniversitÃ\xa0 di", "Università di"),
        ("perchÃ© e piÃ¹", "perché e più"),
        ("Ãˆ vero", "È vero"),
        ("lâ€™arte â€“ qui", "l'arte – qui"),
        ("CITTÃ€", "CITTÀ"),
        ("10 â‚¬", "10 €"),
        ("perchÃƒÂ©", "perché"),
    ],
)
def test_utf8_read_as_cp1252_is_undone(broken: str, mended: str) -> None:
    assert clean(broken) == mended


@pytest.mark.parametrize("text", ["SÃO PAULO", "IRMÃ", "È\xa0vero", "Âncora", "âge"])
def test_real_letters_are_not_taken_for_mojibake(text: str) -> None:
    assert clean(text) == text.replace("\xa0", " ")


def test_ligatures_and_invisible_characters() -> None:
    assert clean("eﬃcace uﬀicio ﬁne ﬂusso ﬅ ﬆ") == "efficace ufficio fine flusso st st"
    assert clean("tele\u00admedi\u200bcina\ufeff \u202eabc\u202c") == "telemedicina abc"
    assert clean("a\x00b\x07c\ud800d") == "abcd"
    assert clean("\uf0b7 voce") == "• voce"


def test_spaces_lines_and_apostrophes() -> None:
    assert clean("  a\xa0\u2003b \t c \r\n d\n\n\n\ne  ") == "a b c\nd\n\ne"
    assert clean("l’arte ‘aperta’") == "l'arte 'aperta'"
    assert clean_line(" a \n b\u2028c ") == "a b c"


_ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
_TRICKY = st.text(
    st.sampled_from("aàeEi o`´¨'’‘Ãâ€™Â©\u0300\u0301\u00ad\ufb01cnıxyz\\{}\n "), max_size=40
)


@given(_ANY_TEXT | _TRICKY)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(
    st.text("abcdefilmnoprstuvzABEIOU àèéìòù.,;:'’\"“”()-`´\n\u00ad\u200b\ufb01\ufb02", max_size=80)
)
def test_no_letter_is_lost(text: str) -> None:
    assert _bare_letters(clean(text)) == _bare_letters(text)


def _bare_letters(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text)
    return [char for char in plain if char.isascii() and char.isalpha()]


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("una coope-", "rativa sociale", "una cooperativa sociale"),
        ("in Emilia-", "Romagna", "in Emilia-Romagna"),
        ("siti di e-", "commerce", "siti di e-commerce"),
        ("approccio data-", "driven", "approccio data-driven"),
        ("state-of-", "the-art", "state-of-the-art"),
        ("COVID-", "19", "COVID-19"),
        ("i servizi dell'", "Ente", "i servizi dell'Ente"),
        ("ancora piu'", "facile", "ancora piu' facile"),
        ("due", "parole", "due parole"),
        ("da 10 -", "20 euro", "da 10 - 20 euro"),
    ],
)
def test_lines_are_glued_by_the_rule_of_the_hyphen(left: str, right: str, joined: str) -> None:
    assert join_lines([left, right]) == joined


def test_the_document_says_whether_a_hyphen_belongs() -> None:
    words = DocumentWords(["un progetto socio-sanitario", "la cooperativa cresce"])
    assert join_lines(["servizi socio-", "sanitario"], words) == "servizi socio-sanitario"
    assert join_lines(["la coope-", "rativa"], words) == "la cooperativa"


def test_a_false_space_is_mended_only_where_the_document_knows_the_word() -> None:
    lines = [
        "codice identificativo",
        "identificativo unico",
        "codice iden tificativo",
        "open source",
    ]
    words = DocumentWords(lines)
    assert words.mend("codice iden tificativo") == "codice identificativo"
    assert words.mend("open source") == "open source"
