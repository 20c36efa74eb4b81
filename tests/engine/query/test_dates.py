"""What dates in searches mean: local days and times, offsets, ages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hpm_engine.errors import BadQuery
from hpm_engine.query import dates, describe, explain, parse
from hpm_engine.system.local_time import EPOCH

Zone = Callable[[str], None]


def at(text: str) -> int:
    """Unix microseconds of a time in UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1)


NOW = at("2026-11-29T01:23:45")  # 10:23 in Tokyo, the day before in St. John's


@pytest.mark.parametrize(
    ("name", "text", "utc"),
    [
        ("UTC", "today", "2026-11-29T00:00"),
        ("Asia/Tokyo", "today", "2026-11-28T15:00"),
        ("Asia/Tokyo", "Yesterday", "2026-11-27T15:00"),
        ("Asia/Tokyo", "2026-11-29", "2026-11-28T15:00"),
        ("Asia/Tokyo", "2026-11", "2026-10-31T15:00"),
        ("Asia/Tokyo", "2026", "2025-12-31T15:00"),
        ("Asia/Tokyo", "2026-11-29T08:30", "2026-11-28T23:30"),
        ("Asia/Tokyo", "2026-11-29 08:30", "2026-11-28T23:30"),
        ("Asia/Tokyo", "2026-11-29T08:30:15.5", "2026-11-28T23:30:15.5"),
        ("Asia/Tokyo", "2026-11-29T08:30Z", "2026-11-29T08:30"),
        ("Asia/Tokyo", "2026-11-29 08:30 UTC", "2026-11-29T08:30"),
        ("UTC", "2026-11-29 08:30 +09:00", "2026-11-28T23:30"),
        ("UTC", "2026-11-28T20:00-03:30", "2026-11-28T23:30"),
        ("America/St_Johns", "today", "2026-11-28T03:30"),
        ("Pacific/Kiritimati", "today", "2026-11-28T10:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00"),
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"),  # skipped: 03:30
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("Europe/Berlin", "2026-10-25T02:30+01:00", "2026-10-25T01:30"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00"),
    ],
)
def test_dates_are_local_unless_they_have_an_offset(
    zone: Zone, name: str, text: str, utc: str
) -> None:
    zone(name)
    assert dates.moment(text, NOW) == at(utc)


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Pacific/Kiritimati"])
def test_an_age_is_a_number_of_hours_whatever_the_clock_does(zone: Zone, name: str) -> None:
    zone(name)
    now = at("2026-10-27T12:00")
    assert now - dates.moment("7d", now) == 7 * 24 * 3_600_000_000
    assert now - dates.moment("2w", now) == 14 * 24 * 3_600_000_000


def test_today_on_a_day_of_25_hours_begins_at_midnight(zone: Zone) -> None:
    zone("Europe/Berlin")
    for hour, minute in ((22, 0), (1, 30), (22, 59)):
        day = "2026-10-24" if hour == 22 and minute == 0 else "2026-10-25"
        now = at(f"{day}T{hour:02}:{minute:02}")
        assert dates.moment("today", now) == at("2026-10-24T22:00")
    assert dates.moment("yesterday", at("2026-10-26T12:00")) == at("2026-10-24T22:00")


@pytest.mark.parametrize("name", ["Asia/Tokyo", "America/St_Johns", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "0001", "9999-12-31T23:59"],
)
def test_the_ends_of_the_calendar_can_be_searched_for(zone: Zone, name: str, text: str) -> None:
    zone(name)
    assert explain(parse(f"after:{text}"))
    assert at("0001-01-01") <= dates.moment(text, NOW) <= at("9999-12-31T23:59:59.999999")


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-31",
        "2026-13",
        "2026-11-29Z",
        "2026-11-29T08",
        "2026-11-29T25:00",
        "2026-11-29T08:30+9",
        "2026T08:30",
        "0000",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-12:00",
        "٢٠٢٦",
        "٣d",
        "tomorrow",
        "",
    ],
)
def test_what_is_no_moment_says_what_is(text: str) -> None:
    with pytest.raises(ValueError):
        dates.moment(text, NOW)
    with pytest.raises(BadQuery, match=r"local time unless it has an offset"):
        parse(f'after:"{text}"')


def test_a_search_keeps_its_text_in_every_zone(zone: Zone) -> None:
    text = "after:2026-11-29 before:today or after:2026-01-31T14:00+09:00"
    for name in ("Asia/Tokyo", "America/St_Johns"):
        zone(name)
        assert describe(parse(text)) == text
    assert describe(parse('after:"2026-11-29 08:30 +09:00"')) == "after:2026-11-29T08:30+09:00"


def test_the_moments_of_a_search_are_all_seen_from_one_now(zone: Zone) -> None:
    zone("Asia/Tokyo")
    node = parse("(after:today or -before:2026-11-29) -(x after:7d)")
    assert dates.moments(node, NOW) == {
        "today": at("2026-11-28T15:00"),
        "2026-11-29": at("2026-11-28T15:00"),
        "7d": NOW - 7 * 24 * 3_600_000_000,
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("after:2026-11-29", "on or after 2026-11-29 00:00 +09:00"),
        ("before:2026-11-28T23:30:05Z", "before 2026-11-29 08:30:05 +09:00"),
        ("after:2026-11-28T23:30:05.25Z", "on or after 2026-11-28T23:30:05.25Z"),
        ("after:today", "on or after today"),
        ("after:7d", "in the last 7 days"),
        ("before:2w", "more than 2 weeks ago"),
    ],
)
def test_a_search_in_words_says_which_moment(zone: Zone, text: str, sentence: str) -> None:
    zone("Asia/Tokyo")
    assert explain(parse(text)) == f"Episodes where it began {sentence}."
