from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.cli.terminal import FAILED, OK
from indexer.index.snapshot import current_name
from indexer.settings import PREFIX
from search_service.cli.main import main
from search_service.cli.search import NOBODY
from search_service.search.calibration import read_calibration
from search_service.search.weights import ABLATIONS
from search_service.server import run as server_run
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources, collection
from tests.toy import ToyEncoder

PROFILE = {
    "profiles/solo.md": "---\nname: Solo\nseat: Imola\n---\nPane e focacce alle 10:100:30.\n",
    "events/festa.md": "---\ntitle: Festa\norganisers: [Solo]\ndate: 2024\n---\nFesta del pane.\n",
}


class _OtherEncoder(ToyEncoder):
    fingerprint = "another model"


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}MODEL", "toy")
    monkeypatch.setenv("COLUMNS", "100")


def run(*arguments: str | Path) -> int:
    return main([str(a) for a in arguments], encoder=ToyEncoder())


# --- search --------------------------------------------------------------------------------


def test_somebody_is_found(settings: ServiceSettings, capsys: pytest.CaptureFixture[str]) -> None:
    status = run("search", "data engineering a Bologna", "--index", settings.index)
    out, err = capsys.readouterr()
    assert (status, err) == (OK, "")
    assert "capito: Bologna (BO)" in out
    assert "1. Bussola  Bologna (BO) · sede qui · dato inventato" in out
    assert "Facciamo data engineering" in out
    assert "dichiarato: Bussola (profiles/bussola.md)" in out
    assert f"indice {current_name(settings.index)}" in out


def test_nobody_is_an_answer_with_a_status_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = build_sources(tmp_path, PROFILE).index
    assert run("search", "pane a Palermo", "--index", index) == NOBODY
    out, err = capsys.readouterr()
    assert "Nessuna cooperativa documentata per questa domanda." in out
    assert err == ""
    assert out.index("Altrove, fuori dal luogo indicato:") < out.index("Solo")
    assert run("search", "pane a Palermo", "--index", index, "--json") == NOBODY
    assert json.loads(capsys.readouterr().out)["documented"] == []


@pytest.mark.parametrize(
    ("arguments", "params"),
    [
        (["data engineering a Bologna"], {"q": "data engineering a Bologna"}),
        (
            ["archivi", "--place", "Toscana", "--place", "comune:037006", "--limit", "2"],
            {"q": "archivi", "place": ["Toscana", "comune:037006"], "limit": 2},
        ),
        (
            ["archivi", "--kind", "case_study", "--since", "2024", "--until", "2024-05"],
            {"q": "archivi", "kind": "case_study", "since": "2024", "until": "2024-05"},
        ),
        (
            ["eventi a Milano nel 2025", "--off", "place", "--off", "period:2025"],
            {"q": "eventi a Milano nel 2025", "off": ["place", "period:2025"]},
        ),
        (["", "--kind", "event"], {"q": "", "kind": "event"}),
    ],
)
def test_json_is_what_the_api_answers(
    settings: ServiceSettings,
    client: TestClient,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    params: dict[str, object],
) -> None:
    assert run("search", *arguments, "--index", settings.index, "--json") == OK
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == client.get("/api/v1/search", params=dict(params)).json()


def test_evidence_is_printed_letter_by_letter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("search", "pane e focacce", "--index", build_sources(tmp_path, PROFILE).index) == OK
    assert "Pane e focacce alle 10:100:30." in capsys.readouterr().out


def test_a_question_for_a_kind_prints_its_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = build_sources(tmp_path, PROFILE).index
    assert run("search", "eventi sul pane nel 2024", "--index", index) == OK
    out = capsys.readouterr().out
    assert "capito: eventi" in out
    assert "• Festa 2024 (events/festa.md)" in out


def test_any_limit_prints_at_least_one(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    for limit, count in (("0", 1), ("-5", 1), ("1", 1), ("100000", 5)):
        arguments = (
            "search",
            "chi lavora in Toscana",
            "--index",
            settings.index,
            "--limit",
            limit,
            "--json",
        )
        assert run(*arguments) == OK
        assert len(json.loads(capsys.readouterr().out)["documented"]) == count


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        ([""], "The question is empty.", "Write what you are looking for."),
        (["x" * 10_000], "10000 characters", "sentence"),
        (["pane", "--kind", "evento"], "The kind 'evento' is unknown.", "profile, case_study"),
        (["pane", "--place", "Bolonga"], "The place 'Bolonga' is unknown.", "Bologna (BO)"),
        (["pane", "--since", "ieri"], "'ieri'", "2025-03-05"),
    ],
)
def test_an_error_is_readable_and_goes_to_the_other_stream(
    settings: ServiceSettings,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
    remedy: str,
) -> None:
    for extra in ([], ["--json"]):
        assert run("search", *arguments, "--index", settings.index, *extra) == FAILED
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Error: ")
        assert message in " ".join(err.split())
        assert remedy in " ".join(err.split())
        assert "Traceback" not in err


def test_without_an_index_it_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("search", "pane", "--index", tmp_path) == FAILED
    err = " ".join(capsys.readouterr().err.split())
    assert "There is no index" in err
    assert "python -m indexer build" in err


