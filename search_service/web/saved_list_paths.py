"""Addresses that begin with a shortlist: "/~<code>/network" is the page at "/network"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import Request, Response
from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

from search_service.filters.saved_list import SavedList

SAVED_LIST_ROUTE = "/~{code}/{rest:path}"
_SAVED = "competenze.saved_list"  # in the scope


class SavedListPaths:
    """Answers a request below a shortlist as the page does without one.

    Only pages are below a shortlist, so that rules of a proxy for other addresses hold.

    Args:
        pages: The routes of the pages.
        damaged: Answers where the list cannot be read.

    """

    def __init__(self, pages: Sequence[BaseRoute], damaged: Callable[[Request], Response]) -> None:
        self._pages = Router(pages)
        self._damaged = damaged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the list from the path, and let the page answer."""
        try:
            saved = SavedList.decode(scope["path_params"]["code"])
        except ValueError:
            await self._damaged(Request(scope))(scope, receive, send)
            return
        # In place: the log and the headers of the response are those of the page.
        scope[_SAVED] = saved
        scope["path"] = _below(scope["path"])
        if "raw_path" in scope:
            scope["raw_path"] = _below(scope["raw_path"].decode("latin-1")).encode("latin-1")
        await self._pages(scope, receive, send)


def list_in_path(scope: Scope) -> SavedList:
    """The shortlist that the path of a request began with; an empty one if it did not."""
    saved: SavedList = scope.get(_SAVED, SavedList())
    return saved


def _below(path: str) -> str:
    return "/" + path.split("/", 2)[2]
