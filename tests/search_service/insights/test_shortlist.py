from __future__ import annotations

from dataclasses import replace

from indexer.domain import Document, DocumentKind, Organisation, OrganisationLink, Period, Role
from indexer.index.snapshot import Generation
from indexer.vocabulary import Linker
from search_service.domain import Answer, Band, PlaceMatch, Proof, Widening
from search_service.filters.competencies import names_of
from search_service.filters.place import wanted_areas
from search_service.filters.saved_list import MAX_PICKS, SavedList
from search_service.insights.best_proof import is_metadata
from search_service.insights.shortlist import (
    MAX_COLUMNS,
    SHORTLIST_FACTS,
    ComparisonRow,
    Pick,
    Share,
    Shortlist,
    answer_for,
    comparison,
    comparison_tables,
    documents_of,
)
from search_service.presentation.labels import words_in
from search_service.search.searcher import Searcher
from tests.search_service.conftest import IDS, ODD


def answered(searcher: Searcher, question: str, *picks: str) -> Answer:
    return answer_for(searcher, searcher.understand(question), picks)


def picked(*organisations: Organisation) -> Shortlist:
    linker = Linker.load()
    picks = tuple(Pick(one, (), competencies=names_of(one, linker)) for one in organisations)
    return Shortlist("g1", picks, (), 0, None)


def row(shortlist: Shortlist, label: str) -> ComparisonRow:
    return next(row for row in comparison(shortlist) if row.label == label)


def texts(found: ComparisonRow) -> list[list[str]]:
    return [[value.fact.text(words_in("it")) for value in values] for values in found.values]


# --- who is in it --------------------------------------------------------------------------


def test_picks_keep_their_order_and_unknown_ones_are_told(generation: Generation) -> None:
    asked = [IDS.vicina, "nessuno", IDS.bussola, IDS.vicina]
    shortlist = Shortlist.of(generation, asked)
    assert [pick.organisation.id for pick in shortlist.picks] == [IDS.vicina, IDS.bussola]
    assert (shortlist.missing, shortlist.left_out) == (("nessuno",), 0)
    assert shortlist.generation == generation.id
    assert [pick.evidence for pick in shortlist.picks] == [(), ()]


def test_no_more_than_the_most_are_compared(generation: Generation) -> None:
    asked = [*(f"x{n}" for n in range(MAX_PICKS)), IDS.vicina, IDS.bussola, "x0"]
    shortlist = Shortlist.of(generation, asked)
    assert shortlist.picks == ()
    assert (len(shortlist.missing), shortlist.left_out) == (MAX_PICKS, 2)


def test_a_list_has_the_name_and_the_notes_that_a_person_gave(generation: Generation) -> None:
    saved = SavedList((IDS.vicina, IDS.bussola), "Gara", ((IDS.bussola, "chiamata lunedì"),))
    shortlist = Shortlist.of(generation, saved.picks).annotated(saved)
    assert shortlist.name == "Gara"
    assert [pick.note for pick in shortlist.picks] == ["", "chiamata lunedì"]


def test_documents_come_newest_first_and_with_its_part(generation: Generation) -> None:
    (pick,) = Shortlist.of(generation, [IDS.ovunque]).picks
    assert [(document.id, role) for document, role in pick.documents] == [
        ("events/accessibilita.md", Role.ORGANISER),
        (ODD, Role.AUTHOR),
        ("profiles/ovunque.md", Role.SUBJECT),
    ]


def test_mere_mentions_come_last() -> None:
    def document(name: str, year: str, role: Role) -> Document:
        link = OrganisationLink("a", role)
        period = Period.parse(year)
        return Document(name, name, DocumentKind.EVENT, name, "it", "", (link,), period)

    said = [
        document("named", "2025", Role.MENTION),
        document("old", "2020", Role.AUTHOR),
        document("new", "2024", Role.PARTICIPANT),
    ]
    assert [d.id for d, _ in documents_of(ONE, said)] == ["new", "old", "named"]


# --- what answers the question ----------------------------------------------------------------


def test_who_is_in_the_answer_keeps_rank_and_evidence(searcher: Searcher) -> None:
    query = searcher.understand("data engineering")
    everyone = searcher.search(query, limit=100)
    last = everyone.documented[-1]
    answer = answer_for(searcher, query, [last.organisation.id])
    assert answer.documented == (last,)
    assert answer.total == everyone.total
    assert (answer.close, answer.elsewhere) == ((), ())


