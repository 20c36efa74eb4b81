"""LangGraph's checkpoints in a store: a saver of graphs' states, synchronous and asynchronous."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
    writes_sort_key,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from hpm_engine import Checkpoint as SavedState
from hpm_engine import Memory
from hpm_engine.adapters.langgraph_envelope import (
    KIND,
    WRITES_KIND,
    StoredCheckpoint,
    StoredWrite,
    beginning,
    encoded,
    names_of,
    read_checkpoint,
    read_writes,
    thread_of,
    writes_of,
)
from hpm_engine.adapters.open_store import OpenStore

T = TypeVar("T")
_ALL = 1 << 62
_LOADED = 20  # states at a time while a thread is listed
_PRUNINGS = ("keep_latest", "delete")


class StoreCheckpointer(BaseCheckpointSaver[int]):
    """A checkpointer of LangGraph that keeps its checkpoints in a store.

    ``StoreCheckpointer(OpenStore("my.hpm", actor="my graph"))`` goes to ``graph.compile``. Its
    serializer is LangGraph's own, strict: it makes no object whose type is not on LangGraph's list
    of safe ones, and never uses pickle. Another list is ``with_allowlist``, another serializer
    ``serde``.

    Every put is on disk when it returns. All methods may raise ``HPMError``.
    """

    def __init__(self, store: OpenStore, *, serde: SerializerProtocol | None = None) -> None:
        strict = JsonPlusSerializer(pickle_fallback=False, allowed_msgpack_modules=None)
        super().__init__(serde=serde or strict)
        self._store = store

    # -- reading ----------------------------------------------------------------------------------

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that a configuration names, or the latest of its thread."""
        return self._store.call(lambda memory: self._tuple(memory, config))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that a configuration names, or the latest of its thread."""
        return await self._store.acall(lambda memory: self._tuple(memory, config))

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002  # LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """The checkpoints of a thread, of one or all of its namespaces, the newest first."""
        listed = self._store.call(lambda memory: _listed(memory, config, before))
        for start in range(0, len(listed), _LOADED):
            part = listed[start : start + _LOADED]
            for each in self._store.call(_bound(self._tuples, part, filter)):
                if limit is not None and limit <= 0:
                    return
                limit = limit if limit is None else limit - 1
                yield each

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """The checkpoints of a thread, of one or all of its namespaces, the newest first."""
        listed = await self._store.acall(lambda memory: _listed(memory, config, before))
        for start in range(0, len(listed), _LOADED):
            part = listed[start : start + _LOADED]
            for each in await self._store.acall(_bound(self._tuples, part, filter)):
                if limit is not None and limit <= 0:
                    return
                limit = limit if limit is None else limit - 1
                yield each

    # -- writing ----------------------------------------------------------------------------------

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; the configuration that names it."""
        state = self._encoded(config, checkpoint, metadata)
        self._store.call(lambda memory: _put(memory, config, checkpoint["id"], state))
        return _config(*_names(config), checkpoint["id"])

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; the configuration that names it."""
        state = self._encoded(config, checkpoint, metadata)
        await self._store.acall(lambda memory: _put(memory, config, checkpoint["id"], state))
        return _config(*_names(config), checkpoint["id"])

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a task wrote after a checkpoint."""
        state = self._encoded_writes(writes, task_id, task_path)
        self._store.call(lambda memory: _put_writes(memory, config, state))

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a task wrote after a checkpoint."""
        state = self._encoded_writes(writes, task_id, task_path)
        await self._store.acall(lambda memory: _put_writes(memory, config, state))

    def delete_thread(self, thread_id: str) -> None:
        """Forget all checkpoints and writes of a thread."""
        self._store.call(lambda memory: _delete_thread(memory, thread_id))

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget all checkpoints and writes of a thread."""
        await self._store.acall(lambda memory: _delete_thread(memory, thread_id))

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints of some runs, with their writes."""
        self._store.call(lambda memory: self._delete_runs(memory, set(run_ids)))

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints of some runs, with their writes."""
        await self._store.acall(lambda memory: self._delete_runs(memory, set(run_ids)))

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all checkpoints and writes of a thread; their states are stored once."""
        self._store.call(lambda memory: _copy(memory, source_thread_id, target_thread_id))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all checkpoints and writes of a thread; their states are stored once."""
        await self._store.acall(lambda memory: _copy(memory, source_thread_id, target_thread_id))

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all but the latest checkpoint of each namespace ("delete": all of them).

        The ancestors from which the latest one's delta channels are rebuilt stay with their writes.
        """
        self._store.call(lambda memory: self._prune(memory, thread_ids, strategy))

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all but the latest checkpoint of each namespace ("delete": all of them)."""
        await self._store.acall(lambda memory: self._prune(memory, thread_ids, strategy))

    # -- on the store's thread --------------------------------------------------------------------

    def _tuple(self, memory: Memory, config: RunnableConfig) -> CheckpointTuple | None:
        thread = thread_of(*_names(config))
        wanted = get_checkpoint_id(config)
        with memory.checkpoints.at_once():
            rows = memory.checkpoints.of(thread, 0, _ALL, label=wanted or None)
            if not rows:
                return None
            (result,) = self._tuples(memory, [max(rows, key=lambda row: row.label)], None)
        return result._replace(config=config) if wanted else result

    def _tuples(
        self,
        memory: Memory,
        rows: Sequence[SavedState],
        wanted: dict[str, Any] | None,
    ) -> Sequence[CheckpointTuple]:
        states = memory.checkpoints.states([row.id for row in rows])
        tuples = []
        for row in rows:
            if row.id not in states:  # forgotten since it was listed
                continue
            stored = read_checkpoint(states[row.id], f"Checkpoint {row.id}")
            metadata = self.serde.loads_typed(stored.metadata)
            if any(metadata.get(key) != value for key, value in (wanted or {}).items()):
                continue
            names = names_of(row.thread)
            tuples.append(
                CheckpointTuple(
                    config=_config(*names, row.label),
                    checkpoint=self.serde.loads_typed(stored.checkpoint),
                    metadata=metadata,
                    parent_config=_config(*names, stored.parent) if stored.parent else None,
                    pending_writes=[
                        (write.task_id, write.channel, self.serde.loads_typed(write.value))
                        for write in _writes(memory, row)
                    ],
                )
            )
        return tuples

    def _encoded(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata
    ) -> bytes:
        facts = get_checkpoint_metadata(config, metadata)
        stored = StoredCheckpoint(
            get_checkpoint_id(config) or "",
            self.serde.dumps_typed(facts),
            self.serde.dumps_typed(checkpoint),
        )
        return encoded(stored)

    def _encoded_writes(
        self, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> bytes:
        return encoded(
            [
                StoredWrite(
                    task_id,
                    WRITES_IDX_MAP.get(channel, index),
                    channel,
                    self.serde.dumps_typed(value),
                    task_path,
                )
                for index, (channel, value) in enumerate(writes)
            ]
        )

    def _delete_runs(self, memory: Memory, run_ids: set[str]) -> None:
        if not run_ids:
            return
        with memory.checkpoints.together():
            for row in _listed(memory, None, None):
                state = memory.checkpoints.state(row.id)
                stored = read_checkpoint(state, f"Checkpoint {row.id}")
                if self.serde.loads_typed(stored.metadata).get("run_id") in run_ids:
                    _forget(memory, [row])

    def _prune(self, memory: Memory, thread_ids: Sequence[str], strategy: str) -> None:
        if strategy not in _PRUNINGS:
            raise ValueError(f"{strategy!r} is none of {', '.join(_PRUNINGS)}.")
        with memory.checkpoints.together():
            for thread_id in thread_ids:
                if strategy == "delete":
                    _delete_thread(memory, thread_id)
                    continue
                for thread in memory.checkpoints.threads(beginning(thread_id)):
                    rows = {row.label: row for row in memory.checkpoints.of(thread.name, 0, _ALL)}
                    kept = self._needed(memory, rows, max(rows))
                    _forget(memory, [row for label, row in rows.items() if label not in kept])

    def _needed(self, memory: Memory, rows: dict[str, SavedState], latest: str) -> set[str]:
        """A checkpoint, and the ancestors that the values of its delta channels are built from."""
        kept: set[str] = set()
        left: set[str] | None = None
        label = latest
        while label in rows and (left is None or left):
            kept.add(label)
            row = rows[label]
            stored = read_checkpoint(memory.checkpoints.state(row.id), f"Checkpoint {row.id}")
            values = self.serde.loads_typed(stored.checkpoint)["channel_values"]
            if left is None:
                metadata = self.serde.loads_typed(stored.metadata)
                left = set(metadata.get("counters_since_delta_snapshot") or ())
            left -= set(values)
            label = stored.parent
        return kept


def _bound(
    method: Callable[[Memory, Sequence[SavedState], dict[str, Any] | None], T],
    rows: Sequence[SavedState],
    wanted: dict[str, Any] | None,
) -> Callable[[Memory], T]:
    return lambda memory: method(memory, rows, wanted)


def _names(config: RunnableConfig) -> tuple[str, str]:
    """The thread and the namespace of a configuration."""
    named = config["configurable"]
    return str(named["thread_id"]), named.get("checkpoint_ns", "")


def _config(thread_id: str, namespace: str, checkpoint_id: str) -> RunnableConfig:
    return {
        "configurable": {
            "thread_id": thread_id,
            "checkpoint_ns": namespace,
            "checkpoint_id": checkpoint_id,
        }
    }


def _put(memory: Memory, config: RunnableConfig, checkpoint_id: str, state: bytes) -> None:
    thread = thread_of(*_names(config))
    before = get_checkpoint_id(config)
    with memory.checkpoints.together():
        parents = memory.checkpoints.of(thread, 0, 1, label=before) if before else []
        replaced = memory.checkpoints.of(thread, 0, _ALL, label=checkpoint_id)
        parent = parents[0].id if parents else None
        memory.checkpoints.save(thread, state, kind=KIND, label=checkpoint_id, parent=parent)
        if replaced:
            memory.checkpoints.forget([row.id for row in replaced])


def _put_writes(memory: Memory, config: RunnableConfig, state: bytes) -> None:
    thread = writes_of(thread_of(*_names(config)))
    label = config["configurable"]["checkpoint_id"]
    memory.checkpoints.save(thread, state, kind=WRITES_KIND, label=label)


def _writes(memory: Memory, row: SavedState) -> list[StoredWrite]:
    """The writes after a checkpoint, in the order in which LangGraph applies them."""
    rows = memory.checkpoints.of(writes_of(row.thread), 0, _ALL, label=row.label)
    states = memory.checkpoints.states([each.id for each in rows])
    writes: dict[tuple[str, int], StoredWrite] = {}
    for checkpoint_id in sorted(states):
        for write in read_writes(states[checkpoint_id], f"Checkpoint {checkpoint_id}"):
            key = write.task_id, write.index
            if write.index < 0 or key not in writes:  # special channels keep the last
                writes[key] = write
    return sorted(writes.values(), key=lambda w: writes_sort_key(w.task_path, w.task_id, w.index))


def _listed(
    memory: Memory, config: RunnableConfig | None, before: RunnableConfig | None
) -> list[SavedState]:
    """The checkpoints that a configuration is about, by thread and namespace, the newest first."""
    named = config["configurable"] if config else {}
    start = beginning(str(named["thread_id"]) if config else None)
    threads = sorted(memory.checkpoints.threads(start), key=lambda thread: thread.first_at)
    latest = get_checkpoint_id(before) if before else None
    wanted = get_checkpoint_id(config) if config else None
    namespace = named.get("checkpoint_ns")
    rows: list[SavedState] = []
    for thread in threads:
        if namespace is None or names_of(thread.name)[1] == namespace:
            own = memory.checkpoints.of(thread.name, 0, _ALL, label=wanted or None)
            rows += sorted(own, key=lambda row: row.label, reverse=True)
    return [row for row in rows if not latest or row.label < latest]


def _forget(memory: Memory, rows: Sequence[SavedState]) -> None:
    """Forget checkpoints with their writes."""
    ids = [row.id for row in rows]
    for row in rows:
        writes = memory.checkpoints.of(writes_of(row.thread), 0, _ALL, label=row.label)
        ids += [each.id for each in writes]
    memory.checkpoints.forget(ids)


def _delete_thread(memory: Memory, thread_id: str) -> None:
    start = beginning(thread_id)
    with memory.checkpoints.together():
        for prefix in (start, writes_of(start)):
            for thread in memory.checkpoints.threads(prefix):
                memory.checkpoints.forget(thread.name)


def _copy(memory: Memory, source: str, target: str) -> None:
    if source == target:
        return
    with memory.checkpoints.together():
        for thread in memory.checkpoints.threads(beginning(source)):
            copied = thread_of(target, names_of(thread.name)[1])
            for name, copy in ((thread.name, copied), (writes_of(thread.name), writes_of(copied))):
                rows = memory.checkpoints.of(name, 0, _ALL)
                labels = {row.label for row in rows}
                there = [
                    row.id for row in memory.checkpoints.of(copy, 0, _ALL) if row.label in labels
                ]
                memory.checkpoints.forget(there)
                for row in reversed(rows):
                    memory.checkpoints.fork(row.id, copy)
