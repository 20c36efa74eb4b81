"""``hpm countdown``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import Countdown, Deadline, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("due", "agent", "kept", "episode", "size", "file")


@click.command("countdown", short_help=COMMANDS["countdown"])
@arguments.store
@click.option(
    "--days", type=click.IntRange(0), help="Only what is due within so many days from now."
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Another home folder than yours.",
)
@arguments.as_json
def command(store: Path, days: int | None, home: Path | None, json_: bool) -> None:
    """List the sessions that agents will delete, and whether the store has them.

    Claude Code deletes what was not written to for cleanupPeriodDays of its settings (30 without),
    Gemini CLI what is older than general.sessionRetention.maxAge (30d without). "kept" says
    whether the store has the file's very bytes; hpm import takes those that it lacks, and hpm
    restore puts back what was deleted.

    With --json: one line for each file, with moments in microseconds since 1970.

    Example: hpm countdown my.hpm --days 7
    """
    with working() as job, open_memory(store, read_only=True) as memory:
        countdown = memory.restoring.countdown(home, job)
    files = _due(countdown, days)
    if json_:
        for file in files:
            write_json(msgspec.structs.asdict(file))
        return
    if files:
        click.echo("\n".join(lines_of(_HEADS, [_row(file) for file in files], widest="file")))
    for cleanup in countdown.cleanups:
        where = f" ({cleanup.said_in})" if cleanup.said_in else ", its default"
        rule = "never" if cleanup.days is None else f"after {cleanup.days:g} days"
        click.echo(clean_line(f"{cleanup.agent} deletes sessions {rule}{where}."), err=True)
    lacking = sum(not file.kept for file in files)
    click.echo(f"{plural(len(files), 'file')}, {lacking:,} of them not kept.", err=True)


def _due(countdown: Countdown, days: int | None) -> list[Deadline]:
    end = None if days is None else countdown.at + days * 86_400_000_000
    return [
        file
        for file in countdown.files
        if file.due_at is not None and (end is None or file.due_at <= end)
    ]


def _row(file: Deadline) -> tuple[str, ...]:
    episode = "" if file.episode_id is None else str(file.episode_id)
    kept = "yes" if file.kept else "an earlier state" if episode else "no"
    due = "" if file.due_at is None else moment(file.due_at)
    return due, file.agent, kept, episode, size(file.size), clean_line(file.path)
