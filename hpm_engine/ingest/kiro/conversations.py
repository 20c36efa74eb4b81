"""Kiro's command line before 2026: conversations in its database, each as one JSON value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import RowLine, cell_text, told_by
from hpm_engine.ingest.databases.rows import json_cell, rows, session_of
from hpm_engine.ingest.json.raw_values import NO_JSON, elements, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.kiro.cli import FAILED, FORMAT, result_text
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag

_TABLE, _OLD_TABLE = "conversations_v2", "conversations"
_OLD = "folder "  # before the folder that names an older conversation, which has no id


class KiroDatabase:
    """``data.sqlite3`` of Kiro's command line, and of Amazon Q's before it."""

    format = FORMAT
    agent = "Kiro CLI"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are conversations by folder."""
        newer = has(columns, _TABLE, "key", "conversation_id", "value")
        return newer or has(columns, _OLD_TABLE, "key", "value")

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the conversations, each once; of older ones the folder."""
        ids = tables.values("conversation_id", Selection(_TABLE, order=("created_at",)))
        yield from dict.fromkeys(map(str, ids))
        for key in tables.values("key", Selection(_OLD_TABLE)):
            yield _OLD + str(key)

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The states of the conversation, the newest last: it may stand under several folders."""
        order = ("updated_at", "created_at")
        if session.startswith(_OLD):
            yield Selection(_OLD_TABLE, "key", session.removeprefix(_OLD))
        else:
            yield Selection(_TABLE, "conversation_id", session, order=order)

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The column by which conversations are asked for."""
        return ((_TABLE, "conversation_id"),)


class ConversationRow(msgspec.Struct):
    """A row of a conversation."""

    key: object = None
    conversation_id: object = None
    value: object = None
    created_at: object = None
    updated_at: object = None


class ToolUse(msgspec.Struct):
    """A call."""

    id: object = None
    name: object = None
    args: msgspec.Raw = NO_JSON


class KiroReply(msgspec.Struct):
    """A reply of the agent."""

    content: object = None
    tool_uses: list[ToolUse] | None = None


class KiroAssistant(msgspec.Struct):
    """The agent's side of a turn: words alone, or words and calls."""

    response: KiroReply | None = msgspec.field(default=None, name="Response")
    tool_use: KiroReply | None = msgspec.field(default=None, name="ToolUse")


class KiroPrompt(msgspec.Struct):
    """A person's words."""

    prompt: object = None


class ToolUseResult(msgspec.Struct):
    """A tool's result."""

    id: object = msgspec.field(default=None, name="tool_use_id")
    content: msgspec.Raw = NO_JSON
    status: object = None


class ToolUseResults(msgspec.Struct):
    """The results of a turn's calls, or the calls that the person refused."""

    results: list[ToolUseResult] | None = msgspec.field(default=None, name="tool_use_results")
    prompt: object = None


class UserContent(msgspec.Struct):
    """What the user's side of a turn is."""

    prompt: KiroPrompt | None = msgspec.field(default=None, name="Prompt")
    results: ToolUseResults | None = msgspec.field(default=None, name="ToolUseResults")
    refused: ToolUseResults | None = msgspec.field(default=None, name="CancelledToolUses")


class KiroUser(msgspec.Struct):
    """The user's side of a turn."""

    content: UserContent | None = None
    timestamp: object = None


class KiroRequest(msgspec.Struct):
    """Facts of the request that made a reply."""

    ended: object = msgspec.field(default=None, name="stream_end_timestamp_ms")
    model: object = msgspec.field(default=None, name="model_id")


class KiroTurn(msgspec.Struct):
    """A turn: one message of the user's side, and the reply."""

    user: KiroUser | None = None
    assistant: KiroAssistant | None = None
    request: KiroRequest | None = msgspec.field(default=None, name="request_metadata")


class KiroModel(msgspec.Struct):
    """The model that is asked now."""

    name: object = msgspec.field(default=None, name="model_name")
    id: object = msgspec.field(default=None, name="model_id")


class KiroConversation(msgspec.Struct):
    """The value of a row."""

    conversation_id: object = None
    history: msgspec.Raw = NO_JSON
    model_info: KiroModel | None = None
    latest_summary: object = None


_CONVERSATION = TypedDecoder(KiroConversation)
_TURN = TypedDecoder(KiroTurn)


class KiroConversations:
    """A conversation of the database."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of a conversation of Kiro."""
        return told_by(source, FORMAT)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The newest state of the conversation."""
        source.must_fit("conversation", "Split it.")
        newest: Located[RowLine] | None = None
        for line in rows(source):
            if newest is not None:
                source.account.pass_over("an earlier state of the conversation")
            newest = line
        gathered = GatheredSession(FORMAT, session_of(source))
        if newest is not None:
            row = msgspec.convert(newest.record.row, ConversationRow)
            _read(gathered, row, (newest.start, newest.size), source.account)
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a conversation of Kiro without a message.")
        yield draft


def _read(gathered: GatheredSession, row: ConversationRow, raw: Raw, account: Account) -> None:
    conversation = _CONVERSATION.nested(json_cell(row.value))
    if conversation is None:
        account.miss_record("a conversation that is no object")
        return
    model = conversation.model_info or KiroModel()
    gathered.key = text_of(row.conversation_id or conversation.conversation_id) or gathered.key
    gathered.cwd = cell_text(row.key)
    gathered.model = text_of(model.id or model.name)
    gathered.started_at, gathered.ended_at = micros(row.created_at), micros(row.updated_at)
    for item in elements(conversation.history):
        turn = _TURN.nested(item)
        if turn is None:
            account.miss("a turn that is no object")
            continue
        _ask(gathered, turn.user or KiroUser(), raw)
        if turn.assistant is not None:
            _reply(gathered, turn.assistant, turn.request or KiroRequest(), raw)


def _ask(gathered: GatheredSession, user: KiroUser, raw: Raw) -> None:
    content, at = user.content or UserContent(), micros(user.timestamp)
    for answered in (content.results, content.refused):
        for result in (answered.results or []) if answered else []:
            refused = answered is content.refused
            failed = not refused and str(result.status).lower() in FAILED
            call_id, text = text_of(result.id), result_text(result.content)
            gathered.result(call_id, text, raw, at, is_error=failed)
            if refused:
                gathered.turns[-1].flags |= StepFlag.INTERRUPTED
        if answered is not None:
            gathered.prompt(text_of(answered.prompt), raw, at)
    if content.prompt is not None:
        gathered.prompt(text_of(content.prompt.prompt), raw, at)


def _reply(
    gathered: GatheredSession, assistant: KiroAssistant, request: KiroRequest, raw: Raw
) -> None:
    reply = assistant.tool_use or assistant.response
    if reply is None:
        return
    calls = [
        Part(PartKind.CALL, raw_text(use.args), text_of(use.name), text_of(use.id))
        for use in reply.tool_uses or []
    ]
    at = micros(request.ended)
    gathered.reply(text_of(reply.content), raw, at, calls=calls, model=text_of(request.model))
