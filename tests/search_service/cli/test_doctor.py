"""The set-up, checked: what is missing is named, with its remedy, and no secret is told."""

from __future__ import annotations

import base64
import json
import os
import shutil
import time
from pathlib import Path

import pytest

from indexer.cli.terminal import FAILED, OK
from indexer.errors import ModelError
from indexer.index.snapshot import current_name
from indexer.settings import PREFIX
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.chat.registry import platforms
from search_service.chat.store import Store
from search_service.cli.doctor import Finding, Verdict, examine
from search_service.cli.main import WRONG, main
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {"profiles/solo.md": "---\nname: Solo\nseat: Imola\n---\nPane e focacce.\n"}
TELEGRAM = "123456789:AAtest_token-of-a-bot-that-is-none"
TEAMS = base64.b64encode(b"the key of a webhook").decode()
WEBHOOK = "https://workflows.example/the-secret-of-the-address"


class _OtherEncoder(ToyEncoder):
    fingerprint = "another model"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sources(tmp_path_factory.mktemp("doctor"), SOURCES).index.parent


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set-up in which all is well and no chat is on; the current directory."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    folder = tmp_path / "set-up"
    shutil.copytree(built, folder, copy_function=shutil.copy2)
    monkeypatch.chdir(folder)
    monkeypatch.setenv(f"{PREFIX}MODEL", "toy")
    monkeypatch.setenv(f"{PREFIX}INDEX", "index")
    monkeypatch.setenv("COLUMNS", "100")
    return folder


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name.upper(), value)


def _found(part: str) -> Finding:
    (found,) = [finding for finding in examine(encoder=ToyEncoder()) if finding.part == part]
    return found


def run(*arguments: str) -> int:
    return main(["doctor", *arguments], encoder=ToyEncoder())


# --- the command ---------------------------------------------------------------------------


def test_all_is_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == OK
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "✓ settings: all are known and valid",
        f"✓ index: {current_name(folder / 'index')}, with 1 organisations and 1 documents",
        "✓ corpus: corpus has nothing newer than the index",
        "– public address: not set: no chat needs it",
        "✓ tokens: no tokens: everybody sees what is public",
        "– chat store: no chat is on",
        "– matrix: off",
        f"  → To switch it on, set {PREFIX}MATRIX_HOMESERVER, {PREFIX}MATRIX_USER, "
        f"{PREFIX}MATRIX_TOKEN.",
        "– mattermost: off",
        f"  → To switch it on, set {PREFIX}MATTERMOST_TOKEN.",
        "– slack: off",
        f"  → To switch it on, set {PREFIX}SLACK_SIGNING_SECRET.",
        "– teams: off",
        f"  → To switch it on, set {PREFIX}TEAMS_SECRET.",
        "– telegram: off",
        f"  → To switch it on, set {PREFIX}TELEGRAM_TOKEN.",
        "– assistants: not served at /mcp",
        f"  → To serve them there, set {PREFIX}MCP=true.",
    ]
    assert sorted(p.name for p in folder.iterdir()) == ["corpus", "index"]


