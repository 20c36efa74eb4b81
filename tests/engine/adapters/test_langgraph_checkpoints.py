"""The checkpointer of LangGraph: its conformance suite, and what the suite does not ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import ALL_CAPABILITIES
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.types import ERROR, _DeltaSnapshot

from hpm_engine import open_memory
from hpm_engine.adapters.langgraph_checkpoints import StoreCheckpointer
from hpm_engine.adapters.open_store import OpenStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.hpm"


@pytest.fixture
def saver(path: Path) -> Iterator[StoreCheckpointer]:
    with OpenStore(path, actor="graph") as store:
        yield StoreCheckpointer(store)


def test_the_suite_of_langgraph_passes_with_all_capabilities(path: Path) -> None:
    with OpenStore(path, actor="graph") as store:

        @checkpointer_test(name="StoreCheckpointer")
        async def checkpointer() -> AsyncIterator[StoreCheckpointer]:
            yield StoreCheckpointer(store)

        report = asyncio.run(validate(checkpointer))
    assert set(report.results) == {capability.value for capability in ALL_CAPABILITIES}
    for name, result in report.results.items():
        assert result.detected and result.passed, (name, result.failures)
    assert sum(result.tests_passed for result in report.results.values()) >= 80
    with open_memory(path) as memory:
        assert memory.figures.health(check=True).problems == ()


def config(thread_id: str, checkpoint_id: str = "", namespace: str = "") -> Any:
    named = {"thread_id": thread_id, "checkpoint_ns": namespace}
    return {"configurable": named | ({"checkpoint_id": checkpoint_id} if checkpoint_id else {})}


def chain(saver: Any, ids: list[str], *, snapshot_at: int = 1) -> list[Any]:
    """A thread whose channel "log" is a delta channel with one snapshot, and "left" is whole."""
    configs: list[Any] = []
    for number, checkpoint_id in enumerate(ids):
        values: dict[str, Any] = {"left": len(ids) - number}
        if number == snapshot_at:
            values["log"] = _DeltaSnapshot(["a", "b"])
        checkpoint: Any = empty_checkpoint() | {
            "id": checkpoint_id,
            "ts": "2026-11-01T00:00:00+00:00",
            "channel_values": values,
            "channel_versions": {"left": number + 1, "log": number + 1},
        }
        metadata: Any = {"source": "loop", "step": number, "run_id": f"run {number % 2}"}
        metadata["counters_since_delta_snapshot"] = {"log": [number, number]}
        before = configs[-1]["configurable"]["checkpoint_id"] if configs else ""
        versions: Any = {"left": number + 1, "log": number + 1}
        configs.append(saver.put(config("t", before), checkpoint, metadata, versions))
        for task, place in (("z", "1"), ("a", "2")):
            saver.put_writes(configs[-1], [("log", f"{number}{task}")], task, place)
        saver.put_writes(configs[-1], [("log", "refused")], "z", "1")  # once is enough
        saver.put_writes(configs[-1], [(ERROR, number)], "z", "1")
        saver.put_writes(configs[-1], [(ERROR, number + 1)], "z", "1")  # the last one counts
    return configs


def history(saver: Any, at: Any) -> Any:
    return saver.get_delta_channel_history(config=at, channels=["log", "left", "none"])


def test_it_gives_what_the_saver_in_memory_gives(saver: StoreCheckpointer) -> None:
    ids = [str(uuid6(clock_seq=number)) for number in range(5)]
    reference = InMemorySaver()
    ours, theirs = chain(saver, ids), chain(reference, ids)
    assert ours == theirs
    for at in ours:
        assert saver.get_tuple(at) == reference.get_tuple(at)
        assert history(saver, at) == history(reference, at)
    assert len(history(saver, ours[4])["log"]["writes"]) == 6
    assert saver.get_tuple(config("t")) == reference.get_tuple(config("t"))
    for asked in (
        {"config": config("t")},
        {"config": {"configurable": {"thread_id": "t"}}},
        {"config": None, "filter": {"run_id": "run 1"}},
        {"config": config("t"), "before": ours[3], "limit": 2},
        {"config": config("t"), "limit": 0},
        {"config": ours[2]},
        {"config": config("other")},
    ):
        assert list(saver.list(**asked)) == list(reference.list(**asked)), asked  # type: ignore[arg-type]
    assert saver.get_tuple(config("t", "none")) is None
    saver.delete_thread("t")
    assert list(saver.list(None)) == []
    assert saver.get_tuple(ours[2]) is None


def test_a_checkpoint_of_the_same_id_takes_the_place_of_the_other(saver: StoreCheckpointer) -> None:
    checkpoint: Any = empty_checkpoint()
    for value in ("first", "second"):
        checkpoint = checkpoint | {"channel_values": {"x": value}}
        saver.put(config("t"), checkpoint, {}, {})
    (only,) = saver.list(config("t"))
    assert only.checkpoint["channel_values"] == {"x": "second"}


def test_pruning_keeps_what_delta_channels_are_built_from(saver: StoreCheckpointer) -> None:
    configs = chain(saver, [str(uuid6(clock_seq=number)) for number in range(5)])
    before = history(saver, configs[-1])["log"]
    assert before["seed"] == _DeltaSnapshot(["a", "b"])
    saver.prune(["t"])
    kept = [each.config for each in saver.list(config("t"))]
    assert kept == configs[:0:-1], "back to the snapshot, and no further"
    assert history(saver, configs[-1])["log"] == before
    with pytest.raises(ValueError, match="keep_latest, delete"):
        saver.prune(["t"], strategy="everything")
    saver.prune(["t"], strategy="delete")
    assert list(saver.list(None)) == []


def test_a_copied_thread_is_stored_once_and_stands_alone(
    saver: StoreCheckpointer, path: Path
) -> None:
    configs = chain(saver, [str(uuid6(clock_seq=number)) for number in range(3)])
    with open_memory(path, read_only=True) as memory:
        size = memory.internals.database.value("SELECT count(*) FROM state_pieces")
        saver.copy_thread("t", "u")
        saver.copy_thread("t", "u")
        assert memory.internals.database.value("SELECT count(*) FROM state_pieces") == size
    saver.delete_thread("t")
    copied = list(saver.list(config("u")))
    assert [each.checkpoint["id"] for each in copied] == [
        each["configurable"]["checkpoint_id"] for each in reversed(configs)
    ]
    assert all(len(each.pending_writes or ()) == 3 for each in copied)
    saver.delete_for_runs(["run 0"])
    assert len(list(saver.list(config("u")))) == 1


class Made:
    """A class of nobody's list, which would tell that it was made."""

    made = 0

    def __init__(self, value: int) -> None:
        Made.made += 1
        self.value = value

    def dict(self) -> dict[str, int]:
        return {"value": self.value}


