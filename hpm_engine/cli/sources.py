"""``hpm sources``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import FileReport, Memory, SourceRow, account_line, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.chosen_sources import VERBS, choose
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("id", "state", "format", "size", "episodes", "records", "imported", "path")
_ASIDE_HEADS = ("size", "path", "why")


@click.command("sources", short_help=COMMANDS["sources"])
@arguments.store
@click.argument("words", nargs=-1, metavar=f"[{'|'.join(VERBS)}] [PATH]...")
@click.option("--aside", is_flag=True, help="List what was set aside instead, with the reasons.")
@click.option(
    "--damaged", is_flag=True, help="Only files with something that could not be read as it stood."
)
@click.option(
    "--remove", is_flag=True, help="With --aside: forget PATH, or all below it, or (--all) all."
)
@click.option("--all", "all_", is_flag=True, help="With --remove: forget all that was set aside.")
@click.option(
    "--wipe", is_flag=True, help="Write the store anew, so that nothing is left of what went."
)
@arguments.as_json
def command(
    store: Path,
    words: tuple[str, ...],
    aside: bool,
    damaged: bool,
    remove: bool,
    all_: bool,
    wipe: bool,
    json_: bool,
) -> None:
    """List the files that a store took or set aside; choose what it is to follow.

    With list, add, remove, pause or resume it is about chosen sources: folders and files from which
    hpm sync, hpm run and the window import what is new. add without PATH chooses all that hpm
    discover finds. remove and pause leave what was imported where it is.

    Without such a word it lists the files that were imported. Their bytes are kept as they were
    (hpm raw). The column "records" says how many were read, left out by a rule, or damaged;
    "superseded" files were replaced by a later version of their session. PATH leaves out all but
    that file and what is below that folder.

    Of files that were no traces (--aside) only path, size, digest and reason are kept, and no
    digest of those in places for secrets, which are not opened. --remove forgets them; it is a row
    of the audit log. --wipe takes as much free space on the disk as the store has bytes.

    With --json: one line for each file or source; after --remove or --wipe one object.

    Example: hpm sources my.hpm --aside
    """
    if words and words[0] in VERBS:
        if aside or damaged or remove or all_ or wipe:
            raise click.UsageError(f"{words[0]} takes no option but --json.")
        choose(store, words[0], words[1:], json_)
        return
    if len(words) > 1:
        raise click.UsageError("Give one PATH.")
    path = words[0] if words else None
    if remove and not (aside and (bool(path) != all_)):
        raise click.UsageError("--remove goes with --aside and PATH, or --aside --all.")
    if all_ and not remove:
        raise click.UsageError("--all goes with --aside --remove.")
    if remove or wipe:
        _change(store, path, remove=remove, wipe=wipe, json_=json_)
        return
    with open_memory(store, read_only=True) as memory:
        if aside:
            _list_aside(memory, path, json_)
        else:
            _list(memory, path, damaged, json_)


def _change(store: Path, path: str | None, *, remove: bool, wipe: bool, json_: bool) -> None:
    with working() as job, open_memory(store, actor="hpm sources") as memory:
        count = memory.sources.forget_aside(path).files if remove else 0
        wiped = memory.sources.wipe(job) if wipe else None
        due = memory.sources.unwiped()
    if json_:
        write_json({"forgotten": count, "wiped": wiped, "to_be_wiped": due})
        return
    if remove:
        click.echo(f"{plural(count, 'file')} forgotten.")
    if wiped:
        click.echo("The store was written anew.")
    elif wiped is not None:
        click.echo("Another program is reading the store; close it and use --wipe again.")
    elif due:
        click.echo("Their bytes lie in freed pages of the store until --wipe writes it anew.")


def _within(path: str, asked: str | None) -> bool:
    if asked is None:
        return True
    names = {asked, str(Path(asked).absolute())}
    return any(path == name or path.startswith(name.rstrip("/") + "/") for name in names)


def _list_aside(memory: Memory, asked: str | None, json_: bool) -> None:
    files = [file for file in memory.sources.aside() if _within(file.path, asked)]
    if json_:
        for file in files:
            write_json(_fields(file))
        return
    if not files:
        click.echo("Nothing was set aside: every file was read as a trace.", err=True)
        return
    rows = [(size(file.size), file.path, _why(file)) for file in files]
    click.echo("\n".join(lines_of(_ASIDE_HEADS, rows, widest="path")))
    click.echo(f"{plural(len(files), 'file')} set aside", err=True)


def _fields(file: FileReport) -> dict[str, object]:
    kept = {"bytes_kept": bool(file.format)}
    return {
        "path": file.path,
        "size": file.size,
        "format": file.format,
        "reason": file.reason,
    } | kept


def _why(file: FileReport) -> str:
    return f"damaged {file.format}, bytes kept: {file.reason}" if file.format else file.reason


def _list(memory: Memory, asked: str | None, damaged: bool, json_: bool) -> None:
    rows = [row for row in memory.sources.all() if _within(row.path, asked)]
    if damaged:
        rows = [row for row in rows if _is_damaged(row)]
    if json_:
        for row in rows:
            write_json(msgspec.to_builtins(row))
        return
    if not rows:
        what = "No file is damaged." if damaged else "No files; hpm import brings some."
        click.echo(what, err=True)
        return
    click.echo("\n".join(lines_of(_HEADS, [_cells(row) for row in rows], widest="path")))
    for row in rows:
        sentence = account_line(row.account) if row.account else row.reason
        if sentence:
            click.echo(f"{clean_line(row.path)}: {clean_line(sentence)}")
    sums = memory.sources.sums()
    aside = f"; {plural(sums.set_aside, 'file')} set aside (--aside)" if sums.set_aside else ""
    click.echo(f"{plural(len(rows), 'file')}{aside}", err=True)


def _is_damaged(row: SourceRow) -> bool:
    if row.state == "aside":
        return True
    return row.account is not None and bool(account_line(row.account))


def _cells(row: SourceRow) -> tuple[object, ...]:
    state = "unreadable" if row.state == "aside" else row.state.value
    imported = moment(row.imported_at)
    records = _records(row)
    return (row.id, state, row.format, size(row.size), row.episodes, records, imported, row.path)


def _records(row: SourceRow) -> str:
    if row.account is None:
        return "no account"
    parts = [f"{row.account.read:,} read"]
    if over := sum(count for _, count in row.account.passed_over):
        parts.append(f"{over:,} passed over")
    if row.account.mended:
        parts.append(f"{row.account.mended:,} mended")
    if row.account.damaged:
        parts.append(f"{row.account.damaged:,} damaged")
    return ", ".join(parts)
