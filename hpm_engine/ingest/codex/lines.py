"""The lines of a Codex rollout: only the fields that matter here."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, as_written, elements, is_string, string
from hpm_engine.ingest.json.typed import Odd, TypedDecoder
from hpm_engine.ingest.steps.content import text_of

_PARENT = re.compile(r'"parent_thread_id"\s*:\s*"([^"\\]{1,200})"')

Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class Record(msgspec.Struct, gc=False):
    """One line; the fields after ``payload`` are those of older lines without the wrapper."""

    timestamp: str | None = None
    type: str = ""
    payload: msgspec.Raw = NO_JSON
    id: str | None = None
    instructions: msgspec.Raw = NO_JSON
    record_type: str | None = None


class Git(msgspec.Struct):
    """The branch and repository that the session ran in."""

    branch: str | None = None
    repository_url: str | None = None


class Meta(msgspec.Struct):
    """The head of a session; ``source`` is an object for sub-agents."""

    id: str | None = None
    timestamp: str | None = None
    cwd: str | None = None
    git: Git | None = None
    source: msgspec.Raw = NO_JSON
    forked_from_id: str | None = None
    parent_thread_id: str | None = None

    def parent(self) -> str:
        """The session that spawned this one, "" for one that a person began."""
        parent = self.parent_thread_id or ""
        if not parent and (named := _PARENT.search(as_written(self.source))):
            parent = named[1]
        return parent if parent != self.id else ""

    def forked_from(self) -> str:
        """The session that this one goes on from, "" for none."""
        forked = self.forked_from_id or ""
        return forked if forked not in (self.id, self.parent()) else ""

    def spawned(self) -> bool:
        """Whether the session's source says that an agent began it."""
        return b"subagent" in bytes(memoryview(self.source)).lower().replace(b"_", b"")


class Context(msgspec.Struct):
    """The settings of a turn."""

    model: str | None = None
    cwd: str | None = None


class Item(msgspec.Struct, gc=False):
    """An item of the model's API: a message, a reasoning, a call or an output."""

    type: str = ""
    role: str | None = None
    content: msgspec.Raw = NO_JSON
    summary: msgspec.Raw = NO_JSON
    name: str | None = None
    call_id: str | None = None
    arguments: msgspec.Raw = NO_JSON
    input: msgspec.Raw = NO_JSON
    action: msgspec.Raw = NO_JSON
    output: msgspec.Raw = NO_JSON


class CodexUsage(msgspec.Struct, gc=False):
    """Tokens; ``input_tokens`` includes the cached ones, ``output_tokens`` the reasoning."""

    input_tokens: Count = 0
    output_tokens: Count = 0


class TokenInfo(msgspec.Struct, gc=False):
    """Tokens of the last request, and of the session so far."""

    total_token_usage: CodexUsage | None = None
    last_token_usage: CodexUsage | None = None


class Completed(msgspec.Struct, gc=False):
    """An item of a completion event, from version 0.148 on, such as a person's message."""

    type: str = ""
    content: msgspec.Raw = NO_JSON


class CodexEvent(msgspec.Struct, gc=False):
    """An event for the window."""

    type: str = ""
    item: Completed | None = None
    message: str | None = None
    images: msgspec.Raw = NO_JSON
    info: TokenInfo | None = None
    call_id: str | None = None
    aggregated_output: str | None = None
    stdout: str | None = None
    stderr: str | None = None
    exit_code: int | None = None
    success: bool | None = None
    reason: str | None = None
    thread_id: str | None = None
    thread_name: str | None = None


class Compacted(msgspec.Struct):
    """A replacement of the context; it repeats old lines and is not read."""

    message: str | None = None


class _Piece(msgspec.Struct, gc=False):
    """One piece of a message's or output's content."""

    type: str = ""
    text: str | None = None
    image_url: str | None = None


class _RolloutDecoder(TypedDecoder[Record]):
    """A decoder of lines that wraps older items as later versions do."""

    def strict(self, data: bytes | msgspec.Raw) -> Record:
        """The record as later versions write it."""
        return _wrapped(super().strict(data), data)

    def decode(self, data: bytes | msgspec.Raw, odd: Odd | None = None) -> Record | None:
        """The record as later versions write it."""
        record = super().decode(data, odd)
        return None if record is None else _wrapped(record, data)


def _wrapped(record: Record, data: bytes | msgspec.Raw) -> Record:
    if not memoryview(record.payload).nbytes and _is_item(record.type):
        record.payload = msgspec.Raw(data)
        record.type = "response_item"
    return record


def _is_item(kind: str) -> bool:
    return kind in ("message", "reasoning") or kind.endswith(("_call", "_call_output"))


RECORD = TypedDecoder(Record)
LINE = _RolloutDecoder(Record)
META = TypedDecoder(Meta)
CONTEXT = TypedDecoder(Context)
ITEM = TypedDecoder(Item)
EVENT = TypedDecoder(CodexEvent)
COMPACTED = TypedDecoder(Compacted)
_PIECE = TypedDecoder(_Piece)


def content_text(content: msgspec.Raw) -> str:
    """A content's text: a string or a list of pieces; images as placeholders."""
    return "\n".join(content_texts(content))


def content_texts(content: msgspec.Raw) -> list[str]:
    """The texts of a content's pieces, without empty ones."""
    if is_string(content):
        return [text for text in (string(content),) if text]
    texts = []
    for raw in elements(content):
        piece = _PIECE.nested(raw)
        if piece is None:
            continue
        if piece.text is not None:
            texts.append(piece.text)
        elif piece.image_url is not None or piece.type.endswith("image"):
            texts.append(text_of({"type": "image", "image_url": piece.image_url}))
    return [text for text in texts if text]
