"""New files, which never take the place of another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from hpm_engine.errors import CannotWrite
from hpm_engine.system.output_file import FLAGS, sync_folder
from hpm_engine.system.private_files import private_folder


class NewFile:
    """A file that is being written beside its place; ``put`` gives it its name."""

    def __init__(self, destination: Path, unfinished: Path, stream: BinaryIO) -> None:
        self.stream = stream
        self._destination = destination
        self._unfinished = unfinished

    def put(self) -> None:
        """Give the file its name; raises ``FileExistsError`` where something else has it."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        try:
            os.link(self._unfinished, self._destination)  # fails where a file is, on every system
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            os.close(os.open(self._destination, FLAGS, 0o600))
            self._unfinished.replace(self._destination)
        sync_folder(self._destination.parent)


@contextmanager
def new_file(destination: Path) -> Iterator[NewFile]:
    """A file to write, mode 0600, with the folders that lack; gone without ``put``.

    Raises ``FileExistsError`` where something has the name already, and ``CannotWrite``.
    """
    if os.path.lexists(destination):
        raise FileExistsError(destination)
    unfinished = destination.with_name(f".hpm-unfinished-{token_hex(8)}")
    try:
        private_folder(destination.parent)
        stream = os.fdopen(os.open(unfinished, FLAGS, 0o600), "wb")
    except OSError as error:
        raise _cannot(destination, error) from error
    try:
        with stream:
            yield NewFile(destination, unfinished, stream)
    except FileExistsError:
        raise
    except OSError as error:
        raise _cannot(destination, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _cannot(destination: Path, error: OSError) -> CannotWrite:
    reason = error.strerror or str(error)
    return CannotWrite(f"{destination}: cannot be written ({reason}). Nothing was changed there.")
