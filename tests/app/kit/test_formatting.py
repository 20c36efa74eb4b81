from __future__ import annotations

from collections.abc import Callable

import pytest

from app.kit import formatting


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345, "12.3 kB"),
        (345_678, "346 kB"),
        (999_999, "1.0 MB"),
        (84_800_000, "84.8 MB"),
        (3 * 10**15, "3.0 PB"),
    ],
)
def test_sizes_are_short_and_have_units(value: int, text: str) -> None:
    assert formatting.size(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.34, "340 ms"),
        (4.2, "4.2 s"),
        (192, "3 min 12 s"),
        (180, "3 min"),
        (7500, "2 h 5 min"),
        (3600 * 76, "3 d 4 h"),
        (86400 * 4000, "4,000 d"),
    ],
)
def test_durations_are_humane(seconds: float, text: str) -> None:
    assert formatting.duration(int(seconds * 1_000_000)) == text


def test_numbers_have_thousands_separators() -> None:
    assert formatting.number(1_234_567) == "1,234,567"
    assert formatting.counted(1, "step") == "1 step"
    assert formatting.counted(1234, "step") == "1,234 steps"


def test_a_share_is_never_rounded_to_none_or_all() -> None:
    assert formatting.share(0.0001) == "< 1 %"
    assert formatting.share(0.9999) == "> 99 %"
    assert formatting.share(0.083) == "8 %"
    assert formatting.share(1.0) == "100 %"


@pytest.mark.parametrize("at", [2**62, -(2**62)])
def test_an_impossible_time_is_shown_as_none(at: int) -> None:
    assert formatting.local_time(at) == formatting.NOTHING
    assert formatting.clock_time(at) == ""


def test_an_exact_time_is_local_and_utc(zone: Callable[[str], None]) -> None:
    zone("Asia/Tokyo")
    at = 1_700_000_000_000_000
    assert formatting.exact_time(at) == "2023-11-15 07:13:20 +09:00 (2023-11-14 22:13:20 UTC)"
    assert formatting.stamped_time(at) == "2023-11-15 07:13 +09:00"
    assert formatting.local_time(at) == "2023-11-15 07:13"
    assert formatting.local_day(at) == "2023-11-15"
    assert formatting.clock_time(at) == "07:13:20"


def test_an_hour_that_the_clock_shows_twice_is_told_apart(zone: Callable[[str], None]) -> None:
    zone("Europe/Berlin")
    first = 1_792_888_200_000_000  # 2026-10-25 00:30 UTC
    shown = [formatting.local_time(first + hours * 3_600_000_000) for hours in (0, 1, 2)]
    assert shown == ["2026-10-25 02:30 +02:00", "2026-10-25 02:30 +01:00", "2026-10-25 03:30"]
