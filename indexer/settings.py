"""Settings: read once from the environment (``COMPETENZE_…``), frozen, unknown names refused."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.errors import SettingsError

PREFIX = "COMPETENZE_"
MIN_TOKEN = 16  # characters of a secret that strangers may try to guess
_HOST = r"[\w.-]+(:\d+)?"
_ORIGIN = rf"https?://{_HOST}"


class Settings(BaseSettings):
    """Everything that can be configured; each field's description is its documentation."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    corpus: Path = Field(Path("corpus"), description="Folder of the documents to index.")
    index: Path = Field(Path("var/index"), description="Folder of the index (its generations).")
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("competenze-in-rete"),
        description="Folder for what can be made again: the converted model.",
    )
    model: str = Field(
        "multilingual-e5-small",
        description="The bundled model, or any sentence-transformers name or folder.",
    )
    max_file_mb: int = Field(100, ge=1, description="Files larger than this are not read (MB).")
    parse_seconds: int = Field(30, ge=1, description="A file that takes longer is not read (s).")
    parse_memory_mb: int = Field(
        1024, ge=256, description="A file that takes more memory is not read (MiB)."
    )
    passage_tokens: int = Field(
        200, ge=32, le=480, description="Length a passage aims at, in the model's tokens."
    )
    host: str = Field("127.0.0.1", description="Address the service listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the service listens on.")
    workers: int = Field(
        1, ge=1, le=64, description="Processes that serve; each holds the model and the index."
    )
    allowed_hosts: str = Field(
        "",
        pattern=rf"^({_HOST}( {_HOST})*)?$",
        description="Hosts that the service answers to besides that of the public address, as "
        "rete.example; empty for any.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses or networks of the proxies, separated by spaces, that are believed "
        "about the visitor's address.",
    )
    rate_per_minute: int = Field(
        1200, ge=0, description="Requests of one address in a minute, in each process; 0: any."
    )
    max_concurrency: int = Field(
        100, ge=1, description="Requests answered at the same time by each process."
    )
    max_body_kb: int = Field(
        256, ge=1, description="Requests with a larger body are refused (KiB)."
    )
    drain_seconds: int = Field(
        20, ge=1, description="Time for requests to end when the service is told to stop (s)."
    )
    metrics: bool = Field(False, description="Serve numbers for Prometheus at /metrics.")
    log_questions: bool = Field(False, description="Write the text of questions to the log.")
    embed_in: str = Field(
        "*",
        pattern=r"^(\*|none|https?://[\w.:*-]+( https?://[\w.:*-]+)*)$",
        description="Sites that may show /embed in a frame: * for all, none, or their origins.",
    )
    origin: str = Field(
        "",
        pattern=rf"^({_ORIGIN})?$",
        description="Public address of the service, as https://rete.example: links start with it.",
    )
    tokens: Path = Field(
        Path("var/tokens.sqlite"),
        description="File of the access tokens (hashed), of sessions and of the log of both.",
    )
    require_token: bool = Field(
        False, description="Answer nobody without a token, a session or a proxy's word."
    )
    proxy_header: str = Field(
        "",
        pattern=r"^([A-Za-z0-9-]+)?$",
        description="Header in which a trusted proxy that signs people in names their groups, "
        "separated by commas, as X-Forwarded-Groups; it has to remove what visitors send.",
    )
    proxy_members: str = Field("", description="Groups, separated by spaces, that are members.")
    proxy_admins: str = Field(
        "", description="Groups, separated by spaces, that are administrators."
    )
    chat_store: Path = Field(
        Path("var/chat.sqlite"),
        description="File of what chats must not forget: standing questions, answered events.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None, min_length=16, description="Slack app's signing secret: switches Slack on."
    )
    slack_bot_token: SecretStr | None = Field(
        None, min_length=16, description="Slack bot's token (xoxb-…): to post standing questions."
    )
    mattermost_token: SecretStr | None = Field(
        None, min_length=16, description="Token of Mattermost's slash command: switches it on."
    )
    mattermost_webhook: SecretStr | None = Field(
        None, description="Mattermost's incoming webhook (URL): to post standing questions."
    )
    telegram_token: SecretStr | None = Field(
        None, min_length=16, description="Telegram bot's token: switches Telegram on."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret of Telegram's webhook; without it the bot polls, needing no address.",
    )
    matrix_homeserver: str = Field("", description="Matrix homeserver, as https://matrix.example.")
    matrix_user: str = Field("", description="Matrix id of the bot, as @competenze:example.")
    matrix_token: SecretStr | None = Field(
        None, min_length=16, description="Access token of the Matrix bot."
    )
    teams_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Security token of Teams' outgoing webhook: switches it on.",
    )
    teams_webhook: SecretStr | None = Field(
        None, description="Teams workflow that posts (URL): to post standing questions."
    )
    mcp: bool = Field(False, description="Serve assistants (MCP) at /mcp.")
    mcp_tokens: SecretStr | None = Field(
        None,
        description="Bearer tokens that assistants may show at /mcp, separated by spaces, each of "
        "at least 16 characters; without any, none is asked for.",
    )
    mcp_hosts: str = Field(
        "",
        pattern=rf"^({_HOST}( {_HOST})*)?$",
        description="Hosts, as rete.example or rete.example:8000, that /mcp answers to besides "
        "this machine's own names and that of the public address.",
    )
    mcp_origins: str = Field(
        "",
        pattern=rf"^({_ORIGIN}( {_ORIGIN})*)?$",
        description="Sites whose pages may ask at /mcp, as https://assistente.example; programs "
        "that are no browsers need none.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, proxies: str) -> str:
        for proxy in proxies.split():
            ipaddress.ip_network(proxy, strict=False)  # its error says what is wrong
        return proxies

    @field_validator("mcp_tokens")
    @classmethod
    def _long_enough(cls, tokens: SecretStr | None) -> SecretStr | None:
        for token in tokens.get_secret_value().split() if tokens else ():
            if len(token) < MIN_TOKEN or not (token.isascii() and token.isprintable()):
                raise ValueError(f"a token needs at least {MIN_TOKEN} characters, all of ASCII")
        return tokens


# What a value must look like where its type does not tell.
_SHAPES = {
    "proxy_header": "the name of a header, as X-Forwarded-Groups",
    "allowed_hosts": "names of hosts parted by single spaces, as rete.example or 10.0.0.5:8000",
    "trusted_proxies": "IP addresses or networks parted by spaces, as 127.0.0.1 or 10.0.0.0/8",
    "embed_in": "*, none, or addresses parted by single spaces, as https://www.example.coop",
    "origin": "an address without a path, as https://rete.example",
    "mcp_tokens": f"tokens parted by spaces, each of {MIN_TOKEN} or more characters, all of ASCII",
    "mcp_hosts": "names of hosts parted by single spaces, as rete.example or rete.example:8443",
    "mcp_origins": "addresses parted by single spaces, as https://assistente.example",
}


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """A setting that cannot be used: its field, empty for a name that is none, and why."""

    field: str
    error: SettingsError


def read_settings(**overrides: object) -> Settings:
    """The settings of the environment, with the given ones in their place (``None`` is not given).

    Raises SettingsError for an unknown ``COMPETENZE_…`` name or a value that does not fit.
    """
    settings, faults = examined_settings(**overrides)
    if faults:
        raise faults[0].error
    return settings


def examined_settings(**overrides: object) -> tuple[Settings, tuple[SettingsFault, ...]]:
    """The same with each fault told instead of raised; what cannot be used has its default."""
    given = {name: value for name, value in overrides.items() if value is not None}
    unknown = tuple(SettingsFault("", error) for error in _unknown_names())
    try:
        return Settings(**given), unknown  # type: ignore[arg-type]
    except ValidationError as error:
        fields = tuple(dict.fromkeys(str(found["loc"][0]) for found in error.errors()))
    known = Settings.model_fields
    defaults = {name: known[name].get_default(call_default_factory=True) for name in fields}
    settings = Settings(**{**given, **defaults})
    return settings, (*unknown, *(SettingsFault(name, _unusable(name)) for name in fields))


def _unknown_names() -> Iterator[SettingsError]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), sorted(known), n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."
            yield SettingsError(f"Unknown setting {name}.", remedy=hint)


def _unusable(name: str) -> SettingsError:
    """What was expected of a setting; never what it holds, which may be a secret."""
    return SettingsError(
        f"{PREFIX}{name.upper()} has a value that cannot be used: expected {_expected(name)}.",
        remedy=f"Put it right or leave it out. Its meaning: "
        f"{Settings.model_fields[name].description}",
    )


def _expected(name: str) -> str:
    if name in _SHAPES:
        return _SHAPES[name]
    field = Settings.model_fields[name]
    if field.annotation is bool:
        return "true or false"
    bounds = ("ge", "le", "min_length")
    least, most, shortest = (
        next((getattr(m, bound) for m in field.metadata if hasattr(m, bound)), None)
        for bound in bounds
    )
    if most is not None:
        return f"a whole number from {least} to {most}"
    if least is not None:
        return f"a whole number, {least} or more"
    return f"{shortest} or more characters" if shortest else "a text"
