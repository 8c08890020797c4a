"""How near by meaning is near enough, as measured for an embedding model and kept in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import yaml

from indexer.errors import CompetenzeError

BUNDLED = Path(__file__).with_name("calibration.yaml")
_HEAD = """\
# Written by `python -m search_service calibrate`: how near by meaning is near enough, for one
# embedding model. The report says what it was measured on.
"""


class CalibrationError(CompetenzeError):
    """A calibration cannot be read, made or used."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How near by meaning is near enough, for one embedding model.

    Nothing is close to a question where its nearness, plus ``spread_weight`` times its spread
    (``confidence.QueryBaseline``), stays below ``floor``: ``calibrate`` measures both on judged
    collections.

    ``least_share`` is how near what documents an organisation must be, as a share of the nearest
    in the whole index, and ``least_declared_share`` how near where it declares the competence;
    ``least_coverage`` is the share of a question's words, by rarity, that it must cover. They were
    chosen on the development halves of several collections (docs/results).

    Of documents, which answer by themselves, a logistic regression judges: ``coefficients`` are of
    the lift of late interaction, of its share of the highest lift in the whole index, of the share
    of BM25, and of the logarithm of the question's length; ``threshold`` is the confidence asked.

    ``sample`` passages stand for all; ``least_lift`` keeps the division finite. All of it holds
    for ``model`` only.
    """

    model: str
    floor: float
    spread_weight: float
    least_share: float
    least_declared_share: float
    least_coverage: float
    coefficients: tuple[float, float, float, float]
    bias: float
    threshold: float
    least_lift: float = 0.02
    sample: int = 96


def read_calibration(path: Path) -> Calibration:
    """Read what ``calibrate`` wrote; its report is for people.

    Raises:
        CalibrationError: The file cannot be read, or does not hold a calibration.
    """
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
        found.pop("report", None)
        numbers = {name: float(value) for name, value in found.items() if name in _NUMBERS}
        return Calibration(
            **{
                **found,
                **numbers,
                "model": str(found["model"]),
                "sample": int(found["sample"]),
                "coefficients": _four(found["coefficients"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise CalibrationError(
            f"{path} is not a calibration: {' '.join(str(error).split())}.",
            remedy="Write it with: python -m search_service calibrate.",
        ) from error


def write_calibration(
    path: Path, calibration: Calibration, report: Mapping[str, object] | None = None
) -> None:
    """Write a calibration for people and for ``read_calibration``.

    Args:
        path: The file; it is replaced.
        calibration: What to write.
        report: What it was measured on, and what it reaches there.

    Raises:
        CalibrationError: The file cannot be written.
    """
    values = {**asdict(calibration), "coefficients": list(calibration.coefficients)}
    if report is not None:
        values["report"] = dict(report)
    text = _HEAD + yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CalibrationError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Give --output a file in a folder that exists.",
        ) from error


def _four(values: list[float]) -> tuple[float, float, float, float]:
    lift, share, lexical, length = (float(value) for value in values)
    return lift, share, lexical, length


_NUMBERS = {field.name for field in fields(Calibration)} - {"model", "sample", "coefficients"}


def _by_words_alone(calibration: Calibration) -> Calibration:
    return replace(calibration, threshold=0.0, least_share=0.0, least_declared_share=0.0)


CALIBRATION = read_calibration(BUNDLED)
# Without a calibration words alone document, and all that is found is close.
UNCALIBRATED = replace(_by_words_alone(CALIBRATION), model="", floor=-math.inf)


def calibration_of(
    model: str, passages: int, calibration: Calibration = CALIBRATION
) -> Calibration:
    """The calibration to use for an index.

    Among few passages the nearest is not far above passages at large, so what rests on that
    distance is not asked; the floor holds.

    Args:
        model: The name of the model that made the index.
        passages: How many it has.
        calibration: What was measured, for its own model only.
    """
    if model != calibration.model:
        return UNCALIBRATED
    if passages < calibration.sample:
        return _by_words_alone(calibration)
    return calibration
