from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.compressor.packing.fit import longest


def counted(measure: Callable[[int], int]) -> tuple[Callable[[int], int], list[int]]:
    asked: list[int] = []

    def asking(count: int) -> int:
        asked.append(count)
        return measure(count)

    return asking, asked


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=400),
    st.floats(0.3, 4.0),
    st.integers(0, 3_000),
    st.integers(1, 9_000),
)
def test_what_is_found_fits_whatever_the_estimate(
    sizes: list[int], wrong: float, head: int, limit: int
) -> None:
    measure, asked = counted(lambda count: head + sum(sizes[:count]))
    count = longest(len(sizes), limit, lambda n: head + wrong * sum(sizes[:n]), measure)
    assert 0 <= count <= len(sizes)
    assert count == 0 or measure(count) <= limit
    assert len(asked) <= 17


@pytest.mark.parametrize("wrong", [0.5, 0.8, 1.0, 1.3, 2.0])
@pytest.mark.parametrize("head", [0, 700, 4_500])
def test_the_limit_is_nearly_reached_though_the_estimate_is_wrong(wrong: float, head: int) -> None:
    """A base that takes most of the bytes must not keep what comes on top of it from fitting."""
    sizes = [7 + 13 * (index % 5) for index in range(1_000)]
    limit = 5_000
    measure, _ = counted(lambda count: head + sum(sizes[:count]))
    count = longest(1_000, limit, lambda n: head + wrong * sum(sizes[:n]), measure)
    assert limit * 0.97 < head + sum(sizes[:count]) <= limit


def test_all_is_found_where_all_fits() -> None:
    assert longest(50, 1_000, lambda n: 10.0 * n, lambda n: 5 * n) == 50
    assert longest(0, 1_000, lambda n: 10.0 * n, lambda n: 5 * n) == 0


@pytest.mark.parametrize("limit", range(300, 2_300, 40))
def test_things_that_are_much_smaller_than_estimated_keep_no_others_out(limit: int) -> None:
    """Long lines of words that were met before take few bytes."""
    estimates = [2_000 if index in (10, 18, 60) else 12 for index in range(95)]
    sizes = [37 if size == 2_000 else 25 for size in estimates]
    measure, _ = counted(lambda count: sum(sizes[:count]))
    count = longest(95, limit, lambda n: sum(estimates[:n]), measure)
    assert sum(sizes[:count]) >= 0.85 * limit


def test_where_not_even_none_fits_none_is_found() -> None:
    assert longest(9, 100, lambda _: 120.0, lambda _: 120, {5: 120}) == 0
