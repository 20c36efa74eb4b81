"""The one place where errors become words for the person at the window."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from hpm_engine import HPMError, __version__

PROGRAM = "program"  # what problems are about that no store, no command and no job has

_LOG = logging.getLogger(__name__)


class Severity(StrEnum):
    """How much a message matters."""

    NOTICE = "notice"
    ERROR = "error"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Problem:
    """What happened, to what, and what to do; ``details`` fold out and can be copied.

    ``about`` is the command or the job that it is of: once that goes well, the problem is over.
    """

    headline: str
    text: str
    details: str = ""
    severity: Severity = Severity.ERROR
    about: str = ""

    def report(self) -> str:
        """All of it as text for the clipboard."""
        return "\n\n".join(part for part in (self.headline, self.text, self.details) if part)


def describe(error: BaseException, doing: str = "") -> Problem:
    """An expected error as it is; anything else as a bug with its traceback."""
    if isinstance(error, HPMError):
        return Problem(f"{doing} did not work" if doing else "That did not work", str(error))
    if isinstance(error, OSError):
        file = f"{error.filename}: " if error.filename else ""
        why = error.strerror or str(error)
        return Problem(f"{doing or 'A file operation'} did not work", f"{file}{why}.")
    trace = "".join(traceback.format_exception(error))
    details = (
        f"HPM Inspector {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n{trace}"
    )
    return Problem(
        f"A bug stopped: {doing}" if doing else "The program met a bug",
        f"{type(error).__name__}: {error}. Your store is safe: what was not finished was undone. "
        "Please copy the details into a report.",
        details,
        Severity.BUG,
    )


class Problems(QObject):
    """Where everything that goes wrong is reported, from any thread.

    ``settled`` names the command or the job whose problems are over.
    """

    reported = Signal(object)
    settled = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = ""

    @contextmanager
    def during(self, command: str) -> Iterator[None]:
        """Run a command: what it said the last time is over, what it says now is about it."""
        self.settled.emit(command)
        before, self._command = self._command, command
        try:
            yield
        finally:
            self._command = before

    def settle(self, about: str) -> None:
        """Say that a job went well: what was reported of it is over."""
        if about:
            self.settled.emit(about)

    def report(self, error: object, doing: str = "") -> None:
        """Show an error; ``doing`` names what was under way, like ``Import 3 files``."""
        if isinstance(error, BaseException):
            problem = replace(describe(error, doing), about=doing or self._command)
            if problem.severity is Severity.BUG:
                _LOG.error("a bug is reported", exc_info=error)
            self.reported.emit(problem)

    def tell(self, headline: str, text: str, details: str = "") -> None:
        """Show a notice: something the person should know, though nothing failed."""
        self.reported.emit(Problem(headline, text, details, Severity.NOTICE, self._command))

    def catch_all(self) -> None:
        """Report whatever nobody caught, in this thread and in others."""
        sys.excepthook = self._on_uncaught
        threading.excepthook = lambda args: self._on_uncaught(
            args.exc_type, args.exc_value, args.exc_traceback
        )

    def _on_uncaught(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
        else:
            self.report(error)
