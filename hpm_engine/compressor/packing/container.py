"""The bytes of one compressed memory: everything that is kept, in one sequence, and back."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import msgspec

from hpm_engine.compressor.packing.frames import deflated, inflated, is_quick, longer, shorter
from hpm_engine.compressor.packing.step_values import ROW as VALUE_ROW
from hpm_engine.compressor.packing.word_counts import COUNTS, counted
from hpm_engine.store.rows.steps import MOST_STEPS
from hpm_engine.values.compression import KeptFor, KeptSpan, LedgerWord, SideCar
from hpm_engine.values.episodes import PartKind

# Each first without and then with values of steps. The first two wrote their texts without the
# shared names; the last two say how often each identifier was met.
_OLD = 1
_OLD_VALUED = 2  # with values of steps
_NAMED = 3  # with the shared names
_VALUED = 4  # with shared names and values
_COUNTED = 5  # with shared names and counts
_COUNTED_VALUED = 6  # with shared names, values and counts
_WITH_VALUES = (_OLD_VALUED, _VALUED, _COUNTED_VALUED)
_KINDS = tuple(PartKind)
_REASONS = tuple(KeptFor)
_KIND_BITS = {kind: bits for bits, kind in enumerate(_KINDS)}
_REASON_BITS = {reason: bits << 2 for bits, reason in enumerate(_REASONS)}
_MASK_BITS = (8, 4, 2, 1, 0)
_SMALL = tuple(bytes([value]) for value in range(128))


class MemoryContents(msgspec.Struct, frozen=True):
    """The contents of one compressed memory; T is the number of its steps."""

    scorer: str
    length: int  # T
    mask: bytes  # uint8 (T,): 255 is worth most
    points: tuple[int, ...]  # decision points
    penalty: float  # that they were found with
    spans: tuple[KeptSpan, ...]
    ledger: tuple[LedgerWord, ...]
    valued: tuple[int, ...] = ()  # V steps whose values are stored
    values: bytes = b""  # (V, ROW) bytes of ``step_values``
    counts: bytes = b""  # uint8 (W,): buckets of ``word_counts``, the ledger's words included


class Trial(NamedTuple):
    """A text, and its bytes as they are packed quickly."""

    text: str
    data: bytes


def pack(kept: MemoryContents, *, mask_bits: int = 8) -> bytes:
    """The bytes of a compressed memory; ``unpack`` gives the same but for a coarser mask."""
    return head(kept, mask_bits) + body(kept)


def head(kept: MemoryContents, mask_bits: int) -> bytes:
    """The first bytes of ``pack(kept)``: all but texts and ledger."""
    return b"".join(_head(kept, mask_bits).values())


def body(kept: MemoryContents, trial: Trial | None = None) -> bytes:
    """The last bytes of ``pack(kept)``: texts and ledger, with their positions and counts.

    ``trial`` saves time where it was made of the same text.
    """
    return b"".join(_body(kept, trial).values())


def tried(text: str) -> Trial:
    """A text packed quickly: about the bytes that it takes in ``body``."""
    return Trial(text, deflated(text.encode(), named=True, quick=True))


def side_cars(kept: MemoryContents, mask_bits: int) -> tuple[SideCar, ...]:
    """What each thing in ``pack(kept)`` takes; the ledger is what it adds to the texts."""
    sections = _head(kept, mask_bits) | _body(kept)
    texts = len(_body(msgspec.structs.replace(kept, ledger=()))["texts"]) if kept.spans else 0
    sizes = {name: len(data) for name, data in sections.items() if name != "texts"}
    sizes |= {"texts": texts, "ledger": len(sections["texts"]) - texts}
    return tuple(SideCar(name, size) for name, size in sizes.items())


def mask_bits_of(data: bytes) -> int:
    """In how many bits each mask value is stored."""
    return _MASK_BITS[data[0] >> 1 & 7]


def _body(kept: MemoryContents, trial: Trial | None = None) -> dict[str, bytes]:
    layout, text = _laid_out(kept)
    table, counts = shorter(layout), shorter(kept.counts)
    return {
        "places": _number(len(table)) + table,
        **({"counts": _number(len(counts)) + counts} if kept.counts else {}),
        "texts": _texts(text, trial) if text else b"",
    }


def _texts(text: str, trial: Trial | None) -> bytes:
    """A higher level is not always the shorter one, and what a trial found to fit must fit."""
    if trial is None or trial.text != text:
        trial = tried(text)
    data = text.encode()
    return (
        trial.data if is_quick(len(data)) else min(deflated(data, named=True), trial.data, key=len)
    )


def _head(kept: MemoryContents, mask_bits: int) -> dict[str, bytes]:
    pointed = bool(kept.ledger) and kept.ledger[0].seq is not None
    name = kept.scorer.encode()
    version = (_COUNTED if kept.counts else _NAMED) + bool(kept.valued)
    first = bytes([version << 4 | _MASK_BITS.index(mask_bits) << 1 | pointed, len(name)])
    mask = shorter(coarse(kept.mask, mask_bits))
    return {
        "head": first + name + _number(kept.length),
        "mask": _number(len(mask)) + mask,
        "decision points": _packed_points(kept.points, kept.penalty),
        **({"values": _packed_steps(kept.valued) + kept.values} if kept.valued else {}),
    }


def _packed_points(points: Sequence[int], penalty: float) -> bytes:
    steps = b"".join(_number(b - a) for a, b in pairwise((0, *points)))
    return _number(len(points)) + (struct.pack("<f", penalty) + steps if points else b"")


def _packed_steps(steps: Sequence[int]) -> bytes:
    return _number(len(steps)) + b"".join(_number(b - a) for a, b in pairwise((0, *steps)))


def _laid_out(kept: MemoryContents) -> tuple[bytes, str]:
    """Where the texts stand, and all texts: of the spans line after line, then the ledger."""
    fields = [_number(len(kept.spans))]
    lines: list[str] = []
    seq = part = line = 0
    for span in kept.spans:
        if span.seq != seq:
            part = line = 0
        elif span.part != part:
            line = 0
        size = span.text.count("\n") + 1
        kind = _KIND_BITS[span.kind] | _REASON_BITS[span.reason]
        same = span.seq == seq and span.part == part and line > 0
        fields.append(_number((span.seq - seq) << 1 | same))
        if not same:
            fields.append(_number(span.part))
        fields += (bytes([kind]), _number(span.line - line if same else span.line), _number(size))
        lines.append(span.text)
        seq, part, line = span.seq, span.part, span.line + size
    steps, words = ledger_lines(kept.ledger)
    fields += (_number(len(steps)), *(_number(b - a) for a, b in pairwise((0, *steps))))
    return b"".join(fields), "\n".join((*lines, *words))


def ledger_lines(ledger: Sequence[LedgerWord]) -> tuple[list[int], list[str]]:
    """Of pointed words a line for each step, else one for each count; words in order."""
    if not ledger:
        return [], []
    if ledger[0].seq is None:
        by_count = [sorted(w.word for w in ledger if w.count == count) for count in COUNTS]
        return [], [" ".join(words) for words in by_count]
    ordered = sorted((entry.seq or 0, entry.word) for entry in ledger)
    by_step = {key: [word for _, word in of] for key, of in groupby(ordered, lambda x: x[0])}
    return list(by_step), [" ".join(words) for words in by_step.values()]


def unpack(data: bytes) -> MemoryContents:
    """What ``pack`` was given. Raises ``ValueError`` for bytes that it never made."""
    reader = _Reader(data)
    first = reader.take(1)[0]
    version = first >> 4
    if not _OLD <= version <= _COUNTED_VALUED:
        raise ValueError(f"a compressed memory of version {version}")
    bits = _MASK_BITS[first >> 1 & 7]
    scorer = reader.take(reader.take(1)[0]).decode()
    length = reader.number()
    if length > MOST_STEPS:
        raise ValueError("a compressed memory of more steps than any episode has")
    mask = _fine(longer(reader.take(reader.number())), bits, length)
    count = reader.number()
    penalty: float = struct.unpack("<f", reader.take(4))[0] if count else 0.0
    points = tuple(reader.sums(count))
    valued = tuple(reader.sums(reader.number())) if version in _WITH_VALUES else ()
    values = reader.take(len(valued) * VALUE_ROW)
    layout = _Reader(longer(reader.take(reader.number())))
    counts = longer(reader.take(reader.number())) if version >= _COUNTED else b""
    lines = inflated(reader.rest(), named=version >= _NAMED).decode().split("\n")
    spans, used = _spans(layout, lines)
    steps = list(layout.sums(layout.number()))
    ledger = tuple(_ledger(steps, lines[used:], pointed=bool(first & 1)))
    if counts:
        times = counted(spans, ledger, counts)
        ledger = tuple(msgspec.structs.replace(entry, count=times[entry.word]) for entry in ledger)
    return MemoryContents(
        scorer, length, mask, points, penalty, spans, ledger, valued, values, counts
    )


def _spans(layout: _Reader, lines: list[str]) -> tuple[tuple[KeptSpan, ...], int]:
    spans = []
    line_index = seq = part = line = 0
    for _ in range(layout.number()):
        moved = layout.number()
        seq += moved >> 1
        if not moved & 1:
            part, line = layout.number(), 0
        kind = layout.take(1)[0]
        line += layout.number()
        size = layout.number()
        if line_index + size > len(lines):
            raise ValueError("a compressed memory with fewer lines than it says")
        text = "\n".join(lines[line_index : line_index + size])
        spans.append(KeptSpan(seq, part, _KINDS[kind & 3], line, text, _REASONS[kind >> 2]))
        line_index, line = line_index + size, line + size
    return tuple(spans), line_index


def _ledger(steps: list[int], lines: list[str], *, pointed: bool) -> Iterator[LedgerWord]:
    if pointed:
        for seq, line in zip(steps, lines, strict=True):
            yield from (LedgerWord(word, 1, seq) for word in line.split(" "))
        return
    for count, line in zip(COUNTS, lines, strict=False):
        yield from (LedgerWord(word, count, None) for word in line.split(" ") if word)


def coarse(mask: bytes, bits: int) -> bytes:
    """Mask values in so many bits each, the first in the lowest ones."""
    if bits == 8:
        return mask
    if not bits:
        return b""
    per, top = 8 // bits, (1 << bits) - 1
    values = [(value * top + 127) // 255 for value in mask]
    values += [0] * (-len(values) % per)
    return bytes(
        sum(value << bits * index for index, value in enumerate(values[start : start + per]))
        for start in range(0, len(values), per)
    )


def _fine(data: bytes, bits: int, length: int) -> bytes:
    if not bits:
        return bytes(length)
    per, top = 8 // bits, (1 << bits) - 1
    if len(data) * per < length:
        raise ValueError("a mask shorter than its episode")
    data = data[: -(-length // per)]
    values = [(b >> bits * i & top) * 255 // top for b in data for i in range(per)]
    return bytes(values[:length])


def _number(value: int) -> bytes:
    """A number of any size: seven bits in a byte, the lowest first (LEB128)."""
    if value < 128:
        return _SMALL[value]
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


class _Reader:
    """Bytes that are taken from the front; ``ValueError`` where they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise ValueError("a compressed memory that ends too early")
        self._at += size
        return taken

    def number(self) -> int:
        value = 0
        for shift in range(0, 63, 7):
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a number that is too long")

    def sums(self, count: int) -> Iterable[int]:
        total = 0
        for _ in range(count):
            total += self.number()
            yield total

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)
