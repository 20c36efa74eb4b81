"""Subagents whose lines stand inside the main session's file, as older versions wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hpm_engine.ingest.claude_code_lines import MESSAGE, Line, blocks
from hpm_engine.ingest.claude_code_text import block_text
from hpm_engine.ingest.line_records import Located

SIDECHAINS = 100  # each costs a pass over the file: what goes beyond joins the last one
WARM_UP = "Warmup"


class Sidechains:
    """Tells which subagent a sidechain line belongs to: by its agent id, else by its first line."""

    def __init__(self) -> None:
        self.found: dict[str, bool] = {}  # subagent -> whether it is a mere warm-up
        self._owners: dict[str, str] = {}  # uuid of a line -> subagent

    def main(self, lines: Iterable[Located[Line]]) -> Iterator[Located[Line]]:
        """The lines of the main session; notes the others on the way."""
        for line in lines:
            if line.record.is_sidechain:
                self._note(line.record)
            else:
                yield line

    def of(self, child: str, lines: Iterable[Located[Line]]) -> Iterator[Located[Line]]:
        """The lines of one subagent; only after ``main`` has run to its end."""
        for line in lines:
            if line.record.is_sidechain and self._owner(line.record) == child:
                yield line

    def _note(self, record: Line) -> None:
        child = self._owner(record)
        if child not in self.found:
            if record.type not in ("user", "assistant"):
                return
            if len(self.found) >= SIDECHAINS:
                child = next(reversed(self.found))
            else:
                self.found[child] = is_warm_up(record)
        if record.uuid:
            self._owners[record.uuid] = child

    def _owner(self, record: Line) -> str:
        if record.uuid and (known := self._owners.get(record.uuid)):
            return known
        if record.agent_id:
            return record.agent_id
        return self._owners.get(record.parent_uuid or "") or record.uuid or "sidechain"


def is_warm_up(record: Line) -> bool:
    """Whether a subagent's first line is the client's own warm-up, which is no task."""
    message = MESSAGE.nested(record.message) if record.type == "user" else None
    if message is None:
        return False
    return [block_text(block).strip() for block in blocks(message.content)] == [WARM_UP]
