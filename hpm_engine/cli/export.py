"""``hpm export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from hpm_engine import ExportedFile, ExportFormat, ExportPart, Memory, ReadOnlyStore, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("export", short_help=COMMANDS["export"])
@arguments.store
@click.argument("episodes", metavar="[EPISODE]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in ExportFormat]),
    default=ExportFormat.ATIF.value,
    show_default=True,
    help="The form of the file.",
)
@click.option(
    "--without",
    metavar="WHAT,…",
    default="",
    help="What Markdown and HTML leave out: notes, thinking, calls, results, injected.",
)
@click.option("--otel", is_flag=True, help="Write recorded recalls as spans of OpenTelemetry.")
@click.option(
    "--otel-texts", is_flag=True, help="With --otel: also what was asked, and what was found."
)
@arguments.output
@arguments.as_json
def command(
    store: Path,
    episodes: tuple[str, ...],
    form: str,
    without: str,
    otel: bool,
    otel_texts: bool,
    output: Path | None,
    json_: bool,
) -> None:
    """Write episodes as files that other programs, or people, read.

    atif is the Agent Trajectory Interchange Format 1.5, one JSON document. Importing it again, into
    this or another store, gives an episode with the same steps; what ATIF has no field for stands
    in "extra". markdown is a text with a heading for each step; images and HTML in it are shown as
    they were written. html is one page that opens offline, needs no other file and runs nothing.
    raw is the original bytes of the episode's record.

    What the file holds is said on standard error before it is written. Several episodes become one
    document in the forms for people, and in all forms the members of an archive where -o ends in
    .zip. --without leaves out what nobody else shall read ("injected" are the texts that the
    agent's program put in), and the file says so. Each export is a row of the audit log.

    --otel writes what was recalled from the store, when, by whom and how fast, as OTLP JSON for
    whoever collects traces: operations "search_memory" in the conventions for generative AI, which
    are in development. A recall has the same ids in each export. What was asked is left out unless
    --otel-texts asks for it.

    With --json: steps, size and SHA-256 on standard output; the file only with -o.

    Example: hpm export my.hpm 12 --format html -o session.html
    """
    if otel or otel_texts:
        if not otel or episodes or without or output is None:
            raise click.UsageError("--otel is for all recalls: hpm export STORE --otel -o FILE.")
        _write_recalls(store, output, otel_texts, json_)
        return
    if not episodes:
        raise click.UsageError("Name an EPISODE, or --otel for recalls.")
    if output is None and json_:
        raise click.UsageError("With --json choose a file: -o FILE.")
    if output is None and sys.stdout.isatty():
        raise click.UsageError("An export is long and for a file; use -o FILE or a pipe.")
    many = len(episodes) > 1
    wanted, left_out = ExportFormat(form), _left_out(without)
    if left_out and not wanted.readable:
        raise click.UsageError("--without is for Markdown and HTML; the other forms are whole.")
    if many and output is None:
        raise click.UsageError("Several episodes go into a file: -o FILE.")
    if many and not wanted.readable and output is not None and output.suffix.lower() != ".zip":
        raise click.UsageError("Several episodes go into an archive: -o FILE.zip.")
    with working() as job, _opened(store) as memory:
        ids = [memory.episodes.detail(episode).episode.id for episode in dict.fromkeys(episodes)]
        outlook = memory.episodes.outlook(ids, wanted, without=left_out)
        click.echo(clean_line(outlook.sentence), err=True)
        if many and output is not None:
            archived = memory.episodes.export_many(ids, output, wanted, without=left_out, job=job)
            _say_archived(archived, output, json_)
            return
        target = output if output is not None else sys.stdout.buffer
        exported = memory.episodes.export(ids[0], target, job=job, form=wanted, without=left_out)
    if json_:
        write_json({"format": form, "file": str(output)} | msgspec.structs.asdict(exported))
    elif output is not None:
        sentence = f"{plural(exported.steps, 'step')} written to {clean_line(str(output))}."
        click.echo(sentence)
    else:
        sys.stdout.buffer.flush()


def _write_recalls(store: Path, output: Path, texts: bool, json_: bool) -> None:
    with _opened(store) as memory:
        exported = memory.recall.export_spans(output, texts=texts)
    if json_:
        write_json({"file": str(output)} | msgspec.structs.asdict(exported))
    else:
        click.echo(f"{plural(exported.recalls, 'recall')} written to {clean_line(str(output))}.")


def _say_archived(exported: ExportedFile, output: Path, json_: bool) -> None:
    if json_:
        write_json({"file": str(output)} | msgspec.structs.asdict(exported))
        return
    for episode, why in exported.passed_over:
        click.echo(f"Episode {episode} is left out: {clean_line(why)}", err=True)
    count = plural(exported.episodes, "episode")
    click.echo(f"{count} written to {clean_line(str(output))}, {size(exported.size)}.")


def _left_out(text: str) -> frozenset[ExportPart]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = {part.value for part in ExportPart}
    if wrong := [word for word in words if word not in known]:
        raise click.UsageError(
            f"--without: “{clean_line(wrong[0])}” is none of {', '.join(ExportPart)}."
        )
    return frozenset(map(ExportPart, words))


def _opened(store: Path) -> Memory:
    try:
        return open_memory(store, actor="hpm export")
    except ReadOnlyStore as error:
        raise ReadOnlyStore(
            f"{error} An export is written into the store's log, so that a copy which can be "
            "written is what to export from; hpm show --json and hpm raw only read."
        ) from error
