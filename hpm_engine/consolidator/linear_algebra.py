"""Linear algebra that leaves the other cores to whoever needs them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Multiply matrices on the calling thread alone while this is entered.

    The matrices of a slice are small, and the library's threads spin while they wait for each
    other: on two busy cores a cycle of 2,500 memories took 10 to 16 s with them, 2 s without.
    """
    from threadpoolctl import threadpool_limits  # only cycles need it

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits
