"""Sessions of Claude Code with needles in all their parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

_TOOLS: dict[str, Callable[[str], dict[str, Any]]] = {
    "command, new line": lambda text: {"command": f"cd shop\n{text}\nls"},
    "command, tab": lambda text: {"command": f"if true; then\n\t{text}\nfi"},
    "list of arguments": lambda text: {"cmd": ["bash", "-lc", f"set -e\n{text}"]},
    "edit": lambda text: {"file_path": "a.py", "old_string": "x", "new_string": f"\r\n{text}\n"},
    "several edits": lambda text: {"edits": [{"old": "a"}, {"new": f"b\n\t{text}"}]},
    "patch": lambda text: {"patch": f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+{text}\n"},
    "JSON inside JSON": lambda text: {"input": json.dumps({"query": f"first\n{text}"})},
    "quoted": lambda text: {"command": f'echo "{text}"\\n'},
}
_SPOKEN = ("prompt", "reply", "thinking", "result")
KINDS = (*_SPOKEN, *_TOOLS)


class Needle(msgspec.Struct, frozen=True):
    """A word, the text that it stands in, and the part of a session that has the text."""

    word: str
    text: str
    kind: str
    script: str


def write_sessions(folder: Path, needles: Sequence[Needle], per_session: int) -> None:
    """Write the needles into sessions, one exchange for each."""
    for number in range(0, len(needles), per_session):
        key = f"{number:08}-0000-4000-8000-000000000000"
        session = _NeedleSession(key)
        for needle in needles[number : number + per_session]:
            session.exchange(needle)
        (folder / f"{key}.jsonl").write_text("\n".join(session.lines) + "\n", encoding="utf-8")


class _NeedleSession:
    """The lines of one session."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.lines: list[str] = []

    def exchange(self, needle: Needle) -> None:
        """A prompt, a call with its result, a reply; the needle in one of them."""
        texts = dict.fromkeys(_SPOKEN, "done") | {needle.kind: needle.text}
        build = _TOOLS.get(needle.kind, _TOOLS["quoted"])
        call = f"call{len(self.lines)}"
        arguments = build(needle.text if needle.kind in _TOOLS else "true")
        self._user(texts["prompt"])
        self._agent({"type": "thinking", "thinking": texts["thinking"]})
        self._agent({"type": "tool_use", "id": call, "name": "Bash", "input": arguments})
        self._user([{"type": "tool_result", "tool_use_id": call, "content": texts["result"]}])
        self._agent({"type": "text", "text": texts["reply"]})

    def _user(self, content: object) -> None:
        self._line("user", {"role": "user", "content": content})

    def _agent(self, block: Mapping[str, Any]) -> None:
        message = {"id": f"m{len(self.lines)}", "type": "message", "role": "assistant"}
        self._line("assistant", message | {"model": "made", "content": [dict(block)]})

    def _line(self, type_: str, message: dict[str, Any]) -> None:
        number = len(self.lines)
        line = {
            "type": type_,
            "uuid": f"{self._key[:-6]}{number:06}",
            "parentUuid": f"{self._key[:-6]}{number - 1:06}" if number else None,
            "sessionId": self._key,
            "timestamp": f"2026-09-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            "cwd": "/home/mira/shop",
            "message": message,
        }
        # As some writers leave them, letters beyond ASCII are escapes in every other line.
        self.lines.append(json.dumps(line, ensure_ascii=number % 2 == 0))
