from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.snapshot import load_current
from search_service.evaluation.collections import (
    EvaluationError,
    JudgedTopic,
    read_collection,
    read_topics,
    read_unanswerable,
)
from search_service.evaluation.evaluate import (
    evaluate_collection,
    evaluate_topics,
    paired_difference,
    write_run,
)
from search_service.evaluation.measures import compute_measures, ratio_interval
from search_service.search.searcher import Searcher
from search_service.search.weights import ABLATIONS, WEIGHTS
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.conftest import build_sources, collection
from tests.toy import ToyEncoder


def by_hand(graded: Mapping[str, int], ranking: Sequence[str]) -> dict[str, float]:
    """The four measures of a question, from their definitions."""
    top = ranking[:10]
    gain = sum(graded.get(d, 0) / math.log2(n + 2) for n, d in enumerate(top))
    best = sorted(graded.values(), reverse=True)[:10]
    ideal = sum(grade / math.log2(n + 2) for n, grade in enumerate(best))
    relevant = [d for d, grade in graded.items() if grade > 0]
    first = next((n for n, d in enumerate(top, 1) if d in relevant), None)
    return {
        "nDCG@10": gain / ideal if ideal else 0.0,
        "Recall@10": len(set(top) & set(relevant)) / len(relevant) if relevant else 0.0,
        "RR@10": 1 / first if first else 0.0,
        "Success@1": float(first == 1),
    }


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> ServiceSettings:
    folder = tmp_path_factory.mktemp("unused")
    return read_service_settings(corpus=folder / "corpus", index=folder / "index")


# --- measures ------------------------------------------------------------------------------


def test_measures_are_what_their_definitions_say() -> None:
    qrels = {"a": {"x": 2, "y": 1, "z": 0}, "b": {"x": 1}, "c": {"x": 1}}
    run = {"a": [("w", 9.0), ("x", 8.0), ("z", 7.0), ("y", 6.0)], "b": [("x", 0.1)], "c": []}
    means, per_query = compute_measures(qrels, run)
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert per_query["a"] == pytest.approx(
        {
            "nDCG@10": (2 / math.log2(3) + 1 / math.log2(5)) / ideal,
            "Recall@10": 1.0,
            "RR@10": 0.5,
            "Success@1": 0.0,
        }
    )
    assert set(per_query["b"].values()) == {1.0}
    assert set(per_query["c"].values()) == {0.0}
    assert means["RR@10"] == pytest.approx((0.5 + 1 + 0) / 3)


def test_a_judged_question_that_nobody_answered_scores_nothing() -> None:
    means, per_query = compute_measures({"a": {"x": 1}, "b": {"x": 1}}, {"a": [("x", 1.0)]})
    assert set(per_query["b"].values()) == {0.0}
    assert set(means.values()) == {0.5}


def test_equal_scores_keep_the_order_of_the_answer() -> None:
    for ranking in (["x", "y"], ["y", "x"]):
        _, per_query = compute_measures({"a": {"x": 1}}, {"a": [(d, 0.5) for d in ranking]})
        assert per_query["a"]["Success@1"] == float(ranking[0] == "x")


def test_the_interval_of_a_mean_is_that_of_its_resamples() -> None:
    low, high = ratio_interval([0, 1] * 200, [1] * 400)
    # 1.96 standard errors of a share of a half among 400 are 0.049.
    assert low == pytest.approx(0.451, abs=0.01)
    assert high == pytest.approx(0.549, abs=0.01)
    assert ratio_interval([1, 1], [2, 2]) == (0.5, 0.5)


def test_only_the_first_ten_count() -> None:
    run = {"a": [(f"d{n}", float(-n)) for n in range(12)]}
    _, per_query = compute_measures({"a": {"d9": 1, "d10": 1}}, run)
    assert per_query["a"]["Recall@10"] == 0.5
    assert per_query["a"]["RR@10"] == pytest.approx(0.1)


def test_without_judgements_there_is_nothing_to_measure() -> None:
    means, per_query = compute_measures({}, {"a": [("x", 1.0)]})
    assert (set(means.values()), per_query) == ({0.0}, {})


DOCUMENTS = st.sampled_from([f"d{n}" for n in range(15)])


@given(
    st.dictionaries(DOCUMENTS, st.integers(0, 3), min_size=1),
    st.lists(DOCUMENTS, unique=True, max_size=15),
)
def test_measures_equal_a_computation_by_hand(graded: dict[str, int], ranking: list[str]) -> None:
    means, _ = compute_measures({"q": graded}, {"q": [(d, 1.0) for d in ranking]})
    assert means == pytest.approx(by_hand(graded, ranking))


# --- a collection through the product's own build and search ------------------------------


