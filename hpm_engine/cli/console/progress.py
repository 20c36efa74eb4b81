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
    try:
        yield job
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
        erase()


class Messages(logging.Handler):
    """Warnings on lines of their own: the progress line goes first.

    What carries an exception is for the log file: how the command ends says the rest.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a warning to standard error."""
        if record.exc_info:
            return
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