def test_who_is_only_close_is_found(searcher: Searcher) -> None:
    query = searcher.understand("data engineering")
    hits = [*searcher.search(query, limit=100).close]
    answer = answer_for(searcher, query, [hit.organisation.id for hit in hits])
    assert answer.close == tuple(hits)


def test_who_is_outside_the_place_is_found_and_told(searcher: Searcher) -> None:
    question = "penetration testing a Bologna"
    answer = answered(searcher, question, IDS.ancora, IDS.ovunque)
    shortlist = Shortlist.of(searcher.generation, [IDS.ancora, IDS.ovunque], answer)
    outside, inside = shortlist.picks
    assert (outside.elsewhere, inside.elsewhere) == (True, False)
    assert outside.evidence[0].document.id == "profiles/registro.csv/ancora-d-oro"
    assert inside.hit is not None
    assert inside.hit.place_match is PlaceMatch.SERVES
    assert texts(row(shortlist, "Rispetto al luogo indicato")) == [
        ["fuori dal luogo indicato"],
        ["lavora nel luogo indicato"],
    ]


def test_who_the_question_does_not_name_is_found(searcher: Searcher) -> None:
    answer = answered(searcher, "data engineering di Bussola", IDS.distante)
    assert answer.documented == ()
    assert [hit.organisation.id for hit in answer.close] == [IDS.distante]
    assert answer.close[0].evidence


def test_who_the_question_excludes_has_nothing_to_say(searcher: Searcher) -> None:
    answer = answered(searcher, "data engineering tranne Distante", IDS.distante)
    shortlist = Shortlist.of(searcher.generation, [IDS.distante], answer)
    assert (shortlist.picks[0].hit, shortlist.picks[0].elsewhere) == (None, False)


def test_who_is_searched_by_name_is_judged_like_the_others(searcher: Searcher) -> None:
    question = "data engineering di Bussola"
    assert answered(searcher, question, IDS.distante).close[0].band is Band.DOCUMENTED
    assert answered(searcher, question, IDS.vicina).close[0].band is Band.CLOSE


def test_documents_are_no_part_of_it(searcher: Searcher) -> None:
    question = "eventi sulla accessibilità dei siti"
    assert searcher.search(searcher.understand(question)).documents
    assert answered(searcher, question, IDS.ovunque).documents == ()


def test_in_a_widened_answer_nobody_is_said_to_be_in_the_place_asked_for(
    searcher: Searcher,
) -> None:
    answer = answered(searcher, "divise in una sartoria", IDS.vicina)
    (hit,) = answer.documented
    asked, other = (
        wanted_areas(searcher.understand(f"sartoria a {name}"))[0].places[0]
        for name in ("Bologna", "Imola")
    )
    widened = replace(
        answer,
        documented=(replace(hit, place_match=PlaceMatch.SEATED),),
        widened=Widening(asked, other),
    )
    shortlist = Shortlist.of(searcher.generation, [IDS.vicina], widened)
    assert texts(row(shortlist, "Rispetto al luogo indicato")) == [["sede nei dintorni"]]


def test_proofs_are_told_once_each(searcher: Searcher) -> None:
    answer = answered(searcher, "data engineering archivi", IDS.bussola)
    (pick,) = Shortlist.of(searcher.generation, [IDS.bussola], answer).picks
    assert pick.proofs == (Proof.DECLARED, Proof.DEMONSTRATED)


# --- side by side ----------------------------------------------------------------------------

ONE = Organisation("a", "A", competencies=("Siti web", "C++"), certifications=("ISO 9001:2015",))
TWO = Organisation("b", "B", competencies=("sito web",), certifications=("UNI EN ISO 9001",))
THREE = Organisation("c", "C", competencies=("siti web", "logo"), members=3)


def test_what_all_or_some_or_one_have_is_marked() -> None:
    shortlist = picked(ONE, TWO, THREE)
    shares = [[v.share for v in values] for values in row(shortlist, "Competenze").values]
    assert shares == [[Share.ALL, Share.ONE], [Share.ALL], [Share.ALL, Share.ONE]]
    shares = [[v.share for v in values] for values in row(shortlist, "Certificazioni").values]
    assert shares == [[Share.SOME], [Share.SOME], []]


