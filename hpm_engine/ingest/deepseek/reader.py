"""The DeepSeek harness: the events of a session, in lines that may be out of order."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.deepseek.streamed_reply import StreamedReply
from hpm_engine.ingest.json.plain_values import first_text, mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.blocks import message_blocks, plain_value
from hpm_engine.ingest.steps.gathered import GatheredSession, Spent
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind

_PIECES = ("assistant/chunk", "reasoning-chunks", "text-chunks", "tool-call-chunks")
_FAMILIES = ("agent", "approval", "assistant", "context", "request", "session", "step", "tool")
_ASKING = ("agent", "delegation", "parent", "user")  # who may ask: a person, or another agent


class _DshLine(msgspec.Struct, rename="camel"):
    """The head of a session, or an event."""

    type: object = None
    id: object = None
    cwd: object = None
    created_at: object = None
    delegation_depth: object = None
    parent: object = None
    seq: object = None
    seq0: object = msgspec.field(default=None, name="seq0")
    time: object = None
    data: msgspec.Raw = NO_JSON


class _DshUsage(msgspec.Struct, rename="camel"):
    """Tokens of a reply; ``input_tokens`` excludes the cached ones."""

    input_tokens: object = None
    output_tokens: object = None
    cache_read_tokens: object = None
    cache_write_tokens: object = None

    @property
    def spent(self) -> Spent:
        """All tokens read, and those written."""
        counts = (self.input_tokens, self.cache_read_tokens, self.cache_write_tokens)
        read = [count for count in map(token_count, counts) if count is not None]
        return Spent(sum(read) if read else None, token_count(self.output_tokens))


class _DshMessage(msgspec.Struct):
    """A message; that of a person is the event's data itself."""

    content: msgspec.Raw = NO_JSON
    source: object = None
    is_error: object = msgspec.field(default=None, name="isError")


class _DshData(_DshMessage):
    """What an event says."""

    message: _DshMessage | None = None
    usage: _DshUsage | None = None
    title: object = None
    model: object = None
    summary: object = None
    error: object = None
    reason: object = None
    name: object = None  # of a tool
    call_id: object = msgspec.field(default=None, name="callId")
    arguments: msgspec.Raw = NO_JSON


_LINE = TypedDecoder(_DshLine)
_DATA = TypedDecoder(_DshData)


class DeepSeekReader:
    """The sessions under ``~/.dsh/sessions``."""

    format = "deepseek-harness"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is a session's head, or an event with a number and a time."""
        return any(map(_is_own, source.records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file, its events in the order of their numbers."""
        session = GatheredSession(self.format)
        stream = StreamedReply(session)
        lines = list(typed_lines(source, _LINE, source.account))
        for line in sorted(lines, key=_number):
            session.note_time(micros(line.record.time))
            _follow(stream, line)
            _add(session, line, source.account)
        stream.break_off()
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or _folder(source.name) or head_digest(draft.steps)
        yield draft


def _is_own(record: dict[str, object]) -> bool:
    if record.get("type") == "session":
        return "delegationDepth" in record or ("createdAt" in record and "timestamp" not in record)
    kind = record.get("type")
    numbered = "seq" in record and "time" in record and isinstance(record.get("data"), dict)
    return numbered and isinstance(kind, str) and "/" in kind


def _follow(stream: StreamedReply, line: Located[_DshLine]) -> None:
    """Let the stream of a reply go on, end with its message, or break off without one."""
    kind = line.record.type
    if kind == "assistant/message":
        stream.forget()
    elif kind in _PIECES:
        stream.go_on(text(kind), mapping(plain_value(line.record.data)), (line.start, line.size))
    elif kind in ("step/start", "turn/end", "user/message"):
        stream.break_off()


def _number(line: Located[_DshLine]) -> tuple[int, int]:
    """An event's number; a line without one stands before all others."""
    numbers = (line.record.seq, line.record.seq0)
    return next((number for number in numbers if isinstance(number, int)), -1), line.start


def _folder(name: str) -> str:
    """The folder of a session, which is its id."""
    folders = [part for part in folders_of(name) if not part.startswith("session.jsonl")]
    return folders[-1] if folders and folders != folders_of(name) else ""


def _add(session: GatheredSession, line: Located[_DshLine], account: Account) -> None:
    record, raw = line.record, (line.start, line.size)
    kind, at = text(record.type), micros(record.time)
    data = _DATA.nested(record.data) or _DshData()
    if kind == "session":
        _begin(session, record)
    elif kind in _PIECES:
        account.pass_over("a piece of a message as it streams")
    elif kind == "user/message":
        texts = message_blocks(data.content).texts
        if mapping(data.source).get("kind", "user") in _ASKING:
            session.prompt_blocks(texts, raw, at)
        else:
            session.context("\n".join(texts), raw, at)
    elif kind == "assistant/message":
        _reply(session, data, raw, at)
    elif kind == "tool/call":
        name, arguments = text(data.name), raw_text(data.arguments)
        session.call(Part(PartKind.CALL, arguments, name, text(data.call_id)), raw, at)
    elif kind == "tool/result":
        for result in message_blocks((data.message or data).content).results:
            session.result(result.call_id, result.text, raw, at, is_error=result.is_error)
    elif text(data.summary) and "compact" in kind:
        session.summary(text(data.summary), raw, at)
    elif kind.endswith("/error"):
        session.notice(
            first_text(data.error, mapping(data.error).get("message")), raw, at, failed=True
        )
    else:
        _note(session, kind, data, account)


def _begin(session: GatheredSession, record: _DshLine) -> None:
    session.key = session.key or text(record.id)
    session.cwd = session.cwd or text(record.cwd)
    session.started_at = micros(record.created_at)
    parent = mapping(record.parent)
    session.parent_key = first_text(record.parent, parent.get("sessionId"), parent.get("id"))


def _reply(session: GatheredSession, data: _DshData, raw: tuple[int, int], at: int | None) -> None:
    message = data.message or data
    blocks = message_blocks(message.content)
    session.reply(
        blocks.text,
        raw,
        at,
        reasoning=blocks.reasoning,
        calls=blocks.calls,
        model=text(mapping(message.source).get("model")),
        spent=data.usage.spent if data.usage else Spent(),
    )


def _note(session: GatheredSession, kind: str, data: _DshData, account: Account) -> None:
    """Take what an event of bookkeeping says of the session."""
    if kind == "session/title" and mapping(data.source).get("kind") in ("manual", "user"):
        session.name = text(data.title) or session.name
    elif kind == "session/title":
        session.agent_name = text(data.title) or session.agent_name
    if kind == "request/context" and not session.model:
        session.model = text(data.model)
    family, slash, _ = kind.partition("/")
    if slash and family in (*_FAMILIES, "turn", "user", "plugin"):
        account.pass_over(f"bookkeeping: {kind[:40]}")
    else:
        account.miss_record(f"an event of type {kind[:40]}" if kind else "a line untyped")
