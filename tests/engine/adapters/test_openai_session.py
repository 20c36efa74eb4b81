"""Sessions of OpenAI Agents in a store, beside the SDK's own in SQLite."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agents.memory import Session, SQLiteSession
from agents.memory.session_settings import SessionSettings
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine import DamagedStore, open_memory
from hpm_engine.adapters.open_store import OpenStore
from hpm_engine.adapters.openai_session import VERSIONS, StoreSession

_ITEMS = st.builds(lambda text: {"role": "user", "content": text}, st.text(max_size=8)) | (
    st.builds(lambda name: {"type": "function_call", "arguments": "{}", "n": name}, st.integers())
)
_ACTS = st.lists(
    st.tuples(st.just("add"), st.lists(_ITEMS, max_size=3))
    | st.tuples(st.just("get"), st.none() | st.integers(-1, 4))
    | st.tuples(st.sampled_from(["pop", "clear"]), st.none())
    | st.tuples(st.just("pop"), st.none()),
    max_size=12,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OpenStore]:
    with OpenStore(tmp_path / "a.hpm", actor="assistant") as store:
        yield store


async def done(session: Any, act: str, given: Any) -> Any:
    if act == "add":
        return await session.add_items(given)
    if act == "get":
        return await session.get_items(given)
    return await (session.pop_item() if act == "pop" else session.clear_session())


@settings(max_examples=50, deadline=None)
@given(_ACTS, st.none() | st.integers(0, 3))
def test_it_holds_what_the_session_in_sqlite_holds(
    acts: list[tuple[str, Any]], limit: int | None
) -> None:
    async def compare(store: OpenStore) -> None:
        chosen = SessionSettings(limit=limit)
        theirs = SQLiteSession("s", session_settings=chosen)
        ours = StoreSession("s", store, chosen)
        other = StoreSession("another", store)
        for act, value in acts:
            assert await done(ours, act, value) == await done(theirs, act, value), (act, value)
        assert await ours.get_items() == await theirs.get_items()
        assert await ours.get_items(100) == await theirs.get_items(100)
        assert await other.get_items() == []
        theirs.close()

    with (
        tempfile.TemporaryDirectory() as folder,
        OpenStore(Path(folder) / "a.hpm", actor="assistant") as store,
    ):
        asyncio.run(compare(store))


def test_it_is_a_session_whose_states_can_be_gone_back_to(store: OpenStore, tmp_path: Path) -> None:
    session = StoreSession("s", store)
    assert isinstance(session, Session)

    async def talk() -> None:
        await session.add_items([{"role": "user", "content": "one"}])
        await session.add_items([{"role": "user", "content": "two"}])
        await session.pop_item()
        for number in range(VERSIONS):
            await session.add_items([{"role": "user", "content": str(number)}])

    asyncio.run(talk())
    with open_memory(tmp_path / "a.hpm") as memory:
        versions = memory.checkpoints.of("openai-session:s", 0, 1_000)
        assert len(versions) == VERSIONS
        memory.checkpoints.fork(versions[-1].id, "openai-session:s")
        assert memory.figures.health(check=True).problems == ()
    assert len(asyncio.run(session.get_items())) == 2
    asyncio.run(session.clear_session())
    with open_memory(tmp_path / "a.hpm") as memory:
        assert memory.checkpoints.threads() == []


def test_a_state_that_holds_no_items_is_told(store: OpenStore, tmp_path: Path) -> None:
    with open_memory(tmp_path / "a.hpm") as memory:
        memory.checkpoints.save("openai-session:s", b"{}")
    with pytest.raises(DamagedStore, match="no list"):
        asyncio.run(StoreSession("s", store).get_items())
