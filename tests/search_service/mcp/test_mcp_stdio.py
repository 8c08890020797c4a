"""MCP on standard input and output, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

from indexer.domain import Encoder
from indexer.errors import CompetenzeError, GenerationError, ModelError
from search_service.mcp import stdio as stdio_module
from search_service.mcp.stdio import Loading
from search_service.settings import ServiceSettings
from tests.search_service.conftest import IDS
from tests.search_service.mcp.clients import PROGRAM, ROOT, TOOLS, ask, ids, stdio, talk, text

# It waits for a file before it is ready, as the real model takes seconds to load.
SLOW_PROGRAM = """
import os, sys, time
from search_service.cli.main import main
from search_service.mcp import stdio
stdio.WAIT_SECONDS = 0.2
from tests.toy import ToyEncoder
class Slow(ToyEncoder):
    @property
    def fingerprint(self):
        print("this is not for standard output")
        while not os.path.exists(sys.argv[1]):
            time.sleep(0.02)
        return "toy"
sys.exit(main(["mcp", *sys.argv[2:]], Slow()))
"""


def test_it_answers_at_once_while_the_model_is_loaded(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    go = tmp_path / "go"

    async def conversation(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
        result = await ask(client, "who does the data engineering here")
        assert result.is_error
        assert text(result).startswith("The index does not exist yet or is loading")
        go.touch()
        while (result := await ask(client, "data engineering")).is_error:
            await asyncio.sleep(0.05)
        assert IDS.bussola in ids((result.structured_content or {})["documented"])

    talk(Client(stdio(SLOW_PROGRAM, str(go), "--index", str(settings.index))), conversation)


def test_standard_output_holds_nothing_but_the_protocol(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    opening = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    go = tmp_path / "go"
    go.touch()
    command = [sys.executable, "-c", SLOW_PROGRAM, str(go), "--index", str(settings.index)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(message) + "\n" for message in messages))
        process.stdin.flush()
        first = [process.stdout.readline() for _ in range(2)]  # at its end it answers nothing more
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    answers = [json.loads(line) for line in (*first, *rest.splitlines())]
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[0]["result"]["serverInfo"]["name"] == "competenze-in-rete"
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModelError("The model is gone.", remedy="Put it back."), "The model is gone."),
        (OSError("/home/somebody"), "The model could not be loaded."),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told(
    tmp_path: Path,
    error: Exception,
    said: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load() -> Encoder:
        raise error

    monkeypatch.setattr(stdio_module, "WAIT_SECONDS", 0.0)
    loading = Loading(tmp_path, load)
    with pytest.raises(GenerationError, match="being loaded"):
        loading.searcher()
    asyncio.run(loading.run())
    with pytest.raises(CompetenzeError, match=said):
        loading.searcher()
    assert str(error) in caplog.text


def test_a_missing_library_is_named() -> None:
    program = f"import sys; sys.modules['mcp'] = None\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "pip install '.[mcp]'" in " ".join(done.stderr.split())


@pytest.mark.model
def test_the_command_as_it_is_configured_answers_with_the_real_model(sample_index: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "search_service", "mcp", "--index", str(sample_index)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k.startswith(("XDG_", "OMP_"))},
    )
    started = time.monotonic()

    async def held() -> tuple[float, CallToolResult]:
        async with asyncio.timeout(120), Client(command) as client:
            await client.list_tools()
            listed = time.monotonic() - started
            # A question waits for the model, but on a busy machine not long enough.
            while (result := await ask(client, "data engineering in Emilia-Romagna")).is_error:
                assert "si sta caricando" in text(result)
            return listed, result

    listed, result = asyncio.run(held())
    assert listed < 20  # clients wait half a minute, or a minute
    (first, *_) = (result.structured_content or {})["documented"]
    assert first["name"] == "Bussoladati"
