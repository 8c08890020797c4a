"""Which statements document an organisation: one, several together, or the only one there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.domain import Part, Statement
from search_service.search.calibration import CALIBRATION
from search_service.search.proofs import Said, proofs, tier
from search_service.search.statements import StatementMatch

ENOUGH = replace(CALIBRATION, least_share=0.8, least_declared_share=0.4, least_coverage=0.65)


def match(
    *covers: float,
    complete: bool = False,
    names: str = "",
    declared: bool = False,
    part: Part = Part.DOES,
    row: int = 0,
    held: int = 0,
) -> StatementMatch:
    """A statement that covers each word of a topic so much, and holds some of them."""
    return StatementMatch(
        row=row,
        statement=Statement(0, 1, "one", part),
        concepts=(names,) if names else (),
        words=("word",) * held,
        covers=covers,
        coverage=sum(covers),
        complete=complete,
        names_all=complete or bool(names),
        declared=declared,
    )


def said(*matches: StatementMatch, share: float = 1.0, denied: float = 0.0, held: int = 0) -> Said:
    denial = match(denied, 0.0, part=Part.DENIES, held=held)
    return Said(matches, matches, share, [denial] if denied else [])


def documented(
    told: float = 1.0, named_share: float = 0.0, **one: Said
) -> dict[str, Sequence[StatementMatch]]:
    return dict(proofs(one, ENOUGH, lambda _: told, lambda _: named_share))


def test_a_statement_that_covers_most_of_the_words_documents_who_is_near() -> None:
    most = match(0.4, 0.3, 0)
    assert documented(near=said(most), far=said(most, share=0.79)) == {"near": [most]}


def test_what_is_declared_wins_over_a_denial_and_needs_to_be_less_near() -> None:
    declared = match(1.0, complete=True, declared=True)
    told = match(1.0, complete=True)
    assert documented(one=said(declared, share=0.4, denied=1.0)) == {"one": [declared]}
    assert documented(one=said(told, share=1.0, denied=1.0)) == {}


def test_what_is_declared_in_another_language_may_be_near_by_its_name_there() -> None:
    declared = match(1.0, complete=True, declared=True)
    told = match(1.0, complete=True)
    assert documented(named_share=0.4, one=said(declared, share=0.1)) == {"one": [declared]}
    assert documented(named_share=0.39, one=said(declared, share=0.1)) == {}
    assert documented(named_share=1.0, one=said(told, share=0.1)) == {}


def test_a_denial_of_the_very_words_wins_over_what_is_declared_in_others() -> None:
    declared = match(0.5, 0.5, complete=True, declared=True, held=1)
    in_all_words = match(0.5, 0.5, complete=True, declared=True, held=2)
    assert documented(one=said(declared, denied=1.0, held=1)) == {"one": [declared]}
    assert documented(one=said(declared, denied=1.0, held=2)) == {}
    assert documented(one=said(in_all_words, denied=1.0, held=2)) == {"one": [in_all_words]}


def test_several_statements_document_together_what_each_says_in_part() -> None:
    first, second = match(0.45, 0, 0.1), match(0, 0.35, 0.1, row=1)
    assert documented(one=said(first, second)) == {"one": [first]}
    assert documented(one=said(first)) == {}
    assert documented(one=said(first, second, denied=0.65)) == {}


def test_scattered_words_document_nobody() -> None:
    scattered = [match(*(0.2 if n == at else 0 for n in range(5)), row=at) for at in range(5)]
    assert documented(one=said(*scattered)) == {}


def test_what_several_authors_did_counts_for_who_does_it_alone_too() -> None:
    shared, own = match(1.0, complete=True, part=Part.SHARED), match(0.7, row=1)
    assert documented(one=said(shared)) == {}
    assert documented(one=said(shared, own)) == {"one": [own, shared]}


def test_where_nobody_is_documented_the_nearest_who_names_all_of_it_is() -> None:
    whole, part = match(0.5, complete=True), match(0.6)
    found = documented(
        nearer=said(whole, share=0.6), near=said(whole, share=0.5), partly=said(part, share=0.7)
    )
    assert found == {"nearer": [whole]}
    assert documented(far=said(whole, share=0.49)) == {}
    assert documented(denying=said(whole, share=0.6, denied=0.65)) == {}
    assert documented(sure=said(match(0.7)), near=said(whole, share=0.6)).keys() == {"sure"}


def test_the_surest_come_first() -> None:
    declared = match(1.0, complete=True, declared=True)
    told, most = match(0.5, complete=True), match(0.7, declared=True)
    every_word = match(0.5, 0.5)
    assert [tier(found) for found in ([most, declared], [told], [every_word], [most], [])] == [
        0, 1, 1, 2, 2,
    ]  # fmt: skip


def test_where_nobody_is_documented_the_nearest_who_names_the_competencies_is() -> None:
    named, words = match(0.3, names="data-quality"), match(0.3, row=1)
    assert documented(one=said(named), other=said(words)) == {"one": [named]}
    assert documented(far=said(named, share=0.79)) == {}
    assert documented(denying=said(named, denied=0.65)) == {}
    assert documented(0.64, one=said(named)) == {}  # the rest is told nowhere
    assert documented(0.65, one=said(named)) == {"one": [named]}


def test_of_the_nearest_anywhere_what_it_declares_is_enough() -> None:
    declared, named = match(0.3, names="wireless", declared=True), match(0.3, names="wireless")
    assert documented(0.0, one=said(declared, share=0.985)) == {"one": [declared]}
    assert documented(0.0, one=said(declared, share=0.98)) == {}
    assert documented(0.0, one=said(named, share=1.0)) == {}
    assert documented(0.0, one=said(match(0.0, names="ai", declared=True), share=1.0)) == {}
