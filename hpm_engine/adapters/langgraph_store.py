"""LangGraph's ``BaseStore`` on a store: items by namespace and key, each a thread of one state."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import msgspec
from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    validate_op_namespace,
)

from hpm_engine import DamagedStore, Memory
from hpm_engine.adapters.open_store import OpenStore

_THREADS = "langgraph-store:"
_KIND = "application/json"
_NUMERIC = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
_EQUAL = {"$eq": eq, "$ne": ne}


class StoredItem(msgspec.Struct, frozen=True):
    """An item as it is stored; ``first`` is the id of the checkpoint that was it first."""

    value: dict[str, Any]
    created_at: int  # Unix microseconds
    first: int = 0


class StoreItems(BaseStore):
    """A ``BaseStore`` of LangGraph that keeps its items in a store.

    Values are JSON: what JSON has not, as tuples, comes back as what it has. Items are found by
    namespace and ``filter``; a ``query`` narrows nothing, for nothing is embedded. An item keeps
    the time at which it was first put. A namespace is there as long as it has an item. Of a batch,
    what reads sees the store before it, and all its puts are on disk or none.
    """

    supports_ttl = False

    def __init__(self, store: OpenStore) -> None:
        super().__init__()
        self._store = store

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations; the result of each in its place."""
        asked = _checked(ops)
        return self._store.call(lambda memory: _batch(memory, asked))

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations; the result of each in its place."""
        asked = _checked(ops)
        return await self._store.acall(lambda memory: _batch(memory, asked))


def _checked(ops: Iterable[Op]) -> list[Op]:
    asked = list(ops)
    for op in asked:
        if not isinstance(op, GetOp | SearchOp | ListNamespacesOp | PutOp):
            raise ValueError(f"Unknown operation type: {type(op)}")
        validate_op_namespace(op)
    return asked


def _batch(memory: Memory, ops: Sequence[Op]) -> list[Result]:
    puts: dict[tuple[tuple[str, ...], str], PutOp] = {}
    results: list[Result] = []
    with memory.checkpoints.at_once():
        for op in ops:
            result: Result = None
            if isinstance(op, PutOp):
                puts[op.namespace, op.key] = op
            elif isinstance(op, GetOp):
                result = _get(memory, op.namespace, op.key)
            elif isinstance(op, SearchOp):
                result = _search(memory, op)
            elif isinstance(op, ListNamespacesOp):
                result = _namespaces(memory, op)
            results.append(result)
    if puts:
        with memory.checkpoints.together():
            for put in puts.values():
                _put(memory, put)
    return results


def _thread(namespace: tuple[str, ...], key: str) -> str:
    return _THREADS + json.dumps([*namespace, key])


def _beginning(namespace: tuple[str, ...]) -> str:
    """What the threads of a namespace, and of those in it, begin with."""
    listed = json.dumps(list(namespace))[:-1]
    return _THREADS + (f"{listed}, " if namespace else listed)


def _names(thread: str) -> tuple[tuple[str, ...], str]:
    *namespace, key = json.loads(thread.removeprefix(_THREADS))
    return tuple(namespace), key


def _read(state: bytes, checkpoint_id: int) -> StoredItem:
    try:
        return msgspec.convert(json.loads(state), StoredItem)
    except (ValueError, RecursionError) as error:
        raise DamagedStore(f"Checkpoint {checkpoint_id} holds no item ({error}).") from error


def _get(memory: Memory, namespace: tuple[str, ...], key: str) -> Item | None:
    head = memory.checkpoints.latest(_thread(namespace, key))
    if head is None:
        return None
    item = _read(memory.checkpoints.state(head.id), head.id)
    return Item(
        value=item.value,
        key=key,
        namespace=namespace,
        created_at=_moment(item.created_at),
        updated_at=_moment(head.at),
    )


def _put(memory: Memory, op: PutOp) -> None:
    thread = _thread(op.namespace, op.key)
    head = memory.checkpoints.latest(thread)
    if op.value is None:
        if head is not None:
            memory.checkpoints.forget(thread)
        return
    created_at, first = time.time_ns() // 1000, 0
    if head is not None:
        created_at, first = head.at, head.id
        with suppress(DamagedStore):  # what cannot be read any more can be replaced
            before = _read(memory.checkpoints.state(head.id), head.id)
            created_at, first = before.created_at, before.first or head.id
    state = {"value": dict(op.value), "created_at": created_at, "first": first}
    memory.checkpoints.save(thread, json.dumps(state).encode(), kind=_KIND)
    if head is not None:
        memory.checkpoints.forget(head.id)


def _search(memory: Memory, op: SearchOp) -> list[SearchItem]:
    heads = memory.checkpoints.heads(_beginning(op.namespace_prefix))
    states = memory.checkpoints.states([head.id for head in heads])
    items: list[tuple[int, SearchItem]] = []
    for head in heads:
        item = _read(states[head.id], head.id)
        namespace, key = _names(head.thread)
        if all(
            _matches(item.value.get(name), wanted) for name, wanted in (op.filter or {}).items()
        ):
            result = SearchItem(
                value=item.value,
                key=key,
                namespace=namespace,
                created_at=_moment(item.created_at),
                updated_at=_moment(head.at),
            )
            items.append((item.first or head.id, result))
    items.sort(key=lambda pair: pair[0])  # in the order in which they came
    return [item for _, item in items[op.offset : op.offset + op.limit]]


def _namespaces(memory: Memory, op: ListNamespacesOp) -> list[tuple[str, ...]]:
    threads = memory.checkpoints.threads(_THREADS)
    namespaces = {_names(thread.name)[0] for thread in threads}
    for condition in op.match_conditions or ():
        namespaces = {each for each in namespaces if _is_at(condition, each)}
    listed = sorted({namespace[: op.max_depth] for namespace in namespaces})
    return listed[op.offset : op.offset + op.limit]


def _is_at(condition: MatchCondition, namespace: tuple[str, ...]) -> bool:
    """Whether a namespace begins or ends with a path, in which "*" is any label."""
    if condition.match_type not in ("prefix", "suffix"):
        raise ValueError(f"Unsupported match type: {condition.match_type}")
    path, labels = tuple(condition.path), namespace
    if condition.match_type == "suffix":
        path, labels = path[::-1], namespace[::-1]
    return len(path) <= len(labels) and all(
        wanted in ("*", label) for wanted, label in zip(path, labels, strict=False)
    )


def _matches(value: Any, wanted: Any) -> bool:
    """Whether a value is what a filter asks for: equal, alike in parts, or by operators."""
    if isinstance(wanted, dict):
        if any(name.startswith("$") for name in wanted):
            return all(_applies(value, name, operand) for name, operand in wanted.items())
        return isinstance(value, dict) and all(
            _matches(value.get(name), each) for name, each in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(wanted)
            and all(_matches(mine, each) for mine, each in zip(value, wanted, strict=True))
        )
    return bool(value == wanted)


def _applies(value: Any, operator: str, operand: Any) -> bool:
    if operator in _EQUAL:
        return bool(_EQUAL[operator](value, operand))
    if operator in _NUMERIC:
        return bool(_NUMERIC[operator](float(value), float(operand)))
    raise ValueError(f"Unsupported operator: {operator}")


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
