"""Whether a store gives back what was imported: a file's bytes, a database's rows."""

from __future__ import annotations

import base64
import codecs
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from hpm_engine.evaluation.zoo.comparison import Difference
from hpm_engine.evaluation.zoo.telling import Telling
from hpm_engine.memory import Memory

_DATABASE = b"SQLite format 3\0"
_ZSTD = b"\x28\xb5\x2f\xfd"


def byte_differences(memory: Memory, path: Path, told: list[Telling]) -> Iterator[Difference]:
    """What the original bytes of sessions lack of the file that they were imported from.

    A folder's files are not compared one by one: a session of several is joined of them.
    """
    if path.is_dir():
        return
    data = _unpacked(path.read_bytes())
    for telling in told:
        raw = b"".join(memory.originals.whole(telling.episode.id))
        what = f"{telling.episode.key} bytes"
        if data.startswith(_DATABASE):
            texts = _texts(raw)
            own = _cells(path, telling.episode.key, {other.episode.key for other in told})
            lost = [text for text in own if text not in texts]
            if lost:
                yield Difference(what, f"the cell {lost[0][:60]!r}", f"{len(lost)} cells lost")
        elif raw != data and not _joins(raw, data):
            yield Difference(what, f"{len(data)} of the file", f"{len(raw)} others")


def _unpacked(data: bytes) -> bytes:
    """The bytes, or those in them: of a packed file its text is kept."""
    if not data.startswith(_ZSTD):
        return data
    return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()


def _joins(raw: bytes, data: bytes) -> bool:
    """Whether a file's text is within the lines that it was joined to others in."""
    blanks = bytes.maketrans(b"\r\n", b"  ")
    data = data.removeprefix(codecs.BOM_UTF8)  # within a line it would be no JSON
    return data.strip() in raw or data.translate(blanks).strip() in raw.translate(blanks)


def _cells(path: Path, key: str, keys: set[str]) -> Iterator[str]:
    """The texts, and blobs in base64, of all rows of a session: it is the first that they name.

    A subagent's row names its parent, too, behind itself; ``keys`` are those of all sessions.
    """
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as scratch:
        copy = Path(scratch) / path.name
        for ending in ("", "-wal"):
            beside = path.with_name(path.name + ending)
            if beside.is_file():
                shutil.copyfile(beside, copy.with_name(copy.name + ending))
        connection = sqlite3.connect(copy)
        try:
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
            ).fetchall()
            for (table,) in tables:
                quoted = '"' + table.replace('"', '""') + '"'
                for row in connection.execute(f"SELECT * FROM {quoted}"):
                    if next((cell for cell in row if cell in keys), None) == key:
                        yield from filter(None, map(_text, row))
        finally:
            connection.close()


def _text(cell: Any) -> str:
    if isinstance(cell, bytes):
        return base64.b64encode(cell).decode()
    return cell if isinstance(cell, str) else ""


def _texts(raw: bytes) -> set[str]:
    """All texts in JSON lines."""
    found: set[str] = set()
    left: list[Any] = [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
    while left:
        value = left.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
    return found
