"""What a browser does behind a page, watched: a page that looks right may still have done wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# A violation is in the console too, but for those that the page's own script would swallow.
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
  `CSP: ${event.effectiveDirective} refused ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass  # without slots: Playwright keeps its own attributes in whoever listens
class Watch:
    """Everything that went wrong in the contexts it follows, as lines to read.

    Wrong are: a request to a host that is not ``host``, an error in the console (a refusal of the
    Content-Security-Policy is one), an exception that no script caught.
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
        """What went wrong; that a page visited answers "not found" is for its test to judge."""
        failed = [text for text, url in self._failed if url not in self._visited]
        return [*self._problems, *failed]

    def forgive(self) -> None:
        """Forget what went wrong up to now, where a test provokes it."""
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
