"""``hpm export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from hpm_engine import Memory, ReadOnlyStore, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("export", short_help=COMMANDS["export"])
@arguments.store
@click.argument("episode")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["atif"]),
    default="atif",
    show_default=True,
    help="The trajectory's format.",
)
@arguments.output
@arguments.as_json
def command(store: Path, episode: str, format_: str, output: Path | None, json_: bool) -> None:
    """Write an episode as a trajectory that other programs read.

    ATIF is the Agent Trajectory Interchange Format, version 1.5: one JSON document. Importing it
    again, into this or another store, gives an episode with the same steps; what ATIF has no field
    for stands in "extra". The export is a row of the audit log.

    With --json: steps, size and SHA-256 on standard output; the trajectory only with -o.

    Example: hpm export my.hpm 12 --format atif -o trajectory.json
    """
    if output is None and json_:
        raise click.UsageError("With --json choose a file: -o FILE.")
    if output is None and sys.stdout.isatty():
        raise click.UsageError("A trajectory is long and for programs; use -o FILE or a pipe.")
    with working() as job, _opened(store) as memory:
        target = output if output is not None else sys.stdout.buffer
        exported = memory.episodes.export(
            memory.episodes.detail(episode).episode.id, target, job=job
        )
    if json_:
        write_json({"format": format_, "file": str(output)} | msgspec.structs.asdict(exported))
    elif output is not None:
        sentence = f"{plural(exported.steps, 'step')} written to {clean_line(str(output))}."
        click.echo(sentence)
    else:
        sys.stdout.buffer.flush()


def _opened(store: Path) -> Memory:
    try:
        return open_memory(store, actor="hpm export")
    except ReadOnlyStore as error:
        raise ReadOnlyStore(
            f"{error} An export is written into the store's log, so that a copy which can be "
            "written is what to export from; hpm show --json and hpm raw only read."
        ) from error
