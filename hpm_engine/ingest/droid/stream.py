"""The output of ``droid exec --output-format stream-json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.ingest.droid.session import FORMAT
from hpm_engine.ingest.json.plain_values import first_text, mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON, is_string, raw_text, string
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.blocks import plain_value
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource

_IDS = {"session_id", "sessionId"}
_CALLED = {"toolCallId", "toolId", "toolName"}
_READ = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
_OUTPUTS = ("stdout", "stderr", "output", "content", "text", "message")


class _StreamLine(msgspec.Struct):
    """One line."""

    type: object = None
    session_id: object = None
    own_id: object = msgspec.field(default=None, name="sessionId")  # the same, as written later
    timestamp: object = None
    model: object = None
    cwd: object = None
    role: object = None
    text: object = None
    call_id: object = msgspec.field(default=None, name="toolCallId")
    id: object = None
    name: object = msgspec.field(default=None, name="toolName")
    tool: object = msgspec.field(default=None, name="toolId")
    parameters: msgspec.Raw = NO_JSON
    value: msgspec.Raw = NO_JSON
    error: msgspec.Raw = NO_JSON
    is_error: object = msgspec.field(default=None, name="isError")
    final_text: object = msgspec.field(default=None, name="finalText")
    message: object = None
    usage: object = None  # of a completion: all that the run took


_LINE = TypedDecoder(_StreamLine)


class DroidStreams:
    """Streams that somebody kept."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record can only be of Droid's stream: other agents' lines are alike."""
        return any(map(_is_streamed, source.records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a stream."""
        session = GatheredSession(FORMAT)
        for line in typed_lines(source, _LINE, source.account):
            session.key = session.key or first_text(line.record.session_id, line.record.own_id)
            session.note_time(micros(line.record.timestamp))
            _add(session, line, source)
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a stream in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _is_streamed(record: dict[str, object]) -> bool:
    if not _IDS & record.keys() or record.get("message") is not None:
        return False
    kind = record.get("type")
    if kind == "completion":
        return "finalText" in record
    if kind == "message":
        return record.get("role") in ("user", "assistant") and "text" in record
    return kind in ("tool_call", "tool_result") and bool(_CALLED & record.keys())


def _add(session: GatheredSession, line: Located[_StreamLine], source: SourceFile) -> None:
    record, raw = line.record, (line.start, line.size)
    at, kind = micros(record.timestamp), record.type
    call_id = first_text(record.call_id, record.id)
    if kind == "message" and record.role == "user":
        session.prompt(text(record.text), raw, at)
    elif kind == "message":
        session.reply(text(record.text), raw, at, model=session.model)
    elif kind == "tool_call":
        name = first_text(record.name, record.tool)
        call = Part(PartKind.CALL, raw_text(record.parameters), name, call_id)
        session.call(call, raw, at)
    elif kind == "tool_result":
        shown = _shown(record.value) or _shown(record.error)
        session.result(call_id, shown, raw, at, is_error=record.is_error is True)
    elif kind == "completion":
        _complete(session, text(record.final_text), raw, at)
        _spend(session, mapping(record.usage))
    elif kind == "error":
        session.notice(first_text(record.message, record.text), raw, at, failed=True)
    elif kind == "system":
        session.model = session.model or text(record.model)
        session.cwd = session.cwd or text(record.cwd)
        source.account.pass_over("bookkeeping: system")
    else:
        unknown = text(kind)[:40]
        source.account.miss_record(f"a line of type {unknown}" if unknown else "a line untyped")


def _complete(session: GatheredSession, final: str, raw: tuple[int, int], at: int | None) -> None:
    """Add the last text, unless the last message of the stream is this text."""
    last = session.conversation.last
    said = [part.text for part in last.parts if part.kind is PartKind.MESSAGE] if last else []
    if final and (last is None or last.source is not StepSource.AGENT or final not in said):
        session.reply(final, raw, at, model=session.model)


def _spend(session: GatheredSession, usage: dict[str, Any]) -> None:
    """Add a run's tokens to the session's; those of its input are counted apart from cached."""
    read = [count for key in _READ if (count := token_count(usage.get(key))) is not None]
    if read:
        session.tokens_in = (session.tokens_in or 0) + sum(read)
    if (written := token_count(usage.get("output_tokens"))) is not None:
        session.tokens_out = (session.tokens_out or 0) + written


def _shown(value: msgspec.Raw) -> str:
    """A result as text: what a command printed, else the value as it is written."""
    if is_string(value):
        return string(value)
    plain = plain_value(value)
    if isinstance(plain, dict):
        printed = [text(plain.get(key)) for key in _OUTPUTS]
        if any(printed):
            return "\n".join(filter(None, printed))
        return raw_text(value)
    return text_of(plain)
