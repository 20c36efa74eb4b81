"""The bytes behind a step as text that a pane can show: prepared on the reader thread."""

from __future__ import annotations

import json

import msgspec

from hpm_engine import visible

MOST_SHOWN = 1_000_000  # bytes
LONGEST_LINE = 2_000  # characters


class RecordText(msgspec.Struct, frozen=True):
    """A record as text.

    ``pretty`` is "" where the record is not JSON; ``elided`` counts bytes not shown.
    """

    size: int
    exact: str
    pretty: str
    elided: int


def record_text(data: bytes) -> RecordText:
    """Decode a record for reading: nothing hidden, no endless line, at most a megabyte."""
    part = data[:MOST_SHOWN]
    exact = _shown(part.decode("utf-8", "backslashreplace"))
    pretty = "" if len(data) > MOST_SHOWN else _pretty(data)
    return RecordText(len(data), exact, pretty, len(data) - len(part))


def _pretty(data: bytes) -> str:
    try:
        return _shown("\n\n".join(_laid_out(value) for value in _values(data)))
    except (ValueError, RecursionError):
        return ""


def _values(data: bytes) -> list[object]:
    """The values of a record: one JSON document, or one on each line."""
    try:
        values = [json.loads(data)]
    except ValueError:
        values = [json.loads(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(value, dict | list) for value in values):
        raise ValueError("a bare word or number is no record")
    return values


def _laid_out(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _shown(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        if len(line) <= LONGEST_LINE:
            lines.append(line)
        else:
            pieces = range(0, len(line), LONGEST_LINE)
            lines.append(" ⤶\n".join(line[i : i + LONGEST_LINE] for i in pieces))
    return visible("\n".join(lines), lines=True)
