"""The service, started as assistants find it, and conversations of the library's own client."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import uvicorn
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder
from tests.waiting import until

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
ORIGIN = "https://rete.example"
TOOLS = ["cerca_competenze", "scheda_cooperativa", "documento"]
# The real command line with the toy encoder, which no setting can name.
PROGRAM = """
import sys
from search_service.cli.main import main
from tests.toy import ToyEncoder
from tests.waiting import until
sys.exit(main(["mcp", *sys.argv[1:]], ToyEncoder()))
"""


def stdio(program: str, *arguments: str) -> StdioServerParameters:
    """How to start a program that serves standard input and output."""
    environment = {"COMPETENZE_MODEL": "toy", "COMPETENZE_ORIGIN": ORIGIN}
    return StdioServerParameters(
        command=sys.executable, args=["-c", program, *arguments], cwd=ROOT, env=environment
    )


def on(settings: ServiceSettings, **more: object) -> ServiceSettings:
    """The settings of an index, with /mcp on."""
    return read_service_settings(
        corpus=settings.corpus, index=settings.index, mcp=True, origin=ORIGIN, **more
    )


@contextmanager
def serving(settings: ServiceSettings, *, ready: bool = True) -> Iterator[str]:
    """The service on a free port, as it is served; its address, without a slash at its end."""
    state = ServiceState(settings.index, ToyEncoder())
    if ready:
        state.refresh()
    app = create_app(state, settings)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()


def talk(client: Client, conversation: Callable[[Client], Awaitable[T]]) -> T:
    """Hold a conversation of at most a minute; on a quiet machine it takes a second or two."""

    async def held() -> T:
        async with asyncio.timeout(60), client as opened:
            return await conversation(opened)

    return asyncio.run(held())


async def ask(client: Client, domanda: str, **arguments: object) -> CallToolResult:
    """Call the search."""
    return await client.call_tool("cerca_competenze", {"domanda": domanda, **arguments})


async def until_known(client: Client, organisation: str) -> None:
    """Wait for an index that holds an organisation."""
    while (await client.call_tool("scheda_cooperativa", {"id": organisation})).is_error:
        await asyncio.sleep(0.05)


def text(result: CallToolResult) -> str:
    """The text of a result, all of it."""
    (content,) = result.content
    assert content.type == "text"
    return content.text


def ids(hits: list[Mapping[str, Any]]) -> list[str]:
    return [hit["id"] for hit in hits]