def test_what_is_wrong_is_in_the_exit_status(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--index", "elsewhere") == WRONG
    out = capsys.readouterr().out
    assert "✗ index: There is no index in elsewhere yet.\n  → Run: python -m indexer build" in out


def test_scripts_get_one_json_object(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("--json") == OK
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["checks"][0] == {
        "part": "settings",
        "verdict": "good",
        "detail": "all are known and valid",
        "remedy": "",
    }
    _set(monkeypatch, teams_webhook=WEBHOOK)
    assert run("--json") == WRONG
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    wrong = [check["part"] for check in told["checks"] if check["verdict"] == "wrong"]
    assert wrong == ["teams"]


def test_an_error_of_use_has_a_status_of_its_own(folder: Path) -> None:
    assert run("--online") == FAILED


def test_no_secret_is_told(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secrets = {
        name for name, f in ServiceSettings.model_fields.items() if "Secret" in str(f.annotation)
    }
    assert {"telegram_token", "teams_secret", "slack_bot_token"} <= secrets
    values = {name: f"hidden-{number}-hidden-hidden" for number, name in enumerate(sorted(secrets))}
    for given in (
        values,  # each of the wrong shape
        {name: value for name, value in values.items() if name.endswith("webhook")},
        {"telegram_token": f"1:{values['telegram_token']}", "teams_secret": TEAMS},
        {"telegram_token": "hidden"},  # too short
        {"matrix_homeserver": "https://matrix.example", "matrix_user": "@a:b", **values},
    ):
        with monkeypatch.context() as patched:
            _set(patched, **given)
            run()
            run("--json")
    told = capsys.readouterr()
    everything = told.out + told.err + caplog.text
    assert "telegram" in everything
    assert "hidden" not in everything
    assert TEAMS not in everything


# --- settings, index, corpus ---------------------------------------------------------------


def test_settings_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(
        monkeypatch,
        telegram_tokn=TELEGRAM,
        port="molte",
        metrics="forse",
        origin="rete.example/qui",
        slack_signing_secret="hidden",
        mcp_hosts="rete.example/qui",
        mcp="true",
        teams_secret=TEAMS,
    )
    findings = examine(encoder=ToyEncoder())
    wrong = [f for f in findings if f.part == "settings"]
    assert wrong[0] == Finding(
        "settings",
        Verdict.WRONG,
        f"Unknown setting {PREFIX}TELEGRAM_TOKN.",
        f"Did you mean {PREFIX}TELEGRAM_TOKEN?",
    )
    expected = {
        "PORT": "a whole number from 1 to 65535",
        "METRICS": "true or false",
        "ORIGIN": "an address without a path, as https://rete.example",
        "SLACK_SIGNING_SECRET": "16 or more characters",
        "MCP_HOSTS": "host names separated by single spaces, as rete.example or rete.example:8443",
    }
    assert [f.detail for f in wrong[1:]] == [
        f"{PREFIX}{name} cannot be used: expected {shape}." for name, shape in expected.items()
    ]
    assert all(f.verdict is Verdict.WRONG and f.remedy.startswith("Correct it") for f in wrong[1:])
    others = {f.part: f for f in findings if f.part != "settings"}
    assert others["index"].verdict is Verdict.GOOD
    assert others["teams"].verdict is Verdict.GOOD
    for part, name in (
        ("public address", "ORIGIN"),
        ("slack", "SLACK_SIGNING_SECRET"),
        ("assistants", "MCP_HOSTS"),
    ):
        detail = f"not checked: {PREFIX}{name} cannot be used, see above"
        assert others[part] == Finding(part, Verdict.NOTE, detail)


def test_an_index_of_another_model(folder: Path) -> None:
    found = examine(encoder=_OtherEncoder())[1]
    assert (found.part, found.verdict) == ("index", Verdict.WRONG)
    assert found.detail.startswith("The index was made with another embedding model")
    assert f"set {PREFIX}MODEL as it was" in found.remedy


def test_a_damaged_index(folder: Path) -> None:
    (part,) = folder.glob("index/generations/*/documents.json")
    part.write_bytes(part.read_bytes() + b" ")
    found = _found("index")
    assert found.verdict is Verdict.WRONG
    assert "documents.json is damaged" in found.detail


def test_a_model_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: ServiceSettings) -> None:
        raise ModelError("The embedding model is missing.", remedy="Put it there.")

    monkeypatch.setattr("search_service.cli.doctor.load_encoder", missing)
    found = {finding.part: finding for finding in examine()}["index"]
    assert found == Finding(
        "index", Verdict.WRONG, "The embedding model is missing.", "Put it there."
    )


def test_a_corpus_newer_than_its_index_is_noted(folder: Path) -> None:
    later = time.time() + 60
    os.utime(folder / "corpus/profiles/solo.md", (later, later))
    found = _found("corpus")
    assert (found.verdict, found.detail) == (Verdict.NOTE, "corpus has files newer than the index")
    assert found.remedy.startswith("Run: python -m indexer build.")


def test_a_corpus_that_is_elsewhere_is_noted(folder: Path) -> None:
    shutil.rmtree(folder / "corpus")
    assert _found("corpus").verdict is Verdict.NOTE


# --- chats ---------------------------------------------------------------------------------


def test_a_chat_that_is_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, telegram_token=TELEGRAM, origin="https://rete.example")
    assert _found("telegram") == Finding("telegram", Verdict.GOOD, "on")
    assert _found("public address") == Finding(
        "public address", Verdict.GOOD, "https://rete.example"
    )
    store = _found("chat store")
    assert store.verdict is Verdict.GOOD
    assert store.detail == "var/chat.sqlite will be made when the service starts"
    assert not (folder / "var").exists()


def test_a_chat_without_a_public_address_is_noted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(monkeypatch, telegram_token=TELEGRAM)
    found = _found("public address")
    assert found.verdict is Verdict.NOTE
    assert f"Set {PREFIX}ORIGIN" in found.remedy
    assert found.detail == "not set: the answers of telegram have no links"


@pytest.mark.parametrize(
    ("origin", "values", "noted"),
    [
        ("http://rete.example", {"mattermost_token": "0123456789abcdefghij"}, "mattermost"),
        ("http://rete.example", {"teams_secret": TEAMS, "telegram_token": TELEGRAM}, "teams"),
        ("http://rete.example", {"telegram_token": TELEGRAM}, ""),  # it polls
        ("http://127.0.0.1:8000", {"teams_secret": TEAMS}, ""),
        ("https://rete.example", {"teams_secret": TEAMS}, ""),
    ],
)
def test_a_platform_that_calls_by_https_is_told_of_an_address_without(
    folder: Path, monkeypatch: pytest.MonkeyPatch, origin: str, values: dict[str, str], noted: str
) -> None:
    _set(monkeypatch, origin=origin, **values)
    found = _found("public address")
    if not noted:
        assert found == Finding("public address", Verdict.GOOD, origin)
        return
    assert found.verdict is Verdict.NOTE
    assert found.detail == f"{origin} is not https, which {noted} requires"
    assert f"set {PREFIX}ORIGIN" in found.remedy


@pytest.mark.parametrize("webhook", [False, True])
def test_whether_a_chat_may_write_unasked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, webhook: bool
) -> None:
    _set(monkeypatch, teams_secret=TEAMS, **({"teams_webhook": WEBHOOK} if webhook else {}))
    without = Finding(
        "teams",
        Verdict.GOOD,
        "on, without alerts: it can only reply",
        f"To allow alerts, set {PREFIX}TEAMS_WEBHOOK.",
    )
    assert _found("teams") == (Finding("teams", Verdict.GOOD, "on") if webhook else without)


