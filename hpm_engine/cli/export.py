"""``hpm export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from hpm_engine import ExportedFile, ExportFormat, Memory, ReadOnlyStore, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("export", short_help=COMMANDS["export"])
@arguments.store
@click.argument("episodes", metavar="EPISODE...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in ExportFormat]),
    default=ExportFormat.ATIF.value,
    show_default=True,
    help="The form of the file.",
)
@click.option("--no-notes", is_flag=True, help="Leave your notes out of Markdown and HTML.")
@arguments.output
@arguments.as_json
def command(
    store: Path,
    episodes: tuple[str, ...],
    form: str,
    no_notes: bool,
    output: Path | None,
    json_: bool,
) -> None:
    """Write episodes as files that other programs, or people, read.

    atif is the Agent Trajectory Interchange Format 1.5, one JSON document. Importing it again, into
    this or another store, gives an episode with the same steps; what ATIF has no field for stands
    in "extra". markdown is a text with a heading for each step; images and HTML in it are shown as
    they were written. html is one page that opens offline, needs no other file and runs nothing.
    raw is the original bytes of the episode's record.

    What the file holds is said on standard error before it is written. Several episodes need
    -o FILE.zip and become its members. Each export is a row of the audit log.

    With --json: steps, size and SHA-256 on standard output; the file only with -o.

    Example: hpm export my.hpm 12 --format html -o session.html
    """
    if output is None and json_:
        raise click.UsageError("With --json choose a file: -o FILE.")
    if output is None and sys.stdout.isatty():
        raise click.UsageError("An export is long and for a file; use -o FILE or a pipe.")
    many = len(episodes) > 1
    if many and (output is None or output.suffix.lower() != ".zip"):
        raise click.UsageError("Several episodes go into an archive: -o FILE.zip.")
    wanted, notes = ExportFormat(form), not no_notes
    with working() as job, _opened(store) as memory:
        ids = [memory.episodes.detail(episode).episode.id for episode in dict.fromkeys(episodes)]
        outlook = memory.episodes.outlook(ids, wanted, notes=notes)
        click.echo(clean_line(outlook.sentence), err=True)
        if many and output is not None:
            archived = memory.episodes.export_many(ids, output, wanted, notes=notes, job=job)
            _say_archived(archived, output, json_)
            return
        target = output if output is not None else sys.stdout.buffer
        exported = memory.episodes.export(ids[0], target, job=job, form=wanted, notes=notes)
    if json_:
        write_json({"format": form, "file": str(output)} | msgspec.structs.asdict(exported))
    elif output is not None:
        sentence = f"{plural(exported.steps, 'step')} written to {clean_line(str(output))}."
        click.echo(sentence)
    else:
        sys.stdout.buffer.flush()


def _say_archived(exported: ExportedFile, output: Path, json_: bool) -> None:
    if json_:
        write_json({"file": str(output)} | msgspec.structs.asdict(exported))
        return
    for episode, why in exported.passed_over:
        click.echo(f"Episode {episode} is left out: {clean_line(why)}", err=True)
    count = plural(exported.episodes, "episode")
    click.echo(f"{count} written to {clean_line(str(output))}, {size(exported.size)}.")


def _opened(store: Path) -> Memory:
    try:
        return open_memory(store, actor="hpm export")
    except ReadOnlyStore as error:
        raise ReadOnlyStore(
            f"{error} An export is written into the store's log, so that a copy which can be "
            "written is what to export from; hpm show --json and hpm raw only read."
        ) from error
