from __future__ import annotations

import time
from pathlib import Path

import pytest

from hpm_engine import Memory, open_memory
from hpm_engine.cli.tail import LiveTail
from tests.support.command_runs import json_lines, run
from tests.support.files.growing_session import GrowingSession

KEY = "00000000-1111-4222-8333-444444444444"


@pytest.fixture
def growing(tmp_path: Path) -> GrowingSession:
    session = GrowingSession(tmp_path / f"{KEY}.jsonl", KEY)
    for number in range(5):
        session.prompt(f"question {number}", time.time() - 20 + number)
    session.write()
    return session


@pytest.fixture
def store(tmp_path: Path, growing: GrowingSession) -> Path:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.import_paths([growing.path])
    return tmp_path / "a.hpm"


def test_the_last_steps_of_what_goes_on_are_shown(store: Path) -> None:
    said = run("tail", store, "--once").stdout
    assert "agent works" in said
    assert "question 4" in said and "question 2" in said and "question 1" not in said
    assert [line["seq"] for line in json_lines(run("tail", store, "--once", "--json").stdout)] == [
        2,
        3,
        4,
    ]


def test_one_that_ended_is_shown_only_when_it_is_named(
    tmp_path: Path, growing: GrowingSession
) -> None:
    old = GrowingSession(tmp_path / "old.jsonl", "old-session")
    old.prompt("long ago", time.time() - 7200)
    old.write()
    with open_memory(tmp_path / "b.hpm", create=True) as memory:
        memory.import_paths([old.path])
    assert run("tail", tmp_path / "b.hpm", "--once").stdout == ""
    assert "long ago" in run("tail", tmp_path / "b.hpm", "--once", "--episode", "1").stdout


def test_control_characters_never_reach_the_terminal(
    tmp_path: Path, growing: GrowingSession
) -> None:
    growing.prompt("red \x1b[31mletters\x07 and \u202eback", time.time())
    growing.write()
    with open_memory(tmp_path / "c.hpm", create=True) as memory:
        memory.import_paths([growing.path])
    said = run("tail", tmp_path / "c.hpm", "--once").stdout
    assert "letters" in said
    assert not set("\x1b\x07\u202e") & set(said)


def test_new_steps_and_a_step_that_grew_are_shown_and_nothing_twice(
    store: Path, growing: GrowingSession
) -> None:
    shown: list[int] = []

    with open_memory(store) as memory:

        def write(_: Memory, episode: object, start: int, steps: list[object]) -> None:
            shown.extend(range(start, len(steps)))

        tail = LiveTail(memory, 1, write)  # type: ignore[arg-type]
        tail.look(None)
        tail.look(None)
        assert shown == [4]
        growing.reply("an answer", time.time())
        growing.write()
        memory.import_paths([growing.path])
        tail.look(None)
        tail.look(None)
        assert shown == [4, 5]
