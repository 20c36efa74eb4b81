"""Checkpoints: saved, loaded, forked, forgotten, and refused where somebody else saved."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import (
    BadQuery,
    CannotWrite,
    Changed,
    DamagedStore,
    EpisodeQuery,
    HeadMoved,
    Keep,
    Memory,
    NotFound,
    ReadOnlyStore,
    open_memory,
)
from hpm_engine.audit.canonical import salted
from hpm_engine.config import STATE_BYTES
from hpm_engine.evaluation.checkpoints.growing_state import growing_state
from tests.support.store_statements import WITHOUT_CHECKPOINTS, change
from tests.support.written_episodes import step, write

_INCREMENT = """
import sys
from hpm_engine import HeadMoved, open_memory
with open_memory(sys.argv[1]) as memory:
    for _ in range(int(sys.argv[2])):
        while True:
            latest = memory.checkpoints.latest("count")
            count = int(memory.checkpoints.state(latest.id)) + 1
            try:
                memory.checkpoints.save("count", b"%d" % count, expect=latest.id)
                break
            except HeadMoved:
                continue
"""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True, actor="tester") as memory:
        yield memory


def pieces(memory: Memory) -> tuple[int, int]:
    """How many pieces there are, and how many of them some checkpoint has."""
    value = memory.internals.database.value
    return (
        value("SELECT count(*) FROM state_pieces"),
        value("SELECT count(DISTINCT piece_id) FROM checkpoint_pieces"),
    )


def problems(memory: Memory) -> tuple[str, ...]:
    return memory.figures.health(check=True).problems


def test_a_state_comes_back_with_who_saved_it_and_what_it_came_from(memory: Memory) -> None:
    first = memory.checkpoints.save("report", b"\x00one", label="begun", kind="x/y")
    second = memory.checkpoints.save("report", b"")
    assert (first.number, first.parent_id, first.actor, first.size) == (1, None, "tester", 4)
    assert (second.number, second.parent_id, second.kind) == (2, 1, "application/octet-stream")
    assert first.digest == sha256(b"\x00one").hexdigest()
    assert memory.checkpoints.state(first.id) == b"\x00one"
    assert memory.checkpoints.state(second.id) == b""
    assert memory.checkpoints.latest("report") == second
    assert memory.checkpoints.of("report") == [second, first]
    assert memory.checkpoints.of("report", label="begun") == [first]
    assert memory.checkpoints.get(first.id) == first
    assert memory.checkpoints.latest("another") is None


def test_a_checkpoint_is_of_an_episode_and_a_step_that_are_there(memory: Memory) -> None:
    write(memory, [step(1), step(2)])
    saved = memory.checkpoints.save("t", b"x", episode=1, step=1)
    assert memory.checkpoints.of_episode(1) == [saved]
    for refused in ({"episode": 2}, {"episode": 1, "step": 2}, {"parent": 9}):
        with pytest.raises(NotFound):
            memory.checkpoints.save("t", b"x", **refused)  # type: ignore[arg-type]
    assert memory.checkpoints.of("t") == [saved]


def test_an_expected_head_that_moved_refuses_and_changes_nothing(memory: Memory) -> None:
    first = memory.checkpoints.save("t", b"1", expect=0)
    second = memory.checkpoints.save("t", b"2", expect=first.id)
    for expect in (0, first.id, 99):
        with pytest.raises(HeadMoved, match=f"is {second.id}, not"):
            memory.checkpoints.save("t", b"3", expect=expect)
        with pytest.raises(HeadMoved):
            memory.checkpoints.fork(first.id, "t", expect=expect)
    memory.checkpoints.forget("t")
    with pytest.raises(HeadMoved, match="has no checkpoint"):
        memory.checkpoints.save("t", b"3", expect=second.id)
    again = memory.checkpoints.save("t", b"3", expect=0)
    assert again.id > second.id, "an id is never given twice"


def test_two_processes_that_expect_the_head_lose_no_count(tmp_path: Path) -> None:
    path, each = tmp_path / "a.hpm", 25
    with open_memory(path, create=True) as memory:
        memory.checkpoints.save("count", b"0")
    command = [sys.executable, "-c", _INCREMENT, str(path), str(each)]
    root = Path(__file__).parents[4]
    children = [subprocess.Popen(command, cwd=root) for _ in range(2)]
    assert [child.wait(120) for child in children] == [0, 0]
    with open_memory(path) as memory:
        latest = memory.checkpoints.latest("count")
        assert latest is not None
        assert (memory.checkpoints.state(latest.id), latest.number) == (b"50", 2 * each + 1)
        assert memory.audit.verify().broken_at is None


def test_a_fork_has_the_state_without_storing_it_again(memory: Memory) -> None:
    state = random.Random(1).randbytes(300_000)
    first = memory.checkpoints.save("t", state, label="good", text="ferry")
    memory.checkpoints.save("t", b"gone wrong")
    before = pieces(memory)
    fork = memory.checkpoints.fork(first.id, "other")
    back = memory.checkpoints.fork(first.id, "t")
    assert pieces(memory) == before
    assert (fork.parent_id, fork.number, fork.label, fork.thread) == (first.id, 1, "good", "other")
    assert (back.number, memory.checkpoints.latest("t")) == (3, back)
    memory.checkpoints.forget("t")
    assert memory.checkpoints.state(fork.id) == state
    assert memory.checkpoints.find("ferry") == [fork]
    memory.checkpoints.forget(fork.id)
    assert pieces(memory) == (0, 0)
    assert problems(memory) == ()


def test_snapshots_of_a_growing_state_cost_about_its_growth(memory: Memory) -> None:
    states = list(growing_state(1, 40))
    for state in states:
        memory.checkpoints.save("t", state)
    whole = sum(map(len, states))
    stored = memory.internals.database.value("SELECT sum(length(data)) FROM state_pieces")
    assert stored < 0.6 * len(states[-1]) < whole / 30
    listed = memory.checkpoints.of("t")
    loaded = memory.checkpoints.states([each.id for each in listed])
    assert [loaded[each.id] for each in reversed(listed)] == states


def test_many_small_steps_cost_little_more_than_what_they_add(memory: Memory) -> None:
    chance, state, states = random.Random(3), b"", []
    for _ in range(300):
        state += chance.randbytes(30).hex().encode()
        states.append(state)
        memory.checkpoints.save("t", state)
    stored = memory.internals.database.value("SELECT sum(length(data)) FROM state_pieces")
    assert stored < 3 * len(state)
    loaded = memory.checkpoints.states([each.id for each in memory.checkpoints.of("t", 0, 400)])
    assert list(loaded.values()) == states
    assert problems(memory) == ()


def test_what_grew_is_what_it_was_before_is_packed_on(memory: Memory) -> None:
    """The latest state needs no other piece, and what it was takes next to nothing."""
    text = random.Random(5).randbytes(2_000).hex().encode()
    for end in (1_000, 2_000, 3_000, 4_000):
        memory.checkpoints.save("t", text[:end])
    bases = memory.internals.database.rows("SELECT base_id FROM state_pieces ORDER BY id")
    assert bases == [(4,), (4,), (4,), (None,)]
    memory.checkpoints.forget(4)
    for number, end in enumerate((1_000, 2_000, 3_000), 1):
        assert memory.checkpoints.state(number) == text[:end]
    assert problems(memory) == ()


def test_what_is_forgotten_is_in_no_piece_that_others_are_packed_on(tmp_path: Path) -> None:
    """The pieces of later states are packed on those of earlier ones, until these go."""
    memory = open_memory(tmp_path / "a.hpm", create=True)
    shared = "".join(f"{number} is kept; " for number in range(800)).encode()
    memory.checkpoints.save("t", shared + b"SECRET-ferry-42 " * 3)
    later = [memory.checkpoints.save("t", shared + b"later %d" % number) for number in range(3)]
    database = memory.internals.database
    assert database.value("SELECT count(*) FROM state_pieces WHERE base_id IS NOT NULL") > 0
    memory.checkpoints.forget(1)
    assert pieces(memory)[0] == pieces(memory)[1]
    for number, checkpoint in enumerate(later):
        assert memory.checkpoints.state(checkpoint.id) == shared + b"later %d" % number
    assert problems(memory) == ()
    database.compact()
    memory.close()
    assert b"SECRET" not in memory.path.read_bytes()


def test_retention_keeps_what_any_rule_keeps(memory: Memory) -> None:
    ids = [memory.checkpoints.save("t", b"%d" % number).id for number in range(6)]
    other = memory.checkpoints.save("other", b"x").id
    memory.checkpoints.pin(ids[0])
    assert memory.checkpoints.keep(Keep(last=2, days=1)).changed is Changed.NOTHING
    database = memory.internals.database
    database.execute("UPDATE checkpoints SET at = at - 2 * 86400 * 1000000 WHERE id < 4")
    forgotten = memory.checkpoints.keep(Keep(last=1, days=1))
    assert forgotten.checkpoints == 2 and forgotten.changed == Changed.CHECKPOINTS | Changed.AUDIT
    assert [each.id for each in memory.checkpoints.of("t")] == [*reversed(ids[3:]), ids[0]]
    memory.checkpoints.keep(Keep(last=1, pinned=False), "t")
    assert [each.id for each in memory.checkpoints.of("t")] == [ids[-1]]
    assert memory.checkpoints.of("other")[0].id == other
    for refused in (Keep(), Keep(last=-1), Keep(days=-1.0)):
        with pytest.raises(BadQuery):
            memory.checkpoints.keep(refused)


def test_states_are_in_no_search_and_texts_are_in_that_of_checkpoints(memory: Memory) -> None:
    write(memory, [step(1, "kiln")])
    memory.recall.prepare()
    memory.checkpoints.save("t", b"the word zanzibar", label="zanzibar", episode=1)
    named = memory.checkpoints.save("t", b"another", text="the word zanzibar_7")
    assert memory.checkpoints.find("zanzibar_7 word") == [named]
    assert memory.checkpoints.find("nothing") == memory.checkpoints.find("") == []
    assert not memory.episodes.find(EpisodeQuery(text="zanzibar")).ids
    assert memory.episodes.find(EpisodeQuery(text="kiln")).ids
    assert not memory.recall.ask("zanzibar").hits
    memory.checkpoints.forget(named.id)
    assert memory.checkpoints.find("zanzibar_7") == []


class Explosive:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a state was unpickled",))


def test_a_pickled_state_is_bytes_like_others(memory: Memory) -> None:
    state = pickle.dumps(Explosive())
    saved = memory.checkpoints.save("t", state, kind="application/x-pickle", text="pickle")
    other = memory.checkpoints.save("t", state + b".")
    assert memory.checkpoints.state(saved.id) == state
    assert memory.checkpoints.difference(saved.id, other.id).paths is None
    assert problems(memory) == ()


def test_two_json_states_are_compared_by_their_places(memory: Memory) -> None:
    first = {"done": ["a"], "left": 3, "a/b": {"~": 1}, "gone": None, "same": [1, {"x": 2}]}
    second = {"done": ["a", "b"], "left": 3.5, "a/b": {"~": 2}, "same": [1, {"x": 2}]}
    a, b = (memory.checkpoints.save("t", json.dumps(state).encode()) for state in (first, second))
    difference = memory.checkpoints.difference(a.id, b.id)
    assert {(each.path, each.before, each.after) for each in difference.paths or ()} == {
        ("/done/1", None, '"b"'),
        ("/left", "3", "3.5"),
        ("/a~1b/~0", "1", "2"),
        ("/gone", "null", None),
    }
    assert not difference.same and difference.more == 0
    same = memory.checkpoints.difference(a.id, a.id)
    assert same.same and same.paths == () and same.shared == a.size
    many = memory.checkpoints.save("t", json.dumps(list(range(900))).encode())
    none = memory.checkpoints.save("t", b"[]")
    assert memory.checkpoints.difference(none.id, many.id).more == 400


def test_the_log_has_digests_and_no_words(memory: Memory) -> None:
    saved = memory.checkpoints.save("thread-zanzibar", b"zanzibar", label="zanzibar", text="w")
    fork = memory.checkpoints.fork(saved.id, "other-zanzibar")
    memory.checkpoints.pin(fork.id)
    memory.checkpoints.pin(fork.id)
    memory.checkpoints.pin(fork.id, False)
    memory.checkpoints.forget("thread-zanzibar")
    memory.checkpoints.forget([fork.id, 99])
    rows = memory.audit.page()[1:]
    assert [row.action for row in rows] == [
        "save checkpoint",
        "fork checkpoint",
        "pin checkpoint",
        "unpin checkpoint",
        "forget checkpoints",
        "forget checkpoints",
    ]
    salts = [bytes.fromhex(row.salt) for row in rows]  # nobody tries out a small state
    assert rows[0].after == salted(salts[0], saved.digest) != rows[1].after
    assert rows[4].before == salted(salts[4], saved.digest)
    assert "zanzibar" not in repr(rows)
    assert memory.audit.verify().broken_at is None


@pytest.mark.parametrize(
    "given",
    [
        {"thread": ""},
        {"thread": "t" * 1001},
        {"label": "l" * 201},
        {"text": "t" * 64_001},
        {"state": bytes(STATE_BYTES.value + 1)},
    ],
    ids=["no thread", "thread", "label", "text", "state"],
)
def test_what_is_too_long_is_refused(memory: Memory, given: dict[str, Any]) -> None:
    with pytest.raises(BadQuery):
        memory.checkpoints.save(**({"thread": "t", "state": b""} | given))
    assert memory.checkpoints.threads() == []


def test_threads_are_listed_by_the_beginning_of_their_names(memory: Memory) -> None:
    for thread in ("a", "a:1", "a:2", "b", "a\U0010ffff", "\ud800"):
        memory.checkpoints.save(thread, thread.encode(errors="replace"))
    memory.checkpoints.save("a:1", b"xyz")
    threads = memory.checkpoints.threads("a")
    assert [each.name for each in threads] == ["a:1", "a\U0010ffff", "a:2", "a"]
    assert (threads[0].checkpoints, threads[0].size) == (2, 6)
    assert [each.thread for each in memory.checkpoints.heads("a:")] == ["a:1", "a:2"]
    assert len(memory.checkpoints.threads()) == 6
    assert memory.checkpoints.latest("\ud800") is not None


def test_calls_together_are_all_or_nothing(memory: Memory) -> None:
    with pytest.raises(ZeroDivisionError), memory.checkpoints.together():
        memory.checkpoints.save("t", b"1")
        raise ZeroDivisionError
    assert memory.checkpoints.threads() == [] and memory.audit.count() == 1
    with memory.checkpoints.together():
        first = memory.checkpoints.save("t", b"1")
        with pytest.raises(HeadMoved):
            memory.checkpoints.save("t", b"2", expect=0)
        memory.checkpoints.save("t", b"2", expect=first.id)
    assert len(memory.checkpoints.of("t")) == 2
    assert pieces(memory) == (2, 2)


def test_a_read_only_store_gives_states_and_takes_none(tmp_path: Path) -> None:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.checkpoints.save("t", b"1")
    with open_memory(tmp_path / "a.hpm", read_only=True) as memory:
        assert memory.checkpoints.state(1) == b"1"
        for call in (
            lambda: memory.checkpoints.save("t", b"2"),
            lambda: memory.checkpoints.fork(1, "u"),
            lambda: memory.checkpoints.forget(1),
            lambda: memory.checkpoints.keep(Keep(last=0)),
            lambda: memory.checkpoints.pin(1),
        ):
            with pytest.raises(ReadOnlyStore):
                call()


def test_a_full_disk_leaves_what_was_saved(memory: Memory) -> None:
    saved = memory.checkpoints.save("t", b"before")
    database = memory.internals.database
    database.pragma(f"max_page_count = {database.pragma('page_count') + 3}")
    with pytest.raises(CannotWrite, match="full"):
        memory.checkpoints.save("t", random.Random(1).randbytes(2_000_000))
    database.pragma("max_page_count = 1000000")
    assert memory.checkpoints.of("t") == [saved]
    assert pieces(memory) == (1, 1) and problems(memory) == ()
    assert memory.checkpoints.save("t", b"after", expect=saved.id).number == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE state_pieces SET data = substr(data, 2) || x'00' WHERE id = 1",
        "UPDATE state_pieces SET size = 300000000 WHERE id = 1",
        "UPDATE state_pieces SET base_id = 1 WHERE id = 1",
        "UPDATE checkpoints SET size = size + 1 WHERE id = 1",
        "DELETE FROM checkpoint_pieces WHERE position = 1 AND checkpoint_id = 1",
        "UPDATE state_pieces SET data = zeroblob(70000) WHERE id = 1",
    ],
)
def test_a_damaged_state_is_told_and_never_given(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.checkpoints.save("t", random.Random(2).randbytes(100_000))
        memory.checkpoints.save("t", b"whole")
        assert problems(memory) == ()
    change(path, statement)
    with open_memory(path) as memory:
        with pytest.raises(DamagedStore, match="checkpoint 1"):
            memory.checkpoints.state(1)
        assert any("1 (1)" in problem for problem in problems(memory))
        assert memory.checkpoints.state(2) == b"whole"
        memory.checkpoints.forget(1)
        assert not any("not the one" in problem for problem in problems(memory))
        assert memory.checkpoints.of("t") == [memory.checkpoints.get(2)]


@pytest.mark.parametrize("data", ["zeroblob(40)", "substr(data, 2) || x'00'", "zeroblob(70000)"])
def test_a_damaged_base_is_no_end_of_a_thread(tmp_path: Path, data: str) -> None:
    """What was packed on it is lost; what comes can be saved, and what was lost be forgotten."""
    path, text = tmp_path / "a.hpm", random.Random(5).randbytes(2_000).hex().encode()
    with open_memory(path, create=True) as memory:
        for end in (1_000, 2_000):
            memory.checkpoints.save("t", text[:end])
    change(path, f"UPDATE state_pieces SET data = {data} WHERE base_id IS NULL")
    with open_memory(path) as memory:
        saved = memory.checkpoints.save("t", text)
        assert memory.checkpoints.state(saved.id) == text
        memory.checkpoints.forget(2)
        with pytest.raises(DamagedStore, match="checkpoint 1"):
            memory.checkpoints.state(1)
        assert any("1 (1)" in problem for problem in problems(memory))
        memory.checkpoints.forget(1)
        assert memory.checkpoints.state(saved.id) == text
        assert problems(memory) == ()


def test_a_piece_that_nobody_has_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.checkpoints.save("t", b"x")
    change(path, "DELETE FROM checkpoint_pieces", "UPDATE checkpoints SET size = 0")
    with open_memory(path) as memory:
        assert any("no checkpoint has: 1" in problem for problem in problems(memory))


def test_a_store_of_before_gets_checkpoints_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True):
        pass
    change(path, *WITHOUT_CHECKPOINTS, "PRAGMA user_version = 25")
    with open_memory(path) as memory:
        assert memory.checkpoints.save("t", b"x").id == 1
        assert problems(memory) == ()
