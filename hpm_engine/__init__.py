"""Hierarchical Persistent Memory: what an agent's sessions leave behind, kept in one file.

What is exported is in ``hpm_engine.exports``. A name loads its module when it is first used: who
asks for a little, as the hooks of agents do, waits for a little.
"""

from __future__ import annotations

import os
from importlib import import_module

# Before numpy is loaded. Its threads spin while they wait for each other: beside another program on
# two cores a small product of matrices then takes 10 ms instead of 0.1.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hpm_engine.exports import SOURCES

__all__ = sorted(SOURCES)


def __getattr__(name: str) -> object:
    """An exported name, which is an attribute of the package from then on."""
    if name not in SOURCES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, source = SOURCES[name]
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), source)
    return value


def __dir__() -> list[str]:
    return [*globals(), *SOURCES]
