"""What agents did in a time: sums by day, hour, model, project and tool, and what it cost."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.values.episodes import Outcome


class Period(msgspec.Struct, frozen=True):
    """Which episodes are summed up: those that began in a time, of one project or of all.

    ``since`` and ``until`` (exclusive) are Unix microseconds; without both, episodes count that
    do not say when they began.
    """

    since: int | None = None
    until: int | None = None
    project: str | None = None

    def holds(self, at: int | None) -> bool:
        """Whether an episode that began then is in the time."""
        if self.since is None and self.until is None:
            return True
        if at is None or (self.since is not None and at < self.since):
            return False
        return self.until is None or at < self.until


class Cost(msgspec.Struct, frozen=True, gc=False):
    """US dollars of some episodes, never mixed: what was recorded and what was estimated."""

    recorded: float = 0.0
    recorded_episodes: int = 0
    estimated: float = 0.0
    least: float = 0.0  # of the estimate, had all that was read come from a cache
    most: float = 0.0  # had nothing
    estimated_episodes: int = 0
    unknown_episodes: int = 0  # that have neither

    @property
    def total(self) -> float:
        """Both, for what is ordered or drawn by it."""
        return self.recorded + self.estimated


class Amount(msgspec.Struct, frozen=True, gc=False):
    """Sums over some episodes."""

    episodes: int = 0
    steps: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    errors: int = 0  # failed tool calls
    time: int = 0  # microseconds from each one's beginning to its end
    cost: Cost = Cost()

    @property
    def tokens(self) -> int:
        """All that was read and written."""
        return self.tokens_in + self.tokens_out


class NamedAmount(msgspec.Struct, frozen=True, gc=False):
    """The sums of the episodes that have a name in common: a model, a project, an agent."""

    name: str
    amount: Amount


class DayAmount(msgspec.Struct, frozen=True):
    """The sums of one local day (YYYY-MM-DD), which begins at ``start``; and by what they are of.

    ``models``, ``projects`` and ``agents`` each add up to ``amount``.
    """

    day: str
    start: int
    amount: Amount
    models: tuple[NamedAmount, ...] = ()
    projects: tuple[NamedAmount, ...] = ()
    agents: tuple[NamedAmount, ...] = ()


class TopBy(StrEnum):
    """What makes an episode one of the top ones."""

    COST = "cost"
    TOKENS = "tokens"
    STEPS = "steps"
    TIME = "time"
    ERRORS = "errors"


class TopEpisode(msgspec.Struct, frozen=True):
    """An episode that has much of something."""

    id: int
    name: str
    project: str
    amount: Amount


class Activity(msgspec.Struct, frozen=True):
    """What agents did in a period; days are local, rising, and only those with episodes."""

    period: Period
    total: Amount
    undated: int  # episodes of the period's project that do not say when they began
    days: tuple[DayAmount, ...]
    calendar: tuple[tuple[str, int], ...]  # days of all time with their episodes, of the project
    hours: tuple[int, ...]  # episodes by the hour of the week in which they began, Monday 0:00 on
    models: tuple[NamedAmount, ...]  # each list by cost, then by tokens, most first
    projects: tuple[NamedAmount, ...]
    agents: tuple[NamedAmount, ...]
    outcomes: tuple[tuple[Outcome, int], ...]
    top: dict[TopBy, tuple[TopEpisode, ...]]
    unpriced: tuple[str, ...]  # models with tokens for which there is no price
    prices_of: str  # the month of the newest price that was used


class ToolAmount(msgspec.Struct, frozen=True, gc=False):
    """How often a tool was called, and how often that failed: steps by their first tool."""

    tool: str
    calls: int
    failed: int
    episodes: int  # that call it at all


class Given(msgspec.Struct, frozen=True):
    """What memory gave back in a period."""

    recalls: int
    hits: int  # episodes that were given, each time counted
    injected: int  # of these, put into an agent's context
    answered: int  # recalls that gave anything
    receivers: tuple[tuple[str, int, int], ...]  # who asked, for how many sessions, how often
    episodes: tuple[tuple[int, str, int], ...]  # most given: id, name, how often


class AskerUse(msgspec.Struct, frozen=True):
    """What one actor recalled: the last time, and in the last days; times in Unix microseconds."""

    actor: str
    last_id: int
    last_at: int
    last_cue: str
    last_tokens: int
    last_into: str
    week: tuple[int, int]  # recalls and tokens of the last 7 days
    month: tuple[int, int]  # of the last 30
