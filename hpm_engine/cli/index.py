"""``hpm index``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Cancelled, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS


@click.command("index", short_help=COMMANDS["index"])
@arguments.store
@arguments.as_json
def command(store: Path, json_: bool) -> None:
    """Index again for searches what an earlier version indexed.

    Until then these steps are found as before: words inside Chinese, Japanese or Thai text, the
    parts of names and words behind line breaks in commands are not. Cancelling keeps what was
    done; indexing again goes on. So do hpm recall and hpm encode, and in the window the line above
    the episodes.

    With --json: one object.

    Example: hpm index my.hpm
    """
    try:
        with working() as job, open_memory(store, actor="hpm index") as memory:
            steps = memory.reindexing.run(job).steps
    except Cancelled:
        raise Cancelled("Cancelled; what was indexed before stays.") from None
    if json_:
        write_json({"steps": steps})
    else:
        click.echo(
            f"{plural(steps, 'step')} indexed again." if steps else "Nothing to index again."
        )
