from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from indexer.domain import Organisation
from search_service.insights.shortlist import Pick, Shortlist
from search_service.presentation.labels import words_in
from search_service.web.shortlist_mail import MAX_BODY, shortlist_mail

ADDRESS = "https://rete.example/shortlist?pick=a&pick=b&list=Gara+%26+co"
ONE = Organisation("a", "Àncora & Rete", contacts=("info@a.example", "051 1"), fictional=True)
TWO = Organisation("b", "Bussola", website="https://b.example")


def mail(*picks: Pick, name: str = "", language: str = "it") -> tuple[str, list[str]]:
    """The subject and the paragraphs of the mail."""
    shortlist = Shortlist("g1", picks, (), 0, None, name)
    url = urlsplit(shortlist_mail(shortlist, words_in(language), ADDRESS))
    assert (url.scheme, url.path) == ("mailto", "")
    told = parse_qs(url.query, strict_parsing=True)
    return told["subject"][0], told["body"][0].split("\r\n\r\n")


def test_it_names_everybody_with_contacts_and_note_and_has_the_link() -> None:
    subject, paragraphs = mail(
        Pick(ONE, (), note="50% & più\u2026"), Pick(TWO, ()), name="Gara & co"
    )
    assert subject == "Gara & co"
    assert paragraphs == [
        "Àncora & Rete (dato inventato)\r\ninfo@a.example · 051 1\r\n50% & più…",
        "Bussola\r\nhttps://b.example",
        f"Prove, confronto e file da scaricare: {ADDRESS}",
    ]


def test_a_list_without_a_name_is_your_list() -> None:
    assert mail(Pick(TWO, ()))[0] == "La tua lista"
    assert mail(Pick(TWO, ()), language="en")[0] == "Your list"


def test_those_beyond_what_mail_programs_open_are_counted() -> None:
    many = [Pick(Organisation(f"o{n}", f"Cooperativa numero {n}"), ()) for n in range(99)]
    _, paragraphs = mail(*many)
    *told, rest, link = paragraphs
    assert link.endswith(ADDRESS)
    assert rest == f"… e altre {99 - len(told)}, che trovi al link."
    assert 20 < len(told) < 99
    assert sum(map(len, told)) <= MAX_BODY


def test_text_that_cannot_be_encoded_stops_nobody() -> None:
    assert mail(Pick(Organisation("x", "a\ud800b"), ()))[1][0] == "a?b"
