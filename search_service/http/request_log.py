"""Each request has an id, a line in the log, and counts in the metrics."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_service.http.security_headers import secure
from search_service.observability import trace

if TYPE_CHECKING:
    from search_service.http.metrics import Metrics

REQUEST_ID = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_log = logging.getLogger(__name__)


class RequestLogMiddleware:
    """Watches every request to ``app``, and completes the headers of every answer.

    ``route_of`` names the route of an endpoint, as "/documents/{name}": the values in its
    place may be private and are not logged.
    """

    def __init__(
        self,
        app: ASGIApp,
        route_of: Callable[[object], str],
        metrics: Metrics | None,
        *,
        is_https: bool,
        log_questions: bool,
    ) -> None:
        self._app = app
        self._route_of = route_of
        self._metrics = metrics
        self._is_https = is_https
        self._log_questions = log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and note how it did."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted = trace.Trace(request_id(Headers(scope=scope)))
        status, is_complete = 500, False

        async def completed(message: Message) -> None:
            nonlocal status, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = noted.request
                secure(headers, scope["path"], self._is_https)
            is_complete = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        started = time.perf_counter()
        token = trace.begin_trace(noted)
        try:
            await self._app(scope, receive, completed)
        except Exception:
            if not is_complete:  # else it has been answered, and logged
                raise
        finally:
            self._note(scope, noted, status, time.perf_counter() - started)
            trace.end_trace(token)

    def _note(self, scope: Scope, noted: trace.Trace, status: int, seconds: float) -> None:
        route = self._route_of(scope.get("endpoint"))
        method = scope["method"] if scope["method"] in _METHODS else "other"
        line = {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "generation": noted.generation,
        }
        if self._log_questions and noted.question:
            line["question"] = noted.question
        _log.info("request", extra={"fields": line})
        if self._metrics is not None:
            self._metrics.note(noted, method, route, status, seconds)


def request_id(headers: Mapping[str, str]) -> str:
    """The id that a proxy or the client gave the request, if it is well-formed; else a new one."""
    given = headers.get(REQUEST_ID, "")
    return given if _SANE.fullmatch(given) else uuid4().hex
