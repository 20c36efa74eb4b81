"""The steps of a list of messages: each call and its result belong to the agent's step."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class Turn:
    """A step under construction."""

    __slots__ = (
        "at",
        "cost",
        "flags",
        "model",
        "parts",
        "raw",
        "source",
        "tokens_in",
        "tokens_out",
        "waiting",
        "written",
    )

    def __init__(
        self, source: StepSource, parts: list[Part], raw: tuple[int, int], at: int | None
    ) -> None:
        self.source = source
        self.parts = parts
        self.raw = raw
        self.at = at
        self.flags = StepFlag.NONE
        self.model = ""
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None
        self.cost: float | None = None
        self.waiting: list[str] = []  # ids of the calls that have no result yet
        self.written = False  # the calls are in its prose: their results come as user text

    @property
    def speaker(self) -> str:
        """The speaker's name; "" where only the role is known."""
        words = (part for part in self.parts if part.kind in (PartKind.MESSAGE, PartKind.REASONING))
        return next((part.name for part in words if part.name), "")

    def answer(self, text: str, name: str, call_id: str, is_error: bool) -> None:
        """Add the result of one of this turn's calls."""
        self.parts.append(Part(PartKind.RESULT, text, name, call_id, is_error))
        if is_error:
            self.flags |= StepFlag.ERROR
        if call_id in self.waiting:
            self.waiting.remove(call_id)
        elif self.waiting:
            self.waiting.pop(0)

    def draft(self) -> StepDraft:
        """The finished step."""
        return StepDraft(
            self.source,
            tuple(self.parts),
            self.at,
            self.flags | StepFlag.UNANSWERED if self.waiting else self.flags,
            self.model,
            self.tokens_in,
            self.tokens_out,
            self.cost,
            *self.raw,
        )


class Conversation:
    """The steps of one session, built from its messages."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._callers: dict[str, Turn] = {}

    def say(
        self,
        source: StepSource,
        text: str,
        raw: tuple[int, int] = (0, 0),
        *,
        at: int | None = None,
        reasoning: str = "",
        calls: Sequence[Part] = (),
        speaker: str = "",
        message_id: str = "",
    ) -> Turn | None:
        """Add a step; returns None, and adds nothing, for a step without any part.

        ``speaker`` is a name where several share a role, ``message_id`` the source's own id.
        """
        parts: list[Part] = []
        if reasoning:
            thinker = "" if text or calls else speaker
            parts.append(Part(PartKind.REASONING, reasoning, thinker))
        if text or (speaker and calls):
            parts.append(Part(PartKind.MESSAGE, text, speaker, message_id))
        turn = Turn(source, parts, raw, at)
        self.call(turn, calls)
        if not parts:
            return None
        self.turns.append(turn)
        return turn

    def call(self, turn: Turn, calls: Sequence[Part]) -> None:
        """Add calls to a step, which then awaits their results."""
        for call in calls:
            turn.parts.append(call)
            turn.waiting.append(call.call_id)
            if call.call_id:
                self._callers[call.call_id] = turn

    def knows(self, call_id: str) -> bool:
        """Whether a step has the call of this id."""
        return call_id in self._callers

    @property
    def last(self) -> Turn | None:
        """The latest step, if any."""
        return self.turns[-1] if self.turns else None

    def answer(
        self,
        call_id: str,
        text: str,
        raw: tuple[int, int] = (0, 0),
        *,
        name: str = "",
        is_error: bool = False,
        at: int | None = None,
    ) -> None:
        """Add a result to the step of its call; one without a call is a step of its own."""
        turn = self._callers.get(call_id) if call_id else None
        if turn is None and self.last is not None and not call_id and self.last.waiting:
            turn = self.last
        if turn is None:
            turn = Turn(StepSource.SYSTEM, [], raw, at)
            self.turns.append(turn)
        turn.answer(text, name, call_id, is_error)

    def settle_speakers(self) -> None:
        """Give agents the user's messages that have the name of one of the agents.

        Each of several agents gets the others' messages as a user's.
        """
        agents = {turn.speaker for turn in self.turns if turn.source is StepSource.AGENT}
        for turn in self.turns:
            if turn.source is StepSource.USER and turn.speaker and turn.speaker in agents:
                turn.source = StepSource.AGENT

    def drafts(self) -> tuple[StepDraft, ...]:
        """All steps, finished."""
        return tuple(turn.draft() for turn in self.turns)
