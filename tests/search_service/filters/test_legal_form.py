"""The legal form that a question asks of those it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.snapshot import load_current
from search_service.domain import ExplicitFilters, Query
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.legal_form import LEGAL_FORM, legal_form_keys
from search_service.query.parser import parse_query
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

HELD = frozenset({"sociale", "sociale-b", "lavoro", "consorzio", "comunita"})
KNOWN = IndexVocabulary(learnt={LEGAL_FORM.key: HELD})


def understand(question: str, *off: str) -> Query:
    return parse_query(question, KNOWN, ExplicitFilters.of(off))


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("cooperativa sociale di tipo B", {"sociale", "sociale-b"}),
        ("Società Cooperativa Sociale", {"sociale"}),
        ("società cooperativa di produzione e lavoro", {"lavoro"}),
        ("consorzio tra società cooperative", {"consorzio"}),
        ("cooperativa di comunità", {"comunita"}),
        ("società cooperativa tra professionisti", {"professionisti"}),
        ("società cooperativa", set()),
        ("", set()),
    ],
)
def test_a_register_names_its_forms(written: str, keys: set[str]) -> None:
    assert legal_form_keys(written) == keys


@pytest.mark.parametrize(
    ("question", "text", "forms"),
    [
        ("cooperativa sociale di tipo B a Napoli", "", ("sociale-b",)),
        ("cooperative di tipo B in Puglia", "", ("sociale-b",)),
        ("consorzio in Emilia", "", ("consorzio",)),
        ("consorzio di Modena", "", ("consorzio",)),
        ("cooperative sociali in Sardegna", "", ("sociale",)),
        ("tutte le cooperative sociali della Sardegna", "", ("sociale",)),
        (
            "cerchiamo una cooperativa sociale che fa digitalizzazione",
            "digitalizzazione",
            ("sociale",),
        ),
        ("c'è un consorzio in Emilia?", "", ("consorzio",)),
        ("cooperative di produzione e lavoro", "", ("lavoro",)),
        ("social cooperatives in Sicily", "", ("sociale",)),
        ("worker cooperatives that do ERP", "ERP", ("lavoro",)),
        # for them, of them, or another trade
        ("Odoo per cooperative sociali", "Odoo per cooperative sociali", ()),
        ("buste paga cooperative sociali", "buste paga cooperative sociali", ()),
        ("software for social cooperatives", "software for social cooperatives", ()),
        ("consorzio di bonifica", "consorzio di bonifica", ()),
        ("il bilancio di una cooperativa sociale", "il bilancio di una cooperativa sociale", ()),
        ("lavori sociali", "lavori sociali", ()),
        # nobody has it
        ("cooperative agricole", "cooperative agricole", ()),
        ("cooperative sociali di tipo A oggi", "cooperative sociali di tipo A oggi", ()),
    ],
)
def test_a_form_at_the_head_is_a_filter(question: str, text: str, forms: tuple[str, ...]) -> None:
    query = understand(question)
    assert (query.text, LEGAL_FORM.of(query) or ()) == (text, forms)


def test_it_is_shown_and_can_be_switched_off() -> None:
    (found,) = understand("una cooperativa sociale di tipo B").understood
    assert (found.key, found.label) == ("legal_form:sociale-b", "cooperativa sociale di tipo B")
    assert found.words == "una cooperativa sociale di tipo B"
    query = understand("cooperative sociali", "legal_form:sociale")
    assert (query.text, LEGAL_FORM.of(query) or (), query.understood) == (
        "cooperative sociali",
        (),
        (),
    )


def test_only_those_of_the_form_answer(tmp_path: Path) -> None:
    sources = {
        f"profiles/{name}.md": f"---\nname: {name}\nlegal_form: {form}\n---\nPuliamo spiagge.\n"
        for name, form in (
            ("Alga", "cooperativa sociale di tipo B"),
            ("Boa", "società cooperativa"),
            ("Cala", "cooperativa sociale"),
        )
    }
    searcher = Searcher(load_current(build_sources(tmp_path, sources).index)[0], ToyEncoder())

    def found(question: str) -> list[str]:
        answer = searcher.search(searcher.understand(question))
        return sorted(hit.organisation.name for hit in answer.documented)

    assert found("cooperative sociali") == ["Alga", "Cala"]
    assert found("cooperative sociali di tipo B che puliscono spiagge") == ["Alga"]
    assert found("tutte le cooperative") == ["Alga", "Boa", "Cala"]
