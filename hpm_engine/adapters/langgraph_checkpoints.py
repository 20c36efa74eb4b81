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
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from hpm_engine import Checkpoint as SavedState
from hpm_engine import Memory
from hpm_engine.adapters.langgraph_envelope import (
    StoredCheckpoint,
    StoredWrite,
    beginning,
    encoded,
    names_of,
    read_checkpoint,
    thread_of,
)
from hpm_engine.adapters.langgraph_rows import (
    ALL,
    config_of,
    copy_thread,
    delete_thread,
    forget_checkpoints,
    listed_checkpoints,
    names_in,
    put_checkpoint,
    put_writes,
    writes_after,
)
from hpm_engine.adapters.open_store import OpenStore

T = TypeVar("T")
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
        listed = self._store.call(lambda memory: listed_checkpoints(memory, config, before))
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
        listed = await self._store.acall(lambda memory: listed_checkpoints(memory, config, before))
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
        self._store.call(lambda memory: put_checkpoint(memory, config, checkpoint["id"], state))
        return config_of(*names_in(config), checkpoint["id"])

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; the configuration that names it."""
        state = self._encoded(config, checkpoint, metadata)
        await self._store.acall(
            lambda memory: put_checkpoint(memory, config, checkpoint["id"], state)
        )
        return config_of(*names_in(config), checkpoint["id"])

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a task wrote after a checkpoint."""
        state = self._encoded_writes(writes, task_id, task_path)
        self._store.call(lambda memory: put_writes(memory, config, state))

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a task wrote after a checkpoint."""
        state = self._encoded_writes(writes, task_id, task_path)
        await self._store.acall(lambda memory: put_writes(memory, config, state))

    def delete_thread(self, thread_id: str) -> None:
        """Forget all checkpoints and writes of a thread."""
        self._store.call(lambda memory: delete_thread(memory, thread_id))

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget all checkpoints and writes of a thread."""
        await self._store.acall(lambda memory: delete_thread(memory, thread_id))

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints of some runs, with their writes."""
        self._store.call(lambda memory: self._delete_runs(memory, set(run_ids)))

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints of some runs, with their writes."""
        await self._store.acall(lambda memory: self._delete_runs(memory, set(run_ids)))

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all checkpoints and writes of a thread; their states are stored once."""
        self._store.call(lambda memory: copy_thread(memory, source_thread_id, target_thread_id))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all checkpoints and writes of a thread; their states are stored once."""
        await self._store.acall(
            lambda memory: copy_thread(memory, source_thread_id, target_thread_id)
        )

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
        thread = thread_of(*names_in(config))
        wanted = get_checkpoint_id(config)
        with memory.checkpoints.at_once():
            rows = memory.checkpoints.of(thread, 0, ALL, label=wanted or None)
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
                    config=config_of(*names, row.label),
                    checkpoint=self.serde.loads_typed(stored.checkpoint),
                    metadata=metadata,
                    parent_config=config_of(*names, stored.parent) if stored.parent else None,
                    pending_writes=[
                        (write.task_id, write.channel, self.serde.loads_typed(write.value))
                        for write in writes_after(memory, row)
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
            for row in listed_checkpoints(memory, None, None):
                state = memory.checkpoints.state(row.id)
                stored = read_checkpoint(state, f"Checkpoint {row.id}")
                if self.serde.loads_typed(stored.metadata).get("run_id") in run_ids:
                    forget_checkpoints(memory, [row])

    def _prune(self, memory: Memory, thread_ids: Sequence[str], strategy: str) -> None:
        if strategy not in _PRUNINGS:
            raise ValueError(f"{strategy!r} is none of {', '.join(_PRUNINGS)}.")
        with memory.checkpoints.together():
            for thread_id in thread_ids:
                if strategy == "delete":
                    delete_thread(memory, thread_id)
                    continue
                for thread in memory.checkpoints.threads(beginning(thread_id)):
                    rows = {row.label: row for row in memory.checkpoints.of(thread.name, 0, ALL)}
                    kept = self._needed(memory, rows, max(rows))
                    forget_checkpoints(
                        memory, [row for label, row in rows.items() if label not in kept]
                    )

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
