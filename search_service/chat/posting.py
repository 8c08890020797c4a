"""Posting JSON to an address that a platform gave: an incoming webhook, a workflow."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from search_service.chat.errors import DeliveryError

_SECONDS = 10.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _NoRedirects(HTTPRedirectHandler):
    """Follows nowhere: what is posted is for the address that was configured."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """Not followed: the status is an error like others."""


async def post_json(url: str, payload: object) -> None:
    """Post ``payload`` to ``url`` (https, or http on this machine), without redirects.

    Raises DeliveryError where it is not taken within ten seconds; it never tells the address,
    which holds a secret.
    """
    await asyncio.to_thread(_post, url, json.dumps(payload).encode())


def _post(url: str, body: bytes) -> None:
    try:
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme, parts.hostname) not in {
            ("http", host) for host in _LOOPBACK
        }:
            raise DeliveryError(
                "The configured webhook is no https:// address.",
                remedy="Copy the whole address from the platform into the setting.",
            )
        request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
        with build_opener(_NoRedirects).open(request, timeout=_SECONDS):
            return
    except HTTPError as error:
        error.close()
        raise _refused(f"answered {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Its words may hold the address.
        raise _refused(f"could not be reached ({type(error).__name__})") from None


def _refused(what: str) -> DeliveryError:
    return DeliveryError(
        f"The configured webhook {what}.",
        remedy="See that it still exists, and that this machine may reach it.",
    )
