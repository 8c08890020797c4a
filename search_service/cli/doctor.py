"""Checks a set-up before it is used: what is missing or wrong, each with its remedy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.markup import escape

from indexer.domain import Encoder, Level
from indexer.embedding.encoder import load_encoder
from indexer.embedding.sentence_encoder import SentenceEncoder
from indexer.errors import CompetenzeError, GenerationError, SettingsError
from indexer.index.snapshot import current_name, load_current, read_manifest
from indexer.settings import PREFIX
from search_service.auth.token_store import TokenStore, utc_now
from search_service.chat.errors import StoreError
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.chat.registry import platforms
from search_service.chat.store import Store
from search_service.chat.webhook_client import is_safe
from search_service.live.live_index import ServiceState
from search_service.search.configured import searcher_factory
from search_service.settings import ServiceSettings, check_service_settings

_SECOND = timedelta(seconds=1)  # seconds: an index's date has no fraction


class Verdict(StrEnum):
    """The state of a part of the set-up."""

    GOOD = "good"
    NOTE = "note"  # off, or worth knowing; nothing is wrong
    WRONG = "wrong"  # configured, but does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check of ``part``; ``remedy`` is empty if nothing needs to be done."""

    part: str
    verdict: Verdict
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """What is examined; ``broken`` are the invalid settings, replaced by their defaults."""

    settings: ServiceSettings
    encoder: Encoder | None = None
    broken: frozenset[str] = frozenset()

    @property
    def chats(self) -> bool:
        """Whether any chat is configured, even in part."""
        return any(
            _given(platform.name, self.settings) or self.broken_of(platform.name)
            for platform in platforms()
        )

    def broken_of(self, part: str) -> list[str]:
        """The invalid settings of a platform, or the invalid setting."""
        return [name for name in sorted(self.broken) if f"{name}_".startswith(f"{part}_")]


def examine(index: Path | None = None, encoder: Encoder | None = None) -> tuple[Finding, ...]:
    """All findings, in the order of CHECKS; ``encoder`` replaces the configured model.

    Nothing is changed, except that the bundled model is converted if it never was. No finding
    contains a secret.
    """
    settings, faults = check_service_settings(index=index)
    setup = Setup(settings, encoder, frozenset(fault.field for fault in faults))
    found = [_wrong("settings", fault.error) for fault in faults]
    if not faults:
        found.append(Finding("settings", Verdict.GOOD, "all are known and valid"))
    for part, check in CHECKS:
        try:
            found += check(setup)
        except CompetenzeError as error:
            found.append(_wrong(part, error))
    return tuple(found)


def all_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.verdict is not Verdict.WRONG for finding in findings)


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """The findings as one JSON object; ``ok`` if nothing is wrong."""
    return {"ok": all_well(findings), "checks": [asdict(finding) for finding in findings]}


def print_findings(findings: Sequence[Finding], console: Console) -> None:
    """Print each finding on a line, with its remedy below."""
    signs = {Verdict.GOOD: "[green]✓[/]", Verdict.NOTE: "[dim]–[/]", Verdict.WRONG: "[red]✗[/]"}
    for finding in findings:
        line = f"{signs[finding.verdict]} [bold]{escape(finding.part)}[/]: {escape(finding.detail)}"
        console.print(line, soft_wrap=True)
        if finding.remedy:
            console.print(f"  → {escape(finding.remedy)}", soft_wrap=True)


# --- the checks ----------------------------------------------------------------------------


def _index(setup: Setup) -> Iterator[Finding]:
    """Whether it loads and was made with the configured model, as at the service's start."""
    generation, refused = load_current(setup.settings.index, Level.ADMIN)
    encoder = setup.encoder or load_encoder(setup.settings)
    searcher_factory(setup.settings)(generation, encoder)
    manifest = generation.manifest
    yield Finding(
        "index",
        Verdict.GOOD,
        f"{generation.id}, with {manifest.organisations} organisations and "
        f"{manifest.documents} documents",
    )
    for reason in refused:
        yield Finding("index", Verdict.WRONG, reason, "Run: python -m indexer build.")


