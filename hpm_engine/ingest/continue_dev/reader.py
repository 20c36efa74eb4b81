"""Continue: sessions under ``~/.continue/sessions``, a document each, and a list of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.continue_dev.history import ITEM, ContinueHistory
from hpm_engine.ingest.json.plain_values import companion_value
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.steps.uris import path_of
from hpm_engine.values.drafts import EpisodeDraft

_LIST = "sessions.json"
_UNNAMED = "New Session"


class _SessionUsage(msgspec.Struct, rename="camel"):
    """What the session cost so far."""

    prompt_tokens: object = None
    completion_tokens: object = None
    total_cost: object = None


class ContinueSession(msgspec.Struct, rename="camel"):
    """A session with all that was said; it holds no times."""

    session_id: object = None
    title: object = None
    workspace_directory: object = None
    chat_model_title: object = None
    usage: _SessionUsage | None = None
    history: msgspec.Raw = NO_JSON


_SESSION = TypedDecoder(ContinueSession)


class ContinueReader:
    """One episode for each session."""

    format = "continue"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a document with a session's id and a history of messages."""
        record = source.opening.keys
        history = record.get("history")
        if "sessionId" not in record or not isinstance(history, list):
            return False
        first = history[0] if history else None
        return "workspaceDirectory" in record or (isinstance(first, dict) and "message" in first)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session. Raises ``CannotImport`` where nothing was said in it."""
        document = Document(source.name, source.read())
        record = typed_document(document, _SESSION, "a session", source.account)
        session = GatheredSession(self.format, text_of(record.session_id))
        title = text_of(record.title)
        session.agent_name = "" if title == _UNNAMED else title
        session.model = text_of(record.chat_model_title)
        folder = text_of(record.workspace_directory)
        session.cwd = path_of(folder) or folder
        session.started_at = session.ended_at = _created(source, session.key)
        usage = record.usage or _SessionUsage()
        session.tokens_in = token_count(usage.prompt_tokens)
        session.tokens_out = token_count(usage.completion_tokens)
        session.cost = dollars(usage.total_cost)
        history = ContinueHistory(session, source.account)
        raws = elements(record.history)
        for line in typed_items(document, raws, ITEM, "an item of the history", source.account):
            history.add(line.record, (line.start, line.size))
        history.settle()
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _created(source: SourceFile, session: str) -> int | None:
    """When a session began, which only the list of all sessions beside it knows."""
    entries = companion_value(source.beside(_LIST))
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and session and text_of(entry.get("sessionId")) == session:
            return micros(entry.get("dateCreated"))
    return None
