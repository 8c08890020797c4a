"""The service's settings: the indexer's, and those of the web, access, chats and assistants."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from indexer.settings import Settings, SettingsFault, load_settings, without_faults

_HOST = r"[\w.-]+(:\d+)?"
_ORIGIN = rf"https?://{_HOST}"


class ServiceSettings(Settings):
    """Everything the service can be configured with."""

    host: str = Field("127.0.0.1", description="Address the service listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the service listens on.")
    workers: int = Field(
        1, ge=1, le=64, description="Processes that serve; each holds the model and the index."
    )
    allowed_hosts: str = Field(
        "",
        pattern=rf"^({_HOST}( {_HOST})*)?$",
        description="Hosts that the service answers to besides that of the public address, as "
        "rete.example; empty for any. Ports do not matter.",
        json_schema_extra={
            "expected": "host names separated by single spaces, as rete.example or 10.0.0.5:8000"
        },
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses or networks of the proxies, separated by spaces, that are trusted "
        "to name the visitor's address.",
        json_schema_extra={
            "expected": "IP addresses or networks separated by spaces, as 127.0.0.1 or 10.0.0.0/8"
        },
    )
    rate_per_minute: int = Field(
        1200,
        ge=0,
        description="Requests of one address in a minute, in each process; a long question counts "
        "as several; 0: any.",
    )
    max_concurrency: int = Field(
        100,
        ge=1,
        description="Requests answered at the same time by each process; one address has a "
        "quarter of them.",
    )
    max_body_kb: int = Field(
        256, ge=1, description="Requests with a larger body are refused (KiB)."
    )
    drain_seconds: int = Field(
        20, ge=1, description="Time for requests to end when the service is told to stop (s)."
    )
    metrics: bool = Field(False, description="Serve metrics for Prometheus at /metrics.")
    log_questions: bool = Field(False, description="Write the text of questions to the log.")
    embed_in: str = Field(
        "*",
        pattern=r"^(\*|none|https?://[\w.:*-]+( https?://[\w.:*-]+)*)$",
        description="Sites that may show /embed in a frame: * for all, none, or their origins.",
        json_schema_extra={
            "expected": "*, none, or origins separated by single spaces, as "
            "https://www.example.coop"
        },
    )
    origin: str = Field(
        "",
        pattern=rf"^({_ORIGIN})?$",
        description="Public address of the service, as https://rete.example: links start with it.",
        json_schema_extra={"expected": "an address without a path, as https://rete.example"},
    )
    contact: str = Field(
        "",
        pattern=r"^(https?://[^\s<>\"']+|[\w.+-]+@[\w-]+(\.[\w-]+)+)?$",
        description="Whom people write to about the service: a mail address or a page, shown in "
        "the footer, on the privacy page and where nobody answers; empty shows none.",
        json_schema_extra={
            "expected": "a mail address or a web address, as rete@example.coop or "
            "https://example.coop/contatti"
        },
    )
    tokens: Path = Field(
        Path("var/tokens.sqlite"),
        description="File of the access tokens (hashed), of sessions and of the log of both.",
    )
    calibration: Path | None = Field(
        None,
        description="File that `calibrate` wrote for the model; without it, the one of the bundled "
        "model. Any other model then shows everybody who is found.",
        json_schema_extra={"expected": "the path of a file"},
    )
    reranker: str = Field(
        "",
        description="A cross-encoder (a sentence-transformers name or folder) that orders the "
        "first 30 passages of a question anew; empty for none.",
    )
    require_token: bool = Field(
        False, description="Require a token, a session or a trusted proxy's sign-in for everything."
    )
    proxy_header: str = Field(
        "",
        pattern=r"^([A-Za-z0-9-]+)?$",
        description="Header in which a trusted proxy that signs people in names their groups, "
        "separated by commas, as X-Forwarded-Groups; it has to remove what visitors send.",
        json_schema_extra={"expected": "the name of a header, as X-Forwarded-Groups"},
    )
    proxy_members: str = Field("", description="Groups, separated by spaces, that are members.")
    proxy_admins: str = Field(
        "", description="Groups, separated by spaces, that are administrators."
    )
    chat_store: Path = Field(
        Path("var/chat.sqlite"),
        description="File of the chats' alerts and of the events already answered.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None, min_length=16, description="Slack app's signing secret: switches Slack on."
    )
    slack_bot_token: SecretStr | None = Field(
        None, min_length=16, description="Slack bot's token (xoxb-…): to post alerts."
    )
    mattermost_token: SecretStr | None = Field(
        None, min_length=16, description="Token of Mattermost's slash command: switches it on."
    )
    mattermost_webhook: SecretStr | None = Field(
        None, description="Mattermost's incoming webhook (URL): to post alerts."
    )
    telegram_token: SecretStr | None = Field(
        None, min_length=16, description="Telegram bot's token: switches Telegram on."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret of Telegram's webhook; without it the bot polls, needing no address.",
    )
    matrix_homeserver: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+\S*)?$",
        description="Matrix homeserver, as https://matrix.example.",
        json_schema_extra={"expected": "an address, as https://matrix.example"},
    )
    matrix_user: str = Field(
        "",
        pattern=r"^(@[^:\s]+:[^\s:]\S*)?$",
        description="Matrix id of the bot, as @competenze:example.",
        json_schema_extra={"expected": "a whole Matrix id, as @competenze:example"},
    )
    matrix_token: SecretStr | None = Field(
        None, min_length=16, description="Access token of the Matrix bot."
    )
    teams_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Security token of Teams' outgoing webhook: switches it on.",
    )
    teams_webhook: SecretStr | None = Field(
        None, description="Teams workflow that posts (URL): to post alerts."
    )
    mcp: bool = Field(False, description="Serve assistants (MCP) at /mcp.")
    mcp_hosts: str = Field(
        "",
        pattern=rf"^({_HOST}( {_HOST})*)?$",
        description="Hosts, as rete.example or rete.example:8000, that /mcp answers to besides "
        "this machine's own names and that of the public address.",
        json_schema_extra={
            "expected": "host names separated by single spaces, as rete.example or "
            "rete.example:8443"
        },
    )
    mcp_origins: str = Field(
        "",
        pattern=rf"^({_ORIGIN}( {_ORIGIN})*)?$",
        description="Sites whose pages may ask at /mcp, as https://assistente.example; programs "
        "that are no browsers need none.",
        json_schema_extra={
            "expected": "origins separated by single spaces, as https://assistente.example"
        },
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: str) -> str:
        for proxy in proxies.split():
            ipaddress.ip_network(proxy)  # refuses 10.0.0.1/8, of which only a part would be meant
        return proxies


def read_service_settings(**overrides: object) -> ServiceSettings:
    """The service's settings; those given replace those of the environment, unless ``None``.

    Raises:
        SettingsError: A ``COMPETENZE_…`` name is unknown, or a value cannot be used.
    """
    return without_faults(*check_service_settings(**overrides))


def check_service_settings(
    **overrides: object,
) -> tuple[ServiceSettings, tuple[SettingsFault, ...]]:
    """The same with all faults returned; a setting that cannot be used has its default."""
    return load_settings(ServiceSettings, overrides)
