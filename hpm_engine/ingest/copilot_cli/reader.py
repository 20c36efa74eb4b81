"""Copilot CLI: the events of a session, and the stream of ``--output-format json``."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.copilot_cli.events import EVENT
from hpm_engine.ingest.copilot_cli.session import FORMAT, CopilotSession
from hpm_engine.ingest.sources.file_name import uuid_of
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft

_MARKS = frozenset(("session", "user", "assistant", "tool", "subagent", "system", "hook"))


class CopilotCliReader:
    """The sessions under ``~/.copilot/session-state``, and printed streams of the same events."""

    format = FORMAT

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is an event with data."""
        return any(map(_is_event, source.records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file."""
        session = CopilotSession(source.account)
        for line in typed_lines(source, EVENT, source.account):
            session.add(line)
        session.finish()
        _read_beside(source, session.gathered)
        draft = session.gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or uuid_of(source.name) or head_digest(draft.steps)
        yield draft


def _is_event(record: dict[str, object]) -> bool:
    kind = record.get("type")
    family, _, event = kind.partition(".") if isinstance(kind, str) else ("", "", "")
    if not event or not isinstance(record.get("data"), dict):
        return False
    return record.get("ephemeral") is True or (family in _MARKS and "id" in record)


def _read_beside(source: SourceFile, session: GatheredSession) -> None:
    """Take name and folder from ``workspace.yaml``, which is beside a session's events."""
    lines = (source.beside("workspace.yaml") or b"").decode("utf-8-sig", "replace").splitlines()
    pairs = (line.partition(":") for line in lines if not line.startswith((" ", "#", "-")))
    fields = {key.strip(): value.strip().strip("'\"") for key, _, value in pairs}
    title = fields.get("name") or fields.get("summary") or ""
    if fields.get("user_named") == "true":
        session.name = session.name or title
    else:
        session.agent_name = session.agent_name or title
    session.cwd = session.cwd or fields.get("cwd", "")
    session.branch = session.branch or fields.get("branch", "")
