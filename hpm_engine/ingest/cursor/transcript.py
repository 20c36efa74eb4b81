"""Cursor's transcripts: lines of a role and a message, without times and ids.

They lie in ``~/.cursor/projects/FOLDER/agent-transcripts``: a chat's id is its file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.cursor.chat import Chat, Message
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of, stem
from hpm_engine.ingest.sources.first_values import first_values
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import Raw
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.renderings import CURSOR_TRANSCRIPT

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SIDES = ("user", "assistant", "tool", "system")
_STOPPED = ("aborted", "cancelled", "canceled", "interrupted")
_FAILED = ("error", "failed", "failure")


class ResultStatus(msgspec.Struct):
    """What a line says of the results in it."""

    status: object = msgspec.field(default=None, name="toolResultStatus")


class TranscriptLine(msgspec.Struct):
    """A line: a message of a side, the end of a turn, or an error."""

    role: object = None
    message: Message | None = None
    type: object = None
    model: object = None
    error: object = None
    status: object = None
    metadata: ResultStatus | None = None


_LINE = TypedDecoder(TranscriptLine)


class CursorTranscripts:
    """Chats of Cursor's agents as it writes them beside its own stores."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record has a role, and a message that has none."""
        if any(map(_is_message, source.records)):
            return True
        return any(map(_is_line, first_values(source, _LINE, b'"message"')))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one chat of a file."""
        source.must_fit("chat", "Split it.")
        chat = Chat(CURSOR_TRANSCRIPT, _key(source.name), source.account)
        for _, start, size, line in typed_lines(source, _LINE, source.account):
            _add(chat, line, (start, size), source.account)
        draft = chat.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a chat of Cursor without a message.")
        draft.key = draft.key or head_digest(draft.steps)
        draft.parent_key = _parent(source.name)
        yield draft


def _is_message(record: dict[str, object]) -> bool:
    message = record.get("message")
    spoken = isinstance(message, dict) and "content" in message and "role" not in message
    return spoken and record.get("role") in _SIDES


def _is_line(line: TranscriptLine) -> bool:
    message = line.message
    spoken = message is not None and message.role is None and bool(memoryview(message.content))
    return spoken and line.role in _SIDES


def _add(chat: Chat, line: TranscriptLine, raw: Raw, account: Account) -> None:
    if line.role is not None and line.message is not None:
        status = line.metadata.status if line.metadata else None
        message = msgspec.structs.replace(line.message, role=line.role)
        if not chat.add(message, raw, model=text_of(line.model), fails=status in _FAILED):
            account.miss_record(f"a message of {text_of(line.role)[:40]}")
    elif line.type == "turn_ended":
        if line.status in _STOPPED:
            chat.interrupt()
        account.pass_over("bookkeeping: the end of a turn")
    elif line.type == "error":
        chat.gathered.notice(text_of(line.error), raw)
    else:
        kind = text_of(line.type)[:40]
        account.miss_record(f"a line of type {kind}" if kind else "a line untyped")


def _key(name: str) -> str:
    """The chat's id, which only its file's name has; "" where the name is no id."""
    own = stem(name)
    return own if _ID.fullmatch(own) or "agent-transcripts" in folders_of(name) else ""


def _parent(name: str) -> str:
    """The chat whose agent started this one: subagents lie in a folder of its folder."""
    folders = folders_of(name)
    return folders[-3] if len(folders) > 2 and folders[-2] == "subagents" else ""
