from __future__ import annotations

import errno
from itertools import pairwise
from types import SimpleNamespace

import pytest

from hpm_engine.watching import watch
from hpm_engine.watching.disk import FileMark
from hpm_engine.watching.pending import Due
from hpm_engine.watching.sessions import any_file, sessions_of
from hpm_engine.watching.tree import WatchedFile, WatchedRoot
from hpm_engine.watching.watch import Watch
from tests.support.simulated_disk import SimulatedDisk

START = 1_800_000_000.0  # s since 1970


class Bench:
    """A watch over /a with a clock that goes only when it is told to."""

    def __init__(self, *, mains: bool = True, known: dict[str, FileMark] | None = None) -> None:
        self.now = START
        self.disk = SimulatedDisk(lambda: self.now)
        self.disk.write("/a/old.jsonl", 10)
        self.now += 3600
        self.watch = Watch(lambda: self.now, self.disk, lambda: mains)
        self.watch.follow([WatchedRoot("/a", any_file, known or {})])

    def run(self, seconds: float, step: float = 1.0) -> list[tuple[float, str]]:
        """Look for so long; what was due, with the seconds since the start of the run."""
        began, seen = self.now, []
        while self.now < began + seconds:
            self.now += step
            due = self.watch.look()
            seen += [(round(self.now - began, 1), session.session) for session in due]
            self.watch.done(due, 0.1)
        return seen


def sessions(due: list[Due]) -> list[str]:
    return [session.session for session in due]


def test_what_is_there_is_due_at_once_and_then_nothing() -> None:
    bench = Bench()
    assert bench.run(700) == [(1.0, "/a/old.jsonl")]


def test_a_file_that_the_store_has_is_not_read() -> None:
    bench = Bench()
    known = {"/a/old.jsonl": bench.disk.mark("/a/old.jsonl")}
    assert Bench(known=known).run(700) == []  # type: ignore[arg-type]


def test_a_change_of_a_hot_file_is_due_within_three_seconds() -> None:
    bench = Bench()
    bench.run(20)
    bench.disk.write("/a/old.jsonl", 11)
    bench.run(20)  # hot from now on
    for shift in (0.1, 0.7, 1.3, 1.9):
        bench.run(10)
        bench.now += shift
        bench.disk.append("/a/old.jsonl", 5)
        ((after, _),) = bench.run(10, 0.5)
        assert after <= 3.0


def test_a_new_file_is_found_by_its_folders_time_within_eleven_seconds() -> None:
    bench = Bench()
    bench.run(20)
    bench.disk.write("/a/deep/er/new.jsonl", 3)
    ((after, path),) = bench.run(30)
    assert (after <= 11, path) == (True, "/a/deep/er/new.jsonl")


def test_a_file_that_never_rests_is_due_every_five_seconds() -> None:
    bench = Bench()
    bench.disk.write("/a/busy.jsonl", 1)
    times = []
    for _ in range(120):
        bench.disk.append("/a/busy.jsonl", 1)
        times += [at for at, path in bench.run(0.5, 0.5) if "busy" in path]
    assert 10 <= len(times) <= 12  # in 60 s


def test_slow_imports_of_one_file_come_further_apart_and_quick_ones_again_nearer() -> None:
    bench = Bench()
    bench.run(30)
    apart: list[float] = []
    last = None
    for second in range(400):
        bench.now += 1
        bench.disk.append("/a/old.jsonl", 1)
        for due in bench.watch.look():
            if last is not None:
                apart.append(bench.now - last)
            last = bench.now
            bench.watch.done([due], 3.0 if second < 300 else 0.1)
    assert apart[:4] == pytest.approx([10, 20, 40, 60], abs=2)
    assert max(apart) <= 62
    assert apart[-1] <= 7


def test_an_old_file_among_many_is_seen_to_change_within_eleven_seconds() -> None:
    bench = Bench()
    for number in range(600):  # more than those that changed last and are looked at by themselves
        bench.disk.write(f"/a/later/{number}.jsonl", 10)
    bench.run(3000)
    bench.disk.append("/a/old.jsonl", 5)
    ((after, path),) = bench.run(30)
    assert (after <= 11, path) == (True, "/a/old.jsonl")


@pytest.mark.parametrize(("takes", "apart"), [(0.06, 10), (0.5, 75), (60.0, 300)])
def test_the_longer_a_look_at_everything_takes_the_more_seldom_it_is(
    monkeypatch: pytest.MonkeyPatch, takes: float, apart: float
) -> None:
    bench = Bench()
    watched = bench.watch._tree
    times: list[float] = []
    passed = 0.0
    look = watched.look_at_everything

    def slow_look(now: float) -> list[WatchedFile]:
        nonlocal passed
        passed += takes
        times.append(now)
        return look(now)

    monkeypatch.setattr(watched, "look_at_everything", slow_look)
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: passed))
    bench.run(1000)
    assert [round(b - a) for a, b in pairwise(times)][1:4] == [apart] * 3
    assert times[1] - times[0] == 10  # the first look finds nothing in the disk's cache


def test_on_battery_it_looks_half_as_often() -> None:
    def looks(bench: Bench) -> int:
        before = bench.disk.looks
        bench.run(600)
        return bench.disk.looks - before

    on_mains, on_battery = looks(Bench()), looks(Bench(mains=False))
    assert 0.4 <= on_battery / on_mains <= 0.6


