"""Finds how much of an order fits a number of bytes, by measuring what is really written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

_TRIES = 8
_ENOUGH = 0.99  # of the limit: what more tries would gain is not worth their time
_POOR = 0.9  # share of the limit below which an estimate that jumps led astray
_HALVINGS = 8  # of the interval, when the estimate is given up
_NOTHING: Mapping[int, int] = MappingProxyType({})


def longest(
    count: int,
    limit: int,
    estimate: Callable[[int], float],
    measure: Callable[[int], int],
    known: Mapping[int, int] = _NOTHING,
) -> int:
    """The largest beginning, of ``count`` at most, that was measured to be within ``limit``.

    ``estimate`` is cheap, rises, and is exact for 0, which is taken to fit. ``measure``, which
    costs, corrects it: by a factor until something was too long, then between the two that
    enclose the limit (regula falsi; an end that stays twice counts half, as in the Illinois
    variant), and at last, where much is left, by halves. What is found fits; a slightly longer one
    may fit too. ``known`` are sizes that were measured before.
    """
    aim = limit * (1 + _ENOUGH) / 2
    low, low_gap, taken = 0, min(0.0, estimate(0) - aim), 0
    high, high_gap = count + 1, 0.0
    for guess, size in sorted(known.items()):
        if size > limit:
            high, high_gap = guess, size - aim
            break
        low, low_gap, taken = guess, size - aim, size
    fitted = True  # whether the last one did: an end that then stays counts half
    for _ in range(_TRIES):
        if high - low < 2 or taken >= _ENOUGH * limit:
            return low
        if high <= count:
            share = low_gap / (low_gap - high_gap)
            wanted = estimate(low) + share * (estimate(high) - estimate(low))
        elif low:
            spent, gained = estimate(low) - estimate(0), low_gap + aim - estimate(0)
            wanted = estimate(0) + (aim - estimate(0)) * spent / max(1.0, gained)
        else:
            wanted = aim
        guess = max(low + 1, _bisect(estimate, wanted, low, high))
        size = measure(guess)
        if size <= limit:
            high_gap /= 2 if fitted else 1
            low, low_gap, taken, fitted = guess, size - aim, size, True
        else:
            low_gap /= 1 if fitted else 2
            high, high_gap, fitted = guess, size - aim, False
    for _ in range(_HALVINGS):
        if high - low < 2 or taken >= _POOR * limit:
            break
        guess = (low + high) // 2
        size = measure(guess)
        if size <= limit:
            low, taken = guess, size
        else:
            high = guess
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
