"""The stores of Cursor's command line: a database for each chat, its messages as blobs.

A message lies under its SHA-256. Which are shown, and in which order, says the root: a message of
Protocol Buffers whose first field repeats the ids; the table ``meta`` names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hpm_engine.ingest.cursor.chat import Chat, Message
from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import cell_bytes, cell_text, told_by
from hpm_engine.ingest.databases.rows import rows
from hpm_engine.ingest.json.typed import TooDeep, TypedDecoder
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.renderings import CURSOR

_ID = 32  # bytes of a blob's id
_LINKS = (1, 2)  # fields of a node that name other blobs
_NODES = 10_000  # nodes that are followed
_CHAT = "chat"  # the id of a store's only chat where the store does not say it


class StoreMeta(msgspec.Struct, rename="camel"):
    """What a store states of its chat."""

    agent_id: object = None
    name: object = None
    created_at: object = None
    latest_root_blob_id: object = None
    last_used_model: object = None


_META = TypedDecoder(StoreMeta)
_MESSAGE = TypedDecoder(Message)


class CursorStoreDatabase:
    """``store.db`` of a chat."""

    format = CURSOR
    agent = "Cursor CLI"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are blobs, and what the store states."""
        return has(columns, "blobs", "id", "data") and has(columns, "meta", "key", "value")

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The id of the only chat."""
        metas = [_meta(value) for value in tables.values("value", Selection("meta"))]
        ids = [identity for meta in metas if (identity := text_of(meta.agent_id))]
        yield ids[0] if ids else _CHAT

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """What the store states, then all blobs, later ones last."""
        yield Selection("meta")
        yield Selection("blobs")

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """None: all rows are read."""
        return ()


class MetaRow(msgspec.Struct):
    """A row of what is stated, as JSON in hexadecimal digits."""

    key: object = None
    value: object = None


class BlobRow(msgspec.Struct):
    """A row of a blob."""

    id: object = None
    data: object = None


Blobs = Mapping[str, tuple[bytes, Raw]]


class CursorStoreRows:
    """A chat of a store."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of a store of Cursor's command line."""
        if not told_by(source, CURSOR):
            return False
        return any(record.get("table") in ("meta", "blobs") for record in source.records[1:2])

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The chat. Only the time at which it began is known."""
        source.must_fit("chat", "Split it.")
        meta, blobs = StoreMeta(), dict[str, tuple[bytes, Raw]]()
        for _, start, size, line in rows(source):
            if line.table == "meta":
                stated = _meta(msgspec.convert(line.row, MetaRow).value)
                meta = stated if stated.agent_id or stated.latest_root_blob_id else meta
            else:
                row = msgspec.convert(line.row, BlobRow)
                blobs[cell_text(row.id)] = cell_bytes(row.data), (start, size)
        chat = Chat(CURSOR, _key(source, meta), source.account)
        order = list(_order(blobs, text_of(meta.latest_root_blob_id)))
        for identity in order:
            _add(chat, *blobs[identity], text_of(meta.last_used_model))
        unnamed = sum(data.startswith(b"{") for data, _ in blobs.values()) - len(set(order))
        source.account.pass_over("a message that the chat shows no more", unnamed)
        gathered = chat.gathered
        gathered.agent_name = text_of(meta.name)
        gathered.model = text_of(meta.last_used_model)
        gathered.started_at = gathered.ended_at = micros(meta.created_at)
        draft = chat.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a chat of Cursor without a message.")
        yield draft


def _meta(value: object) -> StoreMeta:
    """What a value of the table ``meta`` states: JSON, mostly in hexadecimal digits."""
    data = cell_bytes(value)
    try:
        data = bytes.fromhex(data.decode()) if not data.startswith(b"{") else data
        return _META.decode(data) or StoreMeta()
    except (ValueError, TooDeep):
        return StoreMeta()


def _key(source: SourceFile, meta: StoreMeta) -> str:
    """The chat's id; the store lies in a folder of that name."""
    folders = folders_of(source.name)
    return text_of(meta.agent_id) or (folders[-3] if len(folders) > 2 else _CHAT)


def _add(chat: Chat, data: bytes, raw: Raw, model: str) -> None:
    try:
        message = _MESSAGE.decode(data) or Message()
    except (ValueError, TooDeep):
        message = Message()
    if not chat.add(message, raw, model=model if message.role == "assistant" else ""):
        chat.account.miss(f"a message of {text_of(message.role)[:40]}")


def _order(blobs: Blobs, root: str) -> Iterator[str]:
    """The ids of the messages that a root names, in order; of all, where there is no root."""
    if root not in blobs:
        yield from (identity for identity, (data, _) in blobs.items() if data.startswith(b"{"))
        return
    entered: set[str] = set()
    left = [root]
    while left:
        identity = left.pop()
        data, _ = blobs.get(identity, (b"", (0, 0)))
        if data.startswith(b"{"):
            yield identity
        elif data and identity not in entered and len(entered) < _NODES:
            entered.add(identity)
            left += reversed(_links(data))


def _links(node: bytes) -> list[str]:
    """The ids in a node's fields; none from where it is no message of Protocol Buffers on."""
    links, offset = [], 0
    while offset < len(node):
        tag, offset = _number(node, offset)
        kind = tag & 7
        if kind == 0:
            _, offset = _number(node, offset)
        elif kind in (1, 5):
            offset += 8 if kind == 1 else 4
        elif kind == 2:
            size, offset = _number(node, offset)
            if tag >> 3 in _LINKS and size == _ID and offset + size <= len(node):
                links.append(node[offset : offset + size].hex())
            offset += size
        else:
            break
    return links


def _number(data: bytes, offset: int) -> tuple[int, int]:
    """The number of seven bits a byte at an offset, and the offset behind it."""
    value = shift = 0
    while offset < len(data) and shift < 64:
        byte = data[offset]
        value |= (byte & 0x7F) << shift
        offset, shift = offset + 1, shift + 7
        if byte < 0x80:
            return value, offset
    return 0, len(data)
