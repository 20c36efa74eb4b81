"""Codex CLI and Codex Desktop: rollout files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

from hpm_engine.drafts import EpisodeDraft
from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.account import Account
from hpm_engine.ingest.codex_lines import LINE, META, RECORD, Meta, Record
from hpm_engine.ingest.codex_session import CodexSession
from hpm_engine.ingest.first_lines import project_of
from hpm_engine.ingest.line_records import Located, typed_lines
from hpm_engine.ingest.source import SourceFile

_WRAPPED = ("session_meta", "response_item", "event_msg", "turn_context", "compacted")
_CUT_META = re.compile(rb'\s*\{[^{}]{0,200}"type"\s*:\s*"session_meta"')
_PARENT = re.compile(r'"parent_thread_id"\s*:\s*"([^"\\]{1,200})"')
_STREAM = ("thread.started", "turn.started", "item.started", "item.completed", "turn.completed")
_HEAD_LINES = 50  # how far to look for the session's head


class CodexReader:
    """Reads the rollouts under ``~/.codex/sessions``."""

    format = "codex"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first record is a rollout's, with or without the wrapper."""
        line = source.head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
        if _CUT_META.match(line):
            return True
        try:
            record = RECORD.decode(line)
        except ValueError:
            return False
        return record is not None and _is_rollout(record)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of the rollout.

        Raises ``NothingToImport`` for the output of ``codex exec --json``, which is no rollout.
        """
        draft = _draft(source)
        draft.steps = CodexSession(draft).steps(typed_lines(source, LINE, source.account))
        yield draft


def _is_rollout(record: Record) -> bool:
    if record.type in _WRAPPED and memoryview(record.payload).nbytes:
        return True
    return record.type in _STREAM or _is_bare_head(record)


def _is_bare_head(record: Record) -> bool:
    """Whether the line is the head of a rollout from before the wrapper."""
    has_instructions = memoryview(record.instructions).nbytes > 0
    return not record.type and bool(record.id and record.timestamp) and has_instructions


def _draft(source: SourceFile) -> EpisodeDraft:
    tally = Account()
    first: Located[Record] | None = None
    head: Meta | None = None
    with closing(typed_lines(source, LINE, tally)) as lines:
        for line in islice(lines, _HEAD_LINES):
            first = first or line
            head = _head(line.record)
            if head is not None:
                break
    if first is None:
        raise tally.nothing(source.name, "no record of a Codex session in it.")
    if first.record.type in _STREAM:
        raise NothingToImport(
            f"{source.name}: the output of `codex exec --json`, not a session. "
            "Import the rollout under ~/.codex/sessions."
        )
    draft = EpisodeDraft(format=CodexReader.format, key="", steps=(), agent="codex")
    if head is not None:
        _fill(draft, head)
    draft.key = draft.key or f"rollout-{_digest(first.record)}"
    return draft


def _head(record: Record) -> Meta | None:
    if record.type == "session_meta":
        return META.nested(record.payload)
    if _is_bare_head(record):
        return Meta(id=record.id, timestamp=record.timestamp)
    return None


def _fill(draft: EpisodeDraft, head: Meta) -> None:
    draft.key = head.id or ""
    draft.cwd = head.cwd or ""
    draft.project = project_of(draft.cwd)
    draft.branch = (head.git and head.git.branch) or ""
    draft.continues_key = head.forked_from_id or ""
    source = bytes(memoryview(head.source)).decode("utf-8", "replace")
    if found := _PARENT.search(source):
        draft.parent_key = found.group(1)


def _digest(record: Record) -> str:
    text = bytes(memoryview(record.payload)) + (record.timestamp or "").encode()
    return hashlib.sha256(text).hexdigest()[:32]
