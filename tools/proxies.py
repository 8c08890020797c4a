"""The proxies of deploy/ before services on this machine: as they are shipped, on other ports."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

DEPLOY = Path(__file__).parent.parent / "deploy"
_READY_SECONDS = 20


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unverified() -> ssl.SSLContext:
    """For the certificates that are made here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """``text`` with the changes, each of which must apply."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the configuration"
        text = text.replace(old, new)
    return text


def caddy(folder: Path, port: int, upstreams: Sequence[str]) -> list[str]:
    """The command that runs Caddy with the configuration in ``deploy/``.

    Args:
        folder: Its configuration is written there.
        port: The TLS port it listens on.
        upstreams: Addresses (host:port) of two instances of the service.
    """
    text = replaced(
        (DEPLOY / "Caddyfile").read_text("utf-8"),
        {
            "{\n\tservers": "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n"
            f"\thttp_port {free_port()}\n\tservers",
            "rete.example {": f"https://localhost:{port} {{",
            "127.0.0.1:8001 127.0.0.1:8002": " ".join(upstreams),
        },
    )
    (folder / "Caddyfile").write_text(text, "utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(folder: Path, port: int, upstreams: Sequence[str]) -> list[str]:
    """The command that runs nginx with the configuration in ``deploy/``.

    Args:
        folder: Its configuration is written there.
        port: The TLS port it listens on.
        upstreams: Addresses (host:port) of two instances of the service.
    """
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*request, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    first, second = upstreams
    text = replaced(
        (DEPLOY / "nginx.conf").read_text("utf-8"),
        {
            "server_name rete.example": "server_name localhost",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/ssl/certs/rete.example.pem": str(certificate),
            "/etc/ssl/private/rete.example.key": str(key),
            "127.0.0.1:8001": first,
            "127.0.0.1:8002": second,
        },
    )
    (folder / "site.conf").write_text(text, "utf-8")
    kept = "".join(
        f"    {name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\nevents {{}}\n"
        f"http {{\n    access_log off;\n{kept}    include {folder / 'site.conf'};\n}}\n",
        "utf-8",
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


PROXIES: Mapping[str, Callable[[Path, int, Sequence[str]], list[str]]] = {
    "caddy": caddy,
    "nginx": nginx,
}


def is_installed(name: str) -> bool:
    """Whether a proxy can be run here."""
    return shutil.which(name) is not None


@contextmanager
def proxy(
    name: str, folder: Path, upstreams: Sequence[str], changes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a proxy of deploy/; gives its address, ``https://…``.

    Args:
        name: Of the proxy.
        folder: For its files.
        upstreams: Two services (``host:port``).
        changes: Of the configuration's text, as for a shorter time.
    """
    port = free_port()
    folder.mkdir(exist_ok=True)
    command = PROXIES[name](folder, port, upstreams)
    for path in folder.glob("[Cs]*"):  # Caddyfile, site.conf
        path.write_text(replaced(path.read_text("utf-8"), changes or {}), "utf-8")
    own = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "proxy.log").open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
    try:
        end = time.monotonic() + _READY_SECONDS
        while not _speaks_tls(port):
            said = (folder / "proxy.log").read_text("utf-8")
            assert process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.1)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _speaks_tls(port: int) -> bool:
    with (
        suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=1) as plain,
        unverified().wrap_socket(plain, server_hostname="localhost"),
    ):
        return True
    return False
