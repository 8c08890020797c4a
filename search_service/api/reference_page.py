"""The page that describes the API to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import Response

from search_service.api.examples import examples_of
from search_service.api.reference import SEARCH, reference
from search_service.live.live_index import LiveIndex
from search_service.presentation.languages import marked as _
from search_service.web.page_request import PageRequest

_GROUPS = {
    SEARCH: _("Ricerca e lettura"),
    "administration": _("Amministrazione"),
    "health": _("Stato del servizio"),
}
_ERRORS = {
    "400": _("La richiesta non è valida, o la domanda non si può cercare."),
    "401": _("Serve un token, oppure quello inviato non è valido."),
    "404": _("Non esiste: forse è stato tolto o ha cambiato nome."),
    "429": _("Troppe richieste: riprova dopo i secondi indicati da Retry-After."),
    "503": _("L'indice si sta caricando o il servizio è troppo occupato: riprova tra poco."),
}


def reference_page(
    spec: Callable[[], dict[str, Any]], rate: int, visit: PageRequest, live: LiveIndex
) -> Response:
    """The API's description: operations with examples, models, errors and limits.

    Args:
        spec: Gives the OpenAPI document.
        rate: Requests that an address may make in a minute; 0 is any number.
        visit: The request.
        live: The index that is served.
    """
    found = reference(spec(), visit.origin, examples_of(live))
    errors = [
        (code, HTTPStatus(int(code)).phrase, visit.text(_ERRORS.get(code, "")))
        for code in found.errors
    ]
    context = {
        "reference": found,
        "groups": [
            (name, visit.text(_GROUPS.get(name, name)), operations)
            for name, operations in found.groups.items()
        ],
        "errors": errors,
        "rate": rate,
    }
    return visit.page("api.html", context)


def reference_pages(
    spec: Callable[[], dict[str, Any]], rate: int
) -> Mapping[str, Callable[[PageRequest, LiveIndex], Response]]:
    """The page by its address.

    Args:
        spec: Gives the OpenAPI document.
        rate: Requests that an address may make in a minute; 0 is any number.
    """
    return {"/api": partial(reference_page, spec, rate)}
