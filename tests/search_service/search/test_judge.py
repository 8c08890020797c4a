"""Who is documented, and who only comes close."""

from __future__ import annotations

import pytest

from indexer.domain import Part
from indexer.index.snapshot import load_current
from indexer.vocabulary import Vocabulary
from search_service.domain import OrganisationHit, Proof
from search_service.presentation.bands import why_line
from search_service.presentation.labels import words_in
from search_service.search.closeness import beside
from search_service.search.reasons import sentence_around
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    "profiles/alfa.md": """\
        ---
        name: Alfa
        competencies: [penetration testing]
        ---
        Siamo in sei. Niente traduzioni giurate.
        """,
    "profiles/beta.md": """\
        ---
        name: Beta
        competencies: [traduzione]
        ---
        Traduciamo manuali. Niente traduzioni giurate.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        ---
        Facciamo reti wireless, ma non facciamo siti web.
        """,
    "case_studies/portale.md": """\
        ---
        title: Il portale
        cooperatives: [Gamma, Delta]
        client: Alfa
        date: 2024
        competencies: [formazione a distanza]
        ---
        Delta ha curato il restauro delle fotografie. Gamma ha ospitato il seminario di restauro.
        """,
    "events/serata.md": """\
        ---
        title: Serata sul restauro
        organisers: [Gamma]
        participants: [Beta]
        date: 2025-02-01
        ---
        Gamma ha moderato la serata sul restauro. Beta ha partecipato alla serata sul restauro.
        """,
    "profiles/theta.md": """\
        ---
        name: Theta
        competencies: [interpretariato]
        ---
        Siamo interpreti di arabo e di turco.
        """,
    "profiles/arca.md": """\
        ---
        name: Arca
        ---
        Arca cura ricarcature di sedie impagliate.
        """,
    "profiles/marchio.md": """\
        ---
        name: Marchio Onesto
        ---
        Marchio Onesto tiene i registri dei trattamenti.
        """,
    "profiles/epsilon.md": "---\nname: Epsilon\n---\nCuciamo tende.\n",
    "profiles/zeta.md": "---\nname: Zeta\n---\nStampiamo manifesti.\n",
    "profiles/eta.md": "---\nname: Eta\n---\nTeniamo un teatro.\n",
    "events/miele.md": """\
        ---
        title: Miele in città
        organisers: [Eta]
        participants: [Epsilon, Zeta]
        date: 2025-05-01
        ---
        Epsilon ha parlato di apicoltura urbana. Zeta ha costruito le arnie sul tetto.

        Una giornata di incontri e assaggi.
        """,
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("judge"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


def documented(searcher: Searcher, question: str) -> list[str]:
    answer = searcher.search(searcher.understand(question))
    return [hit.organisation.name for hit in answer.documented]


def test_who_does_the_part_is_documented_not_who_hosts_moderates_or_attends(
    searcher: Searcher,
) -> None:
    assert documented(searcher, "restauro di fotografie") == ["Delta"]


def test_who_does_the_narrower_answers_for_the_broader(searcher: Searcher) -> None:
    assert documented(searcher, "cybersecurity") == ["Alfa"]


def test_another_language_finds_the_same_competence(searcher: Searcher) -> None:
    assert documented(searcher, "translation services") == ["Beta"]


def test_a_denial_removes_what_it_denies_and_no_more(searcher: Searcher) -> None:
    assert documented(searcher, "traduzioni giurate") == []
    assert documented(searcher, "traduzione") == ["Beta"]
    assert documented(searcher, "siti web") == []
    assert documented(searcher, "reti wireless") == ["Gamma"]


def test_who_translates_works_in_the_languages_that_it_names(searcher: Searcher) -> None:
    assert documented(searcher, "interpreti di arabo") == ["Theta"]
    assert documented(searcher, "traduzioni in cinese") == []


def test_the_words_of_its_own_name_prove_nothing(searcher: Searcher) -> None:
    assert documented(searcher, "registri dei trattamenti") == ["Marchio Onesto"]
    assert documented(searcher, "registrazione di un marchio") == []


def test_a_name_inside_of_a_word_is_no_name(searcher: Searcher) -> None:
    assert documented(searcher, "ricarcature di sedie") == ["Arca"]


def test_what_several_did_together_proves_nothing_of_one(searcher: Searcher) -> None:
    assert documented(searcher, "formazione a distanza") == []


def test_the_client_did_not_do_it(searcher: Searcher) -> None:
    assert "Alfa" not in documented(searcher, "fotografie")


def test_who_holds_an_event_answers_for_events(searcher: Searcher) -> None:
    assert documented(searcher, "eventi sul restauro") == ["Gamma"]


def test_what_documents_is_the_first_evidence(searcher: Searcher) -> None:
    (hit,) = searcher.search(searcher.understand("restauro di fotografie")).documented
    assert "Delta ha curato il restauro" in hit.evidence[0].passage.text


# --- why --------------------------------------------------------------------------------------


def hit_of(searcher: Searcher, question: str, name: str) -> OrganisationHit:
    answer = searcher.search(searcher.understand(question))
    return next(hit for hit in (*answer.documented, *answer.close) if hit.organisation.name == name)


def told(hit: OrganisationHit) -> tuple[str, str, str]:
    return hit.band, hit.why.reason, why_line(hit, words_in("it"))


def test_why_names_the_competence_and_what_it_is_part_of(searcher: Searcher) -> None:
    alfa = hit_of(searcher, "cybersecurity", "Alfa")
    line = "Dichiara: penetration testing, che fa parte di sicurezza informatica"
    assert told(alfa) == ("documented", "narrower", line)
    assert alfa.sentence == "Competenze: penetration testing."
    assert why_line(alfa, words_in("en")) == (
        "Declares: penetration testing, which is part of cybersecurity"
    )
    beta = hit_of(searcher, "translation services", "Beta")
    assert told(beta) == ("documented", "same", "Dichiara: servizi di traduzione")


def test_why_gives_the_words_that_answer_and_their_sentence(searcher: Searcher) -> None:
    delta = hit_of(searcher, "restauro di fotografie", "Delta")
    assert told(delta) == ("documented", "words", "Lavoro svolto: «restauro», «fotografie»")
    assert delta.sentence == "Delta ha curato il restauro delle fotografie."
    assert delta.why.part is Part.DOES


def test_who_is_close_says_its_nearest_sentence_and_what_it_declares_nearby(
    searcher: Searcher,
) -> None:
    alfa = hit_of(searcher, "vulnerability assessment", "Alfa")
    assert told(alfa) == ("close", "nearby", "Dichiara: penetration testing")
    beta = hit_of(searcher, "vulnerability assessment", "Beta")
    assert told(beta) == ("close", "meaning", "Vicina per significato")
    assert beta.sentence in ("Traduciamo manuali.", "Competenze: traduzione.")


def test_a_sentence_is_whole_though_only_a_clause_of_it_counts(searcher: Searcher) -> None:
    gamma = hit_of(searcher, "reti wireless", "Gamma")
    assert gamma.sentence == "Facciamo reti wireless, ma non facciamo siti web."


def test_a_talk_on_the_subject_is_weak_evidence(searcher: Searcher) -> None:
    epsilon = hit_of(searcher, "apicoltura urbana", "Epsilon")
    assert told(epsilon) == ("close", "same", "Ne ha parlato a: Miele in città")
    assert epsilon.why.part is Part.SPEAKS
    assert {e.proof for e in epsilon.evidence if e.document.title == "Miele in città"} == {
        Proof.MENTIONED
    }
    elsewhere = hit_of(searcher, "falegnameria", "Epsilon")
    assert "Ne ha parlato" not in told(elsewhere)[2]


def test_others_confirm_only_what_they_say_that_it_did(searcher: Searcher) -> None:
    zeta = hit_of(searcher, "arnie sul tetto", "Zeta")
    assert told(zeta) == ("documented", "words", "Confermato da altri: «arnie», «tetto»")
    beside = hit_of(searcher, "apicoltura urbana", "Zeta")
    assert told(beside) == ("close", "meaning", "Citata in: Miele in città")
    assert {e.proof for e in beside.evidence if e.document.title == "Miele in città"} == {
        Proof.MENTIONED
    }


def test_who_holds_an_event_did_not_do_its_subject(searcher: Searcher) -> None:
    eta = hit_of(searcher, "apicoltura urbana", "Eta")
    assert told(eta) == ("close", "meaning", "Ha organizzato: Miele in città")


def test_who_is_asked_for_by_name_answers_without_a_reason(searcher: Searcher) -> None:
    answer = searcher.search(searcher.understand("parlami di Gamma"))
    (gamma,) = answer.documented
    assert told(gamma) == ("documented", "named", "")


def test_close_ones_stand_on_the_page_that_ends_the_documented(searcher: Searcher) -> None:
    query = searcher.understand("restauro di fotografie o traduzione")
    whole = searcher.search(query, 100)
    assert whole.close
    pages = [searcher.search(query, 1, offset) for offset in range(whole.total + 2)]
    assert [len(page.documented) for page in pages] == [*(1 for _ in whole.documented), 0, 0]
    last = max(0, whole.total - 1)
    assert [bool(page.close) for page in pages] == [n == last for n in range(len(pages))]


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("Uno. Due e tre. Quattro.", "tre", "Due e tre."),
        ("- voce una\n- voce due", "due", "voce due"),
        ("Uno solo", "Uno", "Uno solo"),
        ("Versione 2.1 del sito. Fine.", "2.1", "Versione 2.1 del sito."),
    ],
)
def test_the_sentence_around_a_clause(text: str, part: str, expected: str) -> None:
    at = text.index(part)
    start, end = sentence_around(text, at, at + len(part))
    assert text[start:end] == expected


def test_what_lies_beside_a_competence_is_neither_within_it_nor_a_whole_trade() -> None:
    vocabulary = Vocabulary.load()
    near = list(beside("penetration-testing", vocabulary))
    assert {"vulnerability-assessment", "cybersecurity"} <= set(near)
    assert not vocabulary.within("cybersecurity") & set(beside("cybersecurity", vocabulary))
    assert "information-technology" not in beside("cybersecurity", vocabulary)
