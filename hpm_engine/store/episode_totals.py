"""An episode's figures while its steps are written, and which of the steps are new."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from hpm_engine.store.encoded_step import EncodedStep
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

# As plain numbers: an enum's operators cost a microsecond, and this runs for every step.
_COPIED, _ERROR = int(StepFlag.COPIED), int(StepFlag.ERROR)


class Totals:
    """An episode's figures, gathered while its steps pass by."""

    def __init__(self) -> None:
        self.steps = self.agent_steps = self.calls = self.errors = self.text_size = 0
        self.tokens_in = self.tokens_out = 0
        self.cost: float | None = None
        self.first: int | None = None
        self.last: int | None = None
        self.tools: set[str] = set()
        self.digest = sha256()

    def add(self, step: EncodedStep) -> None:
        """Count a step."""
        draft = step.draft
        self.steps += 1
        self.digest.update(step.digest)
        self.text_size += step.text_size
        if draft.at is not None:
            self.first = draft.at if self.first is None else min(self.first, draft.at)
            self.last = draft.at if self.last is None else max(self.last, draft.at)
        flags = int(draft.flags)
        if flags & _COPIED:
            return  # counted where it stood first
        self.agent_steps += draft.source is StepSource.AGENT
        self.errors += bool(flags & _ERROR)
        for part in draft.parts:
            if part.kind is PartKind.CALL:
                self.calls += 1
                self.tools.add(part.name)
        self.tokens_in += draft.tokens_in or 0
        self.tokens_out += draft.tokens_out or 0
        if draft.cost_usd is not None:
            self.cost = (self.cost or 0.0) + draft.cost_usd


class Comparison:
    """Which of an episode's steps are new to the store; asked of each step in its order.

    ``known`` are the stored ones' digests and places, ``moved`` those that lie elsewhere now.
    """

    def __init__(self, known: list[tuple[bytes, int, int]]) -> None:
        self.known = known
        self.totals = Totals()
        self.moved: list[tuple[int, StepDraft]] = []
        self._differs = False

    def knows(self, seq: int, step: EncodedStep) -> bool:
        """Whether the store has the step at ``seq``, and all before it."""
        self.totals.add(step)
        if self._differs or seq >= len(self.known) or self.known[seq][0] != step.digest:
            self._differs = True
            return False
        if self.known[seq][1:] != (step.draft.raw_start, step.draft.raw_size):
            self.moved.append((seq, msgspec.structs.replace(step.draft, parts=())))
        return True
