"""``hpm sync``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import SourceSync, Syncer, SyncReport, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import erase, working
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED


@click.command("sync", short_help=COMMANDS["sync"])
@arguments.store
@click.option(
    "--by-itself",
    type=click.Choice(["on", "off"]),
    help="Whether hpm run and an open window do this by themselves; with it nothing is imported.",
)
@arguments.as_json
@click.pass_context
def command(context: click.Context, store: Path, by_itself: str | None, json_: bool) -> None:
    """Import what is new in a store's chosen sources.

    hpm sources STORE add chooses them. A source that cannot be read is named and does not stop the
    others; the exit code is 1 then. Nothing is removed from the store because its folder is gone.

    With --json: one line for each source.

    Example: hpm sync my.hpm
    """
    with working() as job, open_memory(store, actor="hpm sync") as memory:
        if by_itself is not None:
            memory.chosen.set_by_itself(by_itself == "on")
            if not json_:
                click.echo(f"What is new is imported by itself: {by_itself}.")
            return
        report = Syncer().sync(memory, job)
    erase()
    if json_:
        for source in report.sources:
            write_json(msgspec.to_builtins(source))
    else:
        _tell(store, report)
    if report.failures:
        context.exit(FAILED)


def _tell(store: Path, report: SyncReport) -> None:
    if not report.sources:
        click.echo(
            f"There is no source to look at: `hpm sources {store} add` chooses some, and resume "
            "goes on with those that are paused."
        )
    for source in report.sources:
        click.echo(clean_line(sentence(source)))
        for text in source.failures:
            click.echo(f"  {clean_line(text)}", err=True)


def sentence(source: SourceSync) -> str:
    """What was new in a source, in a line."""
    name = f"{source.agent}, {source.path}" if source.agent else source.path
    if not source.new:
        return f"{name}: nothing new"
    parts = []
    if source.episodes_added:
        parts.append(f"{plural(source.episodes_added, 'episode')} added")
    if source.episodes_extended:
        parts.append(f"{plural(source.episodes_extended, 'episode')} extended")
    return f"{name}: {', '.join(parts)}, {plural(source.steps_added, 'step')}"
