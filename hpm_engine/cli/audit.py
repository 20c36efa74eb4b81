"""``hpm audit``."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
import msgspec

from hpm_engine import (
    ActSpan,
    AuditFilter,
    AuditRow,
    Memory,
    NotFound,
    Verification,
    open_memory,
)
from hpm_engine.audit.export import write_rows
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED
from hpm_engine.system.output_file import write_file

_VERBS = ("verify", "checkpoint", "prove", "export")
_PAGE = 1000  # rows read at a time
_DIGITS = 18  # of an episode's number at most
_HEADS = ("row", "time", "actor", "action", "subject", "what")


class _AuditCommand(click.Command):
    """The command, with what is to be done before the store as well as among the options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``hpm audit verify STORE`` is ``hpm audit STORE --do verify``."""
        if args and args[0] in _VERBS and not Path(args[0]).exists():
            args = [*args[1:], "--do", args[0]]
        return super().parse_args(ctx, args)


@click.command("audit", cls=_AuditCommand, short_help=COMMANDS["audit"])
@arguments.store
@click.argument("row", type=int, required=False)
@click.option(
    "--do",
    "verb",
    type=click.Choice(_VERBS),
    help="What to do; it may stand before STORE instead: hpm audit verify STORE.",
)
@click.option("--from", "since", type=arguments.Moment(), help="Only from this local time on.")
@click.option("--to", "until", type=arguments.Moment(), help="Only before this local time.")
@click.option("--episode", metavar="EPISODE", default="", help="Only what concerns this episode.")
@click.option("--actor", default="", help="Only changes by this actor.")
@click.option("--action", default="", help="Only this kind of change, for example import.")
@click.option(
    "--text",
    "--query",
    "text",
    default="",
    help="Only rows with this text, or about what is called so.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "jsonl", "csv", "html", "checkpoint"]),
    default="table",
    show_default=True,
    help="How the rows are written.",
)
@click.option("--redact", is_flag=True, help="Leave out what rows say of content (jsonl).")
@arguments.output
@click.option("--verify", is_flag=True, help="The same as --do verify.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Verify that the log goes on from the checkpoint in this file.",
)
@click.option(
    "--accept",
    is_flag=True,
    help="With checkpoint: this machine forgets what it knew of the store, as after a backup.",
)
@arguments.as_json
def command(
    store: Path,
    row: int | None,
    verb: str | None,
    since: int | None,
    until: int | None,
    episode: str,
    actor: str,
    action: str,
    text: str,
    format_: str,
    redact: bool,
    output: Path | None,
    verify: bool,
    against: Path | None,
    accept: bool,
    json_: bool,
) -> None:
    """List, export or verify the log of all changes.

    Every change to a store is a row; all rows are a tree whose root is signed with a key of this
    machine when a store is closed, every 10,000 rows, and at each export.

    With -o (or export) the rows go to a file as jsonl or csv, or as a page to read (html), and
    beside it NAME.proof.zip, with which a stranger checks them; the export is itself a row.
    verify recomputes the whole log from what is stored, and holds it against its checkpoints, the
    last one that this machine signed, and --against one that you saved; it exits with 1 when
    anything was changed, removed or put back. checkpoint signs the log now and prints what to keep.
    prove ROW prints the proof of one row. The table has local times; exports have UTC.

    With --json: the same as --format jsonl; with verify, checkpoint or -o one object.

    Example: hpm audit my.hpm --from 2026-03-01 --action import --format csv -o march.csv
    """
    wanted = AuditFilter(since, until, actor, action, text=text)
    if verb == "verify" or verify or against is not None:
        _verify(store, against, json_)
        return
    if verb == "checkpoint":
        _checkpoint(store, output, accept=accept, json_=json_)
        return
    if verb == "prove":
        _prove(store, row, output)
        return
    if row is not None:
        raise click.UsageError("A row's number is for prove: hpm audit prove STORE ROW.")
    format_ = "jsonl" if json_ and format_ == "table" else format_
    if output is not None:
        _export(store, output, format_, wanted, episode, json_, redact)
        return
    if verb == "export":
        raise click.UsageError("An export goes to a file: name it with -o.")
    if format_ in ("html", "checkpoint"):
        raise click.UsageError(f"--format {format_} goes to a file: name it with -o.")
    with open_memory(store, read_only=True) as memory:
        rows = _rows(memory, _about(memory, wanted, episode))
        if format_ == "table":
            _table(memory, rows)
        else:
            _stream(rows, format_, redact)


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


def _stream(rows: Iterator[AuditRow], format_: str, redacted: bool) -> None:
    """Write rows: exact bytes to a pipe in any encoding, safe text to a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.flush()
        stream = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
        try:
            write_rows(rows, stream, format_, redacted=redacted)
        finally:
            stream.detach()
        return
    text = io.StringIO()
    write_rows(rows, text, format_, redacted=redacted)
    click.echo(clean(text.getvalue()), nl=False)