def test_one_alone_is_compared_with_nobody() -> None:
    (values,) = row(picked(ONE), "Competenze").values
    assert [(value.fact.text(words_in("en")), value.share) for value in values] == [
        ("website design and creation", None),
        ("C++", None),
    ]


def test_a_competence_is_one_in_both_languages() -> None:
    two = replace(ONE, id="t", competencies=("Payroll", "buste paga"))
    shortlist = picked(replace(ONE, competencies=("buste paga",)), two)
    assert texts(row(shortlist, "Competenze")) == [["elaborazione paghe"], ["elaborazione paghe"]]
    shares = [[v.share for v in values] for values in row(shortlist, "Competenze").values]
    assert shares == [[Share.ALL], [Share.ALL]]


def test_a_fact_that_nobody_tells_has_no_row() -> None:
    labels = [row.label for row in comparison(picked(ONE, TWO))]
    assert labels == ["Competenze", "Certificazioni", "Documenti"]
    assert texts(row(picked(ONE, THREE), "Soci lavoratori")) == [[], ["3"]]
    assert comparison(picked()) == ()


def test_many_are_compared_in_tables_of_about_the_same_width() -> None:
    several = [replace(ONE, id=f"o{n}", competencies=("Odoo",)) for n in range(2 * MAX_COLUMNS + 1)]
    several[0] = replace(several[0], competencies=("Odoo", "SAP"))
    shortlist = picked(*several)
    tables = comparison_tables(shortlist)
    assert [len(table.picks) for table in tables] == [4, 4, 5]
    assert sum((table.picks for table in tables), ()) == shortlist.picks
    for table in tables:
        assert all(len(row.values) == len(table.picks) for row in table.rows)
    values = [row.values for table in tables for row in table.rows if row.label == "Competenze"]
    assert values[2][0][0].share is Share.ALL  # of the whole list
    assert values[0][0][1].share is Share.ONE
    assert comparison_tables(picked()) == ()


def test_a_fact_that_nobody_of_a_table_tells_has_no_row_there() -> None:
    several = [replace(ONE, id=f"o{n}", certifications=()) for n in range(MAX_COLUMNS + 1)]
    several[-1] = replace(several[-1], certifications=("ISO 9001",))
    first, second = comparison_tables(picked(*several))
    assert "Certificazioni" not in [row.label for row in first.rows]
    assert "Certificazioni" in [row.label for row in second.rows]


def test_fields_are_no_evidence_to_read_where_a_text_is(searcher: Searcher) -> None:
    answer = answered(searcher, "data engineering", IDS.bussola)
    (hit,) = answer.documented
    (pick,) = Shortlist.of(searcher.generation, [IDS.bussola], answer).picks
    fields = [e for e in hit.evidence if is_metadata(e.passage)]
    assert fields
    assert pick.evidence == tuple(e for e in hit.evidence if e not in fields) != ()
    assert pick.proofs == tuple(p for p in Proof if p in {e.proof for e in hit.evidence})
    alone = replace(pick, hit=replace(hit, evidence=tuple(fields)))
    assert alone.evidence == tuple(fields)


def test_weak_evidence_is_told_and_invented_data_only_in_exports(searcher: Searcher) -> None:
    answer = answered(searcher, "data engineering", IDS.bussola)
    (hit,) = answer.documented
    doubtful = replace(answer, documented=(), close=(replace(hit, band=Band.CLOSE),))
    shortlist = Shortlist.of(searcher.generation, [IDS.bussola], doubtful)
    assert texts(row(shortlist, "Avvertenze")) == [
        ["nessuna prova diretta: solo vicina alla domanda"]
    ]
    assert [
        value.text(words_in("it"))
        for value in SHORTLIST_FACTS[0].values(shortlist.picks[0], doubtful)
    ] == ["dato inventato", "nessuna prova diretta: solo vicina alla domanda"]
    assert texts(row(shortlist, "Partita IVA")) == [["IT01114601006"]]
    assert texts(row(shortlist, "Documento più recente")) == [["maggio 2024"]]
