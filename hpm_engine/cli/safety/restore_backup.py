"""``hpm restore-backup``."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from hpm_engine import RestorePreview, go_back, preview_restore
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_NAMED = 10  # episodes of each kind
_NAMES = {
    "audit_rows": "rows of the log",
    "memory_notes": "notes of agents",
    "notes": "your notes",
    "sources": "files",
}


@click.command("restore-backup", short_help=COMMANDS["restore-backup"])
@arguments.store
@click.argument("backup", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Go back; without this, only say what would happen.")
@click.option("--other-store", is_flag=True, help="Also where it is a backup of another store.")
@arguments.as_json
def command(store: Path, backup: Path, yes: bool, other_store: bool, json_: bool) -> None:
    """Go back to a backup of a whole store (hpm restore is for files of agents).

    Without --yes it only shows what the backup holds against what the store holds now. The present
    file is never deleted: it stays beside the store, under a name with the time. No other
    program may have the store open. The store then says in its log that it went back, and from
    where.

    With --json: what would come and go, or with --yes the two files.

    Example: hpm restore-backup my.hpm my-backups/my-2026-11-30-210000Z.hpm
    """
    with working() as job:
        preview = preview_restore(store, backup, job)
        if not yes:
            if json_:
                write_json(preview)
            else:
                click.echo("\n".join((*_lines(preview), "", _next(preview))))
            return
        restored = go_back(store, backup, job, actor="hpm restore-backup", other=other_store)
    if json_:
        write_json(restored)
        return
    click.echo(f"{clean_line(restored.path)}: as the backup has it.")
    if restored.aside:
        click.echo(f"The file of before is {clean_line(restored.aside)}.")


def _next(preview: RestorePreview) -> str:
    if not preview.same_store:
        return "It is a backup of another store. Nothing was changed; --yes --other-store goes on."
    return "Nothing was changed; --yes goes back."


def _lines(preview: RestorePreview) -> list[str]:
    lines = [
        f"Backup of {moment(preview.made_at)}, {size(preview.size)}: {clean_line(preview.backup)}"
    ]
    if preview.reason:
        lines.append(f"The store cannot be read: {clean_line(preview.reason)}")
    then = structs.asdict(preview.then)
    now = structs.asdict(preview.now) if preview.now else {}
    rows = [
        (_NAMES.get(name, name.replace("_", " ")), now.get(name, "?"), count)
        for name, count in then.items()
    ]
    lines += ["", *lines_of(("", "now", "backup"), rows), ""]
    for what, episodes, count in (
        ("Would go", preview.lost, preview.lost_count),
        ("Would come back", preview.back, preview.back_count),
    ):
        lines.append(f"{what}: {plural(count, 'episode')}")
        lines += [f"  {each.episode_id}  {clean_line(each.name)}" for each in episodes[:_NAMED]]
        if count > len(episodes[:_NAMED]) and episodes:
            lines.append(f"  and {count - len(episodes[:_NAMED]):,} more")
    if preview.other_count:
        lines.append(f"In another state: {plural(preview.other_count, 'episode')}")
    if preview.now:
        lines.append(_log_line(preview))
    return lines


def _log_line(preview: RestorePreview) -> str:
    if preview.is_prefix:
        rows = plural(preview.log_rows_lost, "row")
        return f"The backup's log is the beginning of the store's; {rows} came after it."
    return "The backup's log is not the beginning of the store's: they went separate ways."
