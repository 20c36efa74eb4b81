from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine import (
    BadQuery,
    Schedule,
    Scheduler,
    Trigger,
    Wait,
    last_activity,
    next_runs,
    on_mains,
)
from hpm_engine.scheduling.schedule import TimeOfWeek

BERLIN = ZoneInfo("Europe/Berlin")
SOME_DAY = datetime(2026, 11, 18, 12, 0, tzinfo=BERLIN)  # a Wednesday


class Room:
    """A clock, agents and a power plug, all in the test's hand."""

    def __init__(self, now: datetime = SOME_DAY) -> None:
        self.now = now
        self.active: datetime | None = None
        self.mains = True

    def keep(self, text: str, since: datetime | None = None) -> Scheduler:
        return Scheduler(
            Schedule.parse(text), lambda: self.now, lambda: self.active, lambda: self.mains, since
        )

    def pass_(self, scheduler: Scheduler, **span: float) -> Trigger | None:
        """Time passes awake, a look every minute; what the last look says."""
        due, end = None, self.now.astimezone(UTC) + timedelta(**span)
        while self.now.astimezone(UTC) < end:
            moment = min(self.now.astimezone(UTC) + timedelta(minutes=1), end)
            self.now = moment.astimezone(self.now.tzinfo)
            due = scheduler.due()
        return due

    def sleep(self, **span: float) -> None:
        self.now = (self.now.astimezone(UTC) + timedelta(**span)).astimezone(self.now.tzinfo)


def shown(runs: list[datetime]) -> list[str]:
    return [f"{run:%a %d %H:%M %z}" for run in runs]


def test_it_waits_for_idleness_and_not_longer() -> None:
    room = Room()
    keeper = room.keep("idle 5")
    room.active = room.now
    assert room.pass_(keeper, minutes=4.9) is None
    assert room.pass_(keeper, minutes=0.2) is Trigger.IDLE


def test_idleness_ends_with_activity_and_cycles_end_when_nothing_is_left() -> None:
    room = Room()
    keeper = room.keep("idle 5")
    assert room.pass_(keeper, minutes=6) is Trigger.IDLE
    keeper.ran(finished=False)
    assert room.pass_(keeper, minutes=1) is Trigger.IDLE
    keeper.ran(finished=True)
    assert room.pass_(keeper, hours=3) is None
    room.active = room.now
    assert room.pass_(keeper, minutes=1) is None
    assert room.pass_(keeper, minutes=5) is Trigger.IDLE


def test_it_says_what_it_waits_for() -> None:
    room = Room()
    keeper = room.keep("idle 5, 13:00, mains")
    room.active = room.now
    outlook = keeper.outlook()
    assert (outlook.due, outlook.waits) == (None, Wait.REST)
    assert outlook.rest_until == room.now + timedelta(minutes=5)
    assert shown(list(outlook.next_runs[:1])) == ["Wed 18 13:00 +0100"]
    room.mains = False
    assert keeper.outlook().waits is Wait.MAINS
    room.mains = True
    assert room.pass_(keeper, minutes=6) is Trigger.IDLE
    assert keeper.outlook().waits is None
    keeper.ran(finished=True)
    assert keeper.outlook().waits is Wait.TIME
    exhausted = room.keep("idle 5")
    exhausted.ran(finished=True)
    assert exhausted.outlook().waits is Wait.WORK


def test_a_time_that_another_program_kept_is_not_kept_again() -> None:
    room = Room()
    keeper = room.keep("13:00")
    assert room.pass_(keeper, hours=1) is Trigger.TIME
    keeper.heard(room.now.astimezone(UTC))
    assert keeper.due() is None
    assert room.pass_(keeper, hours=24) is Trigger.TIME


def test_an_agent_that_wakes_up_is_noticed() -> None:
    room = Room()
    keeper, began = room.keep("idle 5"), room.now
    room.active = began - timedelta(minutes=9)
    assert not keeper.woken(began)
    room.active = began + timedelta(seconds=1)
    assert keeper.woken(began)


def test_sleep_is_no_idleness() -> None:
    room = Room()
    keeper = room.keep("idle 5")
    assert room.pass_(keeper, minutes=1) is None
    room.sleep(hours=8)
    assert keeper.due() is None
    assert room.pass_(keeper, minutes=4) is None
    assert room.pass_(keeper, minutes=1) is Trigger.IDLE


def test_a_time_of_day_runs_once_a_day() -> None:
    room = Room()
    keeper = room.keep("13:00")
    assert room.pass_(keeper, minutes=59) is None
    assert room.pass_(keeper, minutes=1) is Trigger.TIME
    keeper.ran(finished=False)
    assert room.pass_(keeper, hours=23, minutes=58) is None
    assert room.pass_(keeper, minutes=2) is Trigger.TIME


def test_runs_missed_in_sleep_are_made_up_once() -> None:
    room = Room()
    keeper = room.keep("13:00, 15:00")
    room.sleep(days=3)
    assert keeper.due() is Trigger.MISSED
    keeper.ran(finished=False)
    assert keeper.due() is None
    assert room.pass_(keeper, hours=1) is Trigger.TIME


