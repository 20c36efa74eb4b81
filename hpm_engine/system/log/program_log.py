"""Turns the program's log on, in one place for the window, the command line and their workers.

``HPM_LOG`` is a level (``debug``, ``info``, ``warning``, ``error``) or ``off``, and after a colon
the file, if it is another: ``debug:/tmp/hpm.log``. Processes that this one starts find there what
this one uses.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hpm_engine.system.cache_folder import cache_folder
from hpm_engine.system.log import log_file
from hpm_engine.system.log.log_line import LogLine

_LOG = logging.getLogger(__name__)
_VARIABLE = "HPM_LOG"
_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_USUAL = "info"
_OFF = "off"
_PACKAGES = ("hpm_engine", "app")  # others' loggers may say anything


class ProgramLog(msgspec.Struct, frozen=True):
    """Where the program's own log is: ``level`` is ``off`` and ``path`` empty where there is none.

    ``size`` counts the bytes of all its parts; ``trouble`` says why the last line was not written.
    """

    path: str = ""
    level: str = _OFF
    size: int = 0
    trouble: str = ""


class LogHandler(logging.Handler):
    """Writes records to the log file; what cannot be written is let go."""

    def __init__(self, path: Path, level: str, process: str) -> None:
        super().__init__(_LEVELS[level])
        self.path = path
        self.level_name = level
        self.trouble = ""
        self.setFormatter(LogLine(process))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a full disk or a folder that is closed disturbs nobody."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace")
            # A line that was cut has no end.
            log_file.append(self.path, b"\n" + line if self.trouble else line)
            self.trouble = ""
        except OSError as error:
            self.trouble = error.strerror or type(error).__name__


@contextmanager
def log_to_file(
    process: str, file: Path | None = None, terminal: logging.Handler | None = logging.lastResort
) -> Iterator[None]:
    """Log to a file while the block runs; ``process`` is what the lines call this process.

    ``file`` goes before what ``HPM_LOG`` says. ``terminal`` shows warnings to the person.
    """
    root, loggers = logging.getLogger(), [logging.getLogger(name) for name in _PACKAGES]
    before = os.environ.get(_VARIABLE)
    level, path, understood = _setting(before or "", file)
    handler = None if level == _OFF else LogHandler(path, level, process)
    levels = [logger.level for logger in loggers]
    os.environ[_VARIABLE] = level if handler is None else f"{level}:{path}"
    if terminal is not None:
        root.addHandler(terminal)
    if handler is not None:
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(min(handler.level, logging.WARNING))  # the terminal's stay
    if not understood:
        _LOG.error("HPM_LOG is no level: debug, info, warning, error or off; info is used")
    try:
        yield
    finally:
        for logger, earlier in zip(loggers, levels, strict=True):
            if handler is not None:
                logger.removeHandler(handler)
                logger.setLevel(earlier)
        if handler is not None:
            handler.close()
        if terminal is not None:
            root.removeHandler(terminal)
        if before is None:
            os.environ.pop(_VARIABLE, None)
        else:
            os.environ[_VARIABLE] = before


def program_log() -> ProgramLog:
    """The log that this process writes."""
    for handler in reversed(logging.getLogger(_PACKAGES[0]).handlers):
        if isinstance(handler, LogHandler):
            size = log_file.size(handler.path)
            return ProgramLog(str(handler.path), handler.level_name, size, handler.trouble)
    return ProgramLog()


def _setting(variable: str, file: Path | None) -> tuple[str, Path, bool]:
    """The level, the file, and whether the variable was understood."""
    name, _, given = variable.partition(":")
    name = name.strip().lower()
    understood = not name or name == _OFF or name in _LEVELS
    level = name if name and understood else _USUAL
    if file is not None:
        path, level = file, _USUAL if level == _OFF else level
    else:
        path = Path(given) if given else cache_folder() / "log" / "hpm.log"
    return level, path.absolute(), understood