def _corpus(setup: Setup) -> Iterator[Finding]:
    """Whether anything changed since the index was made, by the times of files and folders."""
    root = setup.settings.corpus
    if not root.is_dir():
        yield Finding(
            "corpus",
            Verdict.NOTE,
            f"there is no folder {root} on this machine; the index is served as it is",
            f"If documents are indexed on this machine, set {PREFIX}CORPUS.",
        )
        return
    try:
        name = current_name(setup.settings.index)
        manifest = read_manifest(setup.settings.index, name) if name else None
    except GenerationError:
        manifest = None
    if manifest is None:
        yield Finding("corpus", Verdict.NOTE, "not compared: there is no index to compare it with")
    elif _changed(root) >= datetime.fromisoformat(manifest.created) + _SECOND:
        yield Finding(
            "corpus",
            Verdict.NOTE,
            f"{root} has files newer than the index",
            "Run: python -m indexer build. It indexes them if their content has changed.",
        )
    else:
        yield Finding("corpus", Verdict.GOOD, f"{root} has nothing newer than the index")


def _changed(root: Path) -> datetime:
    """When a file or a folder last changed."""
    paths = [root, *root.rglob("*")]
    return datetime.fromtimestamp(max(p.lstat().st_mtime for p in paths), UTC)


def _address(setup: Setup) -> Iterator[Finding]:
    part, settings = "public address", setup.settings
    on = [p.name for p in platforms() if _given(p.name, settings)]
    called = [p.name for p in platforms() if p.is_called(settings)]
    if setup.broken_of("origin"):
        yield _unchecked(part, setup.broken_of("origin"))
    elif settings.origin and called and not is_safe(settings.origin):
        yield Finding(
            part,
            Verdict.NOTE,
            f"{settings.origin} is not https, which {', '.join(called)} requires",
            f"Put a proxy that speaks https before the service, and set {PREFIX}ORIGIN to it.",
        )
    elif settings.origin:
        yield Finding(part, Verdict.GOOD, settings.origin)
    elif on:
        yield Finding(
            part,
            Verdict.NOTE,
            f"not set: the answers of {', '.join(on)} have no links",
            f"Set {PREFIX}ORIGIN, as https://rete.example.",
        )
    else:
        yield Finding(part, Verdict.NOTE, "not set: no chat needs it")


def _access(setup: Setup) -> Iterator[Finding]:
    """Whether tokens can be looked up and the proxy's settings work."""
    settings = setup.settings
    groups = " ".join((settings.proxy_members, settings.proxy_admins)).split()
    if bool(settings.proxy_header) != bool(groups):
        raise SettingsError(
            "The proxy's header is set without its groups, or the groups without the header.",
            remedy=f"Set {PREFIX}PROXY_HEADER, and {PREFIX}PROXY_MEMBERS or {PREFIX}PROXY_ADMINS; "
            "or none of them.",
        )
    open_ = sum(token.is_valid(utc_now()) for token in TokenStore(settings.tokens).all())
    detail = f"{settings.tokens}, with {open_} valid tokens"
    if not settings.tokens.exists():
        detail = "no tokens: everybody sees what is public"
    yield Finding("tokens", Verdict.GOOD, detail)


