"""How much of an order fits a number of bytes, by measuring what is really written."""

from __future__ import annotations

from collections.abc import Callable

_TRIES = 8
_ENOUGH = 0.995  # of the limit: what more tries would gain is not worth their time


def longest(
    count: int, limit: int, estimate: Callable[[int], float], measure: Callable[[int], int]
) -> int:
    """The largest beginning, of ``count`` at most, that was measured to be within ``limit``.

    ``estimate`` is cheap and rises; ``measure``, which costs, corrects it: by a factor until
    something was too long, then between the two that enclose the limit. 0 is taken to fit. What
    is found fits; a slightly longer one may fit too.
    """
    low, low_size = 0, 0.0
    high, high_size = count + 1, 0.0
    wanted = float(limit)
    for _ in range(_TRIES):
        if high - low < 2:
            break
        guess = max(low + 1, _bisect(estimate, wanted, low, high))
        size = measure(guess)
        if size <= limit:
            low, low_size = guess, size
            if size >= _ENOUGH * limit:
                break
        else:
            high, high_size = guess, size
        if high_size:
            share = (limit - low_size) / (high_size - low_size)
            wanted = estimate(low) + share * (estimate(high) - estimate(low))
        else:
            wanted = estimate(low) * limit / max(1.0, low_size)
    return low


def _bisect(estimate: Callable[[int], float], limit: float, low: int, high: int) -> int:
    """The largest number from ``low`` to below ``high`` whose estimate is within ``limit``."""
    while high - low > 1:
        middle = (low + high) // 2
        if estimate(middle) <= limit:
            low = middle
        else:
            high = middle
    return low
