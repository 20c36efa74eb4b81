"""``hpm discover``."""

from __future__ import annotations

import click

from hpm_engine import Discovered, discover
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of, size
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("agent", "sessions", "files", "size", "what", "path")


@click.command("discover", short_help=COMMANDS["discover"])
@arguments.as_json
def command(json_: bool) -> None:
    """List what agents keep on this computer.

    That are their sessions, and notes that they wrote for themselves. Only names and sizes of files
    are looked at. Pass the folders to hpm import. How many sessions a
    database holds is not known before it is read. Agents that this version cannot read are listed
    too.

    With --json: one line for each folder.

    Example: hpm discover
    """
    folders = discover()
    if json_:
        for folder in folders:
            write_json(folder)
    elif not folders:
        click.echo("No agent's sessions were found in the usual places.")
    else:
        click.echo("\n".join(lines_of(_HEADS, [_cells(folder) for folder in folders])))


def _cells(folder: Discovered) -> tuple[object, ...]:
    kind = "notes" if folder.notes else "sessions"
    what = kind if folder.read else f"{kind}, not read by this version"
    count = "" if folder.sessions is None or folder.notes else folder.sessions
    return folder.agent, count, folder.files, size(folder.size), what, folder.path