def test_no_object_is_made_that_is_not_on_the_list_of_safe_ones(saver: StoreCheckpointer) -> None:
    checkpoint: Any = empty_checkpoint() | {"channel_values": {"x": Made(3), "id": uuid4()}}
    at = saver.put(config("t"), checkpoint, {}, {})
    before = Made.made
    loaded = saver.get_tuple(at)
    assert loaded is not None
    assert (Made.made, loaded.checkpoint["channel_values"]["id"]) == (
        before,
        checkpoint["channel_values"]["id"],
    )
    assert not isinstance(loaded.checkpoint["channel_values"]["x"], Made)
    with pytest.raises(TypeError):
        saver.put(config("t"), checkpoint | {"channel_values": {"x": lambda: None}}, {}, {})


def test_a_state_that_says_it_is_a_pickle_is_not_loaded(
    saver: StoreCheckpointer, path: Path
) -> None:
    at = saver.put(config("t"), empty_checkpoint(), {}, {})
    with open_memory(path) as memory:
        (head,) = memory.checkpoints.heads("langgraph:")
        state = memory.checkpoints.state(head.id).replace(b"msgpack", b"pickle!")
        memory.checkpoints.save(head.thread, state, label=head.label)
        memory.checkpoints.forget(head.id)
    with pytest.raises(NotImplementedError, match="pickle!"):
        saver.get_tuple(at)


def test_many_threads_and_two_programs_write_side_by_side(
    saver: StoreCheckpointer, path: Path
) -> None:
    with OpenStore(path, actor="another") as store, ThreadPoolExecutor(4) as pool:
        other = StoreCheckpointer(store)

        def put(number: int) -> Any:
            one_of_two = (saver, other)[number % 2]
            return one_of_two.put(config(f"t{number % 3}"), empty_checkpoint(), {}, {})

        configs = list(pool.map(put, range(40)))
    assert all(saver.get_tuple(each) for each in configs)
    assert len(list(saver.list(None))) == 40
