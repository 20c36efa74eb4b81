"""Claude Code: session files (JSON lines), subagent files and the web export."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import PurePosixPath

import msgspec

from hpm_engine.drafts import EpisodeDraft
from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.account import Account
from hpm_engine.ingest.claude_code_export import export_lines, is_export
from hpm_engine.ingest.claude_code_lines import LINE, Line
from hpm_engine.ingest.claude_code_session import ClaudeCodeSession
from hpm_engine.ingest.claude_code_sidechains import Sidechains, is_warm_up
from hpm_engine.ingest.line_records import Located, typed_lines
from hpm_engine.ingest.source import SourceFile

_TYPES = rb"user|assistant|system|summary|file-history-snapshot|queue-operation|progress"
_CUT_LINE = re.compile(
    rb'\{(?=.*"type"\s*:\s*"(?:' + _TYPES + rb')")(?=.*"(?:sessionId|leafUuid|messageId)"\s*:)'
)
_HISTORY = re.compile(
    rb'\s*\{(?=[^{}]*"display"\s*:)(?=[^{}]*"timestamp"\s*:\s*\d)(?=[^{}]*"project"\s*:)'
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KNOWN = re.compile(_TYPES.decode())
_CONVERSATION = ("user", "assistant")


class _Evidence(msgspec.Struct, rename="camel"):
    """What tells a session's line from other JSON lines."""

    type: str = ""
    session_id: str | None = None
    leaf_uuid: str | None = None
    message_id: str | None = None
    project_hash: str | None = None  # Gemini CLI's mark


_EVIDENCE = msgspec.json.Decoder(_Evidence)


class ClaudeCodeReader:
    """Reads what Claude Code leaves under ``~/.claude/projects``."""

    format = "claude-code"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the head holds a session's lines, a web export, or the prompt history."""
        if is_export(source) or _HISTORY.match(source.head):
            return True
        *lines, cut = source.head.split(b"\n")
        return any(map(_is_session_line, lines[:100])) or bool(
            _is_session_line(cut) or _CUT_LINE.match(cut[:4000])
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session, then the subagents whose lines stand in the same file.

        Raises ``NothingToImport`` for files without a session: prompt histories, warm-up stubs.
        """
        first = _first_line(source)
        record = first.record
        if record.is_sidechain or record.agent_id:
            if is_warm_up(record):
                raise NothingToImport(
                    f"{source.name}: a warm-up stub of Claude Code without a task."
                )
            draft = _subagent(source, record, record.agent_id or record.uuid or "sidechain")
            draft.steps = ClaudeCodeSession(draft).steps(_lines(source, source.account))
            yield draft
            return
        draft = _session(source, first)
        sidechains = Sidechains()
        draft.steps = ClaudeCodeSession(draft).steps(
            sidechains.main(_lines(source, source.account))
        )
        yield draft
        for child, warm_up in sidechains.found.items():
            if not warm_up:
                part = _subagent(source, record, child)
                part.parent_key = draft.key
                part.steps = ClaudeCodeSession(part).steps(sidechains.of(child, _lines(source)))
                yield part


def _is_session_line(line: bytes) -> bool:
    try:
        evidence = _EVIDENCE.decode(line)
    except (ValueError, RecursionError):
        return False
    if evidence.project_hash is not None or not _KNOWN.fullmatch(evidence.type):
        return False
    return bool(evidence.session_id or evidence.leaf_uuid or evidence.message_id)


def _lines(
    source: SourceFile, account: Account | None = None
) -> Generator[Located[Line], None, None]:
    account = account or Account()
    if is_export(source):
        return export_lines(source, account)
    return typed_lines(source, LINE, account)


def _first_line(source: SourceFile) -> Located[Line]:
    """The first line of the conversation, which says whose session it is."""
    if _HISTORY.match(source.head):
        raise NothingToImport(
            f"{source.name}: only the prompts' history of Claude Code, without any answer. "
            "Import the sessions under ~/.claude/projects."
        )
    account = Account()
    with closing(_lines(source, account)) as lines:
        for line in lines:
            if line.record.type in _CONVERSATION and memoryview(line.record.message).nbytes:
                return line
    raise account.nothing(
        source.name, "no message of a person or an agent in it, only bookkeeping."
    )


def _session(source: SourceFile, first: Located[Line]) -> EpisodeDraft:
    key = first.record.session_id or ""
    draft = EpisodeDraft(format=ClaudeCodeReader.format, key=key, steps=(), agent="claude-code")
    if not key:
        draft.key = f"export-{_digest(first.record)}"
    elif (own := _own_id(source)) and own != key and _mentions(source, own):
        draft.key, draft.continues_key = own, key
    return draft


def _subagent(source: SourceFile, record: Line, child: str) -> EpisodeDraft:
    parent = record.session_id or ""
    return EpisodeDraft(
        format=ClaudeCodeReader.format,
        key=f"{parent or _digest(record)}/{child}",
        steps=(),
        parent_key=parent,
        agent="claude-code",
    )


def _digest(record: Line) -> str:
    text = bytes(memoryview(record.message)) + (record.timestamp or "").encode()
    return hashlib.sha256(text).hexdigest()[:32]


def _own_id(source: SourceFile) -> str:
    """The session id that the file is named by, if it is: a fork begins with another's lines."""
    stem = PurePosixPath(source.name.replace("\\", "/")).stem
    return stem if _UUID.fullmatch(stem) else ""


def _mentions(source: SourceFile, session_id: str) -> bool:
    needle = re.compile(rb'"sessionId"\s*:\s*"' + session_id.encode() + rb'"')
    return any(needle.search(block) for block in source.blocks())
