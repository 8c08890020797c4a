"""Headers that tell browsers what our responses must not be used for. Pure."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

EMBEDDED = "/embed"  # the one page that other sites show in a frame
_YEAR = 365 * 24 * 3600
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
# A browser's own viewer needs what the policy above forbids.
_PDF = "frame-ancestors 'none'"


def secure(headers: MutableHeaders, path: str, is_https: bool) -> None:
    """Add the missing headers to a response; those that the application sets stay.

    Args:
        headers: Of the answer; they are changed.
        path: Of the request.
        is_https: Whether the public address is HTTPS, on which browsers are then to insist.
    """
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    is_pdf = headers.get("Content-Type", "").startswith("application/pdf")
    headers.setdefault("Content-Security-Policy", _PDF if is_pdf else _NOTHING)
    headers.setdefault(
        "Cross-Origin-Resource-Policy", "cross-origin" if path == EMBEDDED else "same-origin"
    )
    if is_https:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
