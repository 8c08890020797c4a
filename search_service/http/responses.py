"""What every route of the API may answer besides what it is asked for."""

from __future__ import annotations

from typing import Any

from search_service.api.schemas import ProblemOut

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut} for status in (400, 401, 404, 429, 503)
}
PROBLEMS["default"] = {"model": ProblemOut, "description": "Any other error"}