def test_organisations_are_found_through_the_product_s_own_search(
    tmp_path: Path, settings: ServiceSettings
) -> None:
    judged = read_collection(collection(tmp_path / "mini"))
    outcome = evaluate_collection(judged, settings, ToyEncoder())["all"]
    assert set(outcome.run) == {"q0", "q1", "q2", "q3"}  # what nobody judged is not asked
    ranked = {q: [d for d, _ in hits] for q, hits in outcome.run.items()}
    assert ranked["q0"] == ["s0"]  # the city lies in the region asked for
    assert ranked["q1"][0] == "s1"  # of which only the region is known
    assert set(ranked["q1"]) <= {"s1", "s2"}
    assert ranked["q2"] == []  # nobody in Sardegna
    assert ranked["q3"][0] == "s3"
    for query, graded in judged.qrels.items():
        assert outcome.per_query[query] == pytest.approx(by_hand(graded, ranked[query]))
    for name, mean in outcome.measures.items():
        assert mean == pytest.approx(sum(v[name] for v in outcome.per_query.values()) / 4)
    assert set(outcome.per_query["q2"].values()) == {0.0}
    assert set(outcome.per_query["q0"].values()) == {1.0}
    assert len(outcome.latencies) == 4
    assert outcome.passages == 5  # a row without a text is found by its title
    assert not settings.index.exists()  # indexed aside


def test_documents_are_ranked_by_the_whole_question(
    tmp_path: Path, settings: ServiceSettings
) -> None:
    rows = [
        {"_id": 10, "title": "A", "text": "Acqua e riso. " * 100 + "Scarpe e lacci. " * 100},
        {"_id": 11, "title": "B", "text": "Eventi a Torino nel 2024."},
        {"_id": 12, "title": "C", "text": "Riso."},
    ]
    questions = [{"_id": 1, "text": "eventi a Torino nel 2024"}, {"_id": 2, "text": "acqua e riso"}]
    meta = {"ranks": "documents", "kind": "event"}
    folder = collection(tmp_path / "docs", rows, questions, ["1\t11\t1", "2\t10\t1"], meta)
    outcome = evaluate_collection(read_collection(folder), settings, ToyEncoder())["all"]
    assert outcome.passages > 3
    assert outcome.run["1"][0][0] == "11"  # neither place nor kind nor date is a filter here
    assert outcome.run["2"][0][0] == "10"
    for hits in outcome.run.values():
        assert len({d for d, _ in hits}) == len(hits)  # each once, by its best passage
        scores = [score for _, score in hits]
        assert scores == sorted(scores, reverse=True)
    assert set(outcome.measures.values()) == {1.0}


def test_the_outcome_is_one_object_with_the_agreed_keys(
    tmp_path: Path, settings: ServiceSettings
) -> None:
    judged = read_collection(collection(tmp_path / "mini"))
    found: dict[str, Any] = evaluate_collection(judged, settings, ToyEncoder())["all"].as_json()
    assert list(found) == [
        "set",
        "queries",
        "nDCG@10",
        "Recall@10",
        "RR@10",
        "Success@1",
        "latency_ms",
        "index_seconds",
        "passages",
        "bands",
    ]
    assert (found["set"], found["queries"]) == ("mini", 4)
    assert set(found["latency_ms"]) == {"p50", "p95"}
    assert 0 < found["latency_ms"]["p50"] <= found["latency_ms"]["p95"]
    for name in ("nDCG@10", "Recall@10", "RR@10", "Success@1"):
        assert 0 <= found[name] <= 1
    assert json.loads(json.dumps(found)) == found


def test_organisations_of_a_collection_are_measured_in_their_bands(
    tmp_path: Path, settings: ServiceSettings
) -> None:
    judged = read_collection(collection(tmp_path / "mini"))
    others = (
        JudgedTopic("n1", "tessitura a Cagliari", {}, False),
        JudgedTopic("n2", "pane e focacce in Piemonte", {}, False),
    )
    outcome = evaluate_collection(judged, settings, ToyEncoder(), unanswerable=others)["all"]
    assert set(outcome.run) == {"q0", "q1", "q2", "q3"}  # rankings are of what somebody answers
    assert outcome.bands is not None
    shares = outcome.bands.shares()
    assert shares["nothing_shown"].value == 0.25  # q2: nobody in Sardegna
    assert shares["right_in_three"].value == 0.25  # of the highest grade of the collection
    assert shares["related_in_three"].value == 0.75
    assert shares["unanswerable_shown"].value == 0.5
    assert shares["unanswerable_shown"].questions == 2


