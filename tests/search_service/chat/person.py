"""A person on a Matrix homeserver, by plain HTTP: another client than the bot's."""

from __future__ import annotations

from itertools import count
from typing import Any, Self
from urllib.parse import quote

import httpx2

from tests.search_service.chat.synapse import Homeserver
from tests.waiting import until


class Person:
    """Registered and logged in as ``name``."""

    def __init__(self, server: Homeserver, name: str) -> None:
        self.id = server.register(name, f"{name}-password")
        self.token = server.login(name, f"{name}-password")
        self._numbers = count()
        self._http = httpx2.Client(
            base_url=f"{server.url}/_matrix/client",
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        response = self._http.request(method, path, json=body)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def room(self, *invited: str, **settings: object) -> str:
        """A new room's id."""
        return str(self._ask("POST", "/v3/createRoom", {"invite": invited, **settings})["room_id"])

    def invite(self, room: str, who: str) -> None:
        self._ask("POST", f"/v3/rooms/{quote(room)}/invite", {"user_id": who})

    def join(self, room: str) -> None:
        self._ask("POST", f"/v3/rooms/{quote(room)}/join", {})

    def kick(self, room: str, who: str) -> None:
        self._ask("POST", f"/v3/rooms/{quote(room)}/kick", {"user_id": who})

    def await_member(self, room: str, who: str) -> None:
        """Wait until somebody has joined."""
        path = f"/v3/rooms/{quote(room)}/joined_members"
        until(lambda: who in self._ask("GET", path)["joined"])

    def send(self, room: str, kind: str, content: dict[str, object]) -> str:
        """Send an event; its id."""
        path = f"/v3/rooms/{quote(room)}/send/{kind}/{next(self._numbers)}"
        return str(self._ask("PUT", path, content)["event_id"])

    def language(self, room: str, body: str, thread: str = "", **content: object) -> str:
        """Send a text, into a thread where one is given; the event's id."""
        relation = {"rel_type": "m.thread", "event_id": thread}
        relates = {"m.relates_to": relation} if thread else {}
        return self.send(
            room, "m.room.message", {"msgtype": "m.text", "body": body, **relates, **content}
        )

    def offer(self, room: str, content: dict[str, object]) -> bool:
        """Send a message that the server may refuse; whether it took it."""
        path = f"/v3/rooms/{quote(room)}/send/m.room.message/{next(self._numbers)}"
        return self._http.put(path, json=content).status_code == 200

    def encrypt(self, room: str) -> None:
        content = {"algorithm": "m.megolm.v1.aes-sha2"}
        self._ask("PUT", f"/v3/rooms/{quote(room)}/state/m.room.encryption", content)

    def said_by(self, who: str, room: str) -> list[dict[str, Any]]:
        """The contents of what somebody said in a room, the oldest first."""
        path = f"/v3/rooms/{quote(room)}/messages?dir=b&limit=100"
        events = self._ask("GET", path)["chunk"]
        return [
            event["content"]
            for event in reversed(events)
            if event["sender"] == who and event["type"] == "m.room.message"
        ]

    def answer_to(self, event: str, who: str, room: str) -> dict[str, Any]:
        """The content of what somebody answers to an event; waits for it."""

        def look() -> list[dict[str, Any]]:
            said = self.said_by(who, room)
            return [
                one
                for one in said
                if one.get("m.relates_to", {}).get("m.in_reply_to") == {"event_id": event}
            ]

        (found,) = until(look)
        return found
