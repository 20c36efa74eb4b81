"""The opening of a source: its first bytes as JSON, however they were cut."""

from __future__ import annotations

import re

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.json.text import ANYTHING, decode
from hpm_engine.ingest.sources.stream_framing import is_framed, unframed

_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([\[\]{}])', re.DOTALL)
_STRING_OR_COMMA = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|,', re.DOTALL)
_FRAMING = b"\xef\xbb\xbf \t\r\n\0\x1e"
_BEGUN = re.compile(rb'\{[ \t]*+"')
_NEEDLESS_COMMA = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")|,(?=\s*+[\]}])', re.DOTALL)
_VALUES = 20  # that follow each other over several lines each
_LINES = 100  # lines of a head that are looked at
_CLOSER = {b"{": b"}", b"[": b"]"}


class Opening(msgspec.Struct, frozen=True):
    """The first JSON value of a source, as far as its head goes; open brackets are closed."""

    value: object = None  # None where the source does not begin with JSON
    more: bool = False  # further text follows the value, as in JSON lines
    cut: bool = False  # the value goes on behind the head
    torn: bool = False  # the value is the beginning of the first line; no line is whole

    @property
    def first(self) -> object:
        """The value itself, or a list's first item."""
        if isinstance(self.value, list):
            return self.value[0] if self.value else None
        return self.value

    @property
    def record(self) -> dict[str, object]:
        """The value, or a list's first item, if it is an object; else an empty one."""
        return self.first if isinstance(self.first, dict) else {}

    @property
    def keys(self) -> dict[str, object]:
        """The value if it is an object; else an empty one."""
        return self.value if isinstance(self.value, dict) else {}


def read_opening(head: bytes, name: str, depth: int) -> Opening:
    """The opening of ``head``: its first value, or the first whole line among damaged lines.

    Raises ``LimitExceeded`` where it nests deeper than ``depth``.
    """
    text = head.lstrip(_FRAMING)
    if framed := is_framed(text) and _is_stream(text):
        carried = (unframed(line.strip(_FRAMING)) for line in text.split(b"\n"))
        text = b"\n".join(filter(None, carried))
    first, _, rest = text.partition(b"\n")
    if rest and not text.startswith(b"[") and not _is_object(first):
        text = _whole_lines(text) or text
    if text[:1] not in (b"{", b"["):
        return Opening()
    end, closed = _close(text, name, depth)
    try:
        value = _decoded(closed, name)
    except LimitExceeded:
        raise
    except CannotImport:
        return Opening()
    more = framed or bool(text[end:].strip(_FRAMING))
    return Opening(value, more=end > 0 and more, cut=end == 0)


def _is_stream(text: bytes) -> bool:
    """Whether nine of ten lines are of a stream of events: YAML has fields of such names, too."""
    lines = [line.strip(_FRAMING) for line in text.split(b"\n", _LINES)[:_LINES]]
    lines = [line for line in lines if line]
    return 10 * sum(map(is_framed, lines)) >= 9 * len(lines)


def first_objects(head: bytes, name: str, depth: int) -> list[dict[str, object]]:
    """The first objects of a text in which each may reach over several lines, as ``jq`` writes."""
    objects: list[dict[str, object]] = []
    text = head.lstrip(_FRAMING)
    try:
        while text.startswith(b"{") and len(objects) < _VALUES:
            end, closed = _close(text, name, depth)
            value = _decoded(closed, name)
            if isinstance(value, dict):
                objects.append(value)
            if not end:
                break
            text = text[end:].lstrip(_FRAMING)
    except CannotImport:
        pass  # what came before it tells the format
    return objects


def _decoded(text: bytes, name: str) -> object:
    """The value of a text, which may have commas behind its lists' last items."""
    try:
        return decode(text, ANYTHING, name)
    except LimitExceeded:
        raise
    except CannotImport:
        kept = _NEEDLESS_COMMA.sub(lambda match: match.group(1) or b"", text)
        if kept == text:
            raise
        return decode(kept, ANYTHING, name)


def torn_opening(head: bytes, name: str, depth: int) -> Opening | None:
    """The opening of lines that are all cut; None where most lines begin no object.

    Raises ``LimitExceeded`` where the first nests deeper than ``depth``.
    """
    lines = [line.strip(_FRAMING) for line in head.split(b"\n", _LINES)[:_LINES]]
    lines = [line for line in lines if line]
    begun = [line for line in lines if _BEGUN.match(line) and not line.endswith(b",")]
    if len(begun) < 2 or 2 * len(begun) < len(lines):
        return None
    opening = read_opening(begun[0], name, depth)
    return Opening(opening.value, more=True, torn=True) if opening.keys else None


def _whole_lines(text: bytes) -> bytes:
    """The text from its first whole object on; empty where fewer than half the lines are one."""
    lines = [line.strip(_FRAMING) for line in text.split(b"\n", _LINES)[:_LINES]]
    lines = [line for line in lines if line]
    whole = [line for line in lines if _is_object(line)]
    if 2 * len(whole) < len(lines):
        return b""
    return b"\n".join(whole[:2]) if len(whole) > 1 else whole[0] + b"\n{}"


def _is_object(line: bytes) -> bool:
    if not (line.startswith(b"{") and line.rstrip(_FRAMING).endswith(b"}")):
        return False
    try:
        ANYTHING.decode(line.rstrip(_FRAMING))
    except (ValueError, RecursionError):
        return False
    return True


def _close(text: bytes, name: str, depth: int) -> tuple[int, bytes]:
    """The end of the first value (0: behind the head), and its text with all brackets closed."""
    stack: list[bytes] = []
    offset = 0
    while match := _TO_BRACKET.match(text, offset):
        offset = match.end()
        bracket = match.group(1)
        if bracket in _CLOSER:
            stack.append(_CLOSER[bracket])
            if len(stack) > depth:
                raise LimitExceeded(f"{name}: JSON nested deeper than {depth} levels is no trace.")
        elif not stack or stack.pop() != bracket:
            return 0, b""
        elif not stack:
            return offset, text[:offset]
    return 0, _without_rest(text, offset) + b"".join(reversed(stack))


def _without_rest(text: bytes, safe: int) -> bytes:
    """The text up to its last whole value; ``safe`` is the offset behind its last bracket.

    A string value that was cut is kept as an empty one, so that its key is known.
    """
    for match in _STRING_OR_COMMA.finditer(text, safe):
        if match.group() == b",":
            safe = match.start()
        elif not match.group(1):
            before = text[: match.start()]
            return before + b'""' if before.rstrip().endswith(b":") else text[:safe]
    return text[:safe]
