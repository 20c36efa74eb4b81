"""A session without a format: prompts, thoughts, acts and answers with their times."""

from __future__ import annotations

import random

import msgspec


class Act(msgspec.Struct, frozen=True):
    """One tool call with its result. ``tool``: read, search, run, edit, write, plan, delegate."""

    tool: str
    output: str = ""
    ok: bool = True
    path: str = ""
    start: int = 1
    total: int = 0
    old: str = ""
    new: str = ""
    command: str = ""
    title: str = ""
    items: tuple[str, ...] = ()
    done: int = 0  # items that are finished
    seconds: float = 0.4
    script: SessionScript | None = None  # of a subagent


class Ask(msgspec.Struct, frozen=True):
    """A person's words."""

    at: int
    text: str


class ScriptTurn(msgspec.Struct, frozen=True):
    """One answer of the model, and the tools it used; ``acts`` run side by side."""

    at: int
    thought: str
    said: str
    acts: tuple[Act, ...] = ()


class Stop(msgspec.Struct, frozen=True):
    """A person interrupted the agent."""

    at: int


class Compaction(msgspec.Struct, frozen=True):
    """The agent's context was replaced by its own summary."""

    at: int
    summary: str
    tokens: int


Event = Ask | ScriptTurn | Stop | Compaction


class SessionScript(msgspec.Struct):
    """A session's events in order; ``key`` is its identity, times are Unix milliseconds."""

    key: str
    project: str
    home: str
    branch: str
    repository: str
    agent: str
    model: str
    started_at: int
    title: str
    events: list[Event] = []
    continues: SessionScript | None = None

    @property
    def turns(self) -> int:
        """The number of the agent's steps."""
        return sum(isinstance(event, ScriptTurn) for event in self.events)

    @property
    def ended_at(self) -> int:
        """The time of the last event."""
        return self.events[-1].at if self.events else self.started_at


class Recorder:
    """A recorder that appends events to a script and advances a plausible clock."""

    def __init__(self, script: SessionScript, chooser: random.Random) -> None:
        self.script = script
        self._random = chooser
        self._now = script.started_at

    @property
    def now(self) -> int:
        """The time of the next event."""
        return self._now

    @property
    def turns(self) -> int:
        """The agent's steps so far."""
        return self.script.turns

    def ask(self, text: str) -> None:
        """Add a person's words, after a time for thought."""
        if self.script.events:
            self._now += self._random.randrange(20_000, 240_000)
        self.script.events.append(Ask(self._now, text))

    def turn(self, thought: str, said: str, *acts: Act) -> None:
        """Add the agent's answer and acts."""
        self._now += self._random.randrange(3_000, 14_000) + 12 * len(thought + said)
        self.script.events.append(ScriptTurn(self._now, thought, said, acts))
        self._now += int(1000 * max((act.seconds for act in acts), default=0.3))

    def stop(self) -> None:
        """Add an interruption by a person."""
        self._now += self._random.randrange(2_000, 9_000)
        self.script.events.append(Stop(self._now))

    def compact(self, summary: str, tokens: int) -> None:
        """Add a compaction of the context."""
        self._now += self._random.randrange(20_000, 60_000)
        self.script.events.append(Compaction(self._now, summary, tokens))

    def pause(self, minutes: int) -> None:
        """Let some minutes pass."""
        self._now += minutes * 60_000