@pytest.mark.parametrize(
    ("part", "values", "detail", "remedy"),
    [
        ("matrix", {"matrix_user": "@a:b"}, "only in part", f"{PREFIX}MATRIX_TOKEN"),
        ("teams", {"teams_webhook": WEBHOOK}, f"{PREFIX}TEAMS_WEBHOOK is set", "TEAMS_SECRET"),
        *(
            ("teams", {"teams_secret": TEAMS, "teams_webhook": url}, "no https address", "Copy it")
            for url in ("ftp://hooks.example/x", "http://hooks.example/x", "hooks.example")
        ),
        (
            "mattermost",
            {"mattermost_token": TEAMS, "mattermost_webhook": "ftp://hooks.example/x"},
            f"{PREFIX}MATTERMOST_WEBHOOK is no https address",
            "Copy it",
        ),
        ("teams", {"teams_secret": "no base64 but long"}, "no security token", "Copy it whole"),
        ("telegram", {"telegram_token": "no token but long"}, "no token of a bot", "@BotFather"),
        (
            "telegram",
            {"telegram_token": TELEGRAM, "telegram_webhook_secret": "a-secret-long-enough"},
            "public https address",
            f"Set {PREFIX}ORIGIN",
        ),
    ],
)
def test_a_chat_that_cannot_start(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    values: dict[str, str],
    detail: str,
    remedy: str,
) -> None:
    _set(monkeypatch, **values)
    found = _found(part)
    assert found.verdict is Verdict.WRONG
    assert detail in found.detail
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "user", ["competenze", "@competenze", "@:example", "@competenze:", "@a b:c"]
)
def test_a_matrix_id_that_is_not_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    _set(monkeypatch, matrix_homeserver="https://matrix.example", matrix_user=user)
    found = _found("settings")
    assert found.verdict is Verdict.WRONG
    assert found.detail == (
        f"{PREFIX}MATRIX_USER cannot be used: expected a whole Matrix id, as @competenze:example."
    )