def _export(
    store: Path,
    output: Path,
    format_: str,
    wanted: AuditFilter,
    episode: str,
    json_: bool,
    redact: bool,
) -> None:
    if format_ == "table":
        raise click.UsageError("With -o choose --format jsonl, csv, html or checkpoint.")
    with working() as job, open_memory(store, actor="hpm audit") as memory:
        about = _about(memory, wanted, episode)
        exported = memory.audit.export(output, format_, about, job=job, redacted=redact)
    if json_:
        receipt = {"rows": exported.rows, "file": str(output), "whole": exported.whole}
        write_json(receipt | {"proof": exported.proof, "trouble": exported.trouble})
        return
    click.echo(f"{plural(exported.rows, 'row')} written to {clean_line(str(output))}.")
    if exported.proof:
        click.echo(f"The proof for whoever receives them: {clean_line(exported.proof)}.")
    if exported.trouble:
        click.echo(f"Without a proof: {clean_line(exported.trouble)}", err=True)


def _checkpoint(store: Path, output: Path | None, *, accept: bool, json_: bool) -> None:
    with open_memory(store, actor="hpm audit") as memory:
        text = memory.audit.checkpoint(accept=accept)
    if output is not None:
        write_file(output, text.encode())
    if json_:
        write_json({"checkpoint": text, "file": str(output) if output else ""})
    elif output is None:
        click.echo(text, nl=False)
    else:
        click.echo(f"Checkpoint written to {clean_line(str(output))}.")


def _prove(store: Path, row: int | None, output: Path | None) -> None:
    if row is None:
        raise click.UsageError("Which row? hpm audit prove STORE ROW.")
    with open_memory(store, read_only=True) as memory:
        text = memory.audit.prove(row)
    if output is None:
        click.echo(clean(text), nl=False)
        return
    write_file(output, text.encode())
    click.echo(f"Proof of row {row} written to {clean_line(str(output))}.")


def _verify(store: Path, against: Path | None, json_: bool) -> None:
    text = against.read_text("utf-8", "replace") if against else ""
    with working() as job, open_memory(store, read_only=True) as memory:
        check = memory.audit.verify(job, text)
    if json_:
        write_json(check)
    elif check.broken_at is None:
        click.echo(f"{plural(check.rows, 'row')}, the chain holds. Head: {check.head}")
        click.echo(_signed(check))
        if against:
            click.echo("It goes on from the checkpoint given.")
    else:
        click.echo(f"The chain breaks at row {check.broken_at}: {clean_line(check.reason)}")
    if check.broken_at is not None:
        click.get_current_context().exit(FAILED)


def _signed(check: Verification) -> str:
    if not check.signed:
        return "It was never signed: a log written anew could not be told from it."
    whose = "this machine's key" if check.own_key else "a key that is not this machine's"
    key = check.key.partition("+")[0]
    return f"Signed up to row {check.signed:,} ({check.signed_at}) with {whose}, {clean_line(key)}."
