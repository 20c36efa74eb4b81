"""``hpm backup``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import back_up, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("backup", short_help=COMMANDS["backup"])
@arguments.store
@click.argument("destination", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file at DESTINATION if there is one.")
@arguments.as_json
def command(store: Path, destination: Path, force: bool, json_: bool) -> None:
    """Copy a store into one checked file, whatever has it open.

    An import or a window may go on writing: the copy is of the moment at which it began. It is
    written beside DESTINATION, opened and checked there, and only then given its name; a folder
    as DESTINATION gets a file named as the store. Nothing is changed in the store, and its log
    has no row of it.

    With --json: path, size, and the number of rows and head of the log in the copy.

    Example: hpm backup my.hpm /media/stick/my.hpm
    """
    if destination.is_dir():
        destination = destination / store.name
    with working() as job, open_memory(store, read_only=True) as memory:
        saved = back_up(memory, destination, job, force=force)
    if json_:
        write_json(saved)
    else:
        click.echo(f"{clean_line(saved.path)}: {size(saved.size)}, checked.")
