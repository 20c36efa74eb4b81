"""The lines of a text; each line that is not blank is a record of the source's account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.ingest.sources.source import SourceFile

_NOT_TEXT = "bytes that are no UTF-8 text"


class TextLine(NamedTuple):
    """A line without its line end, as bytes and as text."""

    number: int  # from 1
    start: int  # its first byte in the source
    data: bytes
    text: str
    counts: int  # 1 where the account counts it as read, 0 where it is blank or damaged

    @property
    def location(self) -> str:
        """The line's location, for a person."""
        return f"line {self.number}"


def text_lines(source: SourceFile) -> Iterator[TextLine]:
    """Each line, blank ones too; the source's account counts the others as read.

    Bytes that are no UTF-8 become U+FFFD in ``text`` and count as damage; NUL bytes count as mended
    damage. A character that is cut at the end of the last line waits for the next import.
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
