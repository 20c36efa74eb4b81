"""Claude Code: session files (JSON lines), subagent files and the web export."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator
from functools import partial
from itertools import chain
from pathlib import PurePosixPath

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.claude_code.bookkeeping import accounted
from hpm_engine.ingest.claude_code.evidence import holds_session
from hpm_engine.ingest.claude_code.export import export_lines, is_export, is_list
from hpm_engine.ingest.claude_code.lines import LINE, ClaudeLine
from hpm_engine.ingest.claude_code.outline import Outline, Thread
from hpm_engine.ingest.claude_code.session import ClaudeCodeSession
from hpm_engine.ingest.claude_code.spills import SpilledResults
from hpm_engine.ingest.claude_code.titles import SessionTitles
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IFLOW = re.compile(rf"session-{_UUID.pattern}")  # iFlow writes the same lines, with this id


class ClaudeCodeReader:
    """The reader of what Claude Code leaves under ``~/.claude/projects``."""

    format = "claude-code"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a session, a web export or the prompt history."""
        if is_export(source) or _is_history(source):
            return True
        return holds_session(source) or is_list(source)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session, then the subagents in the same file.

        Raises ``NothingToImport`` for files without a session: prompt histories, warm-up stubs.
        """
        if _is_history(source):
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
        held = False
        for number, thread in enumerate(threads):
            lines: Iterator[Located[ClaudeLine]] = _lines(
                source, None if number else source.account
            )
            if not number:
                lines = accounted(lines, source.account)
            draft = _draft(thread)
            titles = SessionTitles(thread.session, partial(outline.holds, thread))
            spilled = SpilledResults(source.beside, draft.parent_key or draft.key)
            session = ClaudeCodeSession(draft, thread.own, titles, spilled)
            steps = session.steps(outline.lines(thread, lines))
            first = next(steps, None)
            if first is not None:
                held = True
                draft.steps = chain((first,), steps)
                yield draft
        if not held:
            raise account.nothing(source.name, "a session in which nothing was said or done.")


def _is_history(source: SourceFile) -> bool:
    record = source.opening.keys
    dated = isinstance(record.get("timestamp"), int)
    return dated and "display" in record and "project" in record


def _lines(
    source: SourceFile, account: Account | None = None
) -> Generator[Located[ClaudeLine], None, None]:
    account = account or Account()
    if is_export(source) or is_list(source):
        return export_lines(source, account)
    return typed_lines(source, LINE, account)


def _draft(thread: Thread) -> EpisodeDraft:
    record = thread.first.record if thread.first else ClaudeLine()
    key = thread.session or ("" if thread.child else f"export-{_digest(record)}")
    agent = "iflow" if _IFLOW.fullmatch(key) else "claude-code"
    draft = EpisodeDraft(format=ClaudeCodeReader.format, key=key, steps=(), agent=agent)
    draft.continues_key = thread.continues
    if thread.child:
        draft.key = f"{key or _digest(record)}/{thread.child}"
        draft.parent_key = key
    return draft


def _digest(record: ClaudeLine) -> str:
    text = bytes(memoryview(record.message)) + (record.timestamp or "").encode()
    return hashlib.sha256(text).hexdigest()[:32]


def _own_id(source: SourceFile) -> str:
    """The session id in the file's name, or "": a fork begins with another session's lines."""
    stem = PurePosixPath(source.name.replace("\\", "/")).stem
    return stem if _UUID.fullmatch(stem) else ""
