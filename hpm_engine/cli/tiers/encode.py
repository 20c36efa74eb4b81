"""``hpm encode``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import Cancelled, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS


@click.command("encode", short_help=COMMANDS["encode"])
@arguments.store
@arguments.as_json
def command(store: Path, json_: bool) -> None:
    """Give new steps and episodes their vectors, for recall by meaning.

    Only what is missing is encoded. When the store has twice the words that it was encoded with,
    or the program a better encoder, all of it is encoded again; the old vectors stay in use until
    that is complete. Cancelling keeps what was done; encoding again goes on.

    With --json: one object.

    Example: hpm encode my.hpm
    """
    try:
        with working() as job, open_memory(store, actor="hpm encode") as memory:
            memory.reindexing.run(job)
            report = memory.encode(job)
    except Cancelled:
        raise Cancelled("Cancelled; what was encoded before stays.") from None
    if json_:
        fields = msgspec.structs.asdict(report)
        del fields["changed"]
        write_json(fields)
        return
    rate = report.steps / max(report.seconds, 0.001)
    click.echo(
        f"{plural(report.episodes, 'episode')} encoded with {report.encoder}: "
        f"{plural(report.vectors, 'vector')} of {plural(report.steps, 'step')} in "
        f"{report.seconds:.1f} s ({rate:,.0f} steps/s)."
    )
    if report.indexed:
        click.echo("The index was built again.")
