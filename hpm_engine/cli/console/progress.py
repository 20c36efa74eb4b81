"""A job for the command line: a progress line on a terminal, Ctrl+C as a request to stop."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hpm_engine import Job, Progress
from hpm_engine.cli.console.terminal import clean, clean_line, cut

_INTERVAL = 0.1  # seconds between redraws
_CLEAR = "\r\x1b[K"


@contextmanager
def working() -> Iterator[Job]:
    """A job that draws on stderr if that is a terminal; the first Ctrl+C cancels it.

    A second Ctrl+C interrupts at once, as without this.
    """
    job = Job(_draw if _draws() else None, _INTERVAL)

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        job.cancel()

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not the main thread, which alone may set handlers
        before = None
    messages = _Messages(logging.WARNING)
    if _draws():
        logging.getLogger().addHandler(messages)
    try:
        yield job
    finally:
        logging.getLogger().removeHandler(messages)
        if before is not None:
            signal.signal(signal.SIGINT, before)
        erase()


class _Messages(logging.Handler):
    """Warnings on lines of their own: the progress line goes first."""

    def emit(self, record: logging.LogRecord) -> None:
        erase()
        sys.stderr.write(clean(record.getMessage()) + "\n")
        sys.stderr.flush()


def erase() -> None:
    """Remove the progress line, so that something else can be written."""
    if _draws():
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def _draws() -> bool:
    """Whether a line can be drawn and erased on standard error."""
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def _draw(progress: Progress) -> None:
    share = f"{progress.done:,}"
    if progress.total:
        share = f"{100 * progress.done // progress.total:3}%  {share} of {progress.total:,}"
    line = f"{share} {progress.unit}  {clean_line(progress.note)}".rstrip()
    sys.stderr.write(_CLEAR + cut(line, shutil.get_terminal_size().columns - 1))
    sys.stderr.flush()
