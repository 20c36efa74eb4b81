"""The branches of a chat of Qwen Code: a person may go back to an earlier message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.steps.branch_paths import branch_paths

_BACK = "rewind"
_SPOKEN = ("assistant", "tool_result", "user")


class ChatLine(Protocol):
    """What of a line says where it belongs."""

    type: object
    subtype: object
    uuid: object
    parent_uuid: object


def branches(lines: Sequence[ChatLine]) -> list[list[int]]:
    """The positions of the lines of each branch, the live one first.

    A chat in which nobody went back is one branch of all its lines, whatever they hang on.
    """
    if not any(line.type == "system" and line.subtype == _BACK for line in lines):
        return [list(range(len(lines)))]

    def speaks(position: int) -> bool:
        return lines[position].type in _SPOKEN

    return branch_paths(_parents(lines), -1, speaks)


def _parents(lines: Sequence[ChatLine]) -> list[int]:
    """The position of each line's parent, -1 for a root; a message may have several lines."""
    numbers: dict[str, int] = {}
    parents: list[int] = []
    for position, line in enumerate(lines):
        identity, parent = text(line.uuid), text(line.parent_uuid)
        parents.append(numbers.get(identity, numbers.get(parent, position - 1)))
        if identity:
            numbers[identity] = position
    return parents
