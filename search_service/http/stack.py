"""The middleware in front of the application, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from search_service.http.limits import LimitsMiddleware
from search_service.http.places import PlacesMiddleware
from search_service.http.proxy import ProxyMiddleware
from search_service.http.request_log import RequestLogMiddleware
from search_service.observability.monitoring import HEALTH
from search_service.settings import ServiceSettings

if TYPE_CHECKING:
    from search_service.http.metrics import Metrics


def guarded(
    app: ASGIApp, settings: ServiceSettings, routes: Iterable[BaseRoute], metrics: Metrics | None
) -> ASGIApp:
    """``app`` behind all of it: the log first, so that it has refusals too.

    Args:
        app: Answers the requests that pass.
        settings: Hosts, proxies and limits.
        routes: Of ``app``; the log names them.
        metrics: Counts the requests; ``None`` if metrics are off.
    """
    paths = dict(_paths(routes))
    limited = LimitsMiddleware(PlacesMiddleware(app, settings.max_concurrency), settings)
    known = TrustedHostMiddleware(limited, hosts(settings), www_redirect=False)

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        # Health is asked by machines that know the address only.
        is_health = scope["type"] == "http" and scope["path"] in HEALTH
        await (limited if is_health else known)(scope, receive, send)

    return RequestLogMiddleware(
        ProxyMiddleware(named, settings.trusted_proxies.split()),
        lambda endpoint: paths.get(endpoint, ""),
        metrics,
        is_https=settings.origin.startswith("https://"),
        log_questions=settings.log_questions,
    )


def hosts(settings: ServiceSettings) -> list[str]:
    """The hosts that the service answers to, without their ports; any if none is configured."""
    named = settings.allowed_hosts.split()
    own = urlsplit(settings.origin).netloc
    found = [*named, own] if named and own else named
    return [host.partition(":")[0] for host in found] or ["*"]


def _paths(routes: Iterable[BaseRoute]) -> Iterator[tuple[object, str]]:
    """The path of each endpoint, as written in the code; those of included routers too."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            yield from _paths(router.routes)
        elif hasattr(route, "endpoint"):
            yield route.endpoint, getattr(route, "path", "")
