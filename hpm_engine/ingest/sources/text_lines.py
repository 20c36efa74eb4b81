"""Streams a text as its lines; each that is not blank is a record of the source's account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.ingest.sources.source import SourceFile

_NOT_TEXT = "bytes that are no UTF-8 text"


class TextLine(NamedTuple):
    """A line without its line end, and what its bytes say.

    ``counts`` is 1 where the account counts it as read, 0 where it is blank or damaged.
    """

    number: int
    start: int
    data: bytes
    text: str
    counts: int

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"line {self.number}"


def text_lines(source: SourceFile) -> Iterator[TextLine]:
    """Each line, blank ones too; the source's account counts the others as read.

    Bytes that are no UTF-8 stand as U+FFFD in ``text`` and are damage, NUL bytes are damage of
    which nothing is lost. Of a last line that ends within a character, that is left for the next
    import.
    """
    account = source.account
    for number, (start, data) in enumerate(source.lines(), 1):
        damaged = False
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            end = start + len(data) == source.size and error.reason == "unexpected end of data"
            if end and error.end == len(data) and not source.fault:
                account.cut = True
                data = data[: error.start]
            else:
                damaged = True
                account.damage(f"line {number}", start, len(data), _NOT_TEXT, mended=False)
            text = data.decode("utf-8", "replace")
        if "\0" in text:
            account.damage(f"line {number}", start, len(data), "NUL bytes", mended=True)
        counts = int(not damaged and text.strip(" \t\r\n\0") != "")
        account.read += counts
        yield TextLine(number, start, data, text, counts)
