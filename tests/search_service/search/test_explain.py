from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from rich.console import Console

from indexer.cli.terminal import OK
from indexer.index.bm25 import LexicalIndex
from indexer.index.dense import DenseIndex
from indexer.index.snapshot import load_current
from search_service.cli.main import main
from search_service.cli.output import print_explanation
from search_service.domain import Answer, Components, PlaceMatch, Proof
from search_service.filters.kind import KIND
from search_service.filters.period import PERIOD
from search_service.filters.place import PLACE
from search_service.search.expert_ranking import contributions
from search_service.search.explain import Explanation
from search_service.search.searcher import Searcher
from search_service.search.weights import WEIGHTS
from search_service.settings import ServiceSettings
from tests.search_service.conftest import IDS, ODD, build_sources
from tests.toy import ToyEncoder

QUESTION = "data engineering a Bologna"


def asked(searcher: Searcher, question: str, limit: int = 100) -> tuple[Answer, Explanation]:
    run = searcher.run(searcher.understand(question), limit)
    return run.answer, searcher.explained(run)


def test_each_score_is_the_floor_and_the_contributions(searcher: Searcher) -> None:
    answer, explanation = asked(searcher, QUESTION)
    assert [o.id for o in explanation.organisations] == [
        hit.organisation.id for hit in answer.documented
    ]
    for hit, explained in zip(answer.documented, explanation.organisations, strict=True):
        assert (explained.rank, explained.standing) == (hit.rank, hit.place_match)
        assert explained.score == pytest.approx(hit.score, abs=1e-6)
        total = explanation.baseline + sum(e.contribution for e in explained.evidence)
        assert total == pytest.approx(explained.score, abs=1e-5)


def test_each_passage_has_its_ranks_and_scores_by_component(searcher: Searcher) -> None:
    answer, explanation = asked(searcher, "data engineering")
    query = searcher.understand("data engineering")
    everything = [h for h in searcher.passages(query, 100).passages if h.passage.organisations]
    rank_of = {hit.passage.id: hit.rank for hit in everything}
    assert explanation.candidates == len(everything)
    assert explanation.baseline == pytest.approx(
        sum(hit.score for hit in everything) / len(everything), abs=1e-6
    )
    pairs = [
        (explained, evidence)
        for organisation, hit in zip(explanation.organisations, answer.documented, strict=True)
        for explained, evidence in zip(organisation.evidence, hit.evidence, strict=True)
    ]
    assert pairs
    for explained, evidence in pairs:
        by_name = {c.name: c for c in explained.components}
        assert {name: c.weight for name, c in by_name.items()} == {
            field.name: getattr(WEIGHTS, field.name) for field in fields(Components)
        }
        late, lexical = by_name["late"], by_name["lexical"]
        assert explained.rank == rank_of[explained.passage]
        assert late.score == pytest.approx(evidence.parts.late, abs=1e-6)
        parts = [(c.score or 0.0) * c.weight for c in explained.components]
        assert explained.score == pytest.approx(sum(parts), abs=1e-5)
        assert (lexical.rank is None) == (evidence.parts.lexical == 0.0) == (lexical.score is None)


def test_a_rank_is_that_of_the_components_own_order(searcher: Searcher) -> None:
    _, explanation = asked(searcher, "data engineering e cruscotti per gli enti pubblici")
    for n in range(len(fields(Components))):
        seen = {
            (e.components[n].rank, e.components[n].score)
            for o in explanation.organisations
            for e in o.evidence
            if e.components[n].rank is not None
        }
        ordered = sorted(seen, key=lambda pair: pair[0] or 0)
        assert [s for _, s in ordered] == sorted((s for _, s in seen), reverse=True)
        assert len({rank for rank, _ in seen}) == len(seen)
    best = explanation.organisations[0].evidence[0]
    assert {c.rank for c in best.components} == {1, None}  # none of it is in another language


def test_votes_and_proofs_are_told(searcher: Searcher) -> None:
    _, explanation = asked(searcher, "archivi dei musei")
    bussola = next(o for o in explanation.organisations if o.id == IDS.bussola)
    first, second, *_ = bussola.evidence
    assert (first.document, first.proof, first.proof_weight) == (
        ODD,
        Proof.DEMONSTRATED,
        WEIGHTS.demonstrated,
    )
    assert (first.vote, second.vote) == WEIGHTS.votes[:2]
    above = first.score - explanation.baseline
    assert first.contribution == pytest.approx(above * WEIGHTS.demonstrated, abs=1e-5)


def test_passages_below_the_floor_take_nothing_away(searcher: Searcher) -> None:
    stages = searcher.run(searcher.understand(QUESTION)).stages
    baseline = stages.scored.baseline
    ranked = [hit.evidence for hit in stages.judged.ranked.organisations]
    assert any(e.score < baseline for evidence in ranked for e in evidence[1:])
    for evidence in ranked:
        assert all(added >= 0.0 for added in contributions(evidence, baseline, WEIGHTS)[1:])


