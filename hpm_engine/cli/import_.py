"""``hpm import``."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from hpm_engine import (
    Cancelled,
    CannotOpen,
    FileReport,
    FileStatus,
    ImportReport,
    account_line,
    loss_sentence,
    open_memory,
    waiting_line,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import erase, working
from hpm_engine.cli.console.table import plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED

_TOLD = {FileStatus.ASIDE: "not a trace", FileStatus.FAILED: "failed"}


@click.command("import", short_help=COMMANDS["import"])
@arguments.store
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--new", is_flag=True, help="Refuse to import into a store that exists already.")
@click.option("--again", is_flag=True, help="Let sessions come back that were erased.")
@arguments.as_json
def command(store: Path, paths: tuple[Path, ...], new: bool, again: bool, json_: bool) -> None:
    """Import session files, folders and archives into a store.

    STORE is made if it does not exist. What it has already is left alone, a session that has
    grown is extended. Files that are no traces are set aside, each with the reason. Cancelling
    keeps the files that were done and undoes the one under way; importing again goes on.

    What a damaged file lost is said, with the first places; its bytes are kept (hpm raw).

    With --json: one line for each file, then one with the sums.

    Example: hpm import my.hpm ~/.claude/projects ~/.codex/sessions
    """
    fresh = not os.path.exists(store)  # Path.exists fails for a name that is too long
    if new and not fresh:
        raise CannotOpen(f"{store}: exists already. Leave --new out to add to it.")
    # Absolute: the store remembers where each file was, from wherever it is opened.
    paths = tuple(path.absolute() for path in paths)
    report = _run(store, paths, fresh, again, _json_line if json_ else _line)
    if json_:
        sums = {name: getattr(report, name) for name in _SUMS}
        for name in ("mended", "damaged"):
            sums[name] = sum(getattr(file.account, name) for file in report.files if file.account)
        write_json({"kind": "sums", "store": str(store), "files": len(report.files)} | sums)
    else:
        _tell(report)
    if report.with_status(FileStatus.FAILED):
        click.get_current_context().exit(FAILED)


_SUMS = (
    *("episodes_added", "episodes_extended", "steps_added", "raw_size", "seconds", "branches"),
    *("notes_added", "notes_changed", "notes_gone", "in_trash", "erased"),
    *("masked", "otherwise"),
)


def _run(
    store: Path,
    paths: tuple[Path, ...],
    fresh: bool,
    again: bool,
    acknowledge: Callable[[FileReport], None],
) -> ImportReport:
    done: list[FileReport] = []

    def hear(report: FileReport) -> None:
        done.append(report)
        acknowledge(report)

    try:
        with working() as job, open_memory(store, create=True, actor="hpm import") as memory:
            return memory.import_paths(paths, job=job, acknowledge=hear, again=again)
    except Cancelled:
        if fresh and not done:
            store.unlink(missing_ok=True)
            raise Cancelled(f"Cancelled; {store} was not made.") from None
        kept = plural(len(done), "file")
        raise Cancelled(f"Cancelled; {kept} done before stay imported, nothing else.") from None
    finally:
        if fresh and done and all(report.status is FileStatus.FAILED for report in done):
            _take_away(store)


def _take_away(store: Path) -> None:
    """Remove a store that this import made and that stayed empty."""
    with open_memory(store, read_only=True) as memory:
        if memory.audit.count() > 1:  # than that it was made
            return  # the bytes of a damaged trace are in it
    store.unlink(missing_ok=True)


def _json_line(report: FileReport) -> None:
    fields = msgspec.to_builtins(report)
    if fields["account"] is None:
        del fields["account"]
    write_json({"kind": "file"} | fields)


def _line(report: FileReport) -> None:
    for session, count in Counter(report.branches).items():
        erase()
        branches = plural(count, "branch", "branches")
        path, session = clean_line(report.path), clean_line(session)
        click.echo(f"{path}: {branches} of {session} kept beside the first")
    if report.status in _TOLD:
        erase()
        reason = clean_line(report.reason).removeprefix(f"{clean_line(report.path)}: ")
        click.echo(f"{_TOLD[report.status]}: {clean_line(report.path)}: {reason}")
    elif report.account and (lost := account_line(report.account)):
        erase()
        click.echo(f"damaged: {clean_line(report.path)}: {clean_line(lost)}")
    if report.account and (waiting := waiting_line(report.account)):
        erase()
        click.echo(f"unfinished: {clean_line(report.path)}: {waiting}")


def _tell(report: ImportReport) -> None:
    count = {status: len(report.with_status(status)) for status in FileStatus}
    parts = [f"{count[FileStatus.ADDED]:,} new", f"{count[FileStatus.EXTENDED]:,} extended"]
    parts += [f"{count[FileStatus.UNCHANGED]:,} unchanged"]
    parts += [f"{count[FileStatus.ASIDE]:,} set aside", f"{count[FileStatus.FAILED]:,} failed"]
    rate = size(round(report.raw_size / max(report.seconds, 0.001)))
    click.echo(f"{plural(len(report.files), 'file')}: {', '.join(parts)}.")
    click.echo(
        f"{plural(report.episodes_added, 'episode')} added, {report.episodes_extended:,} extended, "
        f"{plural(report.steps_added, 'step')}; {size(report.raw_size)} in "
        f"{report.seconds:.1f} s ({rate}/s)."
    )
    if report.notes_added or report.notes_changed or report.notes_gone:
        click.echo(
            f"{plural(report.notes_added, 'note')} of agents' memories added,"
            f" {report.notes_changed:,} changed, {report.notes_gone:,} gone from their place"
            " (hpm notes)."
        )
    if report.in_trash:
        click.echo(
            f"{plural(report.in_trash, 'session')} met again that you deleted: still in the trash"
            " (hpm trash)."
        )
    if report.erased:
        click.echo(
            f"{plural(report.erased, 'session')} met again that you erased: not imported"
            " (--again lets them come back)."
        )
    if report.masked:
        click.echo(f"{plural(report.masked, 'secret')} masked (hpm secrets lists them by rule).")
    if report.otherwise:
        click.echo(
            f"{plural(report.otherwise, 'known file')} came in under another setting for secrets,"
            " and stays as it is (hpm secrets)."
        )
    if report.branches:
        branches = plural(report.branches, "branch", "branches")
        click.echo(f"{branches} kept beside the first of the same session (hpm show links them).")
    if lost := loss_sentence(report):
        click.echo(f"{lost} All bytes are kept: `hpm raw` gives those of an episode's file.")