def test_a_run_missed_while_the_program_was_off_is_made_up() -> None:
    room = Room()
    assert room.keep("11:00", since=room.now - timedelta(hours=2)).due() is Trigger.MISSED
    assert room.keep("11:00", since=room.now - timedelta(minutes=30)).due() is None
    assert room.keep("11:00").due() is None  # the schedule is younger


def test_on_battery_nothing_runs_and_what_was_due_runs_on_mains() -> None:
    room = Room()
    room.mains = False
    keeper = room.keep("idle 5, 13:00, mains")
    assert room.pass_(keeper, hours=2) is None
    room.mains = True
    assert keeper.due() is Trigger.MISSED


def test_never_means_never() -> None:
    room = Room()
    assert room.pass_(room.keep("never"), days=1) is None
    outlook = room.keep("never").outlook()
    assert (outlook.due, outlook.waits, outlook.next_runs) == (None, Wait.NEVER, ())


def test_next_runs_follow_the_days_of_the_week() -> None:
    runs = next_runs(Schedule.parse("mon-fri 22:30, sun 03:00"), SOME_DAY, 5)
    assert shown(runs) == [
        "Wed 18 22:30 +0100",
        "Thu 19 22:30 +0100",
        "Fri 20 22:30 +0100",
        "Sun 22 03:00 +0100",
        "Mon 23 22:30 +0100",
    ]


def test_a_time_that_the_clock_skips_in_spring_is_taken_later() -> None:
    eve = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    runs = next_runs(Schedule.parse("02:30"), eve, 2)
    assert shown(runs) == ["Sun 29 03:30 +0200", "Mon 30 02:30 +0200"]


def test_a_time_that_the_clock_shows_twice_in_autumn_runs_once() -> None:
    room = Room(datetime(2026, 10, 25, 0, 0, tzinfo=BERLIN))
    keeper = room.keep("02:30")
    runs = 0
    for _ in range(26 * 60):
        if room.pass_(keeper, minutes=1):
            runs += 1
            keeper.ran(finished=False)
    assert runs == 1
    assert shown(next_runs(keeper.schedule, room.now, 1)) == ["Mon 26 02:30 +0100"]


def test_a_time_just_after_the_first_of_a_doubled_hour_is_not_lost() -> None:
    between = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)  # the first 02:45
    assert shown(next_runs(Schedule.parse("02:50"), between, 1)) == ["Sun 25 02:50 +0200"]
    again = between.replace(fold=1)
    assert shown(next_runs(Schedule.parse("02:50"), again, 1)) == ["Mon 26 02:50 +0100"]


@pytest.mark.parametrize(
    "text", ["idle 5", "03:00", "mon 03:00", "sat-mon 22:30", "idle 10, 03:00, mains", "never"]
)
def test_a_schedule_reads_as_it_is_written(text: str) -> None:
    assert Schedule.parse(text).text() == text


@pytest.mark.parametrize("text", ["", "idle", "25:00", "mon-", "mon-xyz 3:00", "3:60", "soon"])
def test_what_is_no_schedule_is_told_with_its_place(text: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        Schedule.parse(f"idle 5,{text}")
    assert refusal.value.position == 7


@given(st.text(max_size=40))
def test_any_text_is_a_schedule_or_explains_itself(text: str) -> None:
    try:
        schedule = Schedule.parse(text)
    except BadQuery as told:
        assert str(told)
    else:
        assert Schedule.parse(schedule.text()) == schedule


def test_the_shipped_schedule_is_five_minutes_idle() -> None:
    assert Schedule().text() == "idle 5"
    assert TimeOfWeek(3, 0).days == (0, 1, 2, 3, 4, 5, 6)


def test_activity_is_the_newest_file_anywhere_below(tmp_path: Path) -> None:
    assert last_activity([tmp_path, tmp_path / "missing"]) is None
    for name, at in (("a/b/old.jsonl", 1_000), ("a/new.jsonl", 2_000)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (at, at))
    assert last_activity([tmp_path]) == datetime.fromtimestamp(2_000, UTC)
    assert last_activity([tmp_path / "a/b/old.jsonl"]) == datetime.fromtimestamp(1_000, UTC)


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({}, True),
        ({"AC": ("Mains", "online", "1"), "BAT0": ("Battery", "status", "Charging")}, True),
        ({"AC": ("Mains", "online", "0"), "BAT0": ("Battery", "status", "Discharging")}, False),
        ({"BAT0": ("Battery", "status", "Discharging")}, False),
    ],
)
def test_mains_power(
    tmp_path: Path, supplies: dict[str, tuple[str, str, str]], expected: bool
) -> None:
    for name, (kind, file, state) in supplies.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text(kind + "\n")
        (tmp_path / name / file).write_text(state + "\n")
    assert on_mains(tmp_path) is expected
