"""Copilot CLI: the events of a session, and the stream of ``--output-format json``."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.copilot_cli.events import DATA, EVENT, CopilotData
from hpm_engine.ingest.copilot_cli.session import FORMAT, CopilotSession
from hpm_engine.ingest.copilot_cli.subagents import MAIN, CopilotAgents
from hpm_engine.ingest.sources.file_name import uuid_of
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.first_lines import given_title, project_of
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
        """The session of a file, then its subagents, which are its children."""
        lines = list(typed_lines(source, EVENT, source.account))
        agents = CopilotAgents(line.record for line in lines if line.record.ephemeral is not True)
        main = CopilotSession(source.account)
        sessions = {MAIN: main}
        for line in lines:
            data = DATA.nested(line.record.data) or CopilotData()
            agent = agents.owner(line.record, data)
            if agent not in sessions:
                sessions[agent] = CopilotSession(source.account)
            sessions[agent].add(line, data)
        for session in sessions.values():
            session.finish()
        _read_beside(source, main.gathered)
        drafts = {
            agent: draft
            for agent, session in sessions.items()
            if (draft := session.gathered.draft()) is not None
        }
        if not drafts:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        key = main.gathered.key or uuid_of(source.name)
        key = key or head_digest(next(iter(drafts.values())).steps)
        for agent, draft in drafts.items():
            draft.key = _key(key, agent)
            if agent != MAIN:
                _note_child(draft, main.gathered, agents, agent)
                draft.parent_key = _key(key, agents.caller(agent))
            yield draft


def _key(session: str, agent: str) -> str:
    return f"{session}/{agent}" if agent else session


def _note_child(
    draft: EpisodeDraft, main: GatheredSession, agents: CopilotAgents, agent: str
) -> None:
    """Give a subagent's episode what its own events do not say."""
    draft.cwd, draft.branch, draft.project = main.cwd, main.branch, project_of(main.cwd)
    draft.model = draft.model or agents.model(agent)
    draft.title = given_title(agents.name(agent)) or None
    draft.task = draft.task or agents.task(agent)


def _is_event(record: dict[str, object]) -> bool:
    kind = record.get("type")
    family, _, event = kind.partition(".") if isinstance(kind, str) else ("", "", "")
    if not event or not isinstance(record.get("data"), dict):
        return False
    return record.get("ephemeral") is True or (
        family in _MARKS and bool({"id", "timestamp"} & record.keys())
    )


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
