"""Streams a JSON-lines source as located, typed records."""

from __future__ import annotations

from collections.abc import Generator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from hpm_engine.errors import LimitExceeded
from hpm_engine.ingest.account import Account
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.typed_json import TooDeep, TypedDecoder

S = TypeVar("S", bound=msgspec.Struct)


class Located(NamedTuple, Generic[S]):
    """A record with its place: its number among the lines and its bytes in the source."""

    number: int
    start: int
    size: int
    record: S


def typed_lines(
    source: SourceFile, decoder: TypedDecoder[S], account: Account
) -> Generator[Located[S], None, None]:
    """Each line that is a JSON object, in order.

    Blank lines, ``//`` comments, values that are no objects and lines that are no JSON are left
    out (the last are told to ``account``). A last line without its line end that does not decode
    is being written at this moment: it waits for the next import. Raises ``LimitExceeded`` for a
    line that is too long or nested too deep.
    """
    for number, (start, line) in enumerate(source.lines(), 1):
        data = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not data or data.isspace() or data.lstrip().startswith(b"//"):
            continue
        try:
            record = decoder.decode(data)
        except msgspec.DecodeError as error:
            if start + len(line) >= source.size:
                account.cut = True
                return
            account.damage(f"line {number}", start, len(line), str(error), mended=False)
            continue
        except TooDeep as error:
            raise LimitExceeded(
                f"{source.name}, line {number}: JSON nested too deep to be read. "
                "Remove this line to import the rest."
            ) from error
        if record is not None:
            account.read += 1
            yield Located(number, start, len(line), record)
