"""One answer of an agent as a step: words, thoughts, calls and results in their order."""

from __future__ import annotations

from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class Answer:
    """One answer under construction, as a step of the agent."""

    def __init__(self, raw: tuple[int, int], at: int | None) -> None:
        self.turn = Turn(StepSource.AGENT, [], raw, at)
        self.is_said = False  # it has words

    def think(self, text: str) -> None:
        """Add thoughts."""
        self._add(PartKind.REASONING, text)

    def say(self, text: str) -> None:
        """Add words."""
        self.is_said |= self._add(PartKind.MESSAGE, text)

    def call(self, name: str, arguments: str, call_id: str) -> None:
        """Add a call."""
        self.turn.parts.append(Part(PartKind.CALL, arguments, name, call_id))
        self.turn.waiting.append(call_id)

    def result(self, text: str, call_id: str, *, name: str = "", is_error: bool = False) -> None:
        """Add the result of a call; without an id, of the one that waits."""
        self.turn.answer(text, name, call_id, is_error)

    def interrupt(self) -> None:
        """Say that a person stopped it."""
        self.turn.flags |= StepFlag.INTERRUPTED

    def reach(self, raw: tuple[int, int]) -> None:
        """Let the step's record reach to the end of a later one."""
        start, size = self.turn.raw
        if raw[0] >= start:
            self.turn.raw = (start, max(size, raw[0] + raw[1] - start))

    def _add(self, kind: PartKind, text: str) -> bool:
        if not text or text.isspace():
            return False
        self.turn.parts.append(Part(kind, text))
        return True
