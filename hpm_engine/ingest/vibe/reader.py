"""Mistral's Vibe: ``messages.jsonl`` with ``meta.json`` beside it; before that, one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from hpm_engine.ingest.chat.calls import calls_in
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.vibe.metadata import note_metadata
from hpm_engine.values.drafts import EpisodeDraft

_LINES = "messages.jsonl"
_METADATA = "meta.json"
_FAILED = ("<tool_error", "<vibe_", "<user_cancellation>")
_MARKS = {"message_id", "injected", "reasoning_content"}


class VibeMessage(msgspec.Struct):
    """One message, in OpenAI's shape."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    reasoning_content: object = None
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    injected: object = None


class VibeDocument(msgspec.Struct):
    """A session of the first versions."""

    metadata: msgspec.Raw = NO_JSON
    messages: msgspec.Raw = NO_JSON


_MESSAGE = TypedDecoder(VibeMessage)
_DOCUMENT = TypedDecoder(VibeDocument)


class VibeReader:
    """One episode for each session."""

    format = "vibe"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a session of the first versions, or lines of a later one."""
        metadata = source.opening.keys.get("metadata")
        if isinstance(metadata, dict) and "messages" in source.opening.keys:
            stats = metadata.get("stats")
            names = stats.keys() if isinstance(stats, dict) else ()
            return "session_id" in metadata and any(key.startswith("session_") for key in names)
        records = source.records
        spoken = [record for record in records if isinstance(record.get("role"), str)]
        if not spoken or isinstance(source.opening.value, list):
            return False
        named = folders_of(source.name)[-1:] == [_LINES] and bool(source.beside(_METADATA))
        return named or any("message_id" in record and _MARKS & record.keys() for record in spoken)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session. Raises ``CannotImport`` where nothing was said in it."""
        session = GatheredSession(self.format)
        lines: Iterable[Located[VibeMessage]]
        if "metadata" in source.opening.keys and not source.opening.more:
            document = Document(source.name, source.read())
            record = typed_document(document, _DOCUMENT, "a session", source.account)
            note_metadata(session, bytes(memoryview(record.metadata)))
            raws = elements(record.messages)
            lines = typed_items(document, raws, _MESSAGE, "a message", source.account)
        else:
            note_metadata(session, source.beside(_METADATA))
            lines = typed_lines(source, _MESSAGE, source.account)
        for line in lines:
            _add(session, line.record, (line.start, line.size), source)
        said = any(turn.flags == 0 for turn in session.turns)
        draft = session.draft() if said else None
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or _named(source.name) or head_digest(draft.steps)
        yield draft


def _named(name: str) -> str:
    """The name of the session's folder; "" for a file without one."""
    folders = folders_of(name)
    return folders[-2] if folders[-1:] == [_LINES] and len(folders) > 1 else ""


def _add(session: GatheredSession, message: VibeMessage, raw: Raw, source: SourceFile) -> None:
    role, text = text_of(message.role), message_blocks(message.content, source.account).text
    if role == "assistant":
        session.reply(
            text,
            raw,
            reasoning=text_of(message.reasoning_content),
            calls=calls_in(message.tool_calls, source.account.miss),
        )
    elif role == "tool":
        call_id = text_of(message.tool_call_id)
        session.result(call_id, text, raw, is_error=text.lstrip().startswith(_FAILED))
    elif role == "user" and message.injected is not True:
        session.prompt(text, raw)
    elif role == "user":
        session.context(text, raw)
    elif role == "system":
        session.notice(text, raw)
    else:
        source.account.miss_record("a message of an unknown role")
