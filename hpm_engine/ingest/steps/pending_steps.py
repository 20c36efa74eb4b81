"""Steps under construction, emitted in order as soon as they are complete.

A line format spreads a step over several lines: its blocks, then the results of its calls,
possibly after later steps. Only incomplete steps and those after them are held, at most
``STEPS_HELD`` steps or ``CHARS_HELD`` characters, so that memory is bounded for any source.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

STEPS_HELD = 200
CHARS_HELD = 64 * 1024 * 1024  # characters of text


class PendingStep:
    """A step that may still get parts, results and tokens until it is ``closed``."""

    def __init__(
        self,
        queue: PendingSteps,
        source: StepSource,
        flags: StepFlag,
        at: int | None,
        model: str = "",
    ) -> None:
        self._queue = queue
        self.source = source
        self.flags = flags
        self.at = at
        self.model = model
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None
        self.closed = False
        self.emitted = False
        self._said: list[Part] = []
        self._results: dict[str, Part | None] = {}  # in the order of the calls
        self._unsettled: set[str] = set()
        self._raw_start = self._raw_end = self._last_line = 0

    @property
    def complete(self) -> bool:
        """Whether the step is closed and all its calls have final results."""
        return self.closed and not self._unsettled

    @property
    def empty(self) -> bool:
        """Whether it has neither parts nor tokens."""
        parts = self._said or self._results
        return not parts and self.tokens_in is None and self.tokens_out is None

    def cover(self, line: Located[Any]) -> None:
        """Note that ``line`` belongs to this step: its span grows over adjoining lines."""
        if not self._last_line:
            self._raw_start = line.start
        elif line.number not in (self._last_line, self._last_line + 1):
            return
        self._last_line = line.number
        self._raw_end = line.start + line.size

    def say(self, kind: PartKind, text: str, name: str = "", call_id: str = "") -> int:
        """Add a message, a reasoning or a call, which awaits a result if it has an id.

        Returns the position of the part, for ``revise``.
        """
        self._said.append(Part(kind, text, name, call_id))
        self._queue.hold(len(text))
        if kind is PartKind.CALL and call_id:
            self._results[call_id] = None
            self._unsettled.add(call_id)
            self._queue.expect(call_id, self)
        return len(self._said) - 1

    def revise(self, position: int, text: str) -> None:
        """Replace the text of the part at a position by a later version."""
        part = self._said[position]
        self._queue.hold(len(text) - len(part.text))
        self._said[position] = Part(part.kind, text, part.name, part.call_id)

    def answer(self, call_id: str, text: str, is_error: bool, *, final: bool = True) -> None:
        """Set the result of a call of this step; until ``final`` a better one may follow."""
        if (earlier := self._results.get(call_id)) is not None:
            self._queue.hold(-len(earlier.text))
        self._results[call_id] = Part(PartKind.RESULT, text, "", call_id, is_error)
        self._queue.hold(len(text))
        if final:
            self._unsettled.discard(call_id)

    def result(self, call_id: str) -> Part | None:
        """The result of the call so far."""
        return self._results.get(call_id)

    def release(self) -> None:
        """Mark the step as emitted: it can no longer change."""
        self.emitted = True
        self._queue.forget(
            self._results,
            sum(len(part.text) for part in (*self._said, *self._results.values()) if part),
        )

    def draft(self) -> StepDraft:
        """The step so far; with calls without a result it is flagged as unanswered."""
        flags = self.flags
        results = [part for part in self._results.values() if part is not None]
        if any(part.is_error for part in results):
            flags |= StepFlag.ERROR
        if len(results) < len(self._results):
            flags |= StepFlag.UNANSWERED
        return StepDraft(
            source=self.source,
            parts=(*self._said, *results),
            at=self.at,
            flags=flags,
            model=self.model,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            raw_start=self._raw_start,
            raw_size=self._raw_end - self._raw_start,
        )


class PendingSteps:
    """The queue of steps under construction, in the order of their first lines."""

    def __init__(self) -> None:
        self._queue: deque[PendingStep] = deque()
        self._callers: dict[str, PendingStep] = {}
        self._chars = 0

    def open(
        self, source: StepSource, flags: StepFlag, at: int | None, model: str = ""
    ) -> PendingStep:
        """Queue a new step."""
        step = PendingStep(self, source, flags, at, model)
        self._queue.append(step)
        return step

    def caller(self, call_id: str) -> PendingStep | None:
        """The step of a call; None if it is no longer held."""
        return self._callers.get(call_id)

    def ready(self) -> Iterator[StepDraft]:
        """The complete steps at the head, and those that have waited too long."""
        queue = self._queue
        while queue and (queue[0].complete or len(queue) > STEPS_HELD or self._chars > CHARS_HELD):
            yield from self._emit()

    def rest(self) -> Iterator[StepDraft]:
        """All steps still held: the source has ended."""
        while self._queue:
            yield from self._emit()

    def hold(self, chars: int) -> None:
        """Count text that is held (for the steps themselves)."""
        self._chars += chars

    def expect(self, call_id: str, step: PendingStep) -> None:
        """Note the step that awaits a result (for the steps themselves)."""
        self._callers[call_id] = step

    def forget(self, call_ids: Iterable[str], chars: int) -> None:
        """Undo ``expect`` and ``hold`` (for the steps themselves)."""
        self._chars -= chars
        for call_id in call_ids:
            self._callers.pop(call_id, None)

    def _emit(self) -> Iterator[StepDraft]:
        step = self._queue.popleft()
        step.release()
        if not step.empty:
            yield step.draft()