def test_what_nobody_answers_is_not_asked_of_documents(
    tmp_path: Path, settings: ServiceSettings
) -> None:
    meta = {"ranks": "documents", "kind": "event"}
    judged = read_collection(collection(tmp_path / "docs", meta=meta))
    others = (JudgedTopic("n1", "tessitura", {}, False),)
    with pytest.raises(EvaluationError, match="ranks documents"):
        evaluate_collection(judged, settings, ToyEncoder(), unanswerable=others)


def test_what_nobody_answers_is_read_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "nobody.tsv"
    path.write_text("# far ones\nun elettricista\n\n un dentista \n", "utf-8")
    assert [(t.id, t.text, t.answerable) for t in read_unanswerable(path)] == [
        ("nobody:1", "un elettricista", False),
        ("nobody:2", "un dentista", False),
    ]
    with pytest.raises(EvaluationError, match="does not hold questions") as caught:
        read_unanswerable(tmp_path / "none.tsv")
    assert "one question a line" in caught.value.remedy


def test_two_rows_of_one_name_are_both_found(tmp_path: Path, settings: ServiceSettings) -> None:
    rows = [
        {"id": "a", "title": "Gemella", "text": "Pane e focacce."},
        {"id": "b", "title": "Gemella", "text": "Vino e uva."},
    ]
    questions = [{"id": "q", "text": "pane, focacce, vino e uva"}]
    folder = collection(tmp_path / "twins", rows, questions, ["q\ta\t1", "q\tb\t1"])
    outcome = evaluate_collection(read_collection(folder), settings, ToyEncoder())["all"]
    assert sorted(d for d, _ in outcome.run["q"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("corpus.jsonl", None),
        ("queries.jsonl", None),
        ("qrels.tsv", None),
        ("meta.json", None),
        ("corpus.jsonl", "{"),
        ("queries.jsonl", '{"text": "no id"}'),
        ("queries.jsonl", "[]"),
        ("qrels.tsv", "q0\ts0\t1\n"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq0\ts0\tmany\n"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq0\ts0\n"),
        ("meta.json", "[]"),
        ("meta.json", "\ufeff{"),
    ],
)
def test_a_folder_that_is_no_collection_says_what_it_needs(
    tmp_path: Path, name: str, content: str | None
) -> None:
    folder = collection(tmp_path / "broken")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match="is not a test collection") as caught:
        read_collection(folder)
    assert "meta.json (BEIR's layout)" in caught.value.remedy


def test_a_missing_folder_says_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is not a test collection"):
        read_collection(tmp_path / "none")


# --- the run file --------------------------------------------------------------------------


def test_a_run_file_is_as_trec_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    write_run(path, {"q1": [("a", 0.9), ("b", 0.5)], "q2": [], "q3": [("c", 0.1)]}, "tag")
    lines = [line.split(" ") for line in path.read_text("utf-8").splitlines()]
    assert [line[:4] for line in lines] == [
        ["q1", "Q0", "a", "1"],
        ["q1", "Q0", "b", "2"],
        ["q3", "Q0", "c", "1"],
    ]
    assert {line[5] for line in lines} == {"tag"}
    assert all(len(line) == 6 for line in lines)


def test_a_run_file_sorted_by_score_is_the_answer_s_own_order(tmp_path: Path) -> None:
    """Tools for run files sort by score; who is seated there comes first whatever it scores."""
    path = tmp_path / "run.txt"
    write_run(path, {"q": [("seated", 0.2), ("serves", 0.9), ("also", 0.9)]}, "tag")
    lines = [line.split(" ") for line in path.read_text("utf-8").splitlines()]
    scores = [float(line[4]) for line in lines]
    assert scores == sorted(set(scores), reverse=True)


def test_a_run_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_run(tmp_path / "none" / "run.txt", {"q": [("a", 1.0)]}, "tag")


# --- topics --------------------------------------------------------------------------------

LOCAL = {
    "profiles/imola.md": "---\nname: Sarta\nseat: Imola\n---\nSartoria sociale.\n",
    "profiles/torino.md": "---\nname: Forno\nseat: Torino\n---\nPane e focacce.\n",
}


def test_topics_tell_who_is_found_and_how_often_nobody_is(tmp_path: Path) -> None:
    searcher = Searcher(load_current(build_sources(tmp_path, LOCAL).index)[0], ToyEncoder())
    topics = (
        JudgedTopic("found", "sartoria sociale a Imola", {"Sarta": 2}, True),
        JudgedTopic("missed", "pane e focacce a Palermo", {"Forno": 1}, True),
        JudgedTopic("rightly nobody", "pane e focacce a Catania", {}, False),
        JudgedTopic("wrongly somebody", "sartoria sociale a Imola", {}, False),
        JudgedTopic("without judgement", "pane", {}, True),
    )
    outcome = evaluate_topics("own", topics, searcher)
    assert outcome.run["found"][0][0] == "Sarta"
    assert outcome.run["missed"] == []
    assert set(outcome.per_query) == {"found", "missed"}
    assert set(outcome.measures.values()) == {0.5}
    assert outcome.nobody == {"answerable": 0.5, "unanswerable": 0.5}
    assert outcome.nobody_there == outcome.nobody
    assert outcome.as_json()["nobody"] == {"answerable": 0.5, "unanswerable": 0.5}
    assert len(outcome.latencies) == 5


