"""The records of JSON lines, located and typed, whatever damage the lines have."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from hpm_engine.ingest.json.text import ANYTHING, RAW, RAW_LIST, located
from hpm_engine.ingest.json.typed import BROKEN, Odd, TooDeep, TypedDecoder, mend
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.damaged_stretch import Stretch
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.stream_framing import is_framed, unframed

R = TypeVar("R")
S = TypeVar("S", bound=msgspec.Struct)

_OPENERS = (b"{", b"[")
_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n\x1e"
_DEEPEST = 2  # levels of lists within a list


class Located(NamedTuple, Generic[R]):
    """A record and its location in the source."""

    number: int  # of its line or its item, from 1
    start: int  # its first byte
    size: int  # bytes
    record: R


def typed_lines(
    source: SourceFile, decoder: TypedDecoder[S], account: Account
) -> Generator[Located[S], None, None]:
    """Each record that is a JSON object, in order.

    Blank lines and ``//`` comments are left out. ``Stretch`` finds what damaged lines still hold;
    ``account`` hears of what they lost, and of lines that are too long or nested too deep. The
    items of lists are records of their own. A last line that has no line end and does not decode
    is still being written: it waits for the next import.
    """
    return _LineReading(source, decoder.strict, decoder.decode, account, flat=True).records()


def json_lines(
    source: SourceFile, account: Account, *, flat: bool = False
) -> Generator[Located[bytes], None, None]:
    """Each line that is a JSON object or list, undecoded; see ``typed_lines`` for the rest.

    ``flat``: the items of lists are the records; they may span several lines.
    """
    return _LineReading(source, _as_it_stands, _mendable, account, flat=flat).records()


def _as_it_stands(data: bytes) -> bytes:
    RAW.decode(data)
    if data[:1] not in _OPENERS:
        raise msgspec.DecodeError("neither an object nor a list")
    return data


def _mendable(data: bytes, odd: Odd | None) -> bytes | None:
    """The data, if they are an object or a list after a repair; None for other JSON."""
    try:
        ANYTHING.decode(mend(data))
    except RecursionError as error:
        raise TooDeep(str(error)) from error
    return data if data[:1] in _OPENERS else None


class _LineReading(Generic[R]):
    """One pass over a source's lines.

    ``strict`` decodes a good line fast; ``lenient`` also decodes a line that needs repair, and
    returns None for JSON of another kind. ``flat``: a list's items are the records.
    """

    def __init__(
        self,
        source: SourceFile,
        strict: Callable[[bytes], R],
        lenient: Callable[[bytes, Odd | None], R | None],
        account: Account,
        *,
        flat: bool,
    ) -> None:
        self._source = source
        self._strict = strict
        self._lenient = lenient
        self._account = account
        self._flat = flat
        self._begun = self._listed = False
        self._like = b""
        self._stretch: Stretch | None = None

    def records(self) -> Generator[Located[R], None, None]:
        """The records, in order."""
        strict, account, ended = self._strict, self._account, True
        for number, (start, line) in enumerate(self._source.lines(account, bare_cr=True), 1):
            if self._stretch is None:
                try:
                    record = strict(line)
                except (*BROKEN, RecursionError):
                    pass
                else:
                    account.read += 1
                    self._like = line
                    yield Located(number, start, len(line), record)
                    continue
            # A list is written at once: nothing will complete an item that was cut.
            ended = self._listed or start + len(line) < self._source.size
            yield from self._odd(number, start, line, ended)
        if self._stretch is not None:
            yield from self._decided(self._stretch, final=True, ended=ended)

    def _odd(self, number: int, start: int, line: bytes, ended: bool) -> Iterator[Located[R]]:
        """The records of a line that needs repair, or that follows an undecided line."""
        core = line.strip(_BLANKS).removeprefix(_BOM).strip(_BLANKS)
        stretch = self._stretch
        if not core:
            return
        if stretch is not None and not core.startswith((b"{", b"data:")):
            yield from self._joined(stretch, number, start, line, ended)
            return
        if not self._begun:
            self._begun, self._listed = True, self._flat and core.startswith(b"[")
        core = self._unwrapped(core)
        if not core:
            return
        try:
            records = self._read(core, number, start + line.index(core))
        except msgspec.DecodeError:
            stretch = stretch or Stretch(
                start, self._account, self._is_record, self._like, listed=self._listed
            )
            yield from self._joined(stretch, number, start, line, ended)
            return
        if stretch is not None:
            if stretch.awaits_value and line[:1] in (b" ", b"\t"):  # of an indented record
                yield from self._joined(stretch, number, start, line, ended)
                return
            yield from self._decided(stretch, final=True, ended=True)
        yield from records

    def _unwrapped(self, core: bytes) -> bytes:
        """A line without the framing around its record; empty where there is no record."""
        framing = ""
        if is_framed(core):
            core = unframed(core)
            framing = "" if core else "the framing of a stream"
        elif core.startswith(b"//"):
            framing = "a comment"
        elif self._listed:
            core = core.removesuffix(b",").rstrip(_BLANKS)
            core = b"" if core in (b"[", b"]") else core
        if framing:
            self._account.passed_over[framing] += 1
        return b"" if framing else core

    def _read(self, core: bytes, number: int, start: int) -> Iterator[Located[R]]:
        """The records of a text. Raises ``msgspec.DecodeError`` where it is no JSON."""
        location = f"line {number}"
        try:
            if self._flat and core.startswith(b"["):
                return self._items(RAW_LIST.decode(core), core, number, start)
            record = self._lenient(core, self._odd_field)
        except UnicodeDecodeError as error:
            raise msgspec.DecodeError(str(error)) from error
        except (TooDeep, RecursionError):
            reason = "JSON nested too deep to be read"
            self._account.damage(location, start, len(core), reason, mended=False)
            return iter(())
        if record is None:
            self._account.read += 1
            self._account.miss_record("a line that is no object")
            return iter(())
        if b"\0" in core:
            self._account.damage(location, start, len(core), "NUL bytes in a text", mended=True)
        return self._handed_on(Located(number, start, len(core), record), core)

    def _items(
        self, raws: list[msgspec.Raw], core: bytes, number: int, start: int, depth: int = 0
    ) -> Iterator[Located[R]]:
        for item, offset in located(core, raws):
            if item.startswith(b"{"):
                yield from self._read(item, number, start + offset)
            elif item.startswith(b"[") and depth < _DEEPEST:  # a list of several files' sessions
                inner = RAW_LIST.decode(item)
                yield from self._items(inner, item, number, start + offset, depth + 1)
            else:
                self._account.read += 1
                self._account.miss_record("an item that is no object")

    def _odd_field(self, name: str) -> None:
        self._account.miss_field("a line", name)

    def _handed_on(self, record: Located[R], core: bytes) -> Iterator[Located[R]]:
        self._account.read += 1
        self._like = core
        yield record

    def _is_record(self, data: bytes) -> bool:
        try:
            if self._flat and data.startswith(b"["):
                return bool(RAW_LIST.decode(data))
            return self._lenient(data, None) is not None
        except (ValueError, RecursionError):  # all that decoders raise
            return False

    def _joined(
        self, stretch: Stretch, number: int, start: int, line: bytes, ended: bool
    ) -> Iterator[Located[R]]:
        self._stretch = stretch
        stretch.add(number, start, line)
        full = len(stretch.text) > self._source.limits.line_size
        yield from self._decided(stretch, final=full, ended=ended)

    def _decided(self, stretch: Stretch, *, final: bool, ended: bool) -> Iterator[Located[R]]:
        for low, high in stretch.values(final=final, ended=ended):
            data, number = bytes(stretch.text[low:high]), stretch.line_number(low)
            yield from self._read(data, number, stretch.base + low)
        if not stretch.waits:
            self._stretch = None