def test_an_index_of_another_model_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = build_sources(tmp_path, PROFILE).index
    topics = tmp_path / "topics.jsonl"
    topics.write_text('{"id":"t","question":"pane","relevant":{},"answerable":false}', "utf-8")
    for arguments in (["search", "pane"], ["evaluate", "--topics", str(topics)]):
        assert main([*arguments, "--index", str(index)], encoder=_OtherEncoder()) == FAILED
        err = " ".join(capsys.readouterr().err.split())
        assert "another embedding model" in err
        assert "COMPETENZE_MODEL" in err


def test_an_older_generation_answers_where_the_newest_is_damaged_and_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = build_sources(tmp_path, PROFILE).index
    build_sources(tmp_path, {"profiles/duo.md": "---\nname: Duo\n---\nPane.\n"})
    damaged = index / "generations" / (current_name(index) or "") / "documents.json"
    damaged.write_bytes(b"[]")
    assert run("search", "pane", "--index", index, "--json") == OK
    out, err = capsys.readouterr()
    assert [o["name"] for o in json.loads(out)["documented"]] == ["Solo"]
    assert err.startswith("Warning: ")
    assert "damaged" in " ".join(err.split())


def test_an_unknown_setting_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}INDEKS", "x")
    assert run("search", "pane") == FAILED
    assert f"Did you mean {PREFIX}INDEX?" in " ".join(capsys.readouterr().err.split())


# --- evaluate ------------------------------------------------------------------------------


def test_a_collection_is_measured_as_one_json_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = collection(tmp_path / "mini")
    ran = tmp_path / "run.txt"
    assert run("evaluate", "--beir", folder, "--json", "--run", ran) == OK
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert list(found) == [
        *("set", "queries", "nDCG@10", "Recall@10", "RR@10", "Success@1"),
        *("latency_ms", "index_seconds", "passages", "bands"),
    ]
    assert (found["set"], found["queries"], found["passages"]) == ("mini", 4, 5)
    lines = [line.split() for line in ran.read_text("utf-8").splitlines()]
    assert ["q0", "Q0", "s0", "1"] in [line[:4] for line in lines]
    assert {len(line) for line in lines} == {6}
    assert {line[5] for line in lines} == {"competenze-in-rete"}


def test_a_collection_is_measured_as_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("evaluate", "--beir", collection(tmp_path / "mini")) == OK
    out = capsys.readouterr().out
    for words in ("mini", "nDCG@10", "Recall@10", "RR@10", "Success@1", "latency p50/p95 ms"):
        assert words in out
    rows = [" ".join(re.findall(r"[\w.…]+", line)) for line in out.splitlines()]
    assert "all nothing_shown 25.0 0.0 … 75.0 4" in rows


