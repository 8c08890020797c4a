"""Posts JSON to an incoming webhook."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from indexer.errors import SettingsError
from search_service.chat.errors import DeliveryError
from search_service.chat.log_privacy import hide_paths_of

TIMEOUT = 10.0  # seconds
_REMEDY = "Check that the webhook's address in the settings is the one the platform shows."

hide_paths_of("httpx")  # it logs each address


async def post_json(url: str, payload: object) -> None:
    """Post ``payload`` as JSON. Redirects are not followed.

    Errors never contain ``url``: anybody who knows it can post.

    Raises:
        DeliveryError: The address is not safe, or the message is not accepted within TIMEOUT.
    """
    if not is_safe(url):
        raise DeliveryError("A webhook's address is no https address.", remedy=_REMEDY)
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            response = await client.post(url, json=payload)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Without its cause: a traceback might show the address.
        kind = type(error).__name__
        raise DeliveryError(f"A webhook cannot be reached ({kind}).", remedy=_REMEDY) from None
    if not response.is_success:
        status = response.status_code
        raise DeliveryError(f"A webhook answered {status}.", remedy=_REMEDY)


def checked_url(url: str, setting: str) -> str:
    """A webhook's address from the settings; raises SettingsError if it is not safe."""
    if url and not is_safe(url):
        raise SettingsError(
            f"{setting} is no https address.",
            remedy="Copy it whole from the platform; http is only for this machine itself.",
        )
    return url


def is_safe(url: str) -> bool:
    """Whether an address is https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))
    )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
