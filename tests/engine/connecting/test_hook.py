"""The hooks that agents run: what they give, how they fail, and what they leave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, RecallFilter, hook_runs, open_memory
from hpm_engine.recall.quotation import tokens_in
from hpm_engine.words.own_quotation import DATA, OPENING

CWD = "/home/ada/orchard"
TASKS = (
    "The pump floods row seven when the valve sensor reports zero",
    "Write the harvest ledger as a spreadsheet with one sheet per orchard",
    "Prune dates are off by one in leap years",
    "Show the frost warning before the evening watering",
)


def session(folder: Path, number: int, task: str, cwd: str = CWD) -> Path:
    name = f"{number:08d}-2222-4333-8444-555555555555"
    base = {"sessionId": name, "cwd": cwd, "timestamp": f"2026-0{number + 1}-01T10:00:00Z"}
    call = {"type": "tool_use", "id": "t1", "name": "Edit", "input": {"file_path": f"{cwd}/a.py"}}
    records = (
        base | {"type": "user", "uuid": "u1", "message": {"role": "user", "content": task}},
        base
        | {
            "type": "assistant",
            "uuid": "u2",
            "message": {
                "id": "m1",
                "role": "assistant",
                "content": [{"type": "text", "text": f"About {task}: done."}, call],
            },
        },
    )
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HPM_HOOK_SECONDS", "60")  # other tests run beside it
    folder = tmp_path / "sessions"
    folder.mkdir()
    paths = [session(folder, number, task) for number, task in enumerate(TASKS)]
    path = tmp_path / "my store.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths(paths)
        memory.encode()
        memory.recall.prepare()
    return path


def hook(store: Path, event: dict[str, object] | bytes, agent: str = "claude-code") -> str:
    data = event if isinstance(event, bytes) else json.dumps(event).encode()
    words = [sys.executable, "-m", "hpm_engine.hook", agent, str(store)]
    done = subprocess.run(words, input=data, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def given(output: str, name: str = "hookSpecificOutput") -> str:
    value = json.loads(output)
    assert list(value) == [name]
    assert set(value[name]) == {"hookEventName", "additionalContext"}
    return str(value[name]["additionalContext"])


def start(source: str = "startup", session: str = "s1", cwd: str = CWD) -> dict[str, object]:
    return {
        "hook_event_name": "SessionStart",
        "session_id": session,
        "source": source,
        "cwd": cwd,
    }


def prompt(text: str, session: str = "s1", cwd: str = CWD) -> dict[str, object]:
    return {
        "hook_event_name": "UserPromptSubmit",
        "session_id": session,
        "prompt": text,
        "cwd": cwd,
    }


def test_a_session_begins_with_the_latest_of_its_project(store: Path) -> None:
    text = given(hook(store, start()))
    assert text.startswith(f"Records of earlier sessions. {DATA}") and tokens_in(text) <= 400
    for task in TASKS[1:]:
        assert f"> {task}" in text
    assert TASKS[0] not in text
    with open_memory(store, read_only=True) as memory:
        (recall,) = memory.recall.past(of=RecallFilter(into="s1"))
    assert (recall.cue, sum(hit.injected for hit in recall.hits)) == ("", 3)
    assert hook(store, start(session="s2", cwd="/home/ada/elsewhere")) == ""
    assert hook(store, start("resume", "s3")) == ""


def test_what_a_person_accepted_stands_first_from_the_beginning(store: Path) -> None:
    with open_memory(store) as memory:
        for text in ("Prices are whole cents", "Never water at noon", "Nobody decided this"):
            memory.proposals.propose(text, project=CWD, agent="claude-code", session="s0")
        for proposal in memory.proposals.page():
            if "Nobody" not in proposal.text:
                memory.proposals.accept(proposal.id)
    text = given(hook(store, start()))
    assert tokens_in(text) <= 400
    assert -1 < text.index("> Prices are whole cents") < text.index(f"> {TASKS[3]}")
    assert "> Never water at noon" in text and "Nobody decided" not in text


def test_the_first_prompt_is_looked_up_and_no_other(store: Path) -> None:
    text = given(hook(store, prompt("row seven is flooded again by the pump valve")))
    assert text.startswith(OPENING) and tokens_in(text) <= 1_200
    assert TASKS[0] in text and TASKS[1] not in text
    assert hook(store, prompt("row seven is flooded again by the pump valve")) == ""
    again = given(hook(store, start("compact")))
    assert TASKS[0] in again and tokens_in(again) <= 400


def test_a_prompt_about_something_else_gets_nothing(store: Path) -> None:
    assert hook(store, prompt("write a poem about autumn leaves and the moon")) == ""
    assert hook(store, prompt("continue", "s2")) == ""
    with open_memory(store, read_only=True) as memory:
        recalls = memory.recall.past()
    assert [sum(hit.injected for hit in recall.hits) for recall in recalls] == [0, 0]


def test_a_session_is_never_recalled_to_itself(store: Path) -> None:
    own = "00000000-2222-4333-8444-555555555555"
    text = hook(store, prompt("row seven is flooded again by the pump valve", own))
    assert TASKS[0] not in text
    assert TASKS[3] in given(hook(store, start(session=own)))


def test_a_session_that_ended_is_in_the_store(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    path = session(folder, 7, "Graft the old pear tree")
    event = {"hook_event_name": "SessionEnd", "session_id": "s", "transcript_path": str(path)}
    assert hook(store, event) == ""
    with open_memory(store, read_only=True) as memory:
        assert len(memory.episodes.find(EpisodeQuery(text="pear"))) == 1
        assert memory.recall.unprepared() == 0
        count = len(memory.episodes.find(EpisodeQuery()))
    assert hook(store, event) == ""
    with open_memory(store, read_only=True) as memory:
        assert len(memory.episodes.find(EpisodeQuery())) == count
    assert not list((tmp_path / "data" / "spool").rglob("*.path"))


def test_while_the_store_is_locked_a_hook_is_silent_in_time(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    path = session(folder, 7, "Graft the old pear tree")
    event = {"hook_event_name": "SessionEnd", "session_id": "s", "transcript_path": str(path)}
    monkeypatch.delenv("HPM_HOOK_SECONDS")
    with open_memory(store) as memory, memory.internals.database.writing():
        started = time.monotonic()
        assert hook(store, prompt("row seven is flooded again by the pump valve")) == ""
        assert hook(store, event) == ""
        seconds = time.monotonic() - started
    assert seconds < 2 * 15  # two hooks of 1.5 s each, on a busy machine
    assert [run.failure for run in hook_runs("claude-code")] == ["the time was over"] * 2
    assert len(list((tmp_path / "data" / "spool").rglob("*.path"))) == 1
    monkeypatch.setenv("HPM_HOOK_SECONDS", "60")
    assert hook(store, {"hook_event_name": "SessionEnd", "session_id": "other"}) == ""
    with open_memory(store, read_only=True) as memory:
        assert len(memory.episodes.find(EpisodeQuery(text="pear"))) == 1


@pytest.mark.parametrize(
    "event",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"hook_event_name": 5}',
        b'{"prompt": "' + b"x" * 2_000_000,
        b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_told_to_nobody_but_the_log(store: Path, event: bytes) -> None:
    assert hook(store, event) == ""
    (run,) = hook_runs("claude-code")
    assert run.failure and "x" * 10 not in repr(run)


def test_without_a_store_a_hook_is_silent(store: Path, tmp_path: Path) -> None:
    assert hook(tmp_path / "none.hpm", start()) == ""
    assert hook_runs()[0].failure == "StoreMissing"
    assert not (tmp_path / "none.hpm").exists()


def test_a_hook_needs_no_environment(store: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-I", "-m", "hpm_engine.hook", "claude-code", str(store)]
    home = {"HOME": str(tmp_path), "HPM_HOOK_SECONDS": "60"}
    home |= {} if os.name == "posix" else dict(os.environ)
    event = json.dumps(start()).encode()
    done = subprocess.run(words, input=event, capture_output=True, env=home, check=False)
    assert TASKS[3] in given(done.stdout.decode())


def test_cursor_is_answered_in_its_own_way(store: Path) -> None:
    event = {"hook_event_name": "sessionStart", "conversation_id": "c", "workspace_roots": [CWD]}
    value = json.loads(hook(store, event, "cursor"))
    assert list(value) == ["additional_context"] and TASKS[3] in value["additional_context"]
