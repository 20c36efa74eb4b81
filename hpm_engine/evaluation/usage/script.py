"""A scripted session, as Claude Code writes it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import msgspec

FOLDER = "/home/ada/works"


class Script:
    """The records of one session, half a minute apart."""

    def __init__(self, key: str, start: datetime) -> None:
        self.key, self._at = key, start
        self._records: list[dict[str, object]] = []

    def prompt(self, text: str) -> None:
        """A person asks."""
        self._add("user", text)

    def go_on(self, now: datetime) -> None:
        """What follows comes after a time."""
        self._at = now

    def say(self, text: str) -> None:
        """The agent says something."""
        self._add("assistant", [{"type": "text", "text": text}])

    def think(self, text: str) -> None:
        """The agent thinks."""
        self._add("assistant", [{"type": "thinking", "thinking": text, "signature": "x"}])

    def run(self, command: str, output: str = "ok", *, failed: bool = False) -> None:
        """The agent runs a command."""
        self.call("Bash", output, failed=failed, command=command)

    def read(self, path: str, output: str = "import os\n") -> None:
        """The agent reads a file."""
        self.call("Read", output, file_path=f"{FOLDER}/{path}")

    def edit(self, path: str, text: str = "pass", before: str = "...") -> None:
        """The agent changes a file."""
        self.call("Edit", "done", file_path=f"{FOLDER}/{path}", old_string=before, new_string=text)

    def call(self, name: str, output: str, *, failed: bool = False, **arguments: object) -> None:
        """The agent calls a tool."""
        key = f"toolu_{len(self._records):06}"
        self._add("assistant", [{"type": "tool_use", "id": key, "name": name, "input": arguments}])
        result = {"type": "tool_result", "tool_use_id": key, "content": output}
        self._add("user", [result | ({"is_error": True} if failed else {})])

    def content(self) -> bytes:
        """The session's file."""
        return b"".join(msgspec.json.encode(record) + b"\n" for record in self._records)

    def _add(self, role: str, content: object) -> None:
        self._at += timedelta(seconds=30)
        message = {"role": role, "content": content}
        if role == "assistant":
            message |= {"type": "message", "id": f"msg_{len(self._records)}", "model": "invented"}
        self._records.append(
            {
                "type": role,
                "sessionId": self.key,
                "uuid": f"{self.key}-{len(self._records)}",
                "cwd": FOLDER,
                "timestamp": self._at.isoformat().replace("+00:00", "Z"),
                "message": message,
            }
        )


def session_key(seed: str) -> str:
    """The id of a session, the same for the same seed."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, seed))


def at(microseconds: int) -> datetime:
    """A time of a store as Python has it."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
