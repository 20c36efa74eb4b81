"""Past sessions asked again: only what came before may answer, and only what helps counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, Help, Memory, open_memory

CWD = "/home/ada/orchard"
ID = "{:08d}-2222-4333-8444-555555555555"


def call(number: int, name: str, **arguments: str) -> dict[str, object]:
    return {"type": "tool_use", "id": f"t{number}", "name": name, "input": arguments}


def result(number: int, text: str, *, failed: bool = False) -> dict[str, object]:
    return {
        "type": "tool_result",
        "tool_use_id": f"t{number}",
        "content": text,
        "is_error": failed,
    }


def session(
    folder: Path, day: int, task: str, *turns: tuple[dict[str, object], dict[str, object]]
) -> Path:
    base = {"sessionId": ID.format(day), "cwd": CWD, "timestamp": f"2026-01-{day:02d}T10:00:00Z"}
    records = [{"type": "user", "uuid": "u0", "message": {"role": "user", "content": task}}]
    for number, (asked, came) in enumerate(turns):
        reply = {"id": f"m{number}", "role": "assistant", "content": [asked]}
        records += [
            {"type": "assistant", "uuid": f"a{number}", "message": reply},
            {"type": "user", "uuid": f"r{number}", "message": {"role": "user", "content": [came]}},
        ]
    path = folder / f"{ID.format(day)}.jsonl"
    path.write_text("".join(json.dumps(base | record) + "\n" for record in records))
    return path


def edit(number: int, path: str) -> tuple[dict[str, object], dict[str, object]]:
    changed = call(number, "Edit", file_path=f"{CWD}/{path}", old_string="a", new_string="b")
    return changed, result(number, "done")


def shell(number: int, command: str, *, failed: bool = False) -> tuple[dict[str, object], ...]:
    return call(number, "Bash", command=command), result(number, "out", failed=failed)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    flood = "The pump floods row seven when the valve sensor reports zero"
    paths = [
        session(
            tmp_path,
            1,
            flood,
            shell(0, "make flood-check ROW=7"),
            shell(1, "python simulate_valve.py --zero", failed=True),
            edit(2, "water/pump.py"),
        ),
        session(tmp_path, 2, "Print the harvest ledger", edit(0, "ledger/print.py")),
        session(
            tmp_path,
            3,
            "Row seven is flooded again, the pump valve sensor is at zero",
            shell(0, "git log --oneline -20"),
            shell(1, "python simulate_valve.py --zero", failed=True),
            edit(2, "water/pump.py"),
            shell(3, "make flood-check ROW=7"),
        ),
        session(
            tmp_path,
            4,
            "Change water/pump.py: the pump valve sensor",
            edit(0, "water/pump.py"),
        ),
    ]
    memory = open_memory(tmp_path / "my.hpm", create=True)
    memory.import_paths(paths)
    memory.encode()
    memory.recall.prepare()
    return memory


def test_what_an_earlier_session_could_have_told_is_counted(memory: Memory) -> None:
    with memory:
        replay = memory.replay.run()
        by_id = {session.episode_id: session for session in replay.sessions}
        listed = memory.episodes.find(EpisodeQuery()).window(0, 4)
        keys = {episode.key[:8]: episode.id for episode in memory.episodes.get(listed)}
        again = by_id[keys["00000003"]]
        cases = {(case.help, case.text): case.from_episodes for case in again.cases}
        first = (keys["00000001"],)
        assert (Help.FILE, "water/pump.py") in cases
        assert cases[Help.COMMAND, "make flood-check ROW=7"] == first
        assert cases[Help.FAILURE, "python simulate_valve.py --zero"] == first
        assert (again.earlier, again.saved_steps, again.agent_steps) == (2, 2, 4)
        assert by_id[keys["00000002"]].cases == ()
        assert by_id[keys["00000004"]].cases == ()  # its prompt names the file itself
        assert keys["00000001"] not in by_id and replay.skipped == 1
        assert (replay.helped, replay.saved_steps) == (pytest.approx(1 / 3), 2)
        assert memory.recall.past_count() == 0


def test_the_future_tells_nothing(memory: Memory) -> None:
    with memory:
        for replayed in memory.replay.run().sessions:
            own = memory.episodes.get([replayed.episode_id])[0]
            for episode in memory.episodes.get(replayed.given):
                assert (episode.ended_at or 0) < (own.started_at or 0)
        assert len(memory.replay.run(latest=1).sessions) == 1


def test_an_empty_store_has_nothing_to_ask(tmp_path: Path) -> None:
    with open_memory(tmp_path / "empty.hpm", create=True) as memory:
        replay = memory.replay.run()
        assert (replay.sessions, replay.helped) == ((), 0.0)
