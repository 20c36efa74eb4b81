"""``hpm passphrase``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from hpm_engine import (
    BadPassphrase,
    StoreMissing,
    change_passphrase,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_ACTOR = "hpm passphrase"


@click.command("passphrase", short_help=COMMANDS["passphrase"])
@arguments.store
@click.option("--remove", is_flag=True, help="Put the store under no passphrase.")
@click.option(
    "--new-from",
    type=click.File(encoding="utf-8"),
    help="Read the new passphrase from the first line of this file (-: standard input).",
)
@arguments.as_json
def command(store: Path, remove: bool, new_from: TextIO | None, json_: bool) -> None:
    """Put a store under a passphrase, under another, or under none.

    A store under a passphrase is encrypted on the disk: whoever gets hold of the file, or of a
    backup made from then on, reads nothing without the passphrase. It protects a disk that is lost
    or copied. It does not protect from somebody who uses this computer under your name while the
    store is open, and nobody can help who forgets the passphrase. Searches by meaning in a very
    large store take longer, for it has no index outside of its file.

    The store is written anew beside itself, checked, and put in its place, so nobody else may have
    it open. What was in the file before is overwritten; a disk may keep copies of it all the same,
    and backups made before are as they were. A store that does not exist is made.

    The passphrase is asked for in the terminal, and is never an argument. Programs that cannot be
    asked, such as an agent's server, read it from the first line of the file that
    HPM_PASSPHRASE_FILE names, which must be yours alone (chmod 600).

    With --json: was and sealed (under a passphrase before, and now), size, earlier backups that are
    as they were, and whether the bytes before were overwritten (scrubbed).

    Example: hpm passphrase my.hpm
    """
    if not store.exists() and not remove:
        with open_memory(store, create=True, actor=_ACTOR):
            pass
    elif not store.exists():
        raise StoreMissing(f"{store}: no such file.")
    passphrase = None if remove else _asked(new_from)
    with working() as job:
        change = change_passphrase(store, passphrase, job, actor=_ACTOR)
    if json_:
        write_json(change)
        return
    state = "is under a passphrase now" if change.sealed else "is under no passphrase"
    click.echo(f"{clean_line(str(store))}: {state}, {size(change.size)}, checked.")
    if change.sealed and not change.was and not change.scrubbed:
        click.echo("The bytes of the file before could not be overwritten.", err=True)
    if change.earlier:
        click.echo("Backups that are as they were:", err=True)
        for path in change.earlier:
            click.echo(f"  {clean_line(path)}", err=True)


def _asked(new_from: TextIO | None) -> str:
    if new_from is not None:
        return new_from.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadPassphrase(
            "There is no terminal to ask for the new passphrase in. Name a file that holds it: "
            "--new-from FILE."
        )
    prompt = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    return str(prompt)
