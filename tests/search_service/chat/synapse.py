"""A real Synapse homeserver (Matrix) on loopback for the tests.

Synapse is AGPL and has its own dependencies: it lives in an environment of its own, is never
imported, and is only spoken to over HTTP.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock

SYNAPSE = "matrix-synapse==1.163.2"
LOCK = Path(__file__).with_name("synapse.lock")
SERVER_NAME = "localhost"

_INSTALL_SECONDS = 600
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_PORT_TRIES = 3
_LOG_TAIL = 4000
_OPEN = {"per_second": 10_000, "burst_count": 10_000}
# No proxy: an `http_proxy` in the environment must not see the loopback traffic.
_HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SynapseError(RuntimeError):
    """Synapse could not be installed, started or asked."""


def install(folder: Path) -> Path:
    """Make Synapse's environment once under `folder`; return its python."""
    made_from = f"{SYNAPSE}\n{sys.version}\n{LOCK.read_text()}"
    folder = folder.resolve()
    key = hashlib.sha256(made_from.encode()).hexdigest()[:12]
    venv = folder / f"synapse-{key}"
    python = venv / "bin" / "python"
    done = venv / "complete"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"synapse-{key}.lock", timeout=2 * _INSTALL_SECONDS):
        if done.exists():
            return python
        shutil.rmtree(venv, ignore_errors=True)  # half-made by a process that was killed
        _run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
        # `--no-compile` halves the time; the modules that are used are compiled at first start.
        options = ["--quiet", "--no-compile", "--only-binary", ":all:", "-c", str(LOCK)]
        _run([sys.executable, "-m", "pip", "--python", str(python), "install", *options, SYNAPSE])
        done.touch()
    return python


def _run(command: list[str]) -> None:
    try:
        subprocess.run(
            command,
            check=True,
            timeout=_INSTALL_SECONDS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = str(error.output or "")[-_LOG_TAIL:]
        raise SynapseError(f"{' '.join(command)}: {error}\n{said}") from error


class PortTakenError(SynapseError):
    """Another process took the free port before Synapse did."""


class Homeserver:
    """A Synapse that lives as long as the `with` block.

    `settings` are laid over the ones in homeserver.yaml (e.g. a tight `rc_message`).
    """

    url: str

    def __init__(self, python: Path, **settings: object) -> None:
        self._python = python
        self._settings = settings
        self._secret = secrets.token_hex(16)
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """The end of what the server has logged."""
        path = self._folder / "homeserver.log"
        return path.read_text(errors="replace")[-_LOG_TAIL:] if path.exists() else ""

    def __enter__(self) -> Self:
        for _ in range(_PORT_TRIES - 1):
            with contextlib.suppress(PortTakenError):
                return self._enter()
        return self._enter()

    def _enter(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="synapse-"))
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def register(self, name: str, password: str, *, admin: bool = False) -> str:
        """Create a user by the shared secret; return its id (`@name:localhost`)."""
        path = "/_synapse/admin/v1/register"
        nonce = self._ask(path)["nonce"]
        parts = (nonce, name, password, "admin" if admin else "notadmin")
        mac = hmac.new(self._secret.encode(), "\0".join(parts).encode(), hashlib.sha1)
        body = {
            "nonce": nonce,
            "username": name,
            "password": password,
            "admin": admin,
            "mac": mac.hexdigest(),
            "inhibit_login": True,
        }
        return str(self._ask(path, body)["user_id"])

    def login(self, name: str, password: str, device: str = "TEST") -> str:
        """Log in by password; return the access token."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": name},
            "password": password,
            "device_id": device,
        }
        return str(self._ask("/_matrix/client/v3/login", body)["access_token"])

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with _HTTP.open(request, timeout=30) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            with error:
                said = error.read().decode(errors="replace")
            raise SynapseError(f"{path}: {error.code} {said}\n{self.log}") from error
        except (OSError, ValueError) as error:
            raise SynapseError(f"{path}: {error}\n{self.log}") from error

    def _start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        config = self._folder / "homeserver.yaml"
        config.write_text(json.dumps(self._config(port)))  # JSON is YAML
        # -I: neither PYTHONPATH, PYTHONWARNINGS nor a `synapse.py` in the current folder count.
        command = [str(self._python), "-I", "-m", "synapse.app.homeserver", "-c", str(config)]
        with (self._folder / "homeserver.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait(self._process)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                taken = "already in use" in self.log
                kind = PortTakenError if taken else SynapseError
                raise kind(f"Synapse ended with {process.returncode}:\n{self.log}")
            try:
                with _HTTP.open(f"{self.url}/health", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise SynapseError(f"Synapse is not healthy after {_START_SECONDS:.0f} s:\n{self.log}")

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _config(self, port: int) -> dict[str, Any]:
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        return {
            "server_name": SERVER_NAME,
            "report_stats": False,
            "pid_file": str(self._folder / "homeserver.pid"),
            "listeners": [
                {
                    "port": port,
                    "type": "http",
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client", "health"], "compress": False}],
                }
            ],
            "database": {
                "name": "sqlite3",
                "args": {"database": str(self._folder / "homeserver.db")},
            },
            "signing_key": f"ed25519 a_test {seed}",
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
            "registration_shared_secret": self._secret,
            "bcrypt_rounds": 4,
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "federation_domain_whitelist": [],
            "enable_media_repo": False,
            "presence": {"enabled": False},
            "push": {"enabled": False},
            "user_directory": {"enabled": False},
            "rc_message": _OPEN,
            "rc_registration": _OPEN,
            "rc_login": {"address": _OPEN, "account": _OPEN, "failed_attempts": _OPEN},
            "rc_joins": {"local": _OPEN, "remote": _OPEN},
            "rc_joins_per_room": _OPEN,
            "rc_invites": {"per_room": _OPEN, "per_user": _OPEN, "per_issuer": _OPEN},
            "rc_room_creation": _OPEN,
            **self._settings,
        }
