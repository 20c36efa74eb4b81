"""The steps of OpenHands events: one for each reply of the model, with all of its calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.pending_steps import PendingStep, PendingSteps
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource


class EventSteps:
    """The steps of one conversation; a step of the model stays open until the next reply."""

    def __init__(self) -> None:
        self._pending = PendingSteps()
        self._reply: PendingStep | None = None
        self._reply_id = ""

    @property
    def reply(self) -> PendingStep | None:
        """The model's latest step, which may still get calls, results and tokens."""
        return self._reply if self._reply and not self._reply.emitted else None

    def say(
        self,
        line: Located[Any],
        source: StepSource,
        text: str,
        at: int | None,
        flags: StepFlag = StepFlag.NONE,
        *,
        speaker: str = "",
    ) -> None:
        """Add a message as a step of its own; one without text is left out."""
        if text:
            step = self._pending.open(source, flags, at)
            step.cover(line)
            step.say(PartKind.MESSAGE, text, speaker)
            step.closed = True

    def reply_step(
        self, line: Located[Any], reply_id: str, at: int | None, model: str = ""
    ) -> tuple[PendingStep, bool]:
        """The step of a reply, and whether it is new; a reply without an id is always new."""
        if self.reply is not None and reply_id and reply_id == self._reply_id:
            self.reply.cover(line)
            return self.reply, False
        if self._reply is not None:
            self._reply.closed = True
        self._reply_id = reply_id
        self._reply = self._pending.open(StepSource.AGENT, StepFlag.NONE, at, model)
        self._reply.cover(line)
        return self._reply, True

    def person_runs(
        self, line: Located[Any], name: str, text: str, call_id: str, at: int | None
    ) -> None:
        """Add a call by a person."""
        step = self._pending.open(StepSource.USER, StepFlag.NONE, at)
        step.cover(line)
        step.say(PartKind.CALL, text, name, call_id)
        step.closed = True

    def answer(
        self, line: Located[Any], call_id: str, text: str, at: int | None, *, is_error: bool
    ) -> PendingStep:
        """Add a result to the step that called; one without a call is a step of its own."""
        step = self._pending.caller(call_id) if call_id else None
        if step is None:
            step = self._pending.open(StepSource.SYSTEM, StepFlag.NONE, at)
            step.closed = True
        step.cover(line)
        step.answer(call_id, text, is_error)
        return step

    def ready(self) -> Iterator[StepDraft]:
        """The steps that are complete."""
        yield from self._pending.ready()

    def rest(self) -> Iterator[StepDraft]:
        """All other steps: the events have ended."""
        if self._reply is not None:
            self._reply.closed = True
        yield from self._pending.rest()
