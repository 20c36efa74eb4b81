"""The clock and the days of the computer's zone, also where the clock changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hpm_engine.query import dates
from hpm_engine.system import local_time
from hpm_engine.system.local_time import EPOCH, LocalZone

HOUR = 3_600_000_000
ZONES = (
    "UTC",
    "Asia/Tokyo",
    "America/St_Johns",
    "Europe/Berlin",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
)
Zone = Callable[[str], None]


def at(text: str) -> int:
    """Unix microseconds of a time in UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1)


def stamp(moment: int) -> str:
    local = local_time.local(moment)
    assert local is not None
    return local_time.stamp(local)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("UTC", "2026-11-28 23:30 +00:00"),
        ("Asia/Tokyo", "2026-11-29 08:30 +09:00"),
        ("America/St_Johns", "2026-11-28 20:00 -03:30"),
        ("Pacific/Kiritimati", "2026-11-29 13:30 +14:00"),
    ],
)
def test_a_moment_is_written_with_its_offset(zone: Zone, name: str, text: str) -> None:
    zone(name)
    assert stamp(at("2026-11-28T23:30")) == text


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 11, 29), 24),
        ("America/St_Johns", date(2026, 3, 8), 23),
        ("America/St_Johns", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # begins at 01:00
        ("America/Havana", date(2026, 11, 1), 25),  # its midnight is shown twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a date that never was
        ("Asia/Tokyo", date(2026, 3, 29), 24),
    ],
)
def test_a_day_has_the_hours_that_the_clock_shows(
    zone: Zone, name: str, day: date, hours: float
) -> None:
    zone(name)
    start, end = local_time.day_start(day), local_time.day_start(day + timedelta(days=1))
    assert (end - start) / HOUR == hours
    if hours:
        assert local_time.day_of(start) == (day, start, end) == local_time.day_of(end - 1)


def test_a_time_that_the_clock_skips_is_as_much_later(zone: Zone) -> None:
    zone("Europe/Berlin")
    assert stamp(local_time.instant(datetime(2026, 3, 29, 2, 30))) == "2026-03-29 03:30 +02:00"


def test_a_time_that_the_clock_shows_twice_is_the_first_and_told_apart(zone: Zone) -> None:
    zone("Europe/Berlin")
    first = local_time.instant(datetime(2026, 10, 25, 2, 30))
    assert first == at("2026-10-25T00:30")
    shown = [local_time.local(first + hours * HOUR) for hours in (-1, 0, 1, 2)]
    assert [local_time.wall_time(moment) for moment in shown if moment] == [
        "2026-10-25 01:30",
        "2026-10-25 02:30 +02:00",
        "2026-10-25 02:30 +01:00",
        "2026-10-25 03:30",
    ]


def test_a_clock_that_goes_back_over_midnight_does_not_count_a_moment_twice(zone: Zone) -> None:
    zone("America/St_Johns")  # on this day from 00:01 to 23:01 of the day before
    for minute in range(0, 26 * 60, 7):
        moment = at("2010-11-06T02:30") + minute * 60_000_000
        day = local_time.day_of(moment)
        assert day is not None and day.start <= moment < day.end


@pytest.mark.parametrize("name", ZONES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(moment=st.integers(at("0001-01-01T00:00"), at("9999-12-31T23:59")))
@example(moment=at("2026-03-29T01:00"))
@example(moment=at("2026-10-25T00:59:59"))
def test_every_moment_has_one_day_and_comes_back_from_its_local_time(
    zone: Zone, name: str, moment: int
) -> None:
    zone(name)
    day, local = local_time.day_of(moment), local_time.local(moment)
    assert local is None or local_time.wall_time(local) in local_time.stamp(local)
    assert (day is None) == (not local_time.EARLIEST <= moment < local_time.LATEST)
    if day is not None and local is not None:
        assert day.start <= moment < day.end
        assert abs(day.date - local.date()) <= timedelta(days=1)
        shown = local_time.wall_time(local)
        assert local_time.instant(local.replace(tzinfo=None)) == moment or len(shown) > 16
        written = local_time.stamp(local, seconds=True)
        assert dates.moment(written, 0) == moment // 1_000_000 * 1_000_000


@pytest.mark.parametrize("moment", [2**62, -(2**62), 10**18, 2**200])
def test_what_no_calendar_has_is_no_local_time(moment: int) -> None:
    assert local_time.local(moment) is None and local_time.day_of(moment) is None


def test_the_zone_follows_a_clock_that_changes(zone: Zone) -> None:
    zone("Europe/Berlin")
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC).astimezone(LocalZone())
    winter = datetime(2026, 12, 1, 12, 0, tzinfo=UTC).astimezone(LocalZone())
    assert (f"{summer:%H:%M %z}", f"{winter:%H:%M %z}") == ("14:00 +0200", "13:00 +0100")
    twice = [
        datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(LocalZone()) for hour in (0, 1)
    ]
    assert [(f"{moment:%H:%M %z}", moment.fold) for moment in twice] == [
        ("02:30 +0200", 0),
        ("02:30 +0100", 1),
    ]
    assert [moment.astimezone(UTC).hour for moment in twice] == [0, 1]


def test_programs_read_utc(zone: Zone) -> None:
    zone("Asia/Tokyo")
    assert local_time.utc_text(at("2026-11-28T23:30:05.25")) == "2026-11-28T23:30:05Z"