def test_each_group_of_topics_is_measured_apart(tmp_path: Path) -> None:
    searcher = Searcher(load_current(build_sources(tmp_path, LOCAL).index)[0], ToyEncoder())
    topics = (
        JudgedTopic("a", "sartoria sociale a Imola", {"Sarta": 2}, True, "place"),
        JudgedTopic("b", "pane e focacce a Palermo", {"Forno": 2}, True, "place"),
        JudgedTopic("c", "pane e focacce a Catania", {}, False, "nobody_far"),
        JudgedTopic("d", "sartoria sociale a Imola", {}, False, "nobody_near"),
    )
    found: dict[str, Any] = evaluate_topics("own", topics, searcher).as_json()
    assert list(found["groups"]) == ["nobody_far", "nobody_near", "place"]
    assert found["groups"]["nobody_far"]["unanswerable_shown"]["share"] == 0.0
    assert found["groups"]["nobody_near"]["unanswerable_shown"]["share"] == 1.0
    assert found["groups"]["place"]["right_first"]["share"] == 0.5
    assert found["bands"]["unanswerable_shown"]["share"] == 0.5
    assert found["bands"]["right_first"] == found["groups"]["place"]["right_first"]


def test_who_only_works_at_a_distance_is_nobody_there_and_yet_somebody(tmp_path: Path) -> None:
    remote = "---\nname: Lontana\nseat: Torino\nremote: true\n---\nPane e focacce.\n"
    index = build_sources(tmp_path, {"profiles/lontana.md": remote}).index
    topics = (
        JudgedTopic("here", "pane e focacce a Torino", {"Lontana": 2}, True),
        JudgedTopic("far", "pane e focacce a Palermo", {"Lontana": 1}, True),
        JudgedTopic("far and none", "pane e focacce a Palermo", {}, False),
    )
    outcome = evaluate_topics("own", topics, Searcher(load_current(index)[0], ToyEncoder()))
    assert outcome.nobody == {"answerable": 0.0, "unanswerable": 0.0}
    assert outcome.nobody_there == {"answerable": 0.5, "unanswerable": 1.0}
    assert outcome.as_json()["nobody_there"] == {"answerable": 0.5, "unanswerable": 1.0}


def test_without_judged_questions_there_is_no_difference(tmp_path: Path) -> None:
    searcher = Searcher(load_current(build_sources(tmp_path, LOCAL).index)[0], ToyEncoder())
    topics = (JudgedTopic("rightly nobody", "pane e focacce a Catania", {}, False),)
    outcome = evaluate_topics("own", topics, searcher)
    assert paired_difference(outcome, outcome) == (0.0, 0.0, 0.0)


def test_topics_are_read_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "topics.jsonl"
    topic = {
        "id": "t1",
        "lang": "it",
        "question": "pane",
        "relevant": {"Forno": 2},
        "answerable": True,
    }
    grouped = {**topic, "id": "t2", "group": "keyword"}
    path.write_text(f"{json.dumps(topic)}\n\n{json.dumps(grouped)}\n", "utf-8")
    assert read_topics(path) == (
        JudgedTopic("t1", "pane", {"Forno": 2}, True),
        JudgedTopic("t2", "pane", {"Forno": 2}, True, "keyword"),
    )


@pytest.mark.parametrize("content", [None, "{", '{"id": "t1"}', "[]", "1"])
def test_a_file_that_holds_no_topics_says_what_it_needs(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "topics.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match="does not hold topics") as caught:
        read_topics(path)
    assert "id, question, relevant, answerable" in caught.value.remedy


def test_the_ablation_compares_variants_on_the_same_questions(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    folder = collection(tmp_path / "mini")
    variants = {"all": WEIGHTS, "BM25 alone": ABLATIONS["BM25 alone"]}
    found = evaluate_collection(read_collection(folder), settings, ToyEncoder(), variants)
    assert found.keys() == variants.keys()
    assert paired_difference(found["all"], found["all"]) == (0.0, 0.0, 0.0)
    mean, low, high = paired_difference(found["BM25 alone"], found["all"])
    expected = found["BM25 alone"].measures["nDCG@10"] - found["all"].measures["nDCG@10"]
    assert mean == pytest.approx(expected)
    assert low <= mean <= high
