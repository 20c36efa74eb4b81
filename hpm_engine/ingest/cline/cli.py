"""Cline's command line: ``ID.messages.json``, and beside it ``ID.json`` with what is known."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.cline.messages import MESSAGE
from hpm_engine.ingest.cline.screen import ScreenTimes
from hpm_engine.ingest.cline.task import ClineTask
from hpm_engine.ingest.json.plain_values import companion_value
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag

_ENDING = ".messages.json"


class ClineCliSession(msgspec.Struct):
    """A session with its messages."""

    session_id: object = msgspec.field(default=None, name="sessionId")
    updated_at: object = None
    agent: object = None
    system_prompt: object = None
    messages: msgspec.Raw = NO_JSON


_SESSION = TypedDecoder(ClineCliSession)


class ClineCliReader:
    """The sessions of Cline's command line."""

    format = "cline-cli"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a document with messages and the session's id."""
        record = source.opening.keys
        known = isinstance(record.get("messages"), list) and "sessionId" in record
        return known and ("system_prompt" in record or {"agent", "updated_at"} <= record.keys())

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of the file."""
        document = Document(source.name, source.read())
        record = typed_document(document, _SESSION, "a session", source.account)
        session = GatheredSession(self.format, text_of(record.session_id) or _named(source.name))
        facts = companion_value(source.beside(f"{_named(source.name)}.json"))
        forked_at = _note_facts(session, facts if isinstance(facts, dict) else {})
        stated = session.model
        session.notice(text_of(record.system_prompt))
        task = ClineTask(session, source.account, ScreenTimes(None))
        raws = elements(record.messages)
        for line in typed_items(document, raws, MESSAGE, "a message", source.account):
            task.add(line.record, (line.start, line.size))
        for turn in session.turns if forked_at is not None else ():
            if turn.at is None or (forked_at is not None and turn.at < forked_at):
                turn.flags |= StepFlag.COPIED
        session.model = stated or session.model
        said = [turn for turn in session.turns if not turn.flags & StepFlag.INJECTED]
        draft = session.draft() if said else None
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _named(name: str) -> str:
    """The session's id in the name of its file; "" for none."""
    file = (folders_of(name) or [""])[-1]
    return file.removesuffix(_ENDING) if file.endswith(_ENDING) else ""


def _note_facts(session: GatheredSession, facts: dict[str, object]) -> int | None:
    """Give a session what the file beside it knows; when it was forked from another, if it was."""
    metadata = facts.get("metadata")
    more = metadata if isinstance(metadata, dict) else {}
    session.agent_name = text_of(more.get("title"))
    session.cwd = text_of(facts.get("cwd")) or text_of(facts.get("workspace_root"))
    session.model = text_of(facts.get("model"))
    session.started_at, session.ended_at = (
        micros(facts.get("started_at")),
        micros(facts.get("ended_at")),
    )
    fork = more.get("fork")
    if not isinstance(fork, dict):
        return None
    session.continues_key = text_of(fork.get("forkedFromSessionId"))
    return micros(fork.get("forkedAt"))
