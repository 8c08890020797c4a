"""Problems of fields, as a report tells them: in a register, those of one kind in one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from indexer.domain import Problem, Severity
from indexer.source.metadata import FieldProblem

_SHOWN = 3  # values that one line quotes
_QUOTED = 60  # characters of a value
_EACH = "Correct each of them: see corpus/README.md."


def field_problems(path: str, found: Sequence[tuple[int | None, FieldProblem]]) -> list[Problem]:
    """What is wrong with the fields of a file.

    Args:
        path: The file.
        found: Each problem, with the row that it is of in a register.
    """
    alike: dict[object, list[tuple[int | None, FieldProblem]]] = defaultdict(list)
    for row, problem in found:
        several = row is not None and problem.field
        key = (problem.reason, problem.field, problem.why) if several else (row, problem)
        alike[key].append((row, problem))
    return [_told(path, same) for same in alike.values()]


def where(path: str, row: int | None) -> str:
    """A file, and its row if it is a register, as problems name them."""
    return path if row is None else f"{path}, row {row}"


def _told(path: str, same: Sequence[tuple[int | None, FieldProblem]]) -> Problem:
    row, first = same[0]
    if len(same) == 1:
        return Problem(where(path, row), Severity.WARNING, first.reason, first.detail, first.remedy)
    values = ", ".join(f"{_short(problem.value)} (row {row})" for row, problem in same[:_SHOWN])
    more = f" and {len(same) - _SHOWN} more" if len(same) > _SHOWN else ""
    remedies = {problem.remedy for _, problem in same}
    return Problem(
        path,
        Severity.WARNING,
        first.reason,
        f"{first.field}: {values}{more} {first.why}",
        first.remedy if len(remedies) == 1 else _EACH,
    )


def _short(value: str) -> str:
    return value if len(value) <= _QUOTED else f"{value[:_QUOTED]}…"
