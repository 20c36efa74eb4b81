"""What a person took back of a session: OpenCode marks it, and deletes it with the next prompt."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.opencode.messages import OpenCodePart, text
from hpm_engine.values.episodes import StepFlag

IdentifiedPart = tuple[str, OpenCodePart]
Stretch = tuple[StepFlag, list[OpenCodePart]]


class _Mark(msgspec.Struct):
    """Where a session was taken back to; the files are as they were before that."""

    message: object = msgspec.field(default=None, name="messageID")
    part: object = msgspec.field(default=None, name="partID")


_MARK = TypedDecoder(_Mark)


class Revert:
    """The mark of a session, met while its messages pass by in their order.

    The message that it names is taken back, with all that follow; where it names a part too, that
    message only from this part on.
    """

    def __init__(self, mark: msgspec.Raw = NO_JSON) -> None:
        named = _MARK.nested(mark) or _Mark()
        self._message, self._part = text(named.message), text(named.part)
        self._reached = False

    def stretches(self, message: str, parts: Sequence[IdentifiedPart]) -> list[Stretch]:
        """The parts of the next message: those that stand, then those that were taken back."""
        every = [part for _, part in parts]
        if self._reached:
            return [(StepFlag.TAKEN_BACK, every)]
        self._reached = message == self._message != ""
        if not self._reached:
            return [(StepFlag.NONE, every)]
        ids = [identity for identity, _ in parts]
        if not self._part:
            return [(StepFlag.TAKEN_BACK, every)]
        if self._part not in ids:  # that part is gone: what is left of the message stands
            return [(StepFlag.NONE, every)]
        position = ids.index(self._part)
        stands: list[Stretch] = [(StepFlag.NONE, every[:position])] if position else []
        return [*stands, (StepFlag.TAKEN_BACK, every[position:])]
