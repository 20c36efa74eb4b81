"""``hpm discover``."""

from __future__ import annotations

import click

from hpm_engine import discover
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of, size
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS


@click.command("discover", short_help=COMMANDS["discover"])
@arguments.as_json
def command(json_: bool) -> None:
    """List the agents' session folders on this computer.

    Only names and sizes of files are looked at. Pass the folders to hpm import.

    With --json: one line for each folder.

    Example: hpm discover
    """
    folders = discover()
    if json_:
        for folder in folders:
            write_json(folder)
    elif not folders:
        click.echo(
            "No session folders of Claude Code, Codex or Gemini CLI were found in your home folder."
        )
    else:
        rows = [
            (folder.agent, folder.sessions, size(folder.size), folder.path) for folder in folders
        ]
        click.echo("\n".join(lines_of(("agent", "sessions", "size", "folder"), rows)))