def test_what_nobody_of_a_collection_answers_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, nobody = collection(tmp_path / "mini"), tmp_path / "nobody.tsv"
    nobody.write_text("tessitura a Cagliari\n", "utf-8")
    assert run("evaluate", "--beir", folder, "--nobody", nobody, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    nothing = {"share": 0.0, "interval": [0.0, 0.0], "questions": 1}
    assert found["bands"]["unanswerable_documented"] == nothing
    assert found["bands"]["unanswerable_shown"] == nothing
    assert found["queries"] == 4
    assert run("evaluate", "--topics", nobody, "--nobody", nobody) == FAILED
    assert "give --nobody with --beir" in " ".join(capsys.readouterr().err.split())


def test_an_ablation_is_in_the_one_json_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = collection(tmp_path / "mini")
    assert run("evaluate", "--beir", folder, "--ablation", "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert (found["set"], found["queries"]) == ("mini", 4)
    assert list(found["ablation"]) == list(ABLATIONS)
    whole = {"nDCG@10": found["nDCG@10"], "difference": 0.0, "interval": [0.0, 0.0]}
    assert found["ablation"]["all"] == whole
    for variant in found["ablation"].values():
        assert variant["nDCG@10"] - found["nDCG@10"] == pytest.approx(
            variant["difference"], abs=2e-4
        )
        assert variant["interval"][0] <= variant["difference"] <= variant["interval"][1]


def test_an_ablation_is_a_table_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("evaluate", "--beir", collection(tmp_path / "mini"), "--ablation") == OK
    out = capsys.readouterr().out
    for words in (*ABLATIONS, "+0.0000 … +0.0000", "latency p50/p95 ms"):
        assert words in out


def test_topics_are_measured_on_the_current_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = build_sources(tmp_path, PROFILE).index
    topics = tmp_path / "own.jsonl"
    lines = [
        {"id": "a", "question": "pane a Imola", "relevant": {"Solo": 2}, "answerable": True},
        {"id": "b", "question": "pane a Palermo", "relevant": {}, "answerable": False},
    ]
    topics.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert run("evaluate", "--topics", topics, "--index", index, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert (found["set"], found["queries"], found["nDCG@10"]) == ("own", 1, 1.0)
    assert found["nobody"] == {"answerable": 0.0, "unanswerable": 1.0}
    assert run("evaluate", "--topics", topics, "--index", index, "--json", "--ablation") == OK
    assert list(json.loads(capsys.readouterr().out)["ablation"]) == list(ABLATIONS)


# --- calibrate -----------------------------------------------------------------------------


def test_a_calibration_is_measured_and_then_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, output = collection(tmp_path / "mini"), tmp_path / "own.yaml"
    nobody = tmp_path / "nobody.tsv"
    nobody.write_text("sottomarini nucleari\ndentista per bambini\n", "utf-8")
    index = build_sources(tmp_path, PROFILE).index
    topics = tmp_path / "topics.jsonl"
    lines = [
        {"id": "a", "question": "pane a Imola", "relevant": {"Solo": 2}, "answerable": True},
        {"id": "b", "question": "piscine", "relevant": {}, "answerable": False},
        {"id": "c", "question": "pane e", "relevant": {}, "answerable": False, "group": "near"},
    ]
    topics.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    sources = ["--beir", folder, "--nobody", f"{nobody}@{folder}", "--topics", f"{topics}@{index}"]
    assert run("calibrate", "--output", output, *sources, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert list(found["collections"]) == ["mini", "nobody", "topics"]
    shown = {name: one["nothing_shown"] for name, one in found["collections"].items()}
    assert shown["mini"]["answerable"]["questions"] == 4
    assert shown["nobody"]["unanswerable"] == {
        "share": 1.0,
        "interval": [1.0, 1.0],
        "questions": 2,
    }
    assert shown["topics"]["answerable"]["questions"] == 1
    assert shown["topics"]["unanswerable"]["questions"] == 1  # without the near miss
    assert read_calibration(output).floor == found["floor"]
    monkeypatch.setenv(f"{PREFIX}CALIBRATION", str(output))
    assert run("search", "sottomarini nucleari", "--index", index, "--json") == NOBODY
    assert json.loads(capsys.readouterr().out)["close"] == []


def test_sources_of_one_name_are_told_apart_by_their_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = build_sources(tmp_path, PROFILE).index
    sources: list[object] = []
    for folder in ("one", "other"):
        topics = tmp_path / folder / "topics.jsonl"
        topics.parent.mkdir()
        lines = [
            {"id": "a", "question": "pane a Imola", "relevant": {"Solo": 2}, "answerable": True},
            {"id": "b", "question": "piscine", "relevant": {}, "answerable": False},
        ]
        topics.write_text("\n".join(map(json.dumps, lines)), "utf-8")
        sources += ["--topics", f"{topics}@{index}"]
    assert run("calibrate", "--output", tmp_path / "own.yaml", *sources, "--json") == OK
    found = json.loads(capsys.readouterr().out)["collections"]
    assert list(found) == ["one/topics", "other/topics"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--topics", "own.jsonl"], "--topics own.jsonl: give FILE@FOLDER"),
        (["--nobody", "own.tsv@mini"], "mini of --nobody is not given with --beir"),
    ],
)
def test_what_calibrates_is_named_with_what_it_is_asked_of(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert run("calibrate", "--output", tmp_path / "own.yaml", *arguments) == FAILED
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("option", ["--beir", "--topics"])
def test_what_cannot_be_measured_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert run("evaluate", option, tmp_path / "none") == FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Error: ")
    assert "It needs" in err


def test_a_run_file_that_cannot_be_written_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = collection(tmp_path / "mini")
    assert run("evaluate", "--beir", folder, "--run", tmp_path / "none" / "run.txt") == FAILED
    assert "cannot be written" in " ".join(capsys.readouterr().err.split())


# --- serve and help ------------------------------------------------------------------------


def test_serve_listens_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[ServiceSettings] = []
    monkeypatch.setattr(server_run, "serve", lambda settings, _: not served.append(settings))
    index = build_sources(tmp_path, PROFILE).index
    options = ("--host", "127.0.0.2", "--port", "8123", "--workers", "3")
    assert run("serve", "--index", index, *options) == OK
    assert (served[0].host, served[0].port, served[0].workers) == ("127.0.0.2", 8123, 3)


def test_a_service_that_cannot_start_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_run, "serve", lambda *_: False)
    assert run("serve") == FAILED


def test_a_port_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--port", "99999") == FAILED
    assert f"{PREFIX}PORT" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["search", "serve", "evaluate"]),
        (["search", "--help"], ["--place", "--kind", "--since", "--until", "--off", "--limit"]),
        (["serve", "--help"], ["--index", "--host", "--port"]),
        (["evaluate", "--help"], ["--beir", "--topics", "--run", "--json"]),
    ],
)
def test_help_explains_every_option(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert run(*arguments) == OK
    out = capsys.readouterr().out
    assert all(word in out for word in words)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["search"],
        ["find", "x"],
        ["evaluate"],
        ["evaluate", "--beir", "x", "--topics", "y"],
        ["search", "x", "--limit", "many"],
        ["search", "x", "--unknown"],
    ],
)
def test_a_command_that_is_none_shows_the_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(*arguments) == FAILED
    assert "Usage: python -m search_service" in capsys.readouterr().err
