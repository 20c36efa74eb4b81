"""``hpm backup``."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from hpm_engine import CannotWrite, Memory, back_up, backup_name, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("backup", short_help=COMMANDS["backup"])
@arguments.store
@click.argument("destination", type=click.Path(path_type=Path), required=False)
@click.option(
    "--force", is_flag=True, help="Replace an earlier backup of this store at DESTINATION."
)
@arguments.as_json
def command(store: Path, destination: Path | None, force: bool, json_: bool) -> None:
    """Copy a store into one checked file, whatever has it open.

    An import or a window may go on writing: the copy is of the moment at which it began. It is
    written beside DESTINATION and opened there; its pages, links and log are checked and counted
    against the store, and only then it gets its name. A folder as DESTINATION gets a file named
    for the store and the time; without one, the folder of the plan (hpm backups), else NAME-backups
    beside the store. Only an earlier backup of the same store is ever replaced.

    The store and its log know of the backup then, unless the store cannot be written.

    With --json: path, size, sha256, the number of rows and head of the log in the copy, and
    whether it was recorded.

    Example: hpm backup my.hpm /media/stick
    """
    with working() as job, open_memory(store, read_only=True, actor="hpm backup") as memory:
        goal = _goal(memory, destination)
        saved = back_up(memory, goal, job, force=force)
    if json_:
        write_json(saved)
        return
    click.echo(f"{clean_line(saved.path)}: {size(saved.size)}, checked.")
    if not saved.recorded:
        click.echo("The store could not be written: it does not know of this backup.", err=True)


def _goal(memory: Memory, destination: Path | None) -> Path:
    """The file; the folder without a destination is made."""
    if destination is None:
        chosen = memory.backups.plan().folder
        destination = Path(chosen or memory.path.with_name(f"{memory.path.stem}-backups"))
        try:
            if not destination.exists():
                os.mkdir(destination, 0o700)
        except OSError as error:
            raise CannotWrite(
                f"{destination}: this folder cannot be made ({error.strerror}). Name another."
            ) from error
    if destination.is_dir():
        return destination / backup_name(memory.path, time.time_ns() // 1000)
    return destination
