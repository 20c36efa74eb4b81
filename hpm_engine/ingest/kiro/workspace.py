"""Sessions of Kiro's editor as documents; the runs of its agent are files of their own."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.kiro.ide import FORMAT
from hpm_engine.ingest.sources.file_name import stem
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.values.drafts import EpisodeDraft


class PromptLog(msgspec.Struct):
    """What the model was asked and answered, where the answer is not in the message."""

    completion: object = None
    model: object = msgspec.field(default=None, name="modelTitle")


class HistoryMessage(msgspec.Struct):
    """A message of one side."""

    role: object = None
    content: msgspec.Raw = NO_JSON


class HistoryEntry(msgspec.Struct):
    """A message of a session, with its run."""

    message: HistoryMessage | None = None
    logs: list[PromptLog] | None = msgspec.field(default=None, name="promptLogs")


class WorkspaceSession(msgspec.Struct, rename="camel"):
    """A session's document."""

    session_id: object = None
    title: object = None
    workspace_directory: object = None
    history: msgspec.Raw = NO_JSON


_SESSION = TypedDecoder(WorkspaceSession)
_ENTRY = TypedDecoder(HistoryEntry)


class KiroWorkspaceSessions:
    """The documents in ``workspace-sessions``."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is one object with a session's id, its folder and its history.

        Continue, from which Kiro descends, writes the like, but its messages name no run.
        """
        record = source.opening.keys
        history = record.get("history")
        if "sessionId" not in record or not isinstance(history, list):
            return False
        ran = any(isinstance(entry, dict) and "executionId" in entry for entry in history)
        return "workspaceDirectory" in record and (ran or "workspace-sessions" in source.name)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session. What its agent did is in other files, which it names but does not hold."""
        document = Document(source.name, source.read())
        account = source.account
        session = typed_document(document, _SESSION, "a session", account)
        gathered = GatheredSession(FORMAT, text_of(session.session_id) or stem(source.name))
        gathered.cwd = text_of(session.workspace_directory)
        gathered.agent_name = text_of(session.title)
        entries = typed_items(document, elements(session.history), _ENTRY, "a message", account)
        for _, start, size, entry in entries:
            if not _add(gathered, entry, (start, size)):
                role = text_of(entry.message.role)[:40] if entry.message else "nobody"
                account.miss_record(f"a message of {role}")
        draft = gathered.draft()
        if draft is None:
            raise account.nothing(source.name, "a session of Kiro without a message.")
        yield draft


def _add(gathered: GatheredSession, entry: HistoryEntry, raw: Raw) -> bool:
    message = entry.message or HistoryMessage()
    blocks = message_blocks(message.content)
    if message.role == "user":
        gathered.prompt(blocks.text, raw)
    elif message.role == "assistant":
        logs = entry.logs or []
        told = "\n\n".join(filter(None, (text_of(log.completion) for log in logs)))
        model = next((name for log in logs if (name := text_of(log.model))), "")
        gathered.reply(blocks.text or told, raw, calls=blocks.calls, model=model)
    elif message.role == "tool":
        gathered.result("", blocks.text, raw)
    else:
        return False
    return True