@pytest.mark.parametrize("jump", [3 * 3600.0, -3 * 3600.0, 61.0])
def test_after_sleep_or_a_jump_of_the_clock_everything_is_looked_at(jump: float) -> None:
    bench = Bench()
    bench.run(1000)
    bench.disk.write("/a/old.jsonl", 12)  # no longer among the hot ones
    bench.now += jump
    assert [path for _, path in bench.run(4)] == ["/a/old.jsonl"]


def test_a_disk_that_is_taken_out_is_named_and_nothing_is_due_when_it_comes_back() -> None:
    bench = Bench()
    bench.run(20)
    bench.disk.unmount("/a")
    assert bench.run(700) == []
    (root,) = bench.watch.roots
    assert "is not there now" in root.failure and "/a" in root.failure
    bench.disk.mount("/a")
    bench.disk.write("/a/new.jsonl", 1)
    assert [path for _, path in bench.run(700)] == ["/a/new.jsonl"]
    assert bench.watch.roots[0].failure == ""


def test_a_mount_point_that_is_empty_for_a_while_brings_nothing_twice() -> None:
    bench = Bench()
    bench.run(20)
    bench.disk.rename("/a/old.jsonl", "/elsewhere/old.jsonl", keeps_times=True)
    assert bench.run(700) == []
    bench.disk.rename("/elsewhere/old.jsonl", "/a/old.jsonl", keeps_times=True)
    assert bench.run(700) == []


def test_a_folder_that_may_not_be_read_is_named_and_the_others_are_looked_at() -> None:
    bench = Bench()
    bench.disk.write("/a/closed/x.jsonl", 1)
    bench.disk.fail("/a/closed", errno.EACCES)
    assert [path for _, path in bench.run(20)] == ["/a/old.jsonl"]
    assert "/a/closed" in bench.watch.roots[0].failure
    bench.disk.fail("/a/closed", 0)
    assert [path for _, path in bench.run(20)] == ["/a/closed/x.jsonl"]


def test_an_import_that_failed_is_tried_again_ever_more_seldom() -> None:
    bench = Bench()
    times = []
    for _ in range(3600):
        bench.now += 1
        if due := bench.watch.look():
            times.append(bench.now)
            bench.watch.done(due, 0.1, frozenset(sessions(due)))
    apart = [round(b - a) for a, b in pairwise(times)]
    assert apart == [60, 120, 240, 480, 960]


def test_a_file_is_read_again_where_a_later_change_could_look_the_same() -> None:
    bench = Bench()
    bench.disk.tick = 2.0  # as FAT has it
    bench.run(30)
    bench.disk.write("/a/new.jsonl", 4)
    seen = [path for _, path in bench.run(60)]
    assert seen == ["/a/new.jsonl", "/a/new.jsonl"]


def test_a_session_that_went_before_it_was_read_is_new_when_it_comes_back() -> None:
    bench = Bench()
    bench.run(20)
    bench.disk.write("/a/new.jsonl", 4)
    bench.now += 11
    (due,) = bench.watch.look()
    bench.watch.gone(due)
    assert sessions(bench.watch.look_at_everything()) == ["/a/new.jsonl"]


def test_a_chosen_file_and_its_databases_log_are_one_session() -> None:
    bench = Bench()
    bench.disk.write("/db/threads.db", 4)
    bench.watch.follow([WatchedRoot("/db/threads.db", any_file, {})])
    assert [path for _, path in bench.run(20)] == ["/db/threads.db"]
    bench.disk.write("/db/threads.db-wal", 9)
    assert [path for _, path in bench.run(20)] == ["/db/threads.db"]


@pytest.mark.parametrize(
    ("path", "session"),
    [
        ("a/b.jsonl", "a/b.jsonl"),
        ("x/threads.db-wal", "x/threads.db"),
        ("x/threads.db-shm", None),
        ("c/events/17.json", "c/events"),
        ("c/event-00017-abc.json", "c"),
        ("c/.DS_Store", None),
        ("17.json", "17.json"),
    ],
)
def test_what_is_imported_when_a_file_changes(path: str, session: str | None) -> None:
    assert any_file(path) == session


def test_what_is_imported_of_an_agents_folder() -> None:
    assert sessions_of("Kimi")("wd/s1/agents/main/wire.jsonl") == "wd/s1"
    assert sessions_of("Kimi")("wd/s1/state.json") == "wd/s1"
    assert sessions_of("Claude Code")("p/tool-results/x.txt") is None
    assert sessions_of("Claude Code")("p/a/tool-results/x.txt") == "p/a.jsonl"
    assert sessions_of("Copilot CLI")("5e/workspace.yaml") == "5e/events.jsonl"
    assert sessions_of("Copilot CLI")("5e/notes.yaml") is None
    assert sessions_of("Droid")("-repo/a.settings.json") == "-repo/a.jsonl"
    assert sessions_of("Kiro CLI")("a.json") == "a.jsonl"
    assert sessions_of("Cline CLI")("a/a.json") == "a/a.messages.json"
    assert sessions_of("Cline CLI")("a/a.messages.json") == "a/a.messages.json"
    assert sessions_of("Roo Code")("17/history_item.json") == "17"
    assert sessions_of("opencode")("opencode.db-wal") == "opencode.db"
    assert sessions_of("Claude Code")("p/memory/MEMORY.md") == "p/memory/MEMORY.md"
    assert sessions_of("Claude Code")("p/a.jsonl") == "p/a.jsonl"
    assert sessions_of("nobody") is any_file
