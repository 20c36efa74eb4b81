"""Hermes: sessions as documents and as lines, and the same ones in its database."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.hermes.database import HermesRows
from hpm_engine.ingest.hermes.messages import HermesMessage, add_hermes_message
from hpm_engine.ingest.hermes.session import FORMAT, HermesConfig, drafted
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.file_name import stem
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.renderings import ReaderOf
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft


class HermesHead(msgspec.Struct):
    """What a session states of itself."""

    session_id: object = None
    model: object = None
    session_start: object = None
    last_updated: object = None
    platform: object = None
    title: object = None
    cwd: object = None
    parent_session_id: object = None
    model_config: HermesConfig | None = None


class HermesDocument(HermesHead):
    """A session as one document."""

    messages: msgspec.Raw = NO_JSON


class HermesLine(HermesMessage):
    """A line: a message, or first what the session is."""


_DOCUMENT = TypedDecoder(HermesDocument)
_MESSAGE = TypedDecoder(HermesMessage)
_LINE = TypedDecoder(HermesLine)


class HermesDocuments:
    """The files ``session_ID.json``."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is one object with a session's id, its start and its messages."""
        record = source.opening.keys
        known = "session_start" in record or "last_updated" in record or "platform" in record
        return "session_id" in record and known and isinstance(record.get("messages"), list)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session. Its messages have no times of their own."""
        document = Document(source.name, source.read())
        account = source.account
        head = typed_document(document, _DOCUMENT, "a session", account)
        gathered = GatheredSession(FORMAT, text_of(head.session_id) or _key(source.name))
        _note_head(gathered, head)
        messages = typed_items(document, elements(head.messages), _MESSAGE, "a message", account)
        for _, start, size, message in messages:
            if not add_hermes_message(gathered, message, (start, size), account):
                account.miss_record(f"a message of {text_of(message.role)[:40]}")
        yield drafted(gathered, source)


class HermesLines:
    """The files ``ID.jsonl`` of older versions."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record says what the session is, or is an answer as Hermes has them."""
        return any(_is_meta(record) or _is_answer(record) for record in source.records)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session, whose id is its file's name."""
        source.must_fit("session", "Split it.")
        gathered = GatheredSession(FORMAT, _key(source.name))
        for _, start, size, line in typed_lines(source, _LINE, source.account):
            if line.role == "session_meta":
                gathered.model = text_of(line.model)
            if not add_hermes_message(gathered, line, (start, size), source.account):
                source.account.miss_record(f"a message of {text_of(line.role)[:40]}")
        yield drafted(gathered, source)


HERMES = ReaderOf(FORMAT, HermesRows(), HermesDocuments(), HermesLines())


def _is_meta(record: dict[str, object]) -> bool:
    stated = "tools" in record or "model" in record or "platform" in record
    return record.get("role") == "session_meta" and stated


def _is_answer(record: dict[str, object]) -> bool:
    """Whether a line can only be Hermes's: a session that was resumed lacks its first line."""
    return record.get("role") == "assistant" and {"finish_reason", "timestamp"} <= record.keys()


def _note_head(gathered: GatheredSession, head: HermesHead) -> None:
    gathered.model = text_of(head.model)
    gathered.cwd = text_of(head.cwd) or text_of(head.model_config.cwd if head.model_config else "")
    gathered.agent_name = text_of(head.title)
    gathered.parent_key = text_of(head.parent_session_id)
    gathered.started_at, gathered.ended_at = micros(head.session_start), micros(head.last_updated)


def _key(name: str) -> str:
    return stem(name).removeprefix("session_")
