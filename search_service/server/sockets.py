"""The socket that the service listens on: how it is made, and how it ends without a loss."""

from __future__ import annotations

import asyncio
import ctypes
import selectors
import socket
import struct
import sys
from collections.abc import Sequence

_QUIET_TURNS = 5  # of the event loop: a connection takes some from the queue to its protocol
_ATTACH_FILTER = 26  # Linux's SO_ATTACH_FILTER, which Python has no name for
# A program for the kernel, on the bytes of a TCP header: drop what opens a connection (SYN without
# ACK), let all else pass. Each step: operation, jump if true, jump if false, operand.
_NO_OPENING = (
    (0x30, 0, 0, 13),  # load the byte of the flags
    (0x54, 0, 0, 0x12),  # of which SYN and ACK count
    (0x15, 0, 1, 0x02),  # SYN alone?
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFF),  # let it pass
)


def bound(host: str, port: int) -> socket.socket:
    """A socket at this address.

    uvicorn's own does not say that it is TCP, whereupon asyncio leaves the delay of small packets
    on: 40 ms for every answer.
    """
    found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    family, kind, protocol, _, address = found[0]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(address)
    return made


def take_no_more(listening: Sequence[socket.socket]) -> None:
    """Have the system open no new connection; those being made are made still.

    Else one could be made between the last look at the queue and the socket's end, and be lost
    with its request. Who comes now is told, a second later, that nobody listens. Elsewhere than on
    Linux nothing is done: there such a loss is unlikely, not impossible.
    """
    if sys.platform != "linux":
        return
    steps = b"".join(struct.pack("HBBI", *step) for step in _NO_OPENING)
    program = ctypes.create_string_buffer(steps)
    described = struct.pack("HP", len(_NO_OPENING), ctypes.addressof(program))
    for one in listening:
        one.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, described)


async def until_accepted(listening: Sequence[socket.socket]) -> None:
    """Wait until no connection is left that the system has made and nobody has accepted."""
    with selectors.DefaultSelector() as selector:
        for one in listening:
            selector.register(one, selectors.EVENT_READ)
        quiet = 0
        while True:
            quiet = 0 if selector.select(timeout=0) else quiet + 1
            if quiet > _QUIET_TURNS:
                return
            await asyncio.sleep(0)
