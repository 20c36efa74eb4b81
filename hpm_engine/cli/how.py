"""``hpm how``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import Invocation, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("episode", "step", "when", "times", "tool", "call")


@click.command("how", short_help=COMMANDS["how"])
@arguments.store
@click.argument("tool")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@arguments.as_json
def command(store: Path, tool: str, limit: int, json_: bool) -> None:
    """List calls of a tool, or of a program on the command line, that worked.

    TOOL is the name of a tool, or the first words of a command line: "make test". Each call stands
    once, as it was made last, with how often the very same worked. In searches: how:TOOL.

    With --json: one line for each; "seq" is the step, counted from 0.

    Example: hpm how my.hpm pytest
    """
    with working() as job, open_memory(store, read_only=True) as memory:
        calls = memory.lookup.how(tool, job=job)
    for call in calls[:limit] if json_ else ():
        write_json(msgspec.structs.asdict(call))
    if json_:
        return
    if calls:
        rows = [_row(call) for call in calls[:limit]]
        click.echo("\n".join(lines_of(_HEADS, rows, widest="call")))
    click.echo(f"{plural(len(calls), 'call')} worked.", err=True)


def _row(call: Invocation) -> tuple[str, ...]:
    where = str(call.episode_id), str(call.seq + 1), moment(call.at), str(call.count)
    return *where, clean_line(call.tool), clean_line(call.call)
