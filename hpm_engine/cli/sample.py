"""``hpm sample``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import build_sample
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("sample", short_help=COMMANDS["sample"])
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@arguments.as_json
def command(path: Path, json_: bool) -> None:
    """Build a store of generated sessions to look at.

    An invented half year of two agents on three invented projects; no real session is in it. It
    is as if it had been used: prepared for recall, older sessions compressed, five cycles with
    their topics, notes, saved searches, and what agents recalled.
    The answer key (what was said where, which dead ends repeat) is written beside PATH. An
    existing file is never replaced.

    With --json: one object.

    Example: hpm sample sample.hpm
    """
    with working() as job:
        report = build_sample(path.absolute(), job)
    if json_:
        names = ("episodes_added", "steps_added", "raw_size", "seconds")
        write_json({"store": str(path)} | {name: getattr(report, name) for name in names})
    else:
        click.echo(
            f"{clean_line(str(path))}: {plural(report.episodes_added, 'episode')}, "
            f"{plural(report.steps_added, 'step')}, from {size(report.raw_size)} of generated "
            "trace files."
        )
