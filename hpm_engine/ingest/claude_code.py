"""Claude Code: session files (JSON lines), subagent files and the web export."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator
from pathlib import PurePosixPath

import msgspec

from hpm_engine.drafts import EpisodeDraft
from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.account import Account
from hpm_engine.ingest.claude_code_bookkeeping import accounted
from hpm_engine.ingest.claude_code_export import export_lines, is_export
from hpm_engine.ingest.claude_code_lines import LINE, Line
from hpm_engine.ingest.claude_code_outline import Outline, Thread
from hpm_engine.ingest.claude_code_session import ClaudeCodeSession
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
        if _HISTORY.match(source.head):
            raise NothingToImport(
                f"{source.name}: only the prompts' history of Claude Code, without any answer. "
                "Import the sessions under ~/.claude/projects."
            )
        account = Account()
        outline = Outline(_lines(source, account), _own_id(source))
        threads = [thread for thread in outline.threads if not (thread.child and thread.warm_up)]
        if not threads and outline.threads:
            raise NothingToImport(f"{source.name}: a warm-up stub of Claude Code without a task.")
        if not threads:
            raise account.nothing(
                source.name, "no message of a person or an agent in it, only bookkeeping."
            )
        for number, thread in enumerate(threads):
            lines: Iterator[Located[Line]] = _lines(source, None if number else source.account)
            if not number:
                lines = accounted(lines, source.account)
            draft = _draft(thread)
            session = ClaudeCodeSession(draft, thread.own)
            draft.steps = session.steps(outline.lines(thread, lines))
            yield draft


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


def _draft(thread: Thread) -> EpisodeDraft:
    record = thread.first.record if thread.first else Line()
    key = thread.session or ("" if thread.child else f"export-{_digest(record)}")
    draft = EpisodeDraft(format=ClaudeCodeReader.format, key=key, steps=(), agent="claude-code")
    draft.continues_key = thread.continues
    if thread.child:
        draft.key = f"{key or _digest(record)}/{thread.child}"
        draft.parent_key = key
    return draft


def _digest(record: Line) -> str:
    text = bytes(memoryview(record.message)) + (record.timestamp or "").encode()
    return hashlib.sha256(text).hexdigest()[:32]


def _own_id(source: SourceFile) -> str:
    """The session id that the file is named by, if it is: a fork begins with another's lines."""
    stem = PurePosixPath(source.name.replace("\\", "/")).stem
    return stem if _UUID.fullmatch(stem) else ""
