"""Watches what a browser does behind a page: one that looks right may still do wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# The console has violations too, except those that the page's own script would swallow.
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
  `CSP: ${event.effectiveDirective} refused ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass  # without slots: Playwright keeps its own attributes in whoever listens
class Watch:
    """Collects what goes wrong in the contexts it follows, one line per problem.

    A problem is a request to a host other than ``host``, an error in the console (which includes
    violations of the Content-Security-Policy) or an uncaught exception.
    """

    host: str
    _problems: list[str] = field(default_factory=list)
    _failed: list[tuple[str, str]] = field(default_factory=list)
    _visited: set[str] = field(default_factory=set)

    def follow(self, context: BrowserContext) -> None:
        """Watch all pages of a context from now on."""
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)

    @property
    def problems(self) -> list[str]:
        """The problems; whether a visited page may be missing is for its test to judge."""
        failed = [text for text, url in self._failed if url not in self._visited]
        return [*self._problems, *failed]

    def forgive(self) -> None:
        """Forget the problems so far: for tests that provoke them."""
        self._problems.clear()
        self._failed.clear()

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._visited.add(request.url)
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.host:
            self._problems.append(f"request to another host: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        url = str(message.location["url"])
        line = f"console: {message.text} ({url})"
        if message.text.startswith("Failed to load resource"):
            self._failed.append((line, url))
        else:
            self._problems.append(line)

    def _on_error(self, error: WebError) -> None:
        self._problems.append(f"uncaught: {error.error}")
