"""``hpm disconnect``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import AGENTS, Connections
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_NAMES = [agent.name for agent in AGENTS]


@click.command("disconnect", short_help=COMMANDS["disconnect"])
@click.argument("agent", type=click.Choice(_NAMES))
@click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Only from this project's own settings.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Another home folder than yours.",
)
@arguments.as_json
def command(agent: str, project: Path | None, home: Path | None, json_: bool) -> None:
    """Take out of an agent's settings what hpm connect put in.

    A file that nobody changed since gets the bytes that it had before; of another only what is
    ours goes. The store stays as it is.

    With --json: one object with the files that changed.

    Example: hpm disconnect claude-code
    """
    only = project.absolute() if project is not None else None
    report = Connections(home).disconnect(agent, only)
    if json_:
        write_json(report)
        return
    for path in report.changed:
        click.echo(f"Changed {clean_line(path)}")
    for line in report.to_do:
        click.echo(clean(line))
    if not report.changed:
        click.echo("No settings file held anything of ours.", err=True)
