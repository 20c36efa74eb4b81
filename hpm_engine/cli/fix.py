"""``hpm fix``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import ErrorFix, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("episode", "failed", "changed", "passed", "when", "call", "error")


@click.command("fix", short_help=COMMANDS["fix"])
@arguments.store
@click.argument("error")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@arguments.as_json
def command(store: Path, error: str, limit: int, json_: bool) -> None:
    """List how an error went away: the same call failed with it and passed later.

    ERROR is a part of its text. "changed" lists the steps between that changed files, or, where
    none did, those that called a tool. Steps count from 1. In searches: fix:"ERROR".

    With --json: one line for each; steps are counted from 0.

    Example: hpm fix my.hpm "no such table"
    """
    with working() as job, open_memory(store, read_only=True) as memory:
        fixes = memory.lookup.fix(error, job=job)
    for fix in fixes[:limit] if json_ else ():
        write_json(msgspec.structs.asdict(fix))
    if json_:
        return
    if fixes:
        rows = [_row(fix) for fix in fixes[:limit]]
        click.echo("\n".join(lines_of(_HEADS, rows, widest="error")))
    sessions = plural(len({fix.episode_id for fix in fixes}), "session")
    click.echo(f"It went away {plural(len(fixes), 'time')}, in {sessions}.", err=True)


def _row(fix: ErrorFix) -> tuple[str, ...]:
    steps = ", ".join(str(seq + 1) for seq in fix.changes[:5]) + (" …" if fix.changes[5:] else "")
    call = clean_line(fix.call.partition("\n")[0])[:60]
    where = str(fix.episode_id), str(fix.failed + 1), steps, str(fix.passed + 1)
    return *where, moment(fix.at), call, clean_line(fix.error)
