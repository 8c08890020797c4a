"""Numbers for Prometheus: the only module that imports its library."""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from search_service.auth.visitor import visitor_of
from search_service.live.live_index import ServiceState
from search_service.observability.monitoring import METRICS_FOLDER
from search_service.observability.trace import Trace

_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts requests, stages and unanswered questions; knows no text of any.

    With several processes each adds to files that any of them can sum up. The figures of the index
    are those of the process that answers.
    """

    def __init__(self, state: ServiceState) -> None:
        own = CollectorRegistry()
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._requests = Counter(
            "competenze_requests", "Requests.", ("method", "route", "status"), registry=own
        )
        self._seconds = Histogram(
            "competenze_request_seconds",
            "Time to answer, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=own,
        )
        self._stages = Histogram(
            "competenze_stage_seconds",
            "Time spent in a stage of a request, without the stages inside it.",
            ("stage",),
            buckets=_SECONDS,
            registry=own,
        )
        self._asked = Counter("competenze_questions", "Questions searched for.", registry=own)
        self._unanswered = Counter(
            "competenze_unanswered_questions", "Questions that nobody answers.", registry=own
        )
        self._shown = own
        if os.environ.get(METRICS_FOLDER):
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown)  # type: ignore[no-untyped-call]
        self._shown.register(_Served(state))

    def note(self, trace: Trace, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has been answered.

        Args:
            trace: What was recorded during the request.
            method: Of HTTP.
            route: The path of its endpoint, as written in the code.
            status: Of the answer.
            seconds: Time it took.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        for stage, spent in trace.seconds.items():
            self._stages.labels(stage).observe(spent)
        if trace.answered is not None:
            self._asked.inc()
            self._unanswered.inc(not trace.answered)

    def answer(self, request: Request) -> Response:
        """All of them, as Prometheus reads them. Raises HTTPException if access is refused."""
        visitor_of(request.scope)
        return Response(generate_latest(self._shown), media_type=_MEDIA_TYPE)


class _Served(Collector):
    """The index served now, read at each request for metrics so that it is never outdated."""

    def __init__(self, state: ServiceState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The generation, and how much it holds."""
        readiness = self._state.readiness
        is_ready = int(readiness.ready)
        yield GaugeMetricFamily("competenze_ready", "Whether questions are answered.", is_ready)
        is_degraded = int(readiness.ready and readiness.detail != "ok")
        yield GaugeMetricFamily("competenze_degraded", "Whether only in part.", is_degraded)
        if not readiness.generation:
            return
        yield InfoMetricFamily(
            "competenze_generation", "The index.", {"generation": readiness.generation}
        )
        held = self._state.searcher.generation
        for name, count in (
            ("documents", len(held.documents)),
            ("organisations", len(held.organisations)),
            ("passages", len(held.passages)),
        ):
            yield GaugeMetricFamily(f"competenze_{name}", f"{name.title()} in the index.", count)
