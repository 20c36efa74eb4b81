"""Which sessions agents will delete, when, and whether the store has them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hpm_engine import Deadline, Memory, open_memory

DAY = 86_400
LINE = {
    "type": "user",
    "message": {"content": "Mow"},
    "uuid": "u1",
    "sessionId": "44444444-2222-4333-8444-555555555555",
    "timestamp": "2026-09-01T10:00:01Z",
    "cwd": "/home/ada/barn",
}
ANSWER = LINE | {"type": "assistant", "uuid": "u2", "message": {"id": "m", "content": "Mown"}}


def write(home: Path, name: str, age_days: float, task: str = "Mow") -> Path:
    path = home / ".claude/projects/-home-ada-barn" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    asked = LINE | {"message": {"content": task}, "sessionId": name}
    records = (asked, ANSWER | {"sessionId": name})
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    moment = path.stat().st_mtime - age_days * DAY
    os.utime(path, (moment, moment))
    return path


def by_name(memory: Memory, home: Path) -> dict[str, Deadline]:
    return {Path(file.path).stem: file for file in memory.restoring.countdown(home).files}


def days_left(memory: Memory, file: Deadline, home: Path) -> float:
    assert file.due_at is not None
    return (file.due_at - memory.restoring.countdown(home).at) / 1e6 / DAY


def test_the_earliest_first_and_what_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write(home, "young-1111", 2)
    old = write(home, "old-22222", 28)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([old])
        files = memory.restoring.countdown(home).files
        assert [Path(file.path).stem for file in files] == ["old-22222", "young-1111"]
        assert [file.kept for file in files] == [True, False]
        assert days_left(memory, files[0], home) == pytest.approx(2, abs=0.1)
        assert files[0].episode_id == 1
        with old.open("a") as more:
            more.write("{}\n")
        assert not by_name(memory, home)["old-22222"].kept  # what came since is not in the store
        assert by_name(memory, home)["old-22222"].episode_id == 1


def test_a_copy_with_the_same_bytes_counts_as_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    session = write(home, "moved-3333", 1)
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(session.read_bytes())
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([copy])
        assert by_name(memory, home)["moved-3333"].kept


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ({"cleanupPeriodDays": 90}, 90),
        ({"cleanupPeriodDays": 0}, 0),
        ({"cleanupPeriodDays": "many"}, 30),
        ({"cleanupPeriodDays": True}, 30),
        ([], 30),
    ],
)
def test_claude_codes_settings(tmp_path: Path, settings: object, days: float) -> None:
    home = tmp_path / "home"
    write(home, "some-44444", 0)
    (home / ".claude/settings.json").write_text(json.dumps(settings))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        [cleanup] = memory.restoring.countdown(home).cleanups
        assert cleanup.days == days
        assert bool(cleanup.said_in) == (days != 30)


@pytest.mark.parametrize(
    ("retention", "days"),
    [
        ({"enabled": False}, None),
        ({"enabled": True, "maxAge": "12h"}, 0.5),
        ({"maxAge": "2w"}, 14),
        ({"maxAge": "soon"}, 30),
    ],
)
def test_gemini_clis_settings(
    tmp_path: Path, retention: dict[str, object], days: float | None
) -> None:
    home = tmp_path / "home"
    chats = home / ".gemini/tmp/barn/chats"
    chats.mkdir(parents=True)
    (chats / "session-2026-09-01T10-00-11112222.json").write_text("{}")
    settings = {"general": {"sessionRetention": retention}}
    (home / ".gemini/settings.json").write_text(json.dumps(settings))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        countdown = memory.restoring.countdown(home)
        assert [cleanup.days for cleanup in countdown.cleanups] == [days]
        assert (countdown.files[0].due_at is None) == (days is None)
