"""The calibration of a model: as a file, and for an index."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import GenerationError
from indexer.index.snapshot import load_current
from search_service.search.calibration import (
    CALIBRATION,
    UNCALIBRATED,
    CalibrationError,
    calibration_of,
    read_calibration,
    write_calibration,
)
from search_service.search.configured import searcher_factory
from search_service.settings import read_service_settings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

PROFILE = {"profiles/forno.md": "---\nname: Forno\nseat: Torino\n---\nPane e focacce.\n"}


def test_a_calibration_holds_for_its_model() -> None:
    assert calibration_of(CALIBRATION.model, CALIBRATION.sample) is CALIBRATION
    assert calibration_of("another", CALIBRATION.sample) is UNCALIBRATED
    assert math.isinf(UNCALIBRATED.floor)


def test_among_few_passages_the_floor_holds_and_words_alone_document() -> None:
    few = calibration_of(CALIBRATION.model, CALIBRATION.sample - 1)
    assert few.floor == CALIBRATION.floor
    assert (few.threshold, few.least_share, few.least_declared_share) == (0.0, 0.0, 0.0)


def test_a_written_calibration_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    mine = replace(CALIBRATION, model="mine", floor=0.5)
    write_calibration(path, mine, {"silenced": 0.02})
    assert read_calibration(path) == mine
    assert "silenced: 0.02" in path.read_text("utf-8")
    write_calibration(path, replace(UNCALIBRATED, model="mine"))
    assert read_calibration(path).floor == -math.inf


def test_a_calibration_is_written_where_a_folder_is(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="cannot be written") as caught:
        write_calibration(tmp_path / "none" / "own.yaml", CALIBRATION)
    assert "--output" in caught.value.remedy


@pytest.mark.parametrize(
    "content",
    [None, "", "- 1\n", "model: mine\n", "floor: [\n", "model: mine\nfloor: high\n"],
)
def test_what_is_no_calibration_says_how_to_make_one(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "own.yaml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(CalibrationError, match=r"own\.yaml is not a calibration") as caught:
        read_calibration(path)
    assert "python -m search_service calibrate" in caught.value.remedy


def test_an_unknown_value_in_a_calibration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    write_calibration(path, CALIBRATION)
    path.write_text(path.read_text("utf-8") + "ceiling: 1.0\n", "utf-8")
    with pytest.raises(CalibrationError, match="ceiling"):
        read_calibration(path)


def test_the_calibration_that_is_set_decides_whether_anybody_is_close(tmp_path: Path) -> None:
    settings = build_sources(tmp_path, PROFILE)
    generation, _ = load_current(settings.index)
    path = tmp_path / "own.yaml"
    model = generation.manifest.build_fingerprint.model
    for floor, shown in ((-9.0, 1), (9.0, 0)):
        write_calibration(path, replace(UNCALIBRATED, model=model, floor=floor))
        configured = read_service_settings(index=settings.index, calibration=path)
        searcher = searcher_factory(configured)(generation, ToyEncoder())
        answer = searcher.search(searcher.understand("dentista"))
        assert (len(answer.documented), len(answer.close)) == (0, shown)


def test_a_calibration_of_another_model_is_refused(tmp_path: Path) -> None:
    settings = build_sources(tmp_path, PROFILE)
    path = tmp_path / "own.yaml"
    write_calibration(path, replace(CALIBRATION, model="another"))
    make = searcher_factory(read_service_settings(index=settings.index, calibration=path))
    with pytest.raises(GenerationError, match="measured for another") as caught:
        make(load_current(settings.index)[0], ToyEncoder())
    assert "COMPETENZE_CALIBRATION" in caught.value.remedy
