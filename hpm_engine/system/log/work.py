"""A piece of work in the log: that it began, how long it took, how it ended, its counts."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hpm_engine.errors import Cancelled, HPMError


@contextmanager
def work(log: logging.Logger, kind: str, level: int = logging.INFO) -> Iterator[dict[str, int]]:
    """Log the start and the end of the block; it puts counts, by names of the code's own, in."""
    counts: dict[str, int] = {}
    started = time.monotonic()
    log.log(level, "%s begins", kind)
    try:
        yield counts
    except BaseException as error:
        seconds = time.monotonic() - started
        if isinstance(error, Cancelled | GeneratorExit):
            log.log(level, "%s stopped after %.2f s", kind, seconds)
        elif isinstance(error, HPMError):
            log.log(level, "%s refused after %.2f s", kind, seconds, exc_info=True)
        else:
            log.log(level, "%s failed after %.2f s", kind, seconds, exc_info=True)
        raise
    seconds = time.monotonic() - started
    figures = ", ".join(f"{count} {name}" for name, count in counts.items())
    log.log(level, "%s ends after %.2f s: %s", kind, seconds, figures or "done")