def test_what_each_filter_left_out_is_counted(searcher: Searcher) -> None:
    """Alone: to Bologna stand Bussola, Vicina, Ovunque and Distante; 2024 has two documents."""
    _, explanation = asked(searcher, "eventi a Bologna nel 2024 su data pipelines")
    out = {left.filter: left for left in explanation.left_out}
    assert list(out) == [PLACE.key, KIND.key, PERIOD.key]
    assert out[PLACE.key].labels == ("Bologna (BO)",)
    assert out[PLACE.key].organisations == 4
    generation = searcher.generation
    size = len(generation.passages)
    events = [p for p in generation.passages if p.document.startswith("events/")]
    dated = [p for p in generation.passages if p.document in ("events/meetup.md", ODD)]
    assert out[KIND.key].passages == size - len(events)
    assert out[PERIOD.key].passages == size - len(dated)
    assert out[PERIOD.key].organisations == 8 - 3  # Bussola, Ovunque and Distante are left
    assert explanation.passages == size
    assert explanation.searched == 1


def test_without_filters_nothing_was_left_out(searcher: Searcher) -> None:
    _, explanation = asked(searcher, "data engineering")
    assert explanation.left_out == ()
    assert explanation.searched == explanation.passages == len(searcher.generation.passages)


def test_a_widened_search_is_explained_as_it_was_made(tmp_path: Path) -> None:
    sources = {
        "profiles/imola.md": "---\nname: Sarta\nseat: Imola\n---\nSartoria sociale.\n",
        "profiles/torino.md": "---\nname: Forno\nseat: Torino\n---\nPane e focacce.\n",
    }
    built = build_sources(tmp_path, sources)
    answer, explanation = asked(
        Searcher(load_current(built.index)[0], ToyEncoder()), "sartoria sociale a Bologna"
    )
    assert answer.widened is not None
    (place,) = explanation.left_out
    assert (place.labels, place.organisations, place.passages) == (("provincia di Bologna",), 1, 1)
    assert (explanation.searched, explanation.candidates) == (1, 1)
    assert [o.name for o in explanation.organisations] == ["Sarta"]


def test_to_explain_searches_no_more(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    run = searcher.run(searcher.understand(QUESTION))
    monkeypatch.setattr(DenseIndex, "search", None)
    monkeypatch.setattr(LexicalIndex, "search", None)
    assert searcher.explained(run).candidates == len(run.scored.hits)


def test_standing_is_told(searcher: Searcher) -> None:
    _, explanation = asked(searcher, QUESTION)
    standings = {o.id: o.standing for o in explanation.organisations}
    assert standings[IDS.bussola] is PlaceMatch.SEATED
    assert standings[IDS.distante] is PlaceMatch.REMOTE


def test_json_explains_only_when_asked(client: TestClient, searcher: Searcher) -> None:
    plain = client.get("/api/v1/search", params={"q": QUESTION}).json()
    assert plain["explanation"] is None
    found = client.get("/api/v1/search", params={"q": QUESTION, "explain": "true"}).json()
    explanation = found["explanation"]
    assert [o["id"] for o in explanation["organisations"]] == [o["id"] for o in found["documented"]]
    assert explanation["left_out"][0]["filter"] == "place"
    assert explanation["organisations"][0]["standing"] == "seated"
    assert found["documented"] == plain["documented"]
    schema = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert "contribution" in schema["ExplainedEvidence"]["properties"]


def test_a_page_of_the_answer_is_explained(client: TestClient) -> None:
    params = {"q": QUESTION, "explain": "true", "limit": "1", "offset": "1"}
    explained = client.get("/api/v1/search", params=params).json()["explanation"]["organisations"]
    assert [o["rank"] for o in explained] == [2]


def test_the_command_line_explains(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["search", QUESTION, "--index", str(settings.index), "--explain"]
    assert main([*options, "--json"], ToyEncoder()) == OK
    assert json.loads(capsys.readouterr().out)["explanation"]["candidates"] > 0
    assert main(options, ToyEncoder()) == OK
    assert "filtro dove (Bologna (BO)): fuori 4 cooperative" in capsys.readouterr().out
    assert main(options[:-1], ToyEncoder()) == OK
    assert "filtro" not in capsys.readouterr().out


def test_the_terminal_says_it_in_words(searcher: Searcher) -> None:
    _, explanation = asked(searcher, "data engineering a Bologna", limit=1)
    (organisation,) = explanation.organisations
    odd = replace(organisation, name="Bussola [bold]x[/]")
    out = io.StringIO()
    console = Console(file=out, width=300)
    print_explanation(replace(explanation, organisations=(odd,)), console)
    text = out.getvalue()
    first = organisation.evidence[0]
    assert f"1. Bussola [bold]x[/] {organisation.score:.3f} · sede nel luogo indicato" in text
    assert f"{first.contribution:+.3f}  {first.rank}º {first.score:.3f} = late" in text
    assert f"×{first.proof_weight:g}, voto ×1 · {first.passage}" in text
    assert f"un voto conta sopra {explanation.baseline:.3f}" in text
