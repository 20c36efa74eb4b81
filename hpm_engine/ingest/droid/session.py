"""Droid's sessions: a line for the session, then its messages."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.plain_values import first_text, mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.beside import SETTINGS
from hpm_engine.ingest.sources.file_name import folders_of, stem
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft

FORMAT = "droid"
_BOOKKEEPING = ("session_end", "todo_state")
_HIDDEN = ("hidden", "llm_only")  # what only the model reads


class _DroidLine(msgspec.Struct, rename="camel"):
    """One line; ``message`` is decoded only where it is needed."""

    type: object = None
    id: object = None
    timestamp: object = None
    title: object = None
    session_title: object = None
    cwd: object = None
    parent: object = None
    session: object = None  # what older versions say of it
    summary: object = None
    summary_text: object = None
    visibility: object = None
    message: msgspec.Raw = NO_JSON


class _DroidMessage(msgspec.Struct):
    """The message of a line."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    model: object = None
    visibility: object = None


class _TokenUsage(msgspec.Struct, rename="camel"):
    """Tokens of a whole session; ``input_tokens`` excludes the cached ones."""

    input_tokens: object = None
    output_tokens: object = None
    cache_creation_tokens: object = None
    cache_read_tokens: object = None


class _Settings(msgspec.Struct, rename="camel"):
    """The file beside a session."""

    model: object = None
    token_usage: _TokenUsage | None = None


_LINE = TypedDecoder(_DroidLine)
_MESSAGE = TypedDecoder(_DroidMessage)
_SETTINGS = TypedDecoder(_Settings)


class DroidSessions:
    """The files under ``~/.factory/sessions``."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record begins a session of Droid, or its messages can be no other's."""
        records = source.records
        if any(record.get("type") == "session_start" for record in records):
            return True
        headed = any(record.get("type") == "session" for record in records)
        return not headed and any(map(_is_message, records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file."""
        session = GatheredSession(FORMAT)
        for line in typed_lines(source, _LINE, source.account):
            _add(session, line, source)
        _read_settings(session, source)
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or stem(source.name) or head_digest(draft.steps)
        yield draft


def _is_message(record: dict[str, object]) -> bool:
    message = mapping(record.get("message"))
    dated = {"id", "timestamp"} <= record.keys() and record.get("type") == "message"
    return dated and "role" in message and isinstance(message.get("content"), (list, str))


def _add(session: GatheredSession, line: Located[_DroidLine], source: SourceFile) -> None:
    record, raw = line.record, (line.start, line.size)
    kind, at = text(record.type), micros(record.timestamp)
    if kind == "message":
        message = _MESSAGE.nested(record.message)
        if message is None:
            source.account.miss_record("a message")
            return
        blocks = message_blocks(message.content)
        if message.role == "assistant":
            model = text(message.model)
            session.reply(
                blocks.text, raw, at, reasoning=blocks.reasoning, calls=blocks.calls, model=model
            )
        for result in blocks.results:
            session.result(result.call_id, result.text, raw, at, is_error=result.is_error)
        if message.role == "assistant":
            return
        if message.role != "user":
            session.notice(blocks.text, raw, at)
        elif record.visibility in _HIDDEN or message.visibility in _HIDDEN:
            session.context(blocks.text, raw, at)
        else:
            session.prompt_blocks(blocks.texts, raw, at)
    elif kind == "compaction_state":
        told = mapping(record.summary)
        parts = "\n\n".join(filter(None, (text(told.get("title")), text(told.get("body")))))
        session.summary(first_text(record.summary_text, record.summary, parts), raw, at)
    elif kind == "session_start":
        _begin(session, record)
    elif kind in _BOOKKEEPING:
        source.account.pass_over(f"bookkeeping: {kind}")
    else:
        source.account.miss_record(f"a line of type {kind[:40]}" if kind else "a line untyped")


def _begin(session: GatheredSession, record: _DroidLine) -> None:
    told = mapping(record.session)
    session.key = session.key or first_text(record.id, told.get("id"))
    session.cwd = session.cwd or first_text(record.cwd, told.get("cwd"))
    title = first_text(record.session_title, record.title, told.get("title"))
    session.agent_name = title or session.agent_name
    session.parent_key = session.parent_key or text(record.parent)


def _read_settings(session: GatheredSession, source: SourceFile) -> None:
    """Take the model and the tokens of the whole session from the file beside it."""
    file = folders_of(source.name)[-1].removesuffix(".jsonl") + SETTINGS
    settings = _SETTINGS.nested(msgspec.Raw(source.beside(file) or b"null"))
    if settings is None:
        return
    session.model = session.model or text(settings.model)
    usage = settings.token_usage or _TokenUsage()
    counts = (usage.input_tokens, usage.cache_creation_tokens, usage.cache_read_tokens)
    read = [count for count in map(token_count, counts) if count is not None]
    session.tokens_in = sum(read) if read else None
    session.tokens_out = token_count(usage.output_tokens)
