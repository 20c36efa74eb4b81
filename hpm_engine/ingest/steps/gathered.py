"""A session as a reader gathers it: what was said and done, and what is known of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hpm_engine.ingest.steps.conversation import Conversation, Turn
from hpm_engine.ingest.steps.first_lines import given_title, project_of
from hpm_engine.ingest.steps.injected import split
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, StepFlag, StepSource

Raw = tuple[int, int]  # first byte and size of a step's record
_NO_RAW: Raw = (0, 0)


class Spent(msgspec.Struct, frozen=True):
    """What a reply cost: tokens read (cached ones included), tokens written, dollars."""

    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None


_NOTHING_SPENT = Spent()


class GatheredSession:
    """One session under construction.

    ``name`` is the title that a person gave, ``agent_name`` the agent's or the program's.
    """

    def __init__(self, format_: str, key: str = "", agent: str = "") -> None:
        self.conversation = Conversation()
        self.format, self.key, self.agent = format_, key, agent or format_
        self.parent_key = self.continues_key = ""
        self.cwd = self.branch = self.model = ""
        self.name = self.agent_name = ""
        self.tokens_in: int | None = None  # of the whole, where only sums are stated
        self.tokens_out: int | None = None
        self.cost: float | None = None
        self.started_at: int | None = None
        self.ended_at: int | None = None
        self.began_at: int | None = None  # of a fork, whose first steps are older
        self._task = self._copied_task = ""

    @property
    def turns(self) -> list[Turn]:
        """The steps so far."""
        return self.conversation.turns

    @property
    def task(self) -> str:
        """The first words of a person, on one line, copied ones only without own; "" for none."""
        return self._task or self._copied_task

    def mark_copied(self, forked_at: int | None = None) -> None:
        """Mark all steps so far as another session's, which this one repeats before its own.

        Where it is known when the session was forked, it begins at that time.
        """
        self.began_at = forked_at
        for turn in self.turns:
            turn.flags |= StepFlag.COPIED
        self._copied_task, self._task = self._copied_task or self._task, ""

    def prompt(self, text: str, raw: Raw = _NO_RAW, at: int | None = None) -> None:
        """Add a message of the user's side: context that a harness put before it is set apart."""
        for injected, piece in split(text):
            if injected:
                self.context(piece, raw, at)
            else:
                self.words(piece, raw, at)

    def prompt_blocks(
        self, texts: Iterable[str], raw: Raw = _NO_RAW, at: int | None = None
    ) -> None:
        """Add a message of several texts: its contexts apart, a person's words as one prompt."""
        own: list[str] = []
        for text in texts:
            for injected, piece in split(text):
                if injected:
                    self.context(piece, raw, at)
                else:
                    own.append(piece)
        self.words("\n".join(own), raw, at)

    def note_time(self, at: int | None) -> None:
        """Let the session begin and end no later and no earlier than at this time."""
        if at is not None:
            self.started_at = at if self.started_at is None else min(self.started_at, at)
            self.ended_at = at if self.ended_at is None else max(self.ended_at, at)

    def words(self, text: str, raw: Raw = _NO_RAW, at: int | None = None) -> Turn | None:
        """Add a message that is a person's as a whole."""
        if not text or text.isspace():
            return None
        self._task = self._task or task_line(text)
        return self.conversation.say(StepSource.USER, text, raw, at=at)

    def context(self, text: str, raw: Raw = _NO_RAW, at: int | None = None) -> None:
        """Add a message of the user's side that no person wrote."""
        self._flagged(StepSource.USER, StepFlag.INJECTED, text, raw, at)

    def notice(
        self, text: str, raw: Raw = _NO_RAW, at: int | None = None, *, failed: bool = False
    ) -> None:
        """Add a message of the program itself, ``failed`` for an error that it reports."""
        flags = StepFlag.INJECTED | (StepFlag.ERROR if failed else StepFlag.NONE)
        self._flagged(StepSource.SYSTEM, flags, text, raw, at)

    def summary(self, text: str, raw: Raw = _NO_RAW, at: int | None = None) -> None:
        """Add the summary that replaced the agent's context."""
        self._flagged(StepSource.SYSTEM, StepFlag.COMPACTION, text, raw, at)

    def reply(
        self,
        text: str,
        raw: Raw = _NO_RAW,
        at: int | None = None,
        *,
        reasoning: str = "",
        calls: Sequence[Part] = (),
        model: str = "",
        spent: Spent = _NOTHING_SPENT,
    ) -> Turn:
        """Add a message of the agent; one that was broken off before its first word counts too."""
        turn = self.conversation.say(
            StepSource.AGENT, text, raw, at=at, reasoning=reasoning, calls=calls
        )
        if turn is None:
            turn = Turn(StepSource.AGENT, [], raw, at)
            self.turns.append(turn)
        turn.model = model
        turn.tokens_in, turn.tokens_out, turn.cost = spent.tokens_in, spent.tokens_out, spent.cost
        if model:
            self.model = model
        return turn

    def call(self, call: Part, raw: Raw = _NO_RAW, at: int | None = None) -> None:
        """Add a call that is told apart from the agent's message, unless that named it already."""
        if self.conversation.knows(call.call_id):
            return
        last = self.conversation.last
        if last is None or last.source is not StepSource.AGENT:
            last = self.reply("", raw, at, model=self.model)
        self.conversation.call(last, [call])

    def result(
        self,
        call_id: str,
        text: str,
        raw: Raw = _NO_RAW,
        at: int | None = None,
        *,
        is_error: bool = False,
    ) -> None:
        """Add a tool's result to the step of its call; the session may end with it."""
        if at is not None:
            self.ended_at = _most(self.ended_at, [at])
        self.conversation.answer(call_id, text, raw, is_error=is_error, at=at)

    def draft(self) -> EpisodeDraft | None:
        """The episode; None where nothing was said or done."""
        steps = self.conversation.drafts()
        if not steps:
            return None
        name, agent_name = given_title(self.name), given_title(self.agent_name)
        times = [step.at for step in steps if step.at is not None]
        return EpisodeDraft(
            format=self.format,
            key=self.key,
            steps=steps,
            parent_key=self.parent_key,
            continues_key=self.continues_key,
            agent=self.agent,
            model=self.model,
            project=project_of(self.cwd),
            cwd=self.cwd,
            branch=self.branch,
            task=self.task,
            title=name or agent_name or None,
            agent_title=agent_name if name and agent_name != name else "",
            started_at=self.began_at or _least(self.started_at, times),
            ended_at=_most(self.ended_at, times),
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            cost_usd=self.cost,
        )

    def _flagged(
        self, source: StepSource, flags: StepFlag, text: str, raw: Raw, at: int | None
    ) -> None:
        if text and not text.isspace():
            turn = self.conversation.say(source, text, raw, at=at)
            if turn is not None:
                turn.flags |= flags


def _least(stated: int | None, times: list[int]) -> int | None:
    known = times if stated is None else [stated, *times]
    return min(known, default=None)


def _most(stated: int | None, times: list[int]) -> int | None:
    known = times if stated is None else [stated, *times]
    return max(known, default=None)
