"""A session file of Claude Code that grows line by line, as while an agent works."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path


class GrowingSession:
    """Writes lines whose times are those of a given clock, in whole seconds since 1970."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key
        self.lines: list[str] = []

    def prompt(self, text: str, at: float) -> None:
        """A person's message."""
        self._add("user", {"role": "user", "content": text}, at)

    def reply(self, text: str, at: float) -> None:
        """The agent's last word of a turn."""
        content = [{"type": "text", "text": text}]
        message = {"id": f"m{len(self.lines)}", "role": "assistant", "model": "m"}
        self._add("assistant", message | {"content": content, "stop_reason": "end_turn"}, at)

    def call(self, command: str, at: float) -> None:
        """A call of a tool, which has no result yet."""
        use = {"type": "tool_use", "id": f"t{len(self.lines)}", "name": "Bash"}
        message = {"id": f"m{len(self.lines)}", "role": "assistant", "model": "m"}
        self._add("assistant", message | {"content": [use | {"input": {"command": command}}]}, at)

    def text(self) -> str:
        """All lines."""
        return "".join(self.lines)

    def write(self, text: str | None = None) -> None:
        """Write the whole file anew, in its place."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.text() if text is None else text, encoding="utf-8")

    def append(self) -> None:
        """Add the last line to the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self.lines[-1])

    def replace(self) -> None:
        """Put a new file with all lines in place of the old one at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".tmp~")
        beside.write_text(self.text(), encoding="utf-8")
        os.replace(beside, self.path)

    def _add(self, kind: str, message: dict[str, object], at: float) -> None:
        number = len(self.lines)
        moment = datetime.fromtimestamp(int(at), UTC)
        record = {
            "type": kind,
            "uuid": f"{self.key}-{number}",
            "parentUuid": f"{self.key}-{number - 1}" if number else None,
            "sessionId": self.key,
            "cwd": "/home/ada/tides",
            "version": "2.0.1",
            "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z",
            "message": message,
        }
        self.lines.append(json.dumps(record) + "\n")
