"""Blame, fix and how: what earlier sessions tell of a file, an error, a tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import BadQuery, Cancelled, EpisodeQuery, Job, Memory, open_memory
from hpm_engine.lookup.calls import bare_command, calls_of
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

Call = tuple[str, dict[str, Any], str, bool]  # tool, arguments, result, whether it failed


def claude(key: str, day: int, *calls: Call) -> bytes:
    """A session that makes calls, one a step."""
    head = {"sessionId": key, "cwd": "/home/ada/barn"}
    asked = {"type": "user", "message": {"content": "Go on"}, "uuid": f"{key}-0"}
    lines = [head | asked | {"timestamp": f"2026-03-{day:02}T09:00:00Z"}]
    for number, (tool, arguments, result, failed) in enumerate(calls, start=1):
        at = {"timestamp": f"2026-03-{day:02}T10:{number:02}:00Z"}
        use = {"type": "tool_use", "id": f"{key}{number}", "name": tool, "input": arguments}
        said = {"id": f"{key}m{number}", "model": "sonnet", "content": [use]}
        answer = {"type": "tool_result", "tool_use_id": use["id"], "content": result}
        answer |= {"is_error": failed}
        lines.append(head | at | {"type": "assistant", "message": said, "uuid": f"{key}a{number}"})
        back = {"type": "user", "message": {"content": [answer]}, "uuid": f"{key}u{number}"}
        lines.append(head | at | back)
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def edit(path: str, new: str, *, failed: bool = False) -> Call:
    result = "String to replace not found" if failed else "done"
    return "Edit", {"file_path": path, "old_string": "x", "new_string": new}, result, failed


def bash(command: str, result: str, *, failed: bool = False) -> Call:
    return "Bash", {"command": command, "description": "Run it"}, result, failed


NO_TABLE = "sqlite3.OperationalError: no such table: hay"


@pytest.fixture
def memory(tmp_path: Path) -> Any:
    sessions = {
        "aaaa-1111": claude(
            "aaaa-1111",
            1,
            bash("cd /home/ada/barn && pytest -q tests/test_hay.py", f"E {NO_TABLE}", failed=True),
            edit("/home/ada/barn/src/store.py", "create_tables()"),
            edit("/home/ada/barn/src/other_store.py", "pass"),
            bash("PYTHONPATH=. pytest -q tests/test_hay.py 2>&1 | tail -5", "1 passed"),
        ),
        "bbbb-2222": claude(
            "bbbb-2222",
            2,
            bash("pytest -q tests/test_hay.py", NO_TABLE),  # a failure that the tool marks as none
            edit("src/store.py", "refused", failed=True),
            bash("make clean", "cleaned"),
            bash("make test", "ok"),
        ),
        "cccc-3333": claude(
            "cccc-3333",
            3,
            bash("pytest -q tests/test_hay.py", "1 passed"),
            ("Read", {"file_path": "/home/ada/barn/src/store.py"}, "text", False),
        ),
    }
    for name, data in sessions.items():
        (tmp_path / f"{name}.jsonl").write_bytes(data)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([tmp_path])
        yield memory


def keys(memory: Memory, episodes: list[int]) -> list[str]:
    return [episode.key for episode in memory.episodes.get(episodes)]


def found(memory: Memory, text: str) -> list[str]:
    episodes = memory.episodes.find(EpisodeQuery(text=text))
    return sorted(keys(memory, list(episodes.window(0, len(episodes)))))


def test_blame_lists_edits_not_readings_the_latest_first(memory: Memory) -> None:
    for path in ("store.py", "src/store.py", "/home/ada/barn/src/store.py", "./src/store.py"):
        edits = memory.lookup.blame(path)
        assert keys(memory, [each.episode_id for each in edits]) == ["bbbb-2222", "aaaa-1111"]
        assert [each.failed for each in edits] == [True, False]
        assert {each.path for each in edits} == {"src/store.py"}
    assert memory.lookup.blame("store.py")[1].text == "create_tables()"
    assert memory.lookup.blame("tore.py") == []


def test_fix_is_what_lies_between_a_failure_and_the_same_call_passing(memory: Memory) -> None:
    [fix] = memory.lookup.fix("no such TABLE")
    steps = memory.steps.read(fix.episode_id, 0, 10)
    changed = [steps[seq].parts[0].text for seq in fix.changes]
    assert "create_tables" in changed[0] and len(changed) == 2
    assert fix.failed < min(fix.changes) <= max(fix.changes) < fix.passed
    assert fix.error == f"E {NO_TABLE}"
    assert fix.call.startswith("cd /home/ada/barn")
    assert memory.lookup.fix("no such chair") == []


def test_how_lists_what_worked_once_each(memory: Memory) -> None:
    assert [call.call for call in memory.lookup.how("make test")] == ["make test"]
    worked = memory.lookup.how("pytest")
    assert keys(memory, [call.episode_id for call in worked])[0] == "cccc-3333"
    assert not any("cd /home" in call.call for call in worked)  # that one failed
    assert [call.tool for call in memory.lookup.how("edit")] == ["Edit", "Edit"]
    assert memory.lookup.how("mak") == []


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("blame:store.py", ["aaaa-1111"]),
        ('fix:"no such table"', ["aaaa-1111"]),
        ("how:make", ["bbbb-2222"]),
        ("how:pytest -blame:store.py", ["bbbb-2222", "cccc-3333"]),
        ("how:pytest session:cccc*", ["cccc-3333"]),
        ("blame:store.py or how:make", ["aaaa-1111", "bbbb-2222"]),
    ],
)
def test_searches_ask_the_same(memory: Memory, text: str, sessions: list[str]) -> None:
    assert found(memory, text) == sessions


def test_a_lookup_marks_its_steps(memory: Memory) -> None:
    [fix] = memory.lookup.fix("no such table")
    hits = memory.steps.matching(fix.episode_id, 'fix:"no such table"')
    assert hits == sorted({*fix.changes, fix.passed})


def test_nothing_to_look_for_is_said(memory: Memory) -> None:
    for field in ("blame", "fix", "how"):
        with pytest.raises(BadQuery, match=f"{field}: needs a text"):
            memory.episodes.find(EpisodeQuery(text=f'{field}:"--"'))


def test_it_can_be_stopped(memory: Memory) -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        memory.lookup.blame("store.py", job=job)


@pytest.mark.parametrize(
    ("command", "bare"),
    [
        ("cd /a b && make test", "make test"),
        ("FOO=1 BAR='x' make test 2>&1 | tail -3", "make test"),
        ("cd x; cd y; A=1 pytest -q", "pytest -q"),
        ("make", "make"),
        ("", ""),
        ("cd x", "cd x"),
    ],
)
def test_what_stands_around_a_command_is_left_out(command: str, bare: str) -> None:
    assert bare_command(command) == bare


def test_calls_without_ids_have_their_results_by_order() -> None:
    parts = (
        Part(PartKind.CALL, "ls", "shell"),
        Part(PartKind.CALL, "pwd", "shell"),
        Part(PartKind.RESULT, "a b"),
    )
    step = Step(1, 0, StepSource.AGENT, StepFlag.NONE, None, "", None, None, parts)
    first, second = calls_of(step)
    assert first.result is parts[2] and second.result is None


def test_a_step_that_reads_gives_its_file_to_ask_about_whatever_the_key(tmp_path: Path) -> None:
    calls: list[Call] = [("read_file", {"targetFile": "src/hay.ts"}, "text", False)]
    (tmp_path / "s.jsonl").write_bytes(claude("dddd-4444", 4, *calls))
    with open_memory(tmp_path / "t.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "s.jsonl"])
        assert memory.lookup.questions(1, 1).blame == "src/hay.ts"
