"""The items of LangGraph's stores, beside those of its store in memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.store.base import (
    GetOp,
    InvalidNamespaceError,
    Item,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)
from langgraph.store.memory import InMemoryStore

from hpm_engine import DamagedStore, open_memory
from hpm_engine.adapters.langgraph_store import StoreItems
from hpm_engine.adapters.open_store import OpenStore

_LABELS = st.sampled_from(["a", "b", "ä", '"', "a b"])
_NAMESPACES = st.lists(_LABELS, min_size=1, max_size=3).map(tuple)
_PREFIXES = st.lists(_LABELS, max_size=2).map(tuple)
_KEYS = st.sampled_from(["a", "b", "k", "\u2028", ""])
_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["x", "y", 1.5])
_VALUES = st.dictionaries(
    st.sampled_from(["x", "y"]),
    _SCALARS | st.lists(_SCALARS, max_size=2) | st.dictionaries(st.sampled_from("xy"), _SCALARS),
    max_size=2,
)
_OPERATORS = st.dictionaries(st.sampled_from(["$eq", "$ne"]), _SCALARS, min_size=1, max_size=1)
_FILTERS = st.none() | _VALUES | st.dictionaries(st.sampled_from("xy"), _OPERATORS, max_size=2)
_CONDITIONS = st.builds(
    MatchCondition,
    match_type=st.sampled_from(["prefix", "suffix"]),
    path=st.lists(_LABELS | st.just("*"), max_size=3).map(tuple),
)
_OPS = st.one_of(
    st.builds(PutOp, namespace=_NAMESPACES, key=_KEYS, value=_VALUES),
    st.builds(PutOp, namespace=_NAMESPACES, key=_KEYS, value=_VALUES),
    st.builds(PutOp, namespace=_NAMESPACES, key=_KEYS, value=st.none()),
    st.builds(GetOp, namespace=_NAMESPACES, key=_KEYS),
    st.builds(
        SearchOp,
        namespace_prefix=_PREFIXES,
        filter=_FILTERS,
        limit=st.integers(0, 5) | st.just(100),
        offset=st.integers(0, 2),
        query=st.none() | st.just("anything"),
    ),
    st.builds(
        ListNamespacesOp,
        match_conditions=st.none() | st.lists(_CONDITIONS, max_size=2).map(tuple),
        max_depth=st.none() | st.integers(1, 3),
    ),
)


@pytest.fixture
def items(tmp_path: Path) -> Iterator[StoreItems]:
    with OpenStore(tmp_path / "a.hpm", actor="graph") as store:
        yield StoreItems(store)


def plain(result: Any) -> Any:
    """A result without its times."""
    if isinstance(result, Item):
        return (result.namespace, result.key, result.value)
    if isinstance(result, list):
        return [plain(each) for each in result]
    return result


def nonempty(store: InMemoryStore, namespaces: list[tuple[str, ...]], depth: int | None) -> Any:
    """Without those that only were asked for, or lost all they had: here they are not there."""
    there = {namespace[:depth] for namespace, held in store._data.items() if held}
    return [namespace for namespace in namespaces if namespace in there]


def compare(op: Any, mine: Any, theirs: Any, reference: InMemoryStore) -> None:
    if isinstance(op, ListNamespacesOp):
        assert mine == nonempty(reference, theirs, op.max_depth), op
    elif isinstance(op, SearchOp) and len({each.namespace for each in (*mine, *theirs)}) > 1:
        # A namespace that was emptied keeps its place in memory, and has none here.
        assert len(mine) == len(theirs), op
        if op.offset == 0 and op.limit == 100:
            assert sorted(plain(mine), key=repr) == sorted(plain(theirs), key=repr), op
    else:
        assert plain(mine) == plain(theirs), op


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_OPS, min_size=1, max_size=4), max_size=8))
def test_batches_give_what_the_store_in_memory_gives(batches: list[list[Any]]) -> None:
    reference = InMemoryStore()
    everything = [SearchOp(namespace_prefix=(), limit=100), ListNamespacesOp()]
    with (
        tempfile.TemporaryDirectory() as folder,
        OpenStore(Path(folder) / "a.hpm", actor="graph") as store,
    ):
        ours = StoreItems(store)
        for number, batch in enumerate((*batches, everything)):
            for op in batch:
                if not isinstance(op, PutOp):
                    compare(op, *_both(ours, reference, op, number), reference)
            mine, theirs = ours.batch(batch), reference.batch(batch)
            assert [type(each) for each in mine] == [type(each) for each in theirs]


def _both(ours: StoreItems, reference: InMemoryStore, op: Any, number: int) -> tuple[Any, Any]:
    """What both say, ours by turns asked from an event loop."""
    theirs = reference.batch([op])[0]
    return (asyncio.run(ours.abatch([op])) if number % 2 else ours.batch([op]))[0], theirs


def test_comparisons_of_numbers_and_what_cannot_be_compared(items: StoreItems) -> None:
    reference = InMemoryStore()
    for store in (items, reference):
        for number in range(5):
            store.put(("n",), str(number), {"size": number})
    for operator in ("$gt", "$gte", "$lt", "$lte"):
        asked = {"size": {operator: 2}}
        mine, theirs = (plain(s.search(("n",), filter=asked)) for s in (items, reference))
        assert mine == theirs and 1 < len(mine) < 4
    for wrong in ({"none": {"$gt": 2}}, {"size": {"$near": 2}}, {"size": {"$gt": "x"}}):
        raised = []
        for store in (items, reference):
            with pytest.raises((TypeError, ValueError)) as caught:
                store.search(("n",), filter=wrong)
            raised.append(caught.type)
        assert raised[0] is raised[1]


def test_an_item_keeps_the_time_at_which_it_was_first_put(items: StoreItems) -> None:
    items.put(("a",), "k", {"x": 1})
    first = items.get(("a",), "k")
    items.put(("a",), "k", {"x": 2})
    second = items.get(("a",), "k")
    assert first is not None and second is not None
    assert second.created_at == first.created_at < second.updated_at
    assert second.value == {"x": 2}
    with pytest.raises(InvalidNamespaceError):
        items.batch([PutOp(namespace=("a.b",), key="k", value={})])
    with pytest.raises(NotImplementedError, match="TTL"):
        items.put(("a",), "k", {}, ttl=5)


def test_puts_of_a_batch_are_all_stored_or_none(items: StoreItems, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        items.batch([PutOp(("a",), "k", {"x": 1}), PutOp(("a",), "l", {"x": object()})])
    assert items.search(("a",)) == []
    items.put(("a",), "k", {"x": 1})
    items.put(("a",), "k", {"x": 2})
    with open_memory(tmp_path / "a.hpm") as memory:
        (thread,) = memory.checkpoints.threads()
        assert thread.checkpoints == 1, "an item is one state, without its past"
        assert memory.figures.health(check=True).problems == ()


def test_an_item_that_cannot_be_read_can_be_put_again(items: StoreItems) -> None:
    items.put(("a",), "k", {"n": 1})
    thread = 'langgraph-store:["a", "k"]'
    items._store.call(lambda memory: memory.checkpoints.save(thread, b"no item"))
    with pytest.raises(DamagedStore):
        items.get(("a",), "k")
    items.put(("a",), "k", {"n": 2})
    item = items.get(("a",), "k")
    assert item is not None and item.value == {"n": 2}
