"""``hpm episodes``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Episode, EpisodeQuery, Outcome, SortColumn, open_memory
from hpm_engine.cli import arguments
from hpm_engine.cli.root import COMMANDS
from hpm_engine.cli.table import lines_of, moment
from hpm_engine.cli.terminal import write_json

_SORTS = {column.name.lower(): column for column in SortColumn}
_HEADS = ("id", "started", "project", "agent", "outcome", "steps", "errors", "task")


@click.command("episodes", short_help=COMMANDS["episodes"][1])
@arguments.store
@click.argument("query", nargs=-1)
@click.option("--project", default="", help="Only this project.")
@click.option("--agent", default="", help="Only this agent, for example claude-code.")
@click.option(
    "--outcome", type=click.Choice([one.value for one in Outcome]), help="Only this outcome."
)
@click.option("--tag", default="", help="Only episodes with this tag.")
@click.option("--pinned", is_flag=True, help="Only pinned episodes.")
@click.option("--top-level", is_flag=True, help="Leave subagents out.")
@click.option(
    "--sort",
    type=click.Choice(list(_SORTS)),
    default="started",
    show_default=True,
    help="Order by this column.",
)
@click.option("--ascending", is_flag=True, help="Smallest or oldest first.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="How many at most; 0 for all.",
)
@arguments.as_json
def command(store: Path, query: tuple[str, ...], limit: int, json_: bool, **asked: object) -> None:
    """List or search the episodes of a store.

    QUERY is words that must all stand in one step; "a phrase", -excluded and begin* work too
    (write -- before a query that begins with a minus). The newest come first.

    With --json: one line for each episode; times are microseconds since 1970, UTC.

    Example: hpm episodes my.hpm database migration --project tidewater --outcome failure
    """
    with open_memory(store, read_only=True) as memory:
        found = memory.find(_query(" ".join(query), asked))
        episodes = memory.episodes(found.window(0, limit or len(found)))
    if json_:
        for episode in episodes:
            write_json(episode)
        return
    click.echo("\n".join(lines_of(_HEADS, [_row(one) for one in episodes], widest="task")))
    more = f" of {len(found):,}" if len(found) > len(episodes) else ""
    hits = f", {found.hits:,} steps match" if query else ""
    click.echo(f"{len(episodes):,}{more} episodes{hits}", err=True)


def _query(text: str, asked: dict[str, object]) -> EpisodeQuery:
    outcome = str(asked["outcome"] or "")
    return EpisodeQuery(
        text=text,
        project=str(asked["project"]),
        agent=str(asked["agent"]),
        outcome=Outcome(outcome) if outcome else None,
        tag=str(asked["tag"]),
        pinned=True if asked["pinned"] else None,
        top_level=bool(asked["top_level"]),
        sort=_SORTS[str(asked["sort"])],
        descending=not asked["ascending"],
    )


def _row(one: Episode) -> tuple[object, ...]:
    mark = "* " if one.pinned else ""
    return (
        one.id,
        moment(one.started_at),
        one.project,
        one.agent,
        one.outcome.value,
        one.steps,
        one.errors,
        mark + one.task,
    )
