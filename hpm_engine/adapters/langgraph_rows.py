"""Checkpoints and writes of LangGraph as rows of a store: found, put, copied and forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import get_checkpoint_id, writes_sort_key

from hpm_engine import Checkpoint, Memory
from hpm_engine.adapters.langgraph_envelope import (
    KIND,
    WRITES_KIND,
    StoredWrite,
    beginning,
    names_of,
    read_writes,
    thread_of,
    writes_of,
)

ALL = 1 << 62  # more than there can be


def names_in(config: RunnableConfig) -> tuple[str, str]:
    """The thread and the namespace of a configuration."""
    named = config["configurable"]
    return str(named["thread_id"]), named.get("checkpoint_ns", "")


def config_of(thread_id: str, namespace: str, checkpoint_id: str) -> RunnableConfig:
    """The configuration that names a checkpoint."""
    return {
        "configurable": {
            "thread_id": thread_id,
            "checkpoint_ns": namespace,
            "checkpoint_id": checkpoint_id,
        }
    }


def put_checkpoint(
    memory: Memory, config: RunnableConfig, checkpoint_id: str, state: bytes
) -> None:
    """Store a checkpoint, in the place of one that has its id already."""
    thread = thread_of(*names_in(config))
    before = get_checkpoint_id(config)
    with memory.checkpoints.together():
        parents = memory.checkpoints.of(thread, 0, 1, label=before) if before else []
        replaced = memory.checkpoints.of(thread, 0, ALL, label=checkpoint_id)
        parent = parents[0].id if parents else None
        memory.checkpoints.save(thread, state, kind=KIND, label=checkpoint_id, parent=parent)
        if replaced:
            memory.checkpoints.forget([row.id for row in replaced])


def put_writes(memory: Memory, config: RunnableConfig, state: bytes) -> None:
    """Store the writes after a checkpoint."""
    thread = writes_of(thread_of(*names_in(config)))
    label = config["configurable"]["checkpoint_id"]
    memory.checkpoints.save(thread, state, kind=WRITES_KIND, label=label)


def writes_after(memory: Memory, row: Checkpoint) -> list[StoredWrite]:
    """The writes after a checkpoint, in the order in which LangGraph applies them."""
    rows = memory.checkpoints.of(writes_of(row.thread), 0, ALL, label=row.label)
    states = memory.checkpoints.states([each.id for each in rows])
    writes: dict[tuple[str, int], StoredWrite] = {}
    for checkpoint_id in sorted(states):
        for write in read_writes(states[checkpoint_id], f"Checkpoint {checkpoint_id}"):
            key = write.task_id, write.index
            if write.index < 0 or key not in writes:  # special channels keep the last
                writes[key] = write
    return sorted(writes.values(), key=lambda w: writes_sort_key(w.task_path, w.task_id, w.index))


def listed_checkpoints(
    memory: Memory, config: RunnableConfig | None, before: RunnableConfig | None
) -> list[Checkpoint]:
    """The checkpoints that a configuration is about, by thread and namespace, the newest first."""
    named = config["configurable"] if config else {}
    start = beginning(str(named["thread_id"]) if config else None)
    threads = sorted(memory.checkpoints.threads(start), key=lambda thread: thread.first_at)
    latest = get_checkpoint_id(before) if before else None
    wanted = get_checkpoint_id(config) if config else None
    namespace = named.get("checkpoint_ns")
    rows: list[Checkpoint] = []
    for thread in threads:
        if namespace is None or names_of(thread.name)[1] == namespace:
            own = memory.checkpoints.of(thread.name, 0, ALL, label=wanted or None)
            rows += sorted(own, key=lambda row: row.label, reverse=True)
    return [row for row in rows if not latest or row.label < latest]


def forget_checkpoints(memory: Memory, rows: Sequence[Checkpoint]) -> None:
    """Forget checkpoints with their writes."""
    ids = [row.id for row in rows]
    for row in rows:
        writes = memory.checkpoints.of(writes_of(row.thread), 0, ALL, label=row.label)
        ids += [each.id for each in writes]
    memory.checkpoints.forget(ids)


def delete_thread(memory: Memory, thread_id: str) -> None:
    """Forget all checkpoints and writes of a thread."""
    start = beginning(thread_id)
    with memory.checkpoints.together():
        for prefix in (start, writes_of(start)):
            for thread in memory.checkpoints.threads(prefix):
                memory.checkpoints.forget(thread.name)


def copy_thread(memory: Memory, source: str, target: str) -> None:
    """Have a thread go on from all checkpoints and writes of another."""
    if source == target:
        return
    with memory.checkpoints.together():
        for thread in memory.checkpoints.threads(beginning(source)):
            copied = thread_of(target, names_of(thread.name)[1])
            for name, copy in ((thread.name, copied), (writes_of(thread.name), writes_of(copied))):
                rows = memory.checkpoints.of(name, 0, ALL)
                labels = {row.label for row in rows}
                there = [
                    row.id for row in memory.checkpoints.of(copy, 0, ALL) if row.label in labels
                ]
                memory.checkpoints.forget(there)
                for row in reversed(rows):
                    memory.checkpoints.fork(row.id, copy)