def _store(setup: Setup) -> Iterator[Finding]:
    """Whether the chats' store can be used, or created if there is none.

    It is not created here: this user may not be the service's.
    """
    path = setup.settings.chat_store
    if not setup.chats:
        yield Finding("chat store", Verdict.NOTE, "no chat is on")
        return
    folder = next(p for p in path.absolute().parents if p.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise StoreError(
            f"The chats' store {path} cannot be written.",
            remedy=f"Make {folder} a folder that the service may write to, or set "
            f"{PREFIX}CHAT_STORE.",
        )
    if path.exists():
        Store(path)
    detail = "can be used" if path.exists() else "will be made when the service starts"
    yield Finding("chat store", Verdict.GOOD, f"{path} {detail}")


def _chats(setup: Setup) -> Iterator[Finding]:
    for platform in platforms():
        if broken := setup.broken_of(platform.name):
            yield _unchecked(platform.name, broken)
            continue
        try:
            yield _chat(platform, setup.settings)
        except CompetenzeError as error:
            yield _wrong(platform.name, error)


def _chat(platform: Platform, settings: ServiceSettings) -> Finding:
    names = ", ".join(_setting(name) for name in platform.required)
    if not platform.is_on(settings):
        if given := _given(platform.name, settings):
            raise SettingsError(
                f"Off, though {', '.join(map(_setting, given))} is set.",
                remedy=f"Set also: {names}; or none of its settings.",
            )
        return Finding(platform.name, Verdict.NOTE, "off", f"To switch it on, set {names}.")
    _start(platform.name, settings, lambda state: _adapter(platform, settings, state))
    if platform.posts(settings):
        return Finding(platform.name, Verdict.GOOD, "on")
    return Finding(
        platform.name,
        Verdict.GOOD,
        "on, without alerts: it can only reply",
        f"To allow alerts, set {_setting(platform.posts_with)}.",
    )


def _adapter(platform: Platform, settings: ServiceSettings, state: ServiceState) -> None:
    with TemporaryDirectory() as folder:
        handler = MessageHandler(state, Store(Path(folder) / "chat.sqlite"), settings.origin)
        platform.adapter(settings, handler)


def _assistants(setup: Setup) -> Iterator[Finding]:
    settings, part = setup.settings, "assistants"
    switch = _setting("mcp")
    if broken := setup.broken_of("mcp"):
        yield _unchecked(part, broken)
        return
    if not settings.mcp and (given := _given("mcp", settings)):
        raise SettingsError(
            f"Set but not served: {', '.join(map(_setting, given))}, as {switch} is not true.",
            remedy=f"Set {switch}=true; or none of its settings.",
        )
    if not settings.mcp:
        detail = "not served at /mcp"
        yield Finding(part, Verdict.NOTE, detail, f"To serve them there, set {switch}=true.")
        return
    _start("mcp", settings, lambda state: _serve(settings, state))
    if settings.require_token:
        yield Finding(part, Verdict.GOOD, "served at /mcp, to those who have a token")
    else:
        yield Finding(
            part,
            Verdict.GOOD,
            "served at /mcp, to all who can reach it",
            f"To require a token, set {_setting('require_token')}=true.",
        )


def _serve(settings: ServiceSettings, state: ServiceState) -> None:
    from search_service.mcp.server import Assistants  # its library is an extra

    Assistants(state, settings)


def _start(name: str, settings: ServiceSettings, make: Callable[[ServiceState], None]) -> None:
    """Make what the service makes at its start; raises CompetenzeError if that fails."""
    try:
        encoder = SentenceEncoder(Path(), threads=1)  # it will not be used
        make(ServiceState(settings.index, encoder))
    except CompetenzeError:
        raise
    except Exception as error:  # a library's, whose text may contain a secret
        raise SettingsError(
            f"It is configured, and cannot start ({type(error).__name__}).",
            remedy=f"See its settings: {', '.join(map(_setting, _given(name, settings)))}.",
        ) from None


CHECKS: tuple[tuple[str, Callable[[Setup], Iterable[Finding]]], ...] = (
    ("index", _index),
    ("corpus", _corpus),
    ("public address", _address),
    ("tokens", _access),
    ("chat store", _store),
    ("chats", _chats),
    ("assistants", _assistants),
)


def _given(name: str, settings: ServiceSettings) -> list[str]:
    """The settings of a platform that are given."""
    names = (field for field in ServiceSettings.model_fields if f"{field}_".startswith(f"{name}_"))
    return [name for name in names if getattr(settings, name)]


def _unchecked(part: str, broken: Sequence[str]) -> Finding:
    names = ", ".join(map(_setting, broken))
    return Finding(part, Verdict.NOTE, f"not checked: {names} cannot be used, see above")


def _setting(name: str) -> str:
    return PREFIX + name.upper()


def _wrong(part: str, error: CompetenzeError) -> Finding:
    return Finding(part, Verdict.WRONG, error.message, error.remedy)
