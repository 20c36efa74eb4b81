"""A store's file as it lies on the disk, read without SQLite: whose content it is.

SQLite does not look again at what it has read, so that a file overwritten in place is told neither
by it nor by any name or number of the file. The audit log does: rows are only ever added to it, and
none is like one of another store.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import NamedTuple

_MAGIC = b"SQLite format 3\0"
_LEAF, _INTERIOR = 13, 5  # pages of a table
_DEEPEST = 20


class Row(NamedTuple):
    """A row of a table: its number, and its content as far as it lies in the page."""

    key: int
    content: bytes


class OpenFiles:
    """Files of this process that stay open while a connection to one is.

    Closing any of them drops every lock that SQLite has on the file in this process.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._files: dict[tuple[int, int], tuple[int, int]] = {}

    def take(self, path: Path) -> int | None:
        """A descriptor of the file, for reading; ``None`` where it cannot be opened."""
        with self._guard:
            try:
                status = path.stat()
                key = status.st_dev, status.st_ino
                descriptor, users = self._files.get(key) or (os.open(path, os.O_RDONLY), 0)
            except OSError:
                return None
            self._files[key] = descriptor, users + 1
            return descriptor

    def give_back(self, descriptor: int) -> None:
        """Close it, if no other connection of this process is open."""
        with self._guard:
            for key, (known, users) in list(self._files.items()):
                if known == descriptor:
                    self._files[key] = known, users - 1
                    if users == 1:
                        del self._files[key]
                        os.close(known)


open_files = OpenFiles()


class RawTable:
    """A table in the file behind a descriptor. Raises ``ValueError`` for what is none."""

    def __init__(self, descriptor: int, root: int) -> None:
        self._descriptor, self._root = descriptor, root
        header = os.pread(descriptor, 100, 0)
        if len(header) < 100 or not header.startswith(_MAGIC):
            raise ValueError("no SQLite file")
        size = int.from_bytes(header[16:18], "big")
        self._size = 65536 if size == 1 else size
        self.counter = int.from_bytes(header[24:28], "big")  # of changes that grew the file
        self.pages = int.from_bytes(header[28:32], "big")
        self.size = self.pages * self._size  # of the file, in bytes

    def last(self) -> Row | None:
        """The row with the highest number."""
        return self._find(None)

    def row(self, key: int) -> Row | None:
        """The row with a number."""
        row = self._find(key)
        return row if row is not None and row.key == key else None

    def page(self, number: int) -> bytes:
        """A page's bytes."""
        data = os.pread(self._descriptor, self._size, (number - 1) * self._size)
        if len(data) < self._size:
            raise ValueError(f"no page {number}")
        return data

    def _find(self, key: int | None) -> Row | None:
        number = self._root
        for _ in range(_DEEPEST):
            page = self.page(number)
            start = 100 if number == 1 else 0
            cells = int.from_bytes(page[start + 3 : start + 5], "big")
            if page[start] == _LEAF:
                return self._in_leaf(page, start + 8, cells, key)
            if page[start] != _INTERIOR:
                raise ValueError(f"page {number} is none of a table")
            number = int.from_bytes(page[start + 8 : start + 12], "big")
            for cell in range(cells) if key is not None else ():
                offset = _cell(page, start + 12, cell)
                if key is not None and key <= _varint(page, offset + 4)[0]:
                    number = int.from_bytes(page[offset : offset + 4], "big")
                    break
        raise ValueError("pages that lead in a circle")

    def _in_leaf(self, page: bytes, start: int, cells: int, key: int | None) -> Row | None:
        for cell in range(cells - 1, -1, -1):
            size, offset = _varint(page, _cell(page, start, cell))
            row_id, offset = _varint(page, offset)
            if key is None or row_id <= key:
                return Row(row_id, page[offset : offset + min(size, 512)])
        return None


def _cell(page: bytes, start: int, index: int) -> int:
    offset = start + 2 * index
    return int.from_bytes(page[offset : offset + 2], "big")


def _varint(page: bytes, offset: int) -> tuple[int, int]:
    """SQLite's variable-length integer, and the offset behind it."""
    value = 0
    for count in range(9):
        if offset >= len(page):
            raise ValueError("a number beyond its page")
        byte = page[offset]
        offset += 1
        if count == 8:
            return value << 8 | byte, offset
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, offset
