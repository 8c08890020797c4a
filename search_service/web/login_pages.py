"""Signing in to the pages and out again: a token is shown once and opens a session."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Route

from search_service.auth.middleware import COOKIE, Authenticator
from search_service.auth.token_store import SESSION, TokenStoreError
from search_service.auth.visitor import Refusal
from search_service.web.page_request import PageRequest
from search_service.web.rendering import Renderer

MAX_BODY = 4096  # bytes of a form with one field
_FORM = "application/x-www-form-urlencoded"


def login_routes(keeper: Authenticator, renderer: Renderer) -> Sequence[BaseRoute]:
    """The addresses of /login and /logout."""

    def form(request: Request) -> Response:
        return _login_page(PageRequest.of(request, renderer))

    async def sign_in(request: Request) -> Response:
        visit = PageRequest.of(request, renderer)
        if not _is_own(request, visit.origin):
            return _login_page(visit, 403)
        token = await _token(request)
        if not token:
            return _login_page(visit, 400)
        try:
            session = await asyncio.to_thread(keeper.sign_in, request, token)
        except TokenStoreError:
            return _login_page(visit, 503)
        if isinstance(session, Refusal):
            return _login_page(visit, session.status, session.wait)
        response = _home(visit)
        response.set_cookie(
            COOKIE,
            session,
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            secure=visit.origin.startswith("https:"),
            samesite="lax",
        )
        return response

    async def sign_out(request: Request) -> Response:
        visit = PageRequest.of(request, renderer)
        if not _is_own(request, visit.origin):
            return _login_page(visit, 403)
        await asyncio.to_thread(keeper.sign_out, request)
        response = _home(visit)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    return (
        Route("/login", form, methods=["GET"]),
        Route("/login", sign_in, methods=["POST"]),
        Route("/logout", sign_out, methods=["POST"]),
    )


def refused_page(visit: PageRequest, refusal: Refusal) -> Response:
    """The page for visitors who may not see what they asked for: it invites them to sign in."""
    return _login_page(visit, refusal.status, refusal.wait, wanted=True)


def _login_page(
    visit: PageRequest, status: int = 200, wait: int = 0, *, wanted: bool = False
) -> Response:
    """The form, with the error of the last attempt."""
    context = {"wrong": _wrong(visit, status, wanted=wanted)}
    response = visit.about(visit.asked.kept).page("login.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _wrong(visit: PageRequest, status: int, *, wanted: bool) -> str:
    """The meaning of a status for somebody who signs in; empty if all is well."""
    if wanted and status == 401:
        return visit.text("Per vedere questa pagina devi accedere.")
    return {
        200: "",
        400: visit.text("Inserisci la tua chiave."),
        401: visit.text("Chiave non valida: è errata, scaduta o revocata."),
        403: visit.text("La richiesta non proviene da questa pagina: riprova da qui."),
        429: visit.text("Troppi tentativi: aspetta un minuto, poi riprova."),
    }.get(status, visit.text("Al momento non è possibile accedere: riprova tra poco."))


def _home(visit: PageRequest) -> Response:
    return RedirectResponse(visit.asked.kept.absolute("/"), 303, {"Cache-Control": "no-store"})


def _is_own(request: Request, origin: str) -> bool:
    """Whether a form was sent by one of our own pages: browsers say so, programs say nothing."""
    sender = request.headers.get("origin")
    if sender is not None:
        return sender == origin
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def _token(request: Request) -> str:
    """The token in the form; empty if the body is not that form, or too long."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        return ""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return ""
    except ClientDisconnect:
        return ""
    fields = parse_qs(body.decode("utf-8", "replace"))  # a short form has few fields
    return fields.get("token", [""])[0].strip()
