"""Which episodes a command is to work on: by number, by a search, or by what they are of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any, NamedTuple

import click

from hpm_engine import EpisodeQuery, Memory, field_term


class EpisodeChoice(NamedTuple):
    """What a person named: numbers, and what other episodes are of."""

    numbers: tuple[str, ...]
    query: str
    project: str
    agent: str
    day: str

    @property
    def named(self) -> bool:
        """Whether any were named."""
        return any(self)

    @property
    def searched(self) -> bool:
        """Whether any are to be looked for."""
        return any(self[1:])

    def ids(self, memory: Memory) -> list[int]:
        """The numbers of those that are there. Raises ``NotFound``, ``BadQuery``."""
        ids = [memory.episodes.detail(name).episode.id for name in self.numbers]
        terms = [f"({self.query})"] if self.query else []
        terms += [field_term("project", self.project)] if self.project else []
        terms += [field_term("agent", self.agent)] if self.agent else []
        terms += [f"after:{self.day}", f"before:{_next(self.day)}"] if self.day else []
        if terms:
            results = memory.episodes.find(EpisodeQuery(" ".join(terms)))
            ids += results.window(0, len(results))
        return list(dict.fromkeys(ids))


def chosen(function: Callable[..., Any]) -> Callable[..., Any]:
    """EPISODES, --query, --project, --agent and --day, as the parameter ``choice``."""

    @wraps(function)
    def command(
        *, episodes: tuple[str, ...], query: str, project: str, agent: str, day: str, **others: Any
    ) -> Any:
        return function(choice=EpisodeChoice(episodes, query, project, agent, day), **others)

    for name, help_text, metavar in (
        ("--day", "Those that began on this day.", "YYYY-MM-DD"),
        ("--agent", "Those of this agent.", "NAME"),
        ("--project", "Those of this project.", "NAME"),
        ("--query", "Those that this search finds, in the language of hpm episodes.", "QUERY"),
    ):
        command = click.option(name, default="", metavar=metavar, help=help_text)(command)
    return click.argument("episodes", nargs=-1)(command)


def _next(day: str) -> str:
    """The day after; raises ``UsageError``."""
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"{day!r} is no day. Write 2026-01-31.") from error
