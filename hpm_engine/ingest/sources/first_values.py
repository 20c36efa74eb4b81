"""The first records of a source whose lines are not one record each, for telling its format.

Records may be indented, several on a line, in lists within lists, in the frames of a stream, or
between damaged ones: ``typed_lines`` finds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import TypeVar

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.limits import MIB
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile

S = TypeVar("S", bound=msgspec.Struct)

_LOOKED_AT = 4 * MIB  # bytes
_RECORDS = 100  # first records


def first_values(source: SourceFile, decoder: TypedDecoder[S], *marks: bytes) -> Iterator[S]:
    """The first 100 records of the first 4 MB; none where the head has none of the ``marks``.

    A mark is a key of the format's records. Without marks, a look into a document of another
    format would take as long as reading it.
    """
    if any(mark in source.head for mark in marks):
        with closing(typed_lines(source.beginning(_LOOKED_AT), decoder, Account())) as lines:
            for line in islice(lines, _RECORDS):
                yield line.record
