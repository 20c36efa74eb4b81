"""How a record looks in the log: numbers and names that the code gives, never a text of a trace.

An exception is written as its kind and the frames of its traceback. Its message is left out,
whoever worded it: messages quote what could not be read, searched or found.
"""

from __future__ import annotations

import errno
import logging
import re
import time
import traceback
from collections.abc import Iterator
from pathlib import Path, PurePath

_LONGEST = 500  # characters of a message
_FRAMES = 40  # of one traceback: the first and the last halves of so many
_CAUSES = 5  # exceptions behind an exception
_PACKAGES = ("hpm_engine", "app")
_CODE = re.compile(r"[A-Z_]{3,40}")


class LogLine(logging.Formatter):
    """The formatter of the log file; ``process`` is the kind of process that writes."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """A line, and one more for each frame of an exception."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = (
            f"{moment}.{int(record.msecs):03}Z {record.levelname} {self._process}[{record.process}]"
            f" {record.name}: {_plain(_message(record))}"
        )
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join((head, *(() if error is None else error_lines(error)))) + "\n"


def error_lines(error: BaseException) -> Iterator[str]:
    """An exception and those behind it, each by its kind and its frames."""
    behind: BaseException | None = error
    seen: set[int] = set()
    while behind is not None and id(behind) not in seen and len(seen) < _CAUSES:
        seen.add(id(behind))
        yield f"  {_kind(behind)}"
        frames = [
            f"    {_file(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
            for frame, line in traceback.walk_tb(behind.__traceback__)
        ]
        if len(frames) > _FRAMES:
            left_out = len(frames) - _FRAMES
            frames[_FRAMES // 2 : -_FRAMES // 2] = [f"    … {left_out} more"]
        yield from map(_plain, frames)
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)


def _message(record: logging.LogRecord) -> str:
    given = record.args if isinstance(record.args, tuple) else ()
    try:
        return record.msg % tuple(map(_shown, given)) if isinstance(record.msg, str) else "?"
    except (TypeError, ValueError):
        return "(a record whose values do not fit)"


def _shown(value: object) -> object:
    """A value as the log has it: a path without its folder, an object as its kind."""
    if value is None or isinstance(value, str | int | float):
        return value
    return value.name if isinstance(value, PurePath) else type(value).__qualname__


def _kind(error: BaseException) -> str:
    """The exception's type, and the code of the system's or SQLite's error."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else _qualified(kind)
    code = getattr(error, "sqlite_errorname", None)
    if isinstance(error, OSError) and error.errno is not None:
        code = errno.errorcode.get(error.errno)
    return f"{name} ({code})" if isinstance(code, str) and _CODE.fullmatch(code) else name


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _file(name: str) -> str:
    """A source file from its package on; others by their name: folders may be a person's."""
    parts = name.replace("\\", "/").split("/")
    for index in reversed(range(len(parts) - 1)):
        if parts[index] == "site-packages":
            return "/".join(parts[index + 1 :])
        if parts[index] in _PACKAGES:
            return "/".join(parts[index:])
    return Path(name).name


def _plain(text: str) -> str:
    """One line of at most ``_LONGEST`` characters, each of which is seen."""
    shown = text if text.isprintable() else "".join(map(_visible, text))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _visible(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]
