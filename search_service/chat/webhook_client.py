"""Posts JSON to an address that a platform gave for it (an incoming webhook)."""

from __future__ import annotations

import asyncio
import json
from email.message import Message
from http.client import HTTPException
from ipaddress import ip_address
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from indexer.errors import SettingsError
from search_service.chat.errors import DeliveryError

TIMEOUT = 10.0  # seconds
_REMEDY = "Check that the webhook's address in the settings is the one the platform shows."


async def post_json(url: str, payload: object) -> None:
    """Post ``payload``; raises DeliveryError where it is not taken within TIMEOUT.

    Errors never hold ``url``: whoever knows it may post too. No redirect is followed, and what is
    not https is refused, but on this machine itself.
    """
    await asyncio.to_thread(_post, url, json.dumps(payload).encode())


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Nothing: a redirect is then an error as others are."""


_opener = build_opener(_NoRedirects)


def _post(url: str, body: bytes) -> None:
    if not is_safe(url):
        raise DeliveryError("A webhook's address is no https address.", remedy=_REMEDY)
    headers = {"Content-Type": "application/json"}
    request = Request(url, body, headers, method="POST")  # noqa: S310 (looked at above)
    try:
        with _opener.open(request, timeout=TIMEOUT):
            return
    except HTTPError as error:
        error.close()
        raise DeliveryError(f"A webhook answered {error.code}.", remedy=_REMEDY) from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        # Without its cause: a traceback might show the address.
        kind = type(getattr(error, "reason", error)).__name__
        raise DeliveryError(f"A webhook cannot be reached ({kind}).", remedy=_REMEDY) from None


def checked(url: str, setting: str) -> str:
    """A webhook's address from the settings; raises SettingsError where nothing may be posted."""
    if url and not is_safe(url):
        raise SettingsError(
            f"{setting} is no https address.",
            remedy="Copy it whole from the platform; http is only for this machine itself.",
        )
    return url


def is_safe(url: str) -> bool:
    """Whether an address is https, or http of this machine itself."""
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
