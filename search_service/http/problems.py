"""Errors in one shape (RFC 9457), for every program that asks; none shows a stack."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from indexer.errors import CompetenzeError, GenerationError
from search_service.errors import CheckError, ConflictError, NotFoundError, QueryError, UploadError


class ProblemOut(BaseModel):
    """An error (RFC 9457): ``detail`` says what happened, ``remedy`` what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    remedy: str = ""


PROBLEMS: dict[int | str, dict[str, Any]] = {
    **{status: {"model": ProblemOut} for status in (400, 401, 404, 429, 503)},
    "default": {"model": ProblemOut, "description": "Any other error"},
}
MEDIA_TYPE = "application/problem+json"
SCHEMA = {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}
_STATUS = {
    QueryError: 400,
    UploadError: 400,
    NotFoundError: 404,
    ConflictError: 409,
    GenerationError: 503,
    CheckError: 503,
}
_log = logging.getLogger(__name__)


def problem(
    status: int, detail: str, remedy: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """An error as it is sent.

    The request's id is in a header, not in here: the same question gets the same bytes.

    Args:
        status: Of HTTP.
        detail: What happened.
        remedy: What to do.
        headers: Of the answer, besides the usual ones.
    """
    content = ProblemOut(
        title=HTTPStatus(status).phrase, status=status, detail=detail, remedy=remedy
    )
    return JSONResponse(
        content.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


def say_problems(app: FastAPI) -> None:
    """Have ``app`` send every error in this shape."""
    app.add_exception_handler(CompetenzeError, _competenze_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _unexpected_problem)


def _competenze_problem(request: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    if status == 500 or not isinstance(error, CompetenzeError):
        return _unexpected_problem(request, error)  # it may name files of this machine
    return problem(status, error.message, error.remedy)


def _validation_problem(_: Request, error: Exception) -> JSONResponse:
    details = error.errors() if isinstance(error, RequestValidationError) else []
    text = "; ".join(f"{'.'.join(map(str, d['loc'][1:]))}: {d['msg']}" for d in details)
    return problem(400, text or "The request cannot be read.", "See /api/v1/openapi.json.")


def _http_problem(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
        if "GET" in headers.get("Allow", ""):
            headers["Allow"] = "GET, HEAD"  # a route knows only of the first
        return problem(error.status_code, str(error.detail), headers=headers)
    return problem(500, "Something went wrong.")


def _unexpected_problem(_: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected error", exc_info=error)
    return problem(500, "Something went wrong.", "Try again; if it lasts, see the service's log.")
