"""Records decoded into structs, one by one: an odd field is left out, and accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeVar

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.json.text import RAW, Document, located
from hpm_engine.ingest.json.typed import TooDeep, TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import decode_document, json_records
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile

S = TypeVar("S", bound=msgspec.Struct)


def typed_record(data: bytes, decoder: TypedDecoder[S], account: Account, what: str) -> S | None:
    """The record in ``data``; None where it is no object.

    ``what`` names such records for ``account``, which hears of fields of an unexpected type.
    """
    try:
        return decoder.decode(data, partial(account.miss_field, what))
    except (msgspec.DecodeError, TooDeep):
        return None


def typed_document(document: Document, decoder: TypedDecoder[S], what: str, account: Account) -> S:
    """The object that a document is. Raises ``CannotImport`` where it is none."""
    decode_document(document, RAW, account)
    record = typed_record(document.data, decoder, account, what)
    if record is None:
        raise CannotImport(f"{document.name}: {what} is expected, and it is no object.")
    return record


def typed_records(source: SourceFile, decoder: TypedDecoder[S], what: str) -> Iterator[Located[S]]:
    """The records of a source that are objects (see ``json_records``)."""
    for line in json_records(source):
        record = typed_record(line.record, decoder, source.account, what)
        if record is None:
            source.account.miss_record(what)
        else:
            yield Located(line.number, line.start, line.size, record)


def typed_items(
    document: Document,
    raws: Iterable[msgspec.Raw],
    decoder: TypedDecoder[S],
    what: str,
    account: Account,
) -> Iterator[Located[S]]:
    """The items of a document's list that are objects, located in the document.

    Each counts as a record of ``account``.
    """
    for number, (data, start) in enumerate(located(document.data, raws), 1):
        account.read += 1
        record = typed_record(data, decoder, account, what)
        if record is None:
            account.miss_record(what)
        else:
            yield Located(number, start, len(data), record)


def typed_parts(
    document: Document,
    raws: Iterable[msgspec.Raw],
    decoder: TypedDecoder[S],
    what: str,
    account: Account,
) -> Iterator[Located[S]]:
    """As ``typed_items``, for parts of one record, such as the messages of a conversation."""
    for number, (data, start) in enumerate(located(document.data, raws), 1):
        record = typed_record(data, decoder, account, what)
        if record is None:
            account.miss(what)
        else:
            yield Located(number, start, len(data), record)
