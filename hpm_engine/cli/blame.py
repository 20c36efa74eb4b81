"""``hpm blame``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import FileEdit, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("episode", "step", "when", "tool", "file", "what it wrote")


@click.command("blame", short_help=COMMANDS["blame"])
@arguments.store
@click.argument("path")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@arguments.as_json
def command(store: Path, path: str, limit: int, json_: bool) -> None:
    """List the sessions that changed a file, with the step, the latest first.

    PATH is the whole path or its end. Known are changes by editing tools and patches, not what a
    shell command wrote. In searches: blame:PATH.

    With --json: one line for each change, with the whole text; "seq" is the step, counted from 0.

    Example: hpm blame my.hpm src/store.py
    """
    with working() as job, open_memory(store, read_only=True) as memory:
        edits = memory.lookup.blame(path, job=job)
    for edit in edits[:limit] if json_ else ():
        write_json(msgspec.structs.asdict(edit))
    if json_:
        return
    if edits:
        rows = [_row(edit) for edit in edits[:limit]]
        click.echo("\n".join(lines_of(_HEADS, rows, widest="what it wrote")))
    sessions = plural(len({edit.episode_id for edit in edits}), "session")
    click.echo(f"{plural(len(edits), 'change')} in {sessions}.", err=True)


def _row(edit: FileEdit) -> tuple[str, ...]:
    first = next((line.strip() for line in edit.text.splitlines() if line.strip()), "")
    text = f"(refused) {first}" if edit.failed else first
    where = str(edit.episode_id), str(edit.seq + 1), moment(edit.at)
    return *where, clean_line(edit.tool), clean_line(edit.path), clean_line(text)
