"""Scripts written as Claude Code's session files: JSON lines, one for each content block."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from hpm_engine.sample.claude_tools import answer, call
from hpm_engine.sample.identity import IdentifierStream
from hpm_engine.sample.script import Act, Ask, Compaction, ScriptTurn, SessionScript, Stop

_NESTED_SINCE = 1_772_323_200_000  # Unix ms, 2026-03-01: subagents are in the session's folder
_ENCODER = msgspec.json.Encoder()
Files = dict[str, bytes]


def render(script: SessionScript) -> Files:
    """The session's file, and one for each of its subagents."""
    folder = ".claude/projects/" + script.home.replace("/", "-")
    writer = _ClaudeWriter(script)
    files = {f"{folder}/{script.key}.jsonl": writer.file()}
    nested = script.started_at >= _NESTED_SINCE
    subfolder = f"{folder}/{script.key}/subagents" if nested else folder
    for child in writer.children:
        files[f"{subfolder}/agent-{child.key}.jsonl"] = _ClaudeWriter(child, script.key).file()
    return files


class _ClaudeWriter:
    """The lines of one session file."""

    def __init__(self, script: SessionScript, parent: str = "") -> None:
        self._script, self._parent = script, parent
        self._names = IdentifierStream(f"claude:{script.key}")
        self._session = parent or script.key
        self._previous: str | None = None
        self._context = 17_000
        self._lines: list[bytes] = []
        self.children: list[SessionScript] = []

    def file(self) -> bytes:
        """The whole file."""
        if self._script.continues is not None:
            earlier = _ClaudeWriter(self._script.continues)
            earlier.file()
            self._lines += earlier._lines
            self._previous = earlier._previous
        events = self._script.events
        for index, event in enumerate(events):
            match event:
                case Ask():
                    self._ask(event)
                case ScriptTurn():
                    stopped = index + 1 < len(events) and isinstance(events[index + 1], Stop)
                    self._turn(event, stopped)
                case Stop():
                    text = "[Request interrupted by user for tool use]"
                    self._user(event.at, [{"type": "text", "text": text}])
                case Compaction():
                    self._compaction(event)
        return b"\n".join(self._lines) + b"\n"

    def _line(self, at: int, fields: dict[str, Any]) -> str:
        script, name = self._script, self._names.uuid()
        version = "2.1.29" if script.started_at >= _NESTED_SINCE else "2.0.76"
        record: dict[str, Any] = {
            "parentUuid": self._previous,
            "isSidechain": bool(self._parent),
            "userType": "external",
            "cwd": script.home,
            "sessionId": self._session,
            "version": version,
            "gitBranch": script.branch,
        }
        if self._parent:
            record["agentId"] = script.key
        self._write(record | fields | {"uuid": name, "timestamp": stamp(at)})
        self._previous = name
        return name

    def _write(self, record: dict[str, Any]) -> None:
        self._lines.append(_ENCODER.encode(record))

    def _ask(self, event: Ask) -> None:
        if not self._parent:
            snapshot = {"messageId": self._names.uuid(), "trackedFileBackups": {}}
            snapshot["timestamp"] = stamp(event.at)
            self._write(
                {
                    "type": "file-history-snapshot",
                    "messageId": snapshot["messageId"],
                    "snapshot": snapshot,
                    "isSnapshotUpdate": False,
                }
            )
        self._user(event.at, event.text)
        self._context += len(event.text) // 4

    def _user(self, at: int, content: Any, **more: Any) -> None:
        self._line(at, {"type": "user", "message": {"role": "user", "content": content}, **more})

    def _turn(self, turn: ScriptTurn, stopped: bool) -> None:
        blocks: list[dict[str, Any]] = []
        if turn.thought:
            signature = self._names.word("Eq", 118)
            blocks.append({"type": "thinking", "thinking": turn.thought, "signature": signature})
        if turn.said:
            blocks.append({"type": "text", "text": turn.said})
        names = [self._names.word("toolu_01", 22) for _ in turn.acts]
        for name, act in zip(names, turn.acts, strict=True):
            tool, arguments = call(act, self._script.home)
            blocks.append({"type": "tool_use", "id": name, "name": tool, "input": arguments})
        source = self._blocks(turn.at, blocks)
        answered = list(zip(names, turn.acts, strict=True))
        for name, act in answered[:-1] if stopped else answered:
            self._result(turn.at, name, act, source)

    def _blocks(self, at: int, blocks: list[dict[str, Any]]) -> str:
        """Write one line for each block; all have the message's id and repeat its usage."""
        message, source = self._names.word("msg_01", 22), ""
        written = sum(len(_ENCODER.encode(block)) for block in blocks) // 4
        for number, block in enumerate(blocks, 1):
            last = number == len(blocks)
            usage = {
                "input_tokens": 6,
                "cache_creation_input_tokens": 400,
                "cache_read_input_tokens": self._context,
                "output_tokens": written if last else 2,
            }
            stop = "tool_use" if last and block["type"] == "tool_use" else None
            fields = {"model": self._script.model, "id": message, "type": "message"}
            content = {"role": "assistant", "content": [block], "stop_reason": stop}
            body = fields | content | {"stop_sequence": None, "usage": usage}
            source = self._line(at + 400 * number, {"message": body, "type": "assistant"})
        self._context += written
        return source

    def _result(self, at: int, name: str, act: Act, source: str) -> None:
        text, twin = answer(act, self._script.home)
        block: dict[str, Any] = {"tool_use_id": name, "type": "tool_result", "content": text}
        if not act.ok or act.tool == "run":
            block["is_error"] = not act.ok
        if act.script is not None:
            self.children.append(act.script)
            block["content"] = [{"type": "text", "text": text}]
            twin = _delegated(act, act.script)
        self._context += len(text) // 4
        self._user(
            at + 1_600 + int(act.seconds * 1000),
            [block],
            toolUseResult=twin,
            sourceToolAssistantUUID=source,
        )

    def _compaction(self, event: Compaction) -> None:
        logical, self._previous = self._previous, None
        self._line(
            event.at,
            {
                "logicalParentUuid": logical,
                "type": "system",
                "subtype": "compact_boundary",
                "content": "Conversation compacted",
                "isMeta": False,
                "level": "info",
                "compactMetadata": {"trigger": "auto", "preTokens": event.tokens},
            },
        )
        self._user(
            event.at + 20, event.summary, isVisibleInTranscriptOnly=True, isCompactSummary=True
        )
        self._context = 19_000


def _delegated(act: Act, child: SessionScript) -> dict[str, Any]:
    calls = sum(len(event.acts) for event in child.events if isinstance(event, ScriptTurn))
    return {
        "status": "completed",
        "prompt": act.command,
        "agentId": child.key,
        "content": [{"type": "text", "text": act.output}],
        "totalDurationMs": int(act.seconds * 1000),
        "totalTokens": 9_000 + 1_300 * calls,
        "totalToolUseCount": calls,
        "usage": {"input_tokens": 5, "output_tokens": len(act.output) // 4},
    }


def stamp(milliseconds: int) -> str:
    """A time in the agents' format: ISO with milliseconds and Z."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03}Z"
