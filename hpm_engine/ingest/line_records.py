"""Streams a JSON-lines source as located, typed records."""

from __future__ import annotations

from collections.abc import Generator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded, NothingToImport
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.typed_json import TooDeep, TypedDecoder

S = TypeVar("S", bound=msgspec.Struct)


class Located(NamedTuple, Generic[S]):
    """A record with its place: its number among the lines and its bytes in the source."""

    number: int
    start: int
    size: int
    record: S


class LineTally:
    """What a pass over the lines met: how many held an object, how many were not JSON."""

    def __init__(self) -> None:
        self.objects = 0
        self.invalid = 0
        self.cut = False  # the last line was still being written
        self._first = ""

    def reject(self, number: int, error: Exception) -> None:
        """Count a line that is not JSON."""
        self.invalid += 1
        if not self._first:
            self._first = f"line {number}: {error}"

    def nothing(self, source: SourceFile, held: str) -> CannotImport:
        """The error for a source without any session: ``held`` says what it holds instead."""
        if self.objects == 0 and self.invalid:
            return CannotImport(
                f"{source.name}, {self._first}. No line of the file is a valid record; "
                "export or copy the session again."
            )
        if self.objects == 0 and self.cut:
            return NothingToImport(
                f"{source.name}: its only line is not complete yet. "
                "Import it again when the agent has written more."
            )
        return NothingToImport(f"{source.name}: {held}")


def typed_lines(
    source: SourceFile, decoder: TypedDecoder[S], tally: LineTally
) -> Generator[Located[S], None, None]:
    """Each line that is a JSON object, in order.

    Blank lines, ``//`` comments, values that are no objects and lines that are no JSON are left
    out (the last are counted in ``tally``). A last line without its line end that does not decode
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
                tally.cut = True
                return
            tally.reject(number, error)
            continue
        except TooDeep as error:
            raise LimitExceeded(
                f"{source.name}, line {number}: JSON nested too deep to be read. "
                "Remove this line to import the rest."
            ) from error
        if record is not None:
            tally.objects += 1
            yield Located(number, start, len(line), record)
