"""The JSON records of a source: its lines, the items of its list, or its one object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.json.text import RAW, RAW_LIST, Document, located
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located, json_lines
from hpm_engine.ingest.sources.source import SourceFile

T = TypeVar("T")


def json_records(source: SourceFile) -> Iterator[Located[bytes]]:
    """Each record: every line, every item of a list, else the whole source.

    The source's account counts them. Damage in lines and lists costs only the records in it. Raises
    ``CannotImport`` where the source is one object that is no JSON.
    """
    account = source.account
    if _in_lines(source):
        return json_lines(source, account)
    document = Document(source.name, source.read())
    if isinstance(source.opening.value, list):
        try:
            raws = decode_document(
                document, RAW_LIST, account
            )  # first: a repair changes ``document.data``
        except LimitExceeded:
            raise
        except CannotImport:
            return json_lines(source, account, flat=True)
        return _counted(located(document.data, raws), account)
    decode_document(document, RAW, account)
    return _counted([(document.data, 0)], account)


def decode_document(document: Document, decoder: msgspec.json.Decoder[T], account: Account) -> T:
    """The whole value of a document; ``account`` hears of NUL bytes that had to be taken out."""
    written = document.data
    value = document.decode(decoder)
    if document.data is not written and (first := written.find(b"\0")) >= 0:
        size = written.rfind(b"\0") + 1 - first
        account.damage(f"byte {first:,}", first, size, "NUL bytes", mended=True)
    return value


def _counted(records: Iterable[tuple[bytes, int]], account: Account) -> Iterator[Located[bytes]]:
    for number, (data, start) in enumerate(records, 1):
        account.read += 1
        yield Located(number, start, len(data), data)


def _in_lines(source: SourceFile) -> bool:
    """Whether each line is a value of its own; else the whole source is one value."""
    if source.opening.more or not source.opening.cut:
        return source.opening.more
    for _, line in source.lines(Account()):
        if line.strip():
            return len(line) < source.size - 1 and line.rstrip().endswith((b"}", b"]"))
    return False
