"""Whether a path still leads to the file that a connection has open.

SQLite writes into what it has open, wherever that lies by now, and finds a log by its name: what
is written to a file that was deleted is gone with it, and the log of a file that was replaced
would be played into the one that took its place. Content is ``same_content``'s.
"""

from __future__ import annotations

import os
from pathlib import Path

from hpm_engine.errors import StoreReplaced
from hpm_engine.store.file.file_place import SIDE_FILES, beside
from hpm_engine.store.file.same_content import SameContent

Identity = tuple[int, int]
_LOOKS = 3


class SameFile:
    """The file, and the side files, that a connection found when it opened a path.

    ``content`` is what the connection found in it.
    """

    def __init__(self, shown: Path, file: Path, content: SameContent) -> None:
        self._content = content
        self.overwritten = False
        self._shown = shown
        self._file = file
        self._identity = _identity(file)
        self._sides: dict[str, Identity] = {}
        self._size = 0

    def note(self) -> None:
        """Keep what is there now; called when the connection has read its file."""
        for ending in SIDE_FILES:
            identity = _identity(beside(self._file, ending))
            if identity is not None:
                self._sides.setdefault(ending, identity)
        self._size = self._bytes()

    def shrunk(self) -> None:
        """The connection has made the file smaller itself."""
        self._size = self._bytes()

    @property
    def is_there(self) -> bool:
        """Whether the path leads to the file that is open."""
        return _identity(self._file) == self._identity

    def trouble(self, *, cut: bool = True) -> str:
        """What happened to the file, and the remedy; empty when nothing did.

        Whether it was ``cut`` is not asked when it is closed: nothing is lost by that.
        """
        identity = _identity(self._file)
        if identity is None:
            return (
                f"{self._shown}: the file is no longer there: it was deleted, moved or renamed "
                "while it was open. Nothing was changed. Put it back and open it again, or open "
                "the store at its new place."
            )
        if identity != self._identity:
            return (
                f"{self._shown}: another file has taken the place of the one that is open. "
                "Nothing was changed, and the file that is there now was left alone. Open the "
                "store again to work with it."
            )
        for ending, known in self._sides.items():
            if _identity(beside(self._file, ending)) != known:
                return (
                    f"{self._shown}: its side file {self._file.name}{ending} was deleted or "
                    "replaced while the store was open. Nothing was changed. Close everything "
                    "that has the store open, and open it again."
                )
        left = self._cut() if cut else 0
        if left and not self._content.is_whole():
            return (
                f"{self._shown}: the file was cut to {left:,} bytes while it was open. Nothing "
                "was changed. Close the store and restore a backup."
            )
        self.overwritten = self.overwritten or bool(left) or self._content.differs()
        if self.overwritten:
            return (
                f"{self._shown}: the file was overwritten with other content while it was open. "
                "Nothing was changed, and what is there now was left alone. Open the store again "
                "to work with it."
            )
        return ""

    def _cut(self) -> int:
        """How many bytes are left of a file that lacks some; 0 of one that lacks none.

        What the log holds may be missing in the file, and others may make it smaller meanwhile.
        """
        now = 0
        for _ in range(_LOOKS):
            wanted = self._content.size() if self._bytes() < self._size else 0
            log = _size(beside(self._file, "-wal"))
            now = self._bytes()
            if now + log >= wanted:
                self._size = now
                return 0
        return now

    def check(self) -> None:
        """Raise ``StoreReplaced`` where there is trouble."""
        if trouble := self.trouble():
            raise StoreReplaced(trouble)

    def take_sides_away(self) -> None:
        """Remove side files of ours that lie beside a file that is not ours, or beside none."""
        if self.is_there:
            return
        for ending, known in self._sides.items():
            side = beside(self._file, ending)
            if _identity(side) == known:
                side.unlink(missing_ok=True)

    def owns(self, ending: str) -> bool:
        """Whether the side file at the path is the one that is open."""
        identity = _identity(beside(self._file, ending))
        return identity is not None and identity == self._sides.get(ending)

    def _bytes(self) -> int:
        return _size(self._file)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> Identity | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
