"""What is known of all agents: read in a thread, shown in their cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hpm_engine import (
    AgentFailures,
    AgentStanding,
    AskerUse,
    Connections,
    Job,
    Memory,
    agent_of_actor,
    hook_failures,
)


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """One agent: how it stands, what its hook and its server recalled, what failed lately."""

    standing: AgentStanding
    uses: tuple[AskerUse, ...] = ()  # the latest first
    failures: AgentFailures | None = None

    @property
    def name(self) -> str:
        """What the engine calls the agent."""
        return self.standing.agent.name

    @property
    def title(self) -> str:
        """What people call the agent."""
        return self.standing.agent.title

    @property
    def last(self) -> AskerUse | None:
        """Its last recall in this store."""
        return max(self.uses, key=lambda use: use.last_id, default=None)

    @property
    def week(self) -> tuple[int, int]:
        """Recalls and tokens of the last 7 days."""
        return _sum(use.week for use in self.uses)

    @property
    def month(self) -> tuple[int, int]:
        """Recalls and tokens of the last 30 days."""
        return _sum(use.month for use in self.uses)


@dataclass(frozen=True, slots=True)
class AgentSurvey:
    """All agents that can be connected, and what is peculiar about the store."""

    agents: tuple[AgentFacts, ...]
    sample: bool

    @property
    def there(self) -> tuple[AgentFacts, ...]:
        """Those that are on this computer, or connected."""
        return tuple(
            facts for facts in self.agents if facts.standing.there or facts.standing.connections
        )

    @property
    def absent(self) -> tuple[AgentFacts, ...]:
        """The others."""
        return tuple(facts for facts in self.agents if facts not in self.there)


def survey(store: Path, memory: Memory, job: Job) -> AgentSurvey:
    """Look at the agents' settings, the recall log and the hooks' log. Writes nothing."""
    uses: dict[str, list[AskerUse]] = {}
    for use in memory.recall.askers():
        uses.setdefault(agent_of_actor(use.actor), []).append(use)
    failures = {failed.agent: failed for failed in hook_failures()}
    agents = []
    for standing in Connections(job=job).standings(store):
        name = standing.agent.name
        agents.append(AgentFacts(standing, tuple(uses.get(name, ())), failures.get(name)))
    return AgentSurvey(tuple(agents), "sample" in memory.settings.all())


def survey_of(store: Path) -> partial[AgentSurvey]:
    """The call that surveys, for a reader."""
    return partial(survey, store)


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    recalls = tokens = 0
    for count, size in pairs:
        recalls, tokens = recalls + count, tokens + size
    return recalls, tokens
