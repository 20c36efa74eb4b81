"""Evidence that a line is Claude Code's: other agents write similar ones."""

from __future__ import annotations

import re

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.first_values import first_values
from hpm_engine.ingest.sources.source import SourceFile

_ITEMS = 20  # first items of a list
_CUT = 4000  # first bytes of a line that is damaged or not complete
_TYPES = rb"user|assistant|system|summary|file-history-snapshot|queue-operation|progress"
_CUT_LINE = re.compile(
    rb'\{(?=.*"type"\s*:\s*"(?:' + _TYPES + rb')")(?=.*"(?:sessionId|leafUuid|messageId)"\s*:)'
)
_KNOWN = re.compile(_TYPES.decode())
# Keys of a line whose message is cut: current versions write the type after the message.
_CUT_MARKS = (b'"parentUuid"', b'"isSidechain"')
_IDS = (b'"sessionId"', b'"session_id"', b'"leafUuid"')
_SPEAKERS = ("assistant", "user")
_BOOKKEEPING = frozenset(
    (
        *("agent-color", "agent-name", "agent-setting", "ai-title", "attachment", "continued-in"),
        *("custom-title", "last-prompt", "mode", "permission-mode", "pr-link", "task-summary"),
        *("worktree-state",),
    )
)


class _Evidence(msgspec.Struct, rename="camel"):
    """The fields that tell a session's line from other JSON lines."""

    type: str = ""
    subtype: str | None = None
    session_id: str | None = None
    stream_session: str | None = msgspec.field(name="session_id", default=None)
    leaf_uuid: str | None = None
    message_id: str | None = None
    timestamp: str | None = None
    message: msgspec.Raw = NO_JSON
    project_hash: str | None = None  # Gemini CLI's mark
    system_payload: msgspec.Raw = NO_JSON  # Qwen Code's
    qwen_code_version: str | None = msgspec.field(name="qwen_code_version", default=None)
    claude_code_version: str | None = msgspec.field(name="claude_code_version", default=None)
    tools: msgspec.Raw = NO_JSON
    mcp_servers: msgspec.Raw = msgspec.field(name="mcp_servers", default=NO_JSON)


class _Message(msgspec.Struct):
    """The message of a line: in Gemini's descendants it has parts, in Anthropic's API content."""

    id: str | None = None
    parts: msgspec.Raw = NO_JSON
    content: msgspec.Raw = NO_JSON


_EVIDENCE = TypedDecoder(_Evidence)
_MESSAGE = TypedDecoder(_Message)


def holds_session(source: SourceFile) -> bool:
    """Whether a file's first records are a session's, and none is another agent's."""
    lines = (line.rstrip(b",") for line in source.first_lines if line.startswith(b"{"))
    verdicts = {_is_session_line(line) for line in lines}
    if not verdicts - {None}:
        verdicts = {_is_session(record) for record in first_values(source, _EVIDENCE, *_IDS)}
    return True in verdicts and False not in verdicts


def lists_session(value: object) -> bool:
    """Whether a JSON list, as far as a head goes, contains a session's lines."""
    if not isinstance(value, list):
        return False
    verdicts = [_is_session_line(msgspec.json.encode(item)) for item in value[:_ITEMS]]
    return True in verdicts and False not in verdicts


def _is_cut_line(cut: bytes) -> bool:
    """Whether a line, as far as it goes, can only be Claude Code's."""
    marked = cut.startswith(b"{") and all(mark in cut for mark in _CUT_MARKS)
    return bool(marked or _CUT_LINE.match(cut)) and not _holds_parts(cut)


def _is_session_line(line: bytes) -> bool | None:
    """Whether a line is a session's; False for another agent's, None if it does not tell."""
    try:
        return _is_session(_EVIDENCE.strict(line))
    except msgspec.ValidationError:
        return None
    except (ValueError, RecursionError):
        return _is_cut_line(line[:_CUT]) or None


def _is_session(evidence: _Evidence) -> bool | None:
    message = _MESSAGE.nested(evidence.message) or _Message()
    if _present(evidence.message) and bytes(memoryview(evidence.message)[:1]) != b"{":
        return None  # as in Gemini's log of prompts
    if _present(evidence.system_payload) or evidence.qwen_code_version is not None:
        return False
    if _present(message.parts) and not _present(message.content):
        return False
    if evidence.type in _BOOKKEEPING and evidence.session_id:
        return True
    if evidence.project_hash is not None or not _KNOWN.fullmatch(evidence.type):
        return None
    begun = evidence.type == "system" and evidence.subtype == "init"  # only streams have it
    if not begun and (evidence.session_id or evidence.leaf_uuid or evidence.message_id):
        return True
    if evidence.stream_session or evidence.session_id:
        return True if _streamed(evidence, message) else None
    spoken = evidence.type in _SPEAKERS and _present(message.content)
    return True if spoken and evidence.timestamp else None  # a line cut down to what was said


def _streamed(evidence: _Evidence, message: _Message) -> bool:
    """Whether a line is of ``--output-format stream-json``, which other agents imitate in part."""
    if evidence.type == "system" and evidence.subtype == "init":
        tooled = _present(evidence.tools) and _present(evidence.mcp_servers)
        return tooled or evidence.claude_code_version is not None
    return evidence.type == "assistant" and bool(message.id) and _present(message.content)


def _holds_parts(cut: bytes) -> bool:
    start = cut.find(b'"message"')
    return start >= 0 and b'"parts"' in cut[start : start + 100]


def _present(raw: msgspec.Raw) -> bool:
    return memoryview(raw).nbytes > 0
