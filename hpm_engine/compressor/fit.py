"""How much of an order fits a number of bytes, by measuring what is really written."""

from __future__ import annotations

from collections.abc import Callable

_TRIES = 7


def longest(
    count: int, limit: int, estimate: Callable[[int], float], measure: Callable[[int], int]
) -> int:
    """The largest beginning, of ``count`` at most, that was measured to be within ``limit``.

    ``estimate`` is cheap, rises, and is off by a factor that ``measure``, which costs, corrects.
    0 is taken to fit. What is found fits; a slightly longer one may fit too.
    """
    low, high, scale = 0, count + 1, 1.0
    for _ in range(_TRIES):
        guess = _bisect(estimate, limit / scale, low, high)
        if guess <= low:
            guess = low + 1 if high - low > 1 and estimate(low) == 0 else low
        if guess <= low:
            break
        size = measure(guess)
        scale = size / max(1e-9, estimate(guess))
        if size <= limit:
            low = guess
            if guess == count or size >= 0.995 * limit:
                break
        else:
            high = guess
            # A beginning as long as the last that fitted would not be tried again.
            scale *= 1.002
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
