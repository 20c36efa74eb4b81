"""``hpm overview``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import click

from hpm_engine import (
    Activity,
    Amount,
    Cost,
    Given,
    Period,
    ToolAmount,
    TopBy,
    open_memory,
    prices_in_use,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, plural
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.system.local_time import day_start, now

_HEADS = ("episodes", "steps", "tokens in", "tokens out", "errors", "cost")


@click.command("overview", short_help=COMMANDS["overview"])
@arguments.store
@click.option("--days", type=click.IntRange(1, 36_500), help="Only the last so many local days.")
@click.option("--project", help="Only episodes of this project.")
@click.option(
    "--by",
    type=click.Choice(["day", "model", "project", "agent", "tool"]),
    default="model",
    show_default=True,
    help="What the table has a line for.",
)
@click.option(
    "--top",
    type=click.Choice([by.value for by in TopBy]),
    help="List the episodes with the most of this instead.",
)
@arguments.as_json
def command(
    store: Path, days: int | None, project: str | None, by: str, top: str | None, json_: bool
) -> None:
    """Sum up what agents did: days, models, projects, tools, tokens and cost.

    A cost is what the record says; where it says none, it is estimated with the prices of
    models that come with the program or are set in the window, and marked by "≈". The two are
    never added up silently. A model without a price has no estimate. Days are local.

    With --json: one object with all sums, tools, and what memory gave back.

    Example: hpm overview my.hpm --days 30 --by project
    """
    since = None if days is None else day_start(now().date() - timedelta(days=days - 1))
    period = Period(since=since, project=project)
    prices = prices_in_use()
    if prices.problem:
        click.echo(prices.problem, err=True)
    with working() as job, open_memory(store, read_only=True) as memory:
        activity = memory.figures.activity(period, prices, job)
        tools = memory.figures.tools(period) if json_ or by == "tool" else ()
        given = memory.figures.given(period)
    if json_:
        write_json({"activity": activity, "tools": tools, "given": given})
    elif top is not None:
        _echo_top(activity, TopBy(top))
    else:
        click.echo("\n".join(_table(activity, tools, by)))
        click.echo("\n".join(_summary(activity, given)), err=True)


def _table(activity: Activity, tools: Sequence[ToolAmount], by: str) -> list[str]:
    if by == "tool":
        used = [(tool.tool, tool.calls, tool.failed, tool.episodes) for tool in tools]
        return lines_of(("tool", "calls", "failed", "episodes"), used, widest="tool")
    amounts: Iterable[tuple[str, Amount]]
    if by == "day":
        amounts = [(day.day, day.amount) for day in activity.days]
    else:
        named = {"model": activity.models, "project": activity.projects, "agent": activity.agents}
        amounts = [(each.name or "(none)", each.amount) for each in named[by]]
    rows = [(name, *_cells(amount)) for name, amount in amounts]
    return lines_of((by, *_HEADS), rows, widest=by)


def _cells(amount: Amount) -> tuple[object, ...]:
    counts = (amount.episodes, amount.steps, amount.tokens_in, amount.tokens_out, amount.errors)
    return *counts, cost_text(amount.cost)


def cost_text(cost: Cost) -> str:
    """What was recorded, and beside it what was estimated, marked as an estimate."""
    parts = []
    if cost.recorded_episodes:
        parts.append(f"${cost.recorded:,.2f}")
    if cost.estimated_episodes:
        parts.append(f"≈ ${cost.estimated:,.2f}")
    return " + ".join(parts)


def _echo_top(activity: Activity, by: TopBy) -> None:
    rows = [(top.id, *_cells(top.amount), top.project, top.name) for top in activity.top[by]]
    heads = ("id", *_HEADS, "project", "episode")
    click.echo("\n".join(lines_of(heads, rows, widest="episode")))


def _summary(activity: Activity, given: Given) -> list[str]:
    total, cost = activity.total, activity.total.cost
    lines = [
        f"{plural(total.episodes, 'episode')}, {plural(total.steps, 'step')}, "
        f"{total.tokens_in:,} tokens read, {total.tokens_out:,} written, "
        f"{plural(total.errors, 'error')}."
    ]
    if cost.recorded_episodes:
        lines.append(
            f"Recorded: ${cost.recorded:,.2f} of {plural(cost.recorded_episodes, 'episode')}."
        )
    if cost.estimated_episodes:
        lines.append(
            f"Estimated: ≈ ${cost.estimated:,.2f} of {plural(cost.estimated_episodes, 'episode')}, "
            f"with prices of {activity.prices_of or 'your own'}; at least ${cost.least:,.2f}, at "
            f"most ${cost.most:,.2f}, by how much came from the provider's cache."
        )
    if cost.unknown_episodes:
        models = ", ".join(model or "(no model)" for model in activity.unpriced)
        why = f", or have no price ({models})" if models else ""
        lines.append(
            f"Neither: {plural(cost.unknown_episodes, 'episode')} that name no tokens{why}."
        )
    if activity.undated:
        said = "says" if activity.undated == 1 else "say"
        lines.append(f"{plural(activity.undated, 'episode')} {said} no time; they are in no day.")
    if given.recalls:
        lines.append(
            f"Memory was asked {plural(given.recalls, 'time')}, gave "
            f"{plural(given.hits, 'episode')}, {given.injected:,} of them into a context."
        )
    return lines
