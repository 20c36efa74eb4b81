"""The command speaks the computer's local time with its offset; JSON and exports have UTC."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, local_moment, open_memory
from hpm_engine.cli.console.table import Stamp, lines_of
from hpm_engine.system import local_time
from tests.support.command_runs import json_lines, run, run_process

Zone = Callable[[str], None]
ZONES = ("UTC", "Asia/Tokyo", "America/St_Johns", "Europe/Berlin", "Pacific/Kiritimati")
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d"


def session(key: str, began: datetime) -> str:
    """A short Claude Code session that began then."""
    lines = []
    for number, (kind, text) in enumerate((("user", "Mend the gate"), ("assistant", "Mended."))):
        at = (began + timedelta(seconds=number)).astimezone(UTC)
        message: dict[str, object] = {"role": kind, "content": text}
        if kind == "assistant":
            content = [{"type": "text", "text": text}]
            message |= {"id": f"msg_{key}", "model": "m", "content": content}
        lines.append(
            {
                "type": kind,
                "uuid": f"{key}-{number}",
                "sessionId": key,
                "cwd": "/w/garden",
                "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
                "message": message,
            }
        )
    return "".join(json.dumps(line) + "\n" for line in lines)


def shelf(folder: Path, *began: datetime) -> Path:
    """A store of sessions that began then, numbered from 1."""
    traces = folder / "traces"
    traces.mkdir()
    for number, moment in enumerate(began):
        (traces / f"s{number}.jsonl").write_text(session(f"s{number}", moment))
    store = folder / "times.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths([traces])
    return store


def listed(store: Path, *query: str) -> list[str]:
    """The episodes that ``hpm`` lists, without the head."""
    done = run("episodes", store, *query)
    assert done.exit_code == 0, done.stderr
    return done.stdout.splitlines()[1:]


def from_process(*arguments: str | Path) -> str:
    """What a ``hpm`` of its own writes, which reads the zone itself."""
    done = run_process(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@pytest.mark.parametrize("name", ZONES)
def test_a_session_of_this_morning_is_found_by_today_and_by_its_date(
    tmp_path: Path, zone: Zone, name: str
) -> None:
    zone(name)
    today = local_time.now().date()
    start = local_moment(local_time.day_start(today))
    assert start is not None
    morning = local_moment(local_time.instant(datetime(*today.timetuple()[:3], 8, 30)))
    assert morning is not None
    last_night = (start.astimezone(UTC) - timedelta(minutes=1)).astimezone()
    store = shelf(tmp_path, morning, last_night)
    shown = f"{today} 08:30 {morning.isoformat()[-6:]}"
    tomorrow = today + timedelta(days=1)
    for query in ("after:today", f"after:{today}", f"before:{tomorrow} after:{today}"):
        [line] = listed(store, query)
        assert shown in line
    [_, line] = from_process("episodes", store, "after:today").splitlines()
    assert shown in line
    [line] = listed(store, "before:today")
    assert "23:59" in line
    assert len(listed(store, "after:yesterday")) == 2
    assert f"time         {shown}" in run("show", store, "s0").stdout


def test_one_moment_is_written_in_every_zone_and_json_does_not_change(
    tmp_path: Path, zone: Zone
) -> None:
    began = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    store = shelf(tmp_path, began)
    machine = []
    for name, shown in (
        ("UTC", "2026-11-28 23:30 +00:00"),
        ("Asia/Tokyo", "2026-11-29 08:30 +09:00"),
        ("America/St_Johns", "2026-11-28 20:00 -03:30"),
        ("Pacific/Kiritimati", "2026-11-29 13:30 +14:00"),
    ):
        zone(name)
        assert shown in listed(store)[0]
        assert f"#1 user {shown}" in from_process("show", store, "1")
        commands = (
            ("episodes", store, "--json"),
            ("show", store, "1", "--json"),
            ("audit", store, "--json"),
            ("audit", store, "--format", "csv"),
            ("sources", store, "--json"),
        )
        machine.append([run(*command).stdout_bytes for command in commands])
        # What hpm writes may be given back to it.
        assert len(listed(store, f'after:"{shown}"')) == 1
        assert len(listed(store, f'before:"{shown}"')) == 0
    assert all(written == machine[0] for written in machine)
    assert json.loads(machine[0][0])["started_at"] == began.timestamp() * 1_000_000
    assert json.loads(machine[0][2].splitlines()[0])["at"].endswith("Z")


def test_days_are_local_when_the_clock_changes(tmp_path: Path, zone: Zone) -> None:
    zone("Europe/Berlin")
    hours = [datetime(2026, 10, 24, 21, 30, tzinfo=UTC) + timedelta(hours=n) for n in range(27)]
    store = shelf(tmp_path, *hours)
    day = listed(store, "after:2026-10-25", "before:2026-10-26")
    assert len(day) == 25
    assert sum("2026-10-25 02:30 +02:00" in line for line in day) == 1
    assert sum("2026-10-25 02:30 +01:00" in line for line in day) == 1
    assert len(listed(store, "after:2026-10-25T02:30", "before:2026-10-25T03:00")) == 2
    with open_memory(store, read_only=True) as memory:
        points = memory.figures.activity().days
        days = [(point.day, point.amount.episodes) for point in points]
    assert days == [("2026-10-24", 1), ("2026-10-25", 25), ("2026-10-26", 1)]


@pytest.mark.parametrize("name", ["Asia/Tokyo", "America/St_Johns", "Africa/Cairo"])
def test_a_day_counts_what_a_search_for_the_day_finds(
    tmp_path: Path, zone: Zone, name: str
) -> None:
    zone(name)
    began = datetime(2026, 4, 22, 9, 17, tzinfo=UTC)
    store = shelf(tmp_path, *(began + timedelta(hours=2 * n) for n in range(36)))
    with open_memory(store, read_only=True) as memory:
        points = memory.figures.activity().days
    assert sum(point.amount.episodes for point in points) == 36 and len(points) == 4
    for point in points:
        following = datetime.fromisoformat(point.day).date() + timedelta(days=1)
        output = run("episodes", store, f"after:{point.day}", f"before:{following}")
        assert len(output.stdout.splitlines()) == 1 + point.amount.episodes


def test_the_log_is_asked_for_by_local_days_and_by_ages(tmp_path: Path, zone: Zone) -> None:
    zone("Pacific/Kiritimati")
    store = shelf(tmp_path, datetime(2026, 11, 28, 23, 30, tzinfo=UTC))
    today = local_time.now().date()
    tomorrow = today + timedelta(days=1)

    def rows(*options: str) -> list[str]:
        done = run("audit", store, *options)
        assert done.exit_code == 0, done.stderr
        return done.stdout.splitlines()[1:]

    everything = rows()
    assert everything
    assert all(re.search(r"\d\d:\d\d:\d\d \+14:00", line) for line in everything)
    assert rows("--from", str(today), "--to", str(tomorrow)) == everything
    assert rows("--from", "today") == rows("--from", "1h") == everything
    assert rows("--to", "today") == [] == rows("--from", str(tomorrow))
    [last] = json_lines(run("audit", store, "--json").stdout)[-1:]
    assert len(rows("--from", last["at"])) >= 1  # as the log itself writes it
    wrong = run("audit", store, "--from", "31.01.2026")
    assert wrong.exit_code == 2
    assert "is no moment" in wrong.stderr and "local time" in " ".join(wrong.stderr.split())


def test_recall_takes_local_days_and_its_block_has_them(tmp_path: Path, zone: Zone) -> None:
    zone("Asia/Tokyo")
    store = shelf(tmp_path, datetime(2026, 11, 28, 23, 30, tzinfo=UTC))
    output = run("recall", store, "mend the gate", "--from", "2026-11-29")
    assert "2026-11-29 08:30 +09:00" in output.stdout
    block = run("recall", store, "mend the gate", "--context").stdout
    assert "episode 1, 2026-11-29," in block
    assert "Nothing" in run("recall", store, "mend the gate", "--to", "2026-11-29").stderr
    assert re.search(STAMP, run("recall", store, "--past").stdout)


def test_the_next_runs_are_local_and_in_json_utc(tmp_path: Path, zone: Zone) -> None:
    zone("America/St_Johns")
    store = shelf(tmp_path, datetime(2026, 11, 28, 23, 30, tzinfo=UTC))
    run("run", store, "--schedule", "03:15", "--next")
    shown = re.findall(rf"\w{{3}} ({STAMP})", run("run", store, "--next").stdout)
    written = json.loads(run("run", store, "--next", "--json").stdout)["next"]
    assert shown and all(re.search(r" 03:15 -0[23]:30$", text) for text in shown)
    assert [datetime.fromisoformat(text) for text in written] == [
        datetime.fromisoformat("".join(text.rsplit(" ", 1))) for text in shown
    ]
    assert all(text.endswith("Z") for text in written)


def test_a_search_is_seen_from_one_moment_however_long_it_takes(tmp_path: Path, zone: Zone) -> None:
    zone("Asia/Tokyo")
    store = shelf(tmp_path, datetime(2026, 11, 28, 23, 30, tzinfo=UTC))
    asked = []
    with open_memory(store, read_only=True) as memory:
        finder = memory.internals.finder

        def clock() -> int:
            asked.append(time.time_ns())
            return int(datetime(2026, 11, 29, 1, 23, tzinfo=UTC).timestamp()) * 1_000_000

        finder.clock = clock
        text = "(after:today or after:yesterday) -before:today gate"
        assert len(memory.episodes.find(EpisodeQuery(text=text))) == 1
    assert len(asked) == 1


def test_a_time_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    stamp = Stamp("2026-11-29 08:30 +09:00")
    rows = [(1, stamp, "a project of a long name", "claude-code", 12, "a task " * 9)]
    heads = ("id", "began", "project", "agent", "steps", "task")
    for columns in range(10, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        line = lines_of(heads, rows, widest="task")[1]
        assert stamp in line or "2026" not in line, columns
