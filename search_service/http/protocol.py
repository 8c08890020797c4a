"""HTTP as uvicorn speaks it, with a clock: who sends a request byte by byte is not waited for."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from search_service.http.problems import problem
from search_service.http.security_headers import secure

REQUEST_SECONDS = 30.0  # in which a request must have arrived, with its headers and its body


class Punctual(H11Protocol):
    """Ends a connection whose request is not there in time; the library would wait for ever.

    What it answers itself, to what is no HTTP, is in the shape of all errors.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The clock starts."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._late)

    def data_received(self, data: bytes) -> None:
        """The clock goes on while there is more to come, from the first byte of a request."""
        super().data_received(data)
        is_arriving = self.conn.their_state in {h11.IDLE, h11.SEND_BODY}
        if not is_arriving or self.transport.is_closing():
            self._stop_clock()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """The clock stops."""
        self._stop_clock()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP, or a header that is too large."""
        self._refuse(400, msg)

    def _late(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE:  # a body's reader says it by itself
            self._refuse(408, f"No request arrived within {REQUEST_SECONDS:.0f} seconds.")
        self.transport.close()

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int, detail: str) -> None:
        answer = problem(status, detail, headers={"Connection": "close"})
        secure(answer.headers, "", is_https=False)
        events: list[h11.Event] = [
            h11.Response(
                status_code=status,
                headers=answer.raw_headers,
                reason=HTTPStatus(status).phrase.encode(),
            ),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        ]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
