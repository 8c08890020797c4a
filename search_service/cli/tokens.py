"""The command ``token``: makes, lists and revokes access tokens, and shows the log of it."""

from __future__ import annotations

import argparse
import getpass
import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from indexer.errors import SettingsError
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope, Token
from search_service.errors import NotFoundError
from search_service.settings import ServiceSettings

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_ACTIONS = ("make", "list", "revoke", "log")
_SEE = "See their numbers: python -m search_service token list."
_MOST = 100  # entries of the log that are shown


def add_to(commands: Commands) -> None:
    """Add the command to a grammar."""
    token = commands.add_parser(
        "token",
        help="make, list and revoke access tokens",
        description="Make a token (its secret is shown this once), list tokens, revoke one by its "
        "number, or show the log: who signed in, which wrong tokens were shown, what was changed.",
    )
    token.add_argument("action", choices=_ACTIONS, help=", ".join(_ACTIONS))
    token.add_argument("number", nargs="?", type=int, help="of the token to revoke, as listed")
    token.add_argument("--name", help="whose it is, or what it is for")
    token.add_argument(
        "--scope",
        choices=list(map(str, Scope)),
        default=Scope.SEARCH,
        help="what it lets see and do; each more than the one before (default: search)",
    )
    token.add_argument("--days", type=_days, help="it expires after so many (default: never)")
    token.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace, settings: ServiceSettings) -> int:
    """Do what was asked; returns the exit status. Raises CompetenzeError where it cannot."""
    store, console = TokenStore(settings.tokens), Console(emoji=False, highlight=False)
    shown = {"make": _make, "list": _list, "revoke": _revoke, "log": _log}[arguments.action](
        store, arguments, console
    )
    if arguments.json:
        print(json.dumps(shown, ensure_ascii=False, default=str))
    return 0


def _make(store: TokenStore, arguments: argparse.Namespace, console: Console) -> dict[str, object]:
    if not (arguments.name or "").strip():
        raise SettingsError("A token needs a name.", remedy="Say whose it is: --name 'Soci 2026'.")
    lasts = timedelta(days=arguments.days) if arguments.days else None
    token, secret = store.make(arguments.name.strip(), Scope(arguments.scope), utc_now(), lasts)
    _note(store, f"made {_told(token)}")
    if not arguments.json:
        console.print(f"{escape(_told(token))}. Keep it now: it is not shown again.")
        print(secret)
    return {**asdict(token), "secret": secret}


def _list(store: TokenStore, arguments: argparse.Namespace, console: Console) -> dict[str, object]:
    tokens = store.all()
    if not arguments.json:
        table = Table("number", "name", "scope", box=None)
        table.add_column("begins with", no_wrap=True)
        for column in ("made", "expires", "revoked"):
            table.add_column(column)
        for t in tokens:
            days = (
                time.date().isoformat() if time else "" for time in (t.made, t.expires, t.revoked)
            )
            table.add_row(str(t.number), escape(t.name), t.scope, t.prefix, *days)
        console.print(table)
    return {"tokens": [asdict(token) for token in tokens]}


def _revoke(
    store: TokenStore, arguments: argparse.Namespace, console: Console
) -> dict[str, object]:
    if arguments.number is None:
        raise SettingsError("Which token?", remedy=f"Give its number: token revoke 3. {_SEE}")
    found = next((t for t in store.all() if t.number == arguments.number), None)
    if found is None:
        raise NotFoundError(f"There is no token {arguments.number}.", remedy=_SEE)
    if not store.revoke(found.number, utc_now()):
        raise NotFoundError(f"Token {found.number} was revoked before.", remedy=_SEE)
    _note(store, f"revoked {_told(found)}")
    if not arguments.json:
        console.print(f"{escape(_told(found))} opens nothing any more; its sessions have ended.")
    return {"revoked": found.number}


def _log(store: TokenStore, arguments: argparse.Namespace, console: Console) -> dict[str, object]:
    entries = store.log(_MOST)
    if not arguments.json:
        for entry in entries:
            console.print(f"{entry.at:%Y-%m-%d %H:%M:%S} {escape(f'{entry.who}: {entry.what}')}")
    return {"log": [asdict(entry) for entry in entries]}


def _note(store: TokenStore, what: str) -> None:
    store.note(f"{getpass.getuser()} (command)", what, utc_now())


def _told(token: Token) -> str:
    expires = f", until {token.expires:%Y-%m-%d}" if token.expires else ""
    return f"token {token.number} ({token.scope}, {token.name}, {token.prefix}…{expires})"


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 3650:
        raise argparse.ArgumentTypeError("from 1 to 3650")
    return days
