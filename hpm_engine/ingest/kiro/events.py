"""Kiro's editor since summer 2026: a folder for each session, its events as lines.

They are ``messages.jsonl`` in ``~/.kiro/sessions/HASH/sess_ID``; ``session.json`` has the facts.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TooDeep, TypedDecoder
from hpm_engine.ingest.kiro.ide import FORMAT
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.first_values import first_values
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.blocks import content_text, message_blocks
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.reply_pieces import ReplyPieces
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind

_SPOKEN = ("user", "assistant", "tool_call", "tool_result")
_FIELDS = {"id", "timestamp", "payload"}  # of an event
_BOOKKEEPING = ("session_start", "session_metadata", "turn_start", "turn_end", "usage_summary")


class EventPayload(msgspec.Struct, rename="camel"):
    """What happened."""

    type: object = None
    content: msgspec.Raw = NO_JSON
    operation_type: object = None
    execution_id: object = None
    tool_name: object = None
    name: object = None
    tool_call_id: object = None
    input: msgspec.Raw = NO_JSON
    args: msgspec.Raw = NO_JSON
    arguments: msgspec.Raw = NO_JSON
    success: object = None


class KiroEvent(msgspec.Struct):
    """A line."""

    id: object = None
    timestamp: object = None
    payload: EventPayload | None = None


class SessionFacts(msgspec.Struct, rename="camel"):
    """The file beside the events."""

    id: object = None
    title: object = None
    model_id: object = None
    workspace_paths: list[object] | None = None
    created_at: object = None
    last_modified_at: object = None


_EVENT = TypedDecoder(KiroEvent)
_FACTS = TypedDecoder(SessionFacts)


class KiroEvents:
    """The sessions of events."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is an event of a session, of which a run is known."""
        if any(map(_is_event, source.records)):
            return True
        if source.opening.torn and _is_torn_event(source.opening.record):
            return True
        events = first_values(source, _EVENT, b'"payload"')
        payloads = (event.payload for event in events if event.payload is not None)
        return any(p.type in _SPOKEN and p.execution_id is not None for p in payloads)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file."""
        source.must_fit("session", "Split it.")
        gathered = GatheredSession(FORMAT, _key(source.name))
        _note_facts(gathered, source)
        replies = ReplyPieces(gathered)
        for _, start, size, event in typed_lines(source, _EVENT, source.account):
            _add(gathered, replies, event, (start, size), source.account)
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session of Kiro without a message.")
        yield draft


def _is_event(record: dict[str, object]) -> bool:
    payload = record.get("payload")
    if not isinstance(payload, dict) or "timestamp" not in record:
        return False
    kind = payload.get("type")
    if kind in ("turn_start", "turn_end"):
        return True
    return "id" in record and kind in _SPOKEN and "executionId" in payload


def _is_torn_event(record: dict[str, object]) -> bool:
    """Whether a line that was cut is an event: the id of its run stood behind what was said."""
    payload = record.get("payload")
    said = isinstance(payload, dict) and payload.get("type") in _SPOKEN and "content" in payload
    return said and record.keys() == _FIELDS


def _key(name: str) -> str:
    """The session's id: its folder's name."""
    folders = folders_of(name)
    return folders[-2] if len(folders) > 1 else ""


def _note_facts(gathered: GatheredSession, source: SourceFile) -> None:
    try:
        facts = _FACTS.decode(source.beside("session.json") or b"") or SessionFacts()
    except (ValueError, TooDeep):
        return
    gathered.key = text_of(facts.id) or gathered.key
    gathered.agent_name, gathered.model = text_of(facts.title), text_of(facts.model_id)
    gathered.cwd = text_of(facts.workspace_paths[0]) if facts.workspace_paths else ""
    gathered.started_at = micros(facts.created_at)
    gathered.ended_at = micros(facts.last_modified_at)


def _add(
    gathered: GatheredSession,
    replies: ReplyPieces,
    event: KiroEvent,
    raw: Raw,
    account: Account,
) -> None:
    payload, at = event.payload or EventPayload(), micros(event.timestamp)
    kind = text_of(payload.type)[:40]
    if kind == "user":
        replies.end()
        gathered.prompt(message_blocks(payload.content).text, raw, at)
    elif kind == "assistant":
        words = message_blocks(payload.content).text
        if payload.operation_type == "Reasoning":
            replies.thought(words, raw, at)
        elif words.strip():
            replies.words(words, raw, at).model = gathered.model
    elif kind == "tool_call":
        given = (payload.input, payload.args, payload.arguments)
        arguments = next((text for raws in given if (text := raw_text(raws))), "")
        name, call_id = text_of(payload.tool_name or payload.name), text_of(payload.tool_call_id)
        replies.call(Part(PartKind.CALL, arguments, name, call_id), raw, at)
    elif kind == "tool_result":
        failed = payload.success is False
        text = content_text(payload.content)
        gathered.result(text_of(payload.tool_call_id), text, raw, at, is_error=failed)
    elif kind in _BOOKKEEPING:
        account.pass_over(f"bookkeeping: {kind}")
    else:
        account.miss_record(f"an event of type {kind}" if kind else "an event untyped")
