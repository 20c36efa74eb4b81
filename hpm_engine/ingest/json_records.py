"""The JSON records of a source: its lines, the items of its list, or its one object."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.json_text import ANYTHING, RAW_LIST, Document, decode, located
from hpm_engine.ingest.source import SourceFile


def json_records(source: SourceFile, *, whole: bool = False) -> Iterator[tuple[bytes, int]]:
    """Each record with its first byte: every line, every item of a list, else the whole source.

    ``whole`` says that a list is one record. Raises ``CannotImport`` for what is no JSON.
    """
    if _in_lines(source):
        return line_records(source)
    document = Document(source.name, source.read())
    if isinstance(source.opening.value, list) and not whole:
        raws = document.decode(RAW_LIST)  # before its data: a repair changes them
        return located(document.data, raws)
    return iter([(document.data, 0)])


def _in_lines(source: SourceFile) -> bool:
    """Whether each line is a value of its own, rather than the whole source one value."""
    if source.opening.more or not source.opening.cut:
        return source.opening.more
    for _, line in source.lines():
        if line.strip():
            return len(line) < source.size - 1 and line.rstrip().endswith((b"}", b"]"))
    return False


def line_records(source: SourceFile) -> Iterator[tuple[bytes, int]]:
    """The lines that hold a value; a last one that was cut waits for the next import."""
    for start, line in source.lines():
        if not line.strip() or line.lstrip().startswith(b"//"):
            continue
        if start + len(line) < source.size or _is_whole(line):
            yield line, start


def _is_whole(line: bytes) -> bool:
    try:
        decode(line, ANYTHING, "the last line")
    except CannotImport:
        return False
    return True
