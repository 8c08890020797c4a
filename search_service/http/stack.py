"""All of the guard in its order, around an application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from search_service.http.limits import LimitsMiddleware
from search_service.http.request_log import RequestLogMiddleware
from search_service.settings import ServiceSettings

if TYPE_CHECKING:
    from search_service.http.metrics import Metrics


def guarded(
    app: ASGIApp, settings: ServiceSettings, routes: Iterable[BaseRoute], metrics: Metrics | None
) -> ASGIApp:
    """``app`` behind its guard: seen by the observer first, so that refusals are seen too."""
    paths = dict(_paths(routes))
    # The library's types have no common ancestor with Starlette's.
    behind_proxy: ASGIApp = ProxyHeadersMiddleware(  # type: ignore[assignment]
        LimitsMiddleware(app, settings),  # type: ignore[arg-type]
        settings.trusted_proxies.split(),
    )
    return RequestLogMiddleware(
        behind_proxy,
        lambda endpoint: paths.get(endpoint, ""),
        metrics,
        is_https=settings.origin.startswith("https://"),
        log_questions=settings.log_questions,
    )


def _paths(routes: Iterable[BaseRoute]) -> Iterator[tuple[object, str]]:
    """The path of each endpoint, as it is written; those of included routers too."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            yield from _paths(router.routes)
        elif hasattr(route, "endpoint"):
            yield route.endpoint, getattr(route, "path", "")
