"""What a checkpoint of LangGraph is stored as: its serializer's bytes beside a few names.

Nothing here turns bytes into objects: the serializer does, when LangGraph asks for a checkpoint.
"""

from __future__ import annotations

import json

import msgspec

from hpm_engine import DamagedStore

_CHECKPOINTS = "langgraph:"
_WRITES = "langgraph-writes:"
KIND = "application/x-langgraph-checkpoint"
WRITES_KIND = "application/x-langgraph-writes"
Typed = tuple[str, bytes]  # as a serializer gives it: the type's name, and the bytes


class StoredCheckpoint(msgspec.Struct, frozen=True, array_like=True):
    """A checkpoint and its metadata as serialized; ``parent`` is LangGraph's id, or ''."""

    parent: str
    metadata: Typed
    checkpoint: Typed


class StoredWrite(msgspec.Struct, frozen=True, array_like=True):
    """A pending write of a task; ``index`` is its place among those of the task."""

    task_id: str
    index: int
    channel: str
    value: Typed
    task_path: str


_CHECKPOINT_DECODER = msgspec.msgpack.Decoder(StoredCheckpoint)
_WRITES_DECODER = msgspec.msgpack.Decoder(list[StoredWrite])


def thread_of(thread_id: str, namespace: str) -> str:
    """The store's thread for the checkpoints of a thread and a namespace of LangGraph."""
    return _CHECKPOINTS + json.dumps([thread_id, namespace])


def writes_of(thread: str) -> str:
    """The store's thread for the writes that belong to the checkpoints of such a thread."""
    return _WRITES + thread.removeprefix(_CHECKPOINTS)


def beginning(thread_id: str | None) -> str:
    """What the names of the store's threads begin with: of a thread of LangGraph, or of all."""
    if thread_id is None:
        return _CHECKPOINTS
    return _CHECKPOINTS + json.dumps([thread_id])[:-1] + ", "


def names_of(thread: str) -> tuple[str, str]:
    """The thread and the namespace of LangGraph that a thread of the store is for."""
    thread_id, namespace = json.loads(thread.removeprefix(_CHECKPOINTS))
    return thread_id, namespace


def read_checkpoint(state: bytes, what: str) -> StoredCheckpoint:
    """A state as ``encoded`` made it; raises ``DamagedStore`` for another."""
    try:
        return _CHECKPOINT_DECODER.decode(state)
    except msgspec.MsgspecError as error:
        raise DamagedStore(f"{what}: holds no checkpoint of LangGraph ({error}).") from error


def read_writes(state: bytes, what: str) -> list[StoredWrite]:
    """The writes of a state; raises ``DamagedStore`` for one that holds none."""
    try:
        return _WRITES_DECODER.decode(state)
    except msgspec.MsgspecError as error:
        raise DamagedStore(f"{what}: holds no writes of LangGraph ({error}).") from error


def encoded(value: StoredCheckpoint | list[StoredWrite]) -> bytes:
    """The state to be saved."""
    return msgspec.msgpack.encode(value)
