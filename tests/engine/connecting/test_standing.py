"""How agents stand: read from their settings, never guessed; and what failed lately."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import pytest

from hpm_engine.connecting.agents import AGENTS, agent_of_actor
from hpm_engine.connecting.connection import Connections
from hpm_engine.connecting.hook_failures import failure_words, hook_failures
from hpm_engine.connecting.hook_log import HookRun, add_run
from hpm_engine.connecting.process import run_process
from hpm_engine.connecting.standing import AgentStanding
from hpm_engine.errors import Cancelled
from hpm_engine.job import Job

_HOUR = 3_600_000_000  # microseconds


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "my.hpm").touch()
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def connections(home: Path, path: str = "") -> Connections:
    return Connections(home, {"PATH": path}, lambda words, folder: "")


def standings(home: Path) -> dict[str, AgentStanding]:
    held = connections(home).standings(home.parent / "my.hpm")
    return {standing.agent.name: standing for standing in held}


def connect(home: Path, agent: str, **options: object) -> None:
    held = connections(home)
    held.connect(held.plan(agent, home.parent / "my.hpm", **options))  # type: ignore[arg-type]


def test_a_computer_without_agents_has_none_there(home: Path) -> None:
    held = standings(home)
    assert list(held) == [agent.name for agent in AGENTS]
    assert not any(standing.there or standing.connections for standing in held.values())
    assert list(home.iterdir()) == []


def test_a_folder_or_a_program_says_that_an_agent_is_there(home: Path, tmp_path: Path) -> None:
    (home / ".cursor").mkdir()
    program = tmp_path / "bin" / "codex"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    held = connections(home, str(program.parent)).standings(home.parent / "my.hpm")
    assert [standing.agent.name for standing in held if standing.there] == ["codex", "cursor"]


def test_a_connection_is_told_by_its_parts(home: Path, tmp_path: Path) -> None:
    connect(home, "gemini")
    connect(home, "cursor", hooks=False)
    both = standings(home)["gemini"].connections
    assert [(held.here, held.hooks, held.server, held.missing) for held in both] == [
        (True, True, True, ())
    ]
    asked = standings(home)["cursor"].connections[0]
    assert (asked.hooks, asked.server, asked.missing) == (False, True, ())


def test_what_somebody_took_out_is_missing(home: Path) -> None:
    connect(home, "gemini")
    path = home / ".gemini" / "settings.json"
    settings = json.loads(path.read_text())
    del settings["hooks"]
    path.write_text(json.dumps(settings))
    held = standings(home)["gemini"].connections[0]
    assert (held.hooks, held.server, held.missing) == (False, True, ("hooks",))


def test_settings_that_cannot_be_understood_are_said_to_be(home: Path) -> None:
    connect(home, "gemini")
    (home / ".gemini" / "settings.json").write_text("{ // mine\n}")
    held = standings(home)["gemini"].connections[0]
    assert "settings.json" in held.trouble and not held.hooks


def test_another_store_and_one_that_is_gone_are_told_apart(home: Path, tmp_path: Path) -> None:
    held = connections(home)
    held.connect(held.plan("cursor", tmp_path / "gone.hpm"))
    held = standings(home)["cursor"].connections[0]
    assert (held.here, held.store_there) == (False, False)
    assert (held.hooks, held.server) == (True, True)


def test_what_a_person_put_in_by_hand_is_known(home: Path, tmp_path: Path) -> None:
    connect(home, "cursor")
    for receipt in (tmp_path / "data" / "connections").iterdir():
        receipt.unlink()
    held = standings(home)["cursor"].connections
    assert [(one.by_hand, one.hooks, one.server) for one in held] == [(True, True, True)]


def test_projects_follow_what_holds_for_all(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    connect(home, "gemini", project=project)
    connect(home, "gemini")
    assert [held.project for held in standings(home)["gemini"].connections] == ["", str(project)]


def test_failures_are_counted_by_agent_and_store(home: Path, tmp_path: Path) -> None:
    now, store = 1_800_000_000_000_000, tmp_path / "my.hpm"

    def ran(hours: int, agent: str, failure: str = "", of: Path = store) -> None:
        add_run(HookRun(now - hours * _HOUR, agent, "Stop", str(of), failure=failure))

    ran(24 * 8, "codex", "StoreBusy")  # longer ago than lately
    for hours, failure in ((9, "StoreBusy"), (5, "the time was over"), (3, ""), (2, "")):
        ran(hours, "codex", failure)
    ran(1, "gemini")
    ran(1, "cursor", "StoreMissing", tmp_path / "other.hpm")
    (codex,) = hook_failures(store, now=now)
    assert (codex.agent, codex.runs, codex.failed, codex.since) == ("codex", 4, 2, 2)
    assert codex.last.failure == "the time was over"
    assert [failed.agent for failed in hook_failures(now=now)] == ["codex", "cursor"]
    assert hook_failures(tmp_path / "third.hpm", now=now) == ()


def test_every_reason_has_words_and_a_remedy() -> None:
    assert failure_words("StoreMissing")[0] == "the store is not there"
    assert failure_words("KeyError") == (
        "something that nobody expected (KeyError)",
        "Check the connection.",
    )


@pytest.mark.parametrize(
    ("actor", "agent"),
    [
        ("hook claude-code", "claude-code"),
        ("hook gemini-cli", "gemini"),
        ("hpm mcp for claude-code", "claude-code"),
        ("hpm mcp for codex-mcp-client", "codex"),
        ("hpm mcp for Cursor", "cursor"),
        ("hpm mcp", ""),
        ("person", ""),
        ("person who calls herself codex", ""),
    ],
)
def test_actors_of_the_recall_log_are_known_as_agents(actor: str, agent: str) -> None:
    assert agent_of_actor(actor) == agent


def test_a_program_that_nobody_waits_for_is_ended() -> None:
    job = Job()
    threading.Timer(0.3, job.cancel).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        run_process([sys.executable, "-c", "import time; time.sleep(60)"], job, seconds=60)
    assert time.monotonic() - started < 20


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        run_process([sys.executable, "-c", "import time; time.sleep(60)"], Job(), seconds=0.2)


def test_large_input_and_output_come_through() -> None:
    echo = "import sys; sys.stdout.write(sys.stdin.read()); sys.exit(3)"
    ended = run_process([sys.executable, "-c", echo], Job(), b"x" * 300_000, seconds=60)
    assert (ended.status, len(ended.output)) == (3, 300_000)


def test_cancelling_puts_every_file_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    path = home / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text("{}")
    job = Job()
    monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
    held = Connections(home, job=job)
    plan = held.plan("claude-code", tmp_path / "my.hpm")
    threading.Timer(0.5, job.cancel).start()
    with pytest.raises(Cancelled):
        held.connect(plan)
    assert path.read_text() == "{}"
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]
    assert held.receipt("claude-code") is None
