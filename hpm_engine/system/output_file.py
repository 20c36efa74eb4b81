"""Output files, written under another name beside their destination and moved when complete."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from hpm_engine.errors import CannotWrite

_NAME = 40  # characters of the destination's name in that of the unfinished file
FLAGS = (  # of a file that must be a new one
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class OutputFile:
    """A file that is being written; ``put`` moves it to its destination, with mode 0600."""

    def __init__(self, destination: Path, unfinished: Path, stream: BinaryIO) -> None:
        self.stream = stream
        self._destination = destination
        self._unfinished = unfinished

    def put(self) -> None:
        """Move the file to its destination; all of it is on disk then."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        must_be_plain(self._destination)  # something else may be there meanwhile
        self._unfinished.replace(self._destination)
        sync_folder(self._destination.parent)


@contextmanager
def output_file(destination: Path) -> Iterator[OutputFile]:
    """A file to write, beside ``destination``; gone when the block ends without ``put``.

    Only a plain file is replaced. Raises ``CannotWrite`` for a folder, a device, a pipe or a link,
    and where writing fails.
    """
    must_be_plain(destination)
    name = f"{destination.name[:_NAME]}.unfinished-{token_hex(8)}"
    unfinished = destination.with_name(name)
    try:
        stream = os.fdopen(os.open(unfinished, FLAGS, 0o600), "wb")
    except OSError as error:
        raise _cannot(destination, error) from error
    try:
        with stream:
            yield OutputFile(destination, unfinished, stream)
    except OSError as error:
        raise _cannot(destination, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def write_file(destination: Path, content: bytes) -> int:
    """Write a whole file; returns its bytes. Raises ``CannotWrite``, as ``output_file``."""
    with output_file(destination) as file:
        file.stream.write(content)
        file.put()
    return len(content)


def must_be_plain(destination: Path) -> None:
    """Raise ``CannotWrite`` unless the destination is a plain file or does not exist."""
    try:
        mode = destination.lstat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _cannot(destination, error) from error
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        target = ""
        with suppress(OSError):
            target = f" to {destination.readlink()}"
        raise CannotWrite(
            f"{destination}: is a link{target}; nothing was written. Name the file itself."
        )
    if stat.S_ISDIR(mode):
        raise CannotWrite(f"{destination}: is a folder. Name a file in it.")
    raise CannotWrite(
        f"{destination}: is a device, a pipe or a socket; nothing was written. Name a "
        "plain file, or leave -o out and send standard output there with >."
    )


def _cannot(destination: Path, error: Exception) -> CannotWrite:
    reason = getattr(error, "strerror", None) or str(error)
    return CannotWrite(f"{destination}: cannot be written ({reason}). Choose another place.")


def sync_folder(folder: Path) -> None:
    """Write the new name to disk; systems other than POSIX do that by themselves."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
