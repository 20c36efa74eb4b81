from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from app.kit.list_times import (
    ListTimes,
    brief_time,
    list_time,
    relative_time,
    weekday,
)
from hpm_engine import local_now

NOW = datetime(2026, 11, 26, 16, 30).astimezone()  # a Thursday


@pytest.fixture(autouse=True)
def relative_again() -> Iterator[None]:
    yield
    ListTimes.relative = True


def micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=5, seconds=40), "5 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=2, minutes=50), "2 h ago"),
        (timedelta(hours=16, minutes=30), "16 h ago"),
        (timedelta(hours=16, minutes=31), "yesterday 23:59"),
        (timedelta(days=1), "yesterday 16:30"),
        (timedelta(days=3), "Mon 16:30"),
        (timedelta(days=6), "Fri 16:30"),
        (timedelta(days=7), "19 Nov 16:30"),
        (timedelta(days=330), "31 Dec 2025"),
        (timedelta(hours=-2), "2026-11-26 18:30"),
    ],
)
def test_the_nearer_the_plainer(passed: timedelta, text: str) -> None:
    assert relative_time(micros(NOW - passed), NOW) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=1), "16:30"),
        (timedelta(days=6), "16:30"),
        (timedelta(days=7), "19 Nov"),
        (timedelta(days=400), "2025-10-22"),
        (timedelta(days=-1), "2026-11-27"),
    ],
)
def test_under_the_day_it_is_brief(passed: timedelta, text: str) -> None:
    assert brief_time(micros(NOW - passed), NOW) == text
    assert len(text) <= 10


def test_no_time_and_no_moment_of_the_calendar_are_said() -> None:
    assert relative_time(None) == relative_time(2**62) == "–"
    assert brief_time(None) == ""


def test_lists_can_show_the_clock_instead() -> None:
    at = micros(local_now()) - 7_000_000_000
    assert "ago" in list_time(at) or "yesterday" in list_time(at)
    ListTimes.relative = False
    assert list_time(at).startswith("20") and list_time(at).count(":") == 1


def test_a_day_of_the_last_weeks_has_its_weekday() -> None:
    assert weekday(NOW) == "Thu 26 Nov"
