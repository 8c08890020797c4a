"""The commands of ``token``: make, list and revoke access tokens, and show the log."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from indexer.cli.terminal import OK, Terminal, print_json
from indexer.errors import SettingsError
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import AccessToken, Scope
from search_service.cli.options import Json
from search_service.errors import NotFoundError
from search_service.settings import read_service_settings

_NUMBERS = "See their numbers: python -m search_service token list."
_MAX_ENTRIES = 100  # of the log that are shown

app = typer.Typer(help="Make, list and revoke access tokens, and show the log.")


@app.command()
def make(
    name: Annotated[str, typer.Option(help="Whose it is, or what it is for.")] = "",
    scope: Annotated[
        Scope, typer.Option(help="What it allows; each includes the one before.")
    ] = Scope.SEARCH,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Expires after so many. [default: never]")
    ] = None,
    json: Json = False,
) -> int:
    """Make a token. Its secret is shown once; only its hash is stored."""
    if not name.strip():
        raise SettingsError("A token needs a name.", remedy="Say whose it is: --name 'Soci 2026'.")
    store = _store()
    lasts = timedelta(days=days) if days else None
    token, secret = store.make(name.strip(), scope, utc_now(), lasts)
    _log(store, f"made {_label(token)}")
    if json:
        print_json({**asdict(token), "secret": secret})
    else:
        Terminal().print(f"{escape(_label(token))}. Copy it now: it is not shown again.")
        print(secret)
    return OK


@app.command("list")
def list_(json: Json = False) -> int:
    """List all tokens, revoked ones too."""
    tokens = _store().all()
    if json:
        print_json({"tokens": [asdict(token) for token in tokens]})
        return OK
    table = Table("number", "name", "scope", box=None)
    table.add_column("begins with", no_wrap=True)
    for column in ("made", "expires", "revoked"):
        table.add_column(column)
    for t in tokens:
        days = (time.date().isoformat() if time else "" for time in (t.made, t.expires, t.revoked))
        table.add_row(str(t.number), escape(t.name), t.scope, t.prefix, *days)
    Terminal().print(table)
    return OK


@app.command()
def revoke(
    number: Annotated[int | None, typer.Argument(help="Of the token, as listed.")] = None,
    json: Json = False,
) -> int:
    """Revoke a token by its number; its sessions end too."""
    if number is None:
        raise SettingsError("Which token?", remedy=f"Give its number: token revoke 3. {_NUMBERS}")
    store = _store()
    found = next((t for t in store.all() if t.number == number), None)
    if found is None:
        raise NotFoundError(f"There is no token {number}.", remedy=_NUMBERS)
    if not store.revoke(found.number, utc_now()):
        raise NotFoundError(f"Token {found.number} was revoked before.", remedy=_NUMBERS)
    _log(store, f"revoked {_label(found)}")
    if json:
        print_json({"revoked": found.number})
    else:
        Terminal().print(f"{escape(_label(found))} is revoked; its sessions have ended.")
    return OK


@app.command()
def log(json: Json = False) -> int:
    """Show the log: who signed in, which wrong tokens were shown, what was changed."""
    entries = _store().log(_MAX_ENTRIES)
    if json:
        print_json({"log": [asdict(entry) for entry in entries]})
    else:
        Terminal().print_lines(f"{e.at:%Y-%m-%d %H:%M:%S} {e.who}: {e.what}" for e in entries)
    return OK


def _store() -> TokenStore:
    return TokenStore(read_service_settings().tokens)


def _log(store: TokenStore, what: str) -> None:
    store.note(f"{getpass.getuser()} (command)", what, utc_now())


def _label(token: AccessToken) -> str:
    expires = f", until {token.expires:%Y-%m-%d}" if token.expires else ""
    return f"token {token.number} ({token.scope}, {token.name}, {token.prefix}…{expires})"