def test_serve_names_all_that_is_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _set(monkeypatch, port="molte", origin="qui", matrix_user="nobody", prot="1")
    assert main(["serve"], encoder=ToyEncoder()) == FAILED
    told = capsys.readouterr().err
    for name in ("PORT", "ORIGIN", "MATRIX_USER"):
        assert f"{PREFIX}{name} cannot be used" in told
    assert f"Unknown setting {PREFIX}PROT" in told


def test_a_library_that_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, telegram_token=TELEGRAM)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    found = _found("telegram")
    assert found.verdict is Verdict.WRONG
    assert found.remedy == "Run, in the project's folder: pip install '.[telegram]'."


def test_a_library_that_breaks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ValueError(TELEGRAM)

    _set(monkeypatch, telegram_token=TELEGRAM)
    monkeypatch.setattr("search_service.chat.platforms.telegram.bot.create", breaks)
    assert _found("telegram") == Finding(
        "telegram",
        Verdict.WRONG,
        "It is configured, and cannot start (ValueError).",
        f"See its settings: {PREFIX}TELEGRAM_TOKEN.",
    )


def test_a_store_that_is_there_can_be_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, telegram_token=TELEGRAM)
    Store(folder / "var" / "chat.sqlite")
    assert _found("chat store").detail == "var/chat.sqlite can be used"
    (folder / "var" / "chat.sqlite").write_text("this is no database, however long it is looked at")
    found = _found("chat store")
    assert found.verdict is Verdict.WRONG
    assert "cannot be used" in found.detail


def test_a_store_that_cannot_be_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "var").write_text("a file in the place of the folder")
    _set(monkeypatch, telegram_token=TELEGRAM)
    found = _found("chat store")
    assert found.verdict is Verdict.WRONG
    assert f"{PREFIX}CHAT_STORE" in found.remedy


def test_every_platform_that_is_on_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(
        monkeypatch,
        slack_signing_secret="0123456789abcdef0123456789abcdef",
        slack_bot_token="xoxb-0123456789-abcdef",
        mattermost_token="0123456789abcdefghijklmnop",
        mattermost_webhook=WEBHOOK,
        telegram_token=TELEGRAM,
        matrix_homeserver="https://matrix.example",
        matrix_user="@competenze:matrix.example",
        matrix_token="syt_0123456789abcdef",
        teams_secret=TEAMS,
        teams_webhook=WEBHOOK,
    )
    found = {finding.part: finding for finding in examine(encoder=ToyEncoder())}
    for platform in platforms():
        assert found[platform.name] == Finding(platform.name, Verdict.GOOD, "on")


# --- assistants ----------------------------------------------------------------------------


def test_assistants(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, mcp="true")
    assert _found("assistants") == Finding(
        "assistants",
        Verdict.GOOD,
        "served at /mcp, to all who can reach it",
        f"To require a token, set {PREFIX}REQUIRE_TOKEN=true.",
    )
    _set(monkeypatch, require_token="true")
    assert _found("assistants") == Finding(
        "assistants", Verdict.GOOD, "served at /mcp, to those who have a token"
    )


def test_settings_of_what_is_not_served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, mcp_hosts="mcp.example")
    assert _found("assistants") == Finding(
        "assistants",
        Verdict.WRONG,
        f"Set but not served: {PREFIX}MCP_HOSTS, as {PREFIX}MCP is not true.",
        f"Set {PREFIX}MCP=true; or none of its settings.",
    )


# --- who may see what ----------------------------------------------------------------------


def test_valid_tokens_are_counted(folder: Path) -> None:
    store, now = TokenStore(folder / "var/tokens.sqlite"), utc_now()
    for name in ("una", "altra"):
        store.make(name, Scope.MEMBERS, now)
    store.revoke(1, now)
    assert _found("tokens").detail == "var/tokens.sqlite, with 1 valid tokens"


def test_a_file_of_tokens_that_cannot_be_used_is_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(monkeypatch, tokens=str(folder))
    found = _found("tokens")
    assert found.verdict is Verdict.WRONG
    assert "cannot be used" in found.detail


@pytest.mark.parametrize("given", [{"proxy_header": "X-Groups"}, {"proxy_members": "soci"}])
def test_a_proxy_s_header_without_groups_or_groups_without_header_are_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    _set(monkeypatch, **given)
    assert _found("tokens").verdict is Verdict.WRONG
    _set(monkeypatch, proxy_header="X-Groups", proxy_admins="direzione")
    assert _found("tokens").verdict is Verdict.GOOD
