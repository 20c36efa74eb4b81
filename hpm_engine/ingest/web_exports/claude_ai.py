"""Claude.ai's export of a person's data: ``conversations.json``, messages with their parents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements, raw_text
from hpm_engine.ingest.json.text import located
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_record
from hpm_engine.ingest.steps.answer import Answer
from hpm_engine.ingest.steps.blocks import content_text
from hpm_engine.ingest.steps.branch_paths import branch_paths, parent_numbers
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.web_exports.chatgpt import BEYOND
from hpm_engine.ingest.web_exports.prompt import say_prompt
from hpm_engine.values.drafts import EpisodeDraft

# Stands in the flattened text of a message where a tool was used.
_PLACEHOLDER = "```\nThis block is not supported on your current device yet.\n```"


class _ClaudeAiConversation(msgspec.Struct):
    """A conversation of the export."""

    uuid: object = None
    name: object = None
    created_at: object = None
    leaf: object = msgspec.field(default=None, name="current_leaf_message_uuid")
    model: object = None
    messages: msgspec.Raw = msgspec.field(default=NO_JSON, name="chat_messages")


class _ClaudeAiMessage(msgspec.Struct):
    """One message; ``text`` repeats the words of ``content``."""

    uuid: object = None
    parent: object = msgspec.field(default=None, name="parent_message_uuid")
    sender: object = None
    text: object = None
    content: msgspec.Raw = NO_JSON
    created_at: object = None
    attachments: object = None
    files: object = None


class _ClaudeAiBlock(msgspec.Struct):
    """One block of a message's content."""

    type: object = None
    text: object = None
    thinking: object = None
    id: object = None
    name: object = None
    input: msgspec.Raw = NO_JSON
    tool_use_id: object = None
    content: msgspec.Raw = NO_JSON
    is_error: object = None


_CONVERSATION = TypedDecoder(_ClaudeAiConversation)
_MESSAGE = TypedDecoder(_ClaudeAiMessage)
_BLOCK = TypedDecoder(_ClaudeAiBlock)


class ClaudeAiReader:
    """One episode for each conversation; answers that were asked for again are branches."""

    format = "claude-ai"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is a conversation with its messages."""
        return any(
            "uuid" in record and isinstance(record.get("chat_messages"), list)
            for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The conversations in the export's order, each live branch before the others."""
        held = False
        for line in json_records(source):
            record = typed_record(line.record, _CONVERSATION, source.account, "a conversation")
            said = False
            for draft in self._branches(source, line, record or _ClaudeAiConversation()):
                said = held = True
                yield draft
            if not said:
                source.account.pass_over("a conversation in which nothing was said")
        if not held:
            raise source.account.nothing(source.name, "an export without a conversation.")

    def _branches(
        self, source: SourceFile, line: Located[bytes], record: _ClaudeAiConversation
    ) -> Iterator[EpisodeDraft]:
        messages = _messages(line, record, source.account)
        ids = [text_of(message.record.uuid) for message in messages]
        live = text_of(record.leaf)
        paths = branch_paths(
            _parents(ids, [text_of(message.record.parent) for message in messages]),
            ids.index(live) if live in ids else len(ids) - 1,
            lambda number: True,
        )
        left = len(ids) - len({number for path in paths for number in path})
        for _ in range(left):
            source.account.miss(BEYOND)
        for path in paths:
            draft = self._draft(record, [messages[number] for number in path], source.account)
            if draft is not None:
                draft.raw_start, draft.raw_size = line.start, line.size
                yield draft

    def _draft(
        self,
        record: _ClaudeAiConversation,
        messages: list[Located[_ClaudeAiMessage]],
        account: Account,
    ) -> EpisodeDraft | None:
        session = GatheredSession(self.format, text_of(record.uuid))
        session.agent_name, session.model = text_of(record.name), text_of(record.model)
        for message in messages:
            _add(session, message, account)
        if not any(turn.at is not None for turn in session.turns):
            session.started_at = micros(record.created_at)
        draft = session.draft()
        if draft is not None:
            draft.key = draft.key or head_digest(draft.steps)
        return draft


def _messages(
    line: Located[bytes], record: _ClaudeAiConversation, account: Account
) -> list[Located[_ClaudeAiMessage]]:
    messages = []
    for data, offset in located(line.record, [record.messages]):
        for number, (item, start) in enumerate(located(data, elements(record.messages)), 1):
            message = typed_record(item, _MESSAGE, account, "a message")
            if message is None:
                account.miss("a message")
            else:
                place = line.start + offset + start
                messages.append(Located(number, place, len(item), message))
    return messages


def _parents(ids: Sequence[str], parents: Sequence[str]) -> list[int]:
    """The positions of parents; a message that names none follows the one before it."""
    numbers = parent_numbers(ids, parents)
    return [
        number if number >= 0 or parents[position] else position - 1
        for position, number in enumerate(numbers)
    ]


def _add(session: GatheredSession, line: Located[_ClaudeAiMessage], account: Account) -> None:
    message, raw = line.record, (line.start, line.size)
    at = micros(message.created_at)
    if message.sender == "assistant":
        answer = Answer(raw, at)
        for block in elements(message.content):
            _add_block(answer, block, account)
        if not answer.turn.parts:
            answer.say(text_of(message.text).replace(_PLACEHOLDER, "").strip())
        session.turns.append(answer.turn)
        return
    blocks = (_BLOCK.nested(block) or _ClaudeAiBlock() for block in elements(message.content))
    words = "\n".join(filter(None, (text_of(block.text) for block in blocks)))
    say_prompt(session, words or text_of(message.text), _given(message), raw, at)


def _add_block(answer: Answer, raw: msgspec.Raw, account: Account) -> None:
    block = _BLOCK.nested(raw) or _ClaudeAiBlock()
    if block.type == "text":
        answer.say(text_of(block.text))
    elif block.type == "thinking":
        answer.think(text_of(block.thinking))
    elif block.type == "tool_use":
        answer.call(text_of(block.name), raw_text(block.input), text_of(block.id))
    elif block.type == "tool_result":
        text = content_text(block.content)
        answer.result(text, text_of(block.tool_use_id), is_error=block.is_error is True)
    elif block.type not in ("token_budget", "flag"):
        account.miss(f"a block of type {text_of(block.type)[:40]}" if block.type else "a block")


def _given(message: _ClaudeAiMessage) -> list[str]:
    """What a person gave with a message: texts of attachments, names of files."""
    attachments = message.attachments if isinstance(message.attachments, list) else []
    files = message.files if isinstance(message.files, list) else []
    texts = []
    for file in filter(lambda file: isinstance(file, dict), (*attachments, *files)):
        name, text = text_of(file.get("file_name")), text_of(file.get("extracted_content"))
        if name or text:
            texts.append(f"[file: {name}]\n{text}".strip())
    return texts
