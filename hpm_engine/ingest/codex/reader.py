"""Codex CLI and Codex Desktop: rollout files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from itertools import chain

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.codex.bookkeeping import accounted
from hpm_engine.ingest.codex.head import lost_head
from hpm_engine.ingest.codex.lines import LINE, RECORD, Meta, Record
from hpm_engine.ingest.codex.names import ThreadName
from hpm_engine.ingest.codex.replay import Section, is_bare_head, sections
from hpm_engine.ingest.codex.session import CodexSession
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.first_values import first_values
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.first_lines import project_of
from hpm_engine.ingest.steps.projects import repository_name
from hpm_engine.values.drafts import EpisodeDraft

_WRAPPED = ("session_meta", "response_item", "event_msg", "turn_context", "compacted")
_CUT_HEAD = re.compile(rb'\s*\{[^{}]{0,200}"type"\s*:\s*"session_meta"')
_STREAM = ("thread.started", "turn.started", "item.started", "item.completed", "turn.completed")


class CodexReader:
    """The reader of the rollouts under ``~/.codex/sessions``."""

    format = "codex"

    def recognises(self, source: SourceFile) -> bool:
        """Whether one of the first records is a rollout's, or the very first an older head."""
        records = _first_records(source)
        first = next(records, None)
        if first is None:
            return _is_cut(source)
        if first.type in _STREAM or is_bare_head(first):
            return True
        return _is_wrapped(first) or any(map(_is_wrapped, records)) or _is_cut(source)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of a rollout; several sessions where a file joins rollouts.

        Raises ``NothingToImport`` for the output of ``codex exec --json``, which is no rollout,
        and for a session in which nothing was said or done.
        """
        parts = _sections(source)
        any_session = False
        with closing(typed_lines(source, LINE, source.account)) as all_lines:
            lines = accounted(all_lines, source.account)
            for part in parts:
                draft = _draft(part)
                if len(parts) > 1:
                    draft.raw_start, draft.raw_size = part.first, part.end - part.first
                name = ThreadName(part.key, source.beside)
                own = part.own if part.own > part.first else 0
                own_lines = _once(_within(part, lines), source.account)
                steps = CodexSession(draft, own, name).steps(own_lines)
                first = next(steps, None)
                if first is not None:
                    any_session = True
                    draft.steps = chain((first,), steps)
                    yield draft
            for _ in lines:
                pass  # the rest of the file is accounted for as well
        if not any_session:
            held = "a Codex session in which nothing was said."
            raise source.account.nothing(source.name, held)


def _within(part: Section, lines: Iterator[Located[Record]]) -> Iterator[Located[Record]]:
    """The lines of a section, taken from those of the file; the next section stays."""
    for line in lines:
        if line.start >= part.first:
            yield line
        if line.start >= part.last:
            return


def _once(
    lines: Iterator[Located[Record]], account: Account
) -> Generator[Located[Record], None, None]:
    """The lines without repeated ones, for a file that joins a rollout and its copy.

    Lines are left out only after the session's head comes again, and only with the same time: a
    person may say things twice.
    """
    head: bytes | None = None
    again = False
    seen: set[int] = set()
    for line in lines:
        record = line.record
        payload = bytes(memoryview(record.payload))
        if record.type == "session_meta":
            again = again or payload == head
            head = head or payload
        known = hash((record.type, record.timestamp, payload))
        if again and known in seen:
            account.pass_over("a line that stands twice")
            continue
        seen.add(known)
        yield line


def _sections(source: SourceFile) -> list[Section]:
    account = Account()
    with closing(typed_lines(source, LINE, account)) as lines:
        parts = list(sections(lines, partial(lost_head, source)))
    if not parts:
        raise account.nothing(source.name, "no record of a Codex session in it.")
    if parts[0].opening.type in _STREAM:
        raise NothingToImport(
            f"{source.name}: the output of `codex exec --json`, not a session. "
            "Import the rollout under ~/.codex/sessions."
        )
    return parts


def _is_wrapped(record: Record) -> bool:
    return record.type in _WRAPPED and memoryview(record.payload).nbytes > 0


def _is_cut(source: SourceFile) -> bool:
    """Whether a rollout's first line, or every line, is cut."""
    opening = source.opening
    if opening.torn and opening.keys.get("type") in _WRAPPED and "payload" in opening.keys:
        return True
    cut = opening.torn or b"\n" not in source.head.rstrip()
    return cut and _CUT_HEAD.match(source.head) is not None


def _first_records(source: SourceFile) -> Iterator[Record]:
    for line in source.first_lines:
        if line.startswith(b"{"):
            try:
                record = RECORD.decode(line)
            except ValueError:
                continue
            if record is not None:
                yield record
    yield from first_values(source, RECORD, b'"payload"')


def _draft(part: Section) -> EpisodeDraft:
    draft = EpisodeDraft(format=CodexReader.format, key=part.key, steps=(), agent="codex")
    if part.head is not None:
        _fill(draft, part.head)
    if part.replayed and not (draft.parent_key or draft.continues_key):
        if part.head is not None and part.head.spawned():
            draft.parent_key = part.replayed[0]
        else:
            draft.continues_key = part.replayed[0]
    if part.own > part.first:  # repeated lines are older than the session
        draft.started_at = part.began
    draft.key = draft.key or f"rollout-{_digest(part.opening)}"
    return draft


def _fill(draft: EpisodeDraft, head: Meta) -> None:
    draft.cwd = head.cwd or ""
    # A folder tells two clones of a repository apart; without one the address names the project.
    draft.project = project_of(draft.cwd) or repository_name(
        (head.git and head.git.repository_url) or ""
    )
    draft.branch = (head.git and head.git.branch) or ""
    draft.continues_key, draft.parent_key = head.forked_from(), head.parent()


def _digest(record: Record) -> str:
    text = bytes(memoryview(record.payload)) + (record.timestamp or "").encode()
    return hashlib.sha256(text).hexdigest()[:32]
