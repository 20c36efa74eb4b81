"""``hpm audit``."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
import msgspec

from hpm_engine import ActSpan, AuditFilter, AuditRow, Memory, NotFound, open_memory
from hpm_engine.audit.export import write_rows
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED

_PAGE = 1000  # rows read at a time
_DIGITS = 18  # of an episode's number at most
_HEADS = ("row", "time", "actor", "action", "subject", "what")


@click.command("audit", short_help=COMMANDS["audit"])
@arguments.store
@click.option("--from", "since", type=arguments.Moment(), help="Only from this local time on.")
@click.option("--to", "until", type=arguments.Moment(), help="Only before this local time.")
@click.option("--episode", metavar="EPISODE", default="", help="Only what concerns this episode.")
@click.option("--actor", default="", help="Only changes by this actor.")
@click.option("--action", default="", help="Only this kind of change, for example import.")
@click.option("--text", default="", help="Only rows with this text, or about what is called so.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "jsonl", "csv", "html", "checkpoint"]),
    default="table",
    show_default=True,
    help="How the rows are written.",
)
@arguments.output
@click.option(
    "--verify", is_flag=True, help="Recompute the chain of the whole log instead of listing it."
)
@arguments.as_json
def command(
    store: Path,
    since: int | None,
    until: int | None,
    episode: str,
    actor: str,
    action: str,
    text: str,
    format_: str,
    output: Path | None,
    verify: bool,
    json_: bool,
) -> None:
    """List, export or verify the log of all changes.

    Every change to a store is a row, chained by its hash to the row before. With -o the rows go
    to a file as jsonl or csv, as a page to read (html), or as a checkpoint, which says how long
    the log is and how it ends; the export is itself a row. What a filter lets through is no chain
    that can be recomputed. --verify exits with 1 when a row was changed, removed or moved. The
    table has local times with their offset; exports have UTC.

    With --json: the same as --format jsonl; with --verify or -o one object.

    Example: hpm audit my.hpm --from 2026-03-01 --action import --format csv -o march.csv
    """
    wanted = AuditFilter(since, until, actor, action, text=text)
    if verify:
        _verify(store, json_)
        return
    format_ = "jsonl" if json_ else format_
    if output is not None:
        _export(store, output, format_, wanted, episode, json_)
        return
    if format_ in ("html", "checkpoint"):
        raise click.UsageError(f"--format {format_} goes to a file: name it with -o.")
    with open_memory(store, read_only=True) as memory:
        rows = _rows(memory, _about(memory, wanted, episode))
        if format_ == "table":
            _table(memory, rows)
        else:
            _stream(rows, format_)


def _about(memory: Memory, wanted: AuditFilter, episode: str) -> AuditFilter:
    """The filter with the episode of a number, a session's id or a title.

    A number may be that of a deleted episode: the log still has its rows.
    """
    if not episode:
        return wanted
    try:
        number = memory.episodes.detail(episode).episode.id
    except NotFound:
        if not (episode.isdecimal() and len(episode) <= _DIGITS):
            raise
        number = int(episode)
    return msgspec.structs.replace(wanted, episode_id=number)


def _rows(memory: Memory, wanted: AuditFilter) -> Iterator[AuditRow]:
    offset = 0
    while page := memory.audit.page(wanted, offset, _PAGE):
        yield from page
        offset += len(page)


def _table(memory: Memory, rows: Iterator[AuditRow]) -> None:
    cells = []
    while page := list(islice(rows, _PAGE)):
        acts = memory.audit.in_words(AuditFilter(), [ActSpan(row.seq, row.seq, 1) for row in page])
        cells += [
            (
                str(row.seq),
                moment(row.at, seconds=True),
                row.actor,
                row.action,
                row.subject,
                act.text,
            )
            for row, act in zip(page, acts, strict=True)
        ]
    click.echo("\n".join(lines_of(_HEADS, cells, widest="what")))


def _stream(rows: Iterator[AuditRow], format_: str) -> None:
    """Write rows: exact bytes to a pipe in any encoding, safe text to a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.flush()
        stream = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
        try:
            write_rows(rows, stream, format_)
        finally:
            stream.detach()
        return
    text = io.StringIO()
    write_rows(rows, text, format_)
    click.echo(clean(text.getvalue()), nl=False)


def _export(
    store: Path, output: Path, format_: str, wanted: AuditFilter, episode: str, json_: bool
) -> None:
    if format_ == "table":
        raise click.UsageError("With -o choose --format jsonl, csv, html or checkpoint.")
    with working() as job, open_memory(store, actor="hpm audit") as memory:
        about = _about(memory, wanted, episode)
        exported = memory.audit.export(output, format_, about, job=job)
    if json_:
        write_json({"rows": exported.rows, "file": str(output), "whole": exported.whole})
        return
    click.echo(f"{plural(exported.rows, 'row')} written to {clean_line(str(output))}.")
    if not exported.whole:
        click.echo("A part of the log: its chain cannot be recomputed.", err=True)


def _verify(store: Path, json_: bool) -> None:
    with working() as job, open_memory(store, read_only=True) as memory:
        check = memory.audit.verify(job)
    if json_:
        write_json(check)
    elif check.broken_at is None:
        click.echo(f"{plural(check.rows, 'row')}, the chain holds. Head: {check.head}")
    else:
        click.echo(f"The chain breaks at row {check.broken_at}: {clean_line(check.reason)}")
    if check.broken_at is not None:
        click.get_current_context().exit(FAILED)
