"""``hpm backups``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click
from msgspec import structs

from hpm_engine import BackupPlan, Every, KnownBackup, Memory, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of, moment, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_EVERY = click.Choice([every.value for every in Every])
_COUNT = click.IntRange(0, 1_000)


@click.command("backups", short_help=COMMANDS["backups"])
@arguments.store
@click.option("--every", type=_EVERY, help="Back up by itself so often; never ends that.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Put such backups there."
)
@click.option("--last", type=click.IntRange(1, 1_000), help="Keep so many of the last ones.")
@click.option("--daily", type=_COUNT, help="Keep the newest of each of so many days.")
@click.option("--weekly", type=_COUNT, help="Keep the newest of each of so many weeks.")
@click.option("--pin", type=int, metavar="N", help="Keep backup N, whatever the plan says.")
@click.option("--unpin", type=int, metavar="N", help="Let backup N go when the plan says so.")
@arguments.as_json
def command(
    store: Path,
    every: str | None,
    folder: Path | None,
    last: int | None,
    daily: int | None,
    weekly: int | None,
    pin: int | None,
    unpin: int | None,
    json_: bool,
) -> None:
    """List the backups that a store knows of; plan them.

    With a plan the window, while it has the store open, and hpm run make a backup when one is due,
    and remove those that are too many: only files that the plan made, that are not pinned, and
    that say of themselves that they are backups of this store. Without --folder they go to
    NAME-backups beside the store.

    With --json: the plan, and each backup with whether it is still there.

    Example: hpm backups my.hpm --every day --folder /media/stick --last 3 --daily 7
    """
    given = {"every": every and Every(every), "last": last, "daily": daily, "weekly": weekly}
    changes = {name: value for name, value in given.items() if value is not None}
    changing = bool(changes) or folder is not None or pin is not None or unpin is not None
    with open_memory(store, read_only=not changing, actor="hpm backups") as memory:
        if changes or folder is not None:
            _plan(memory, changes, folder)
        if pin is not None:
            memory.backups.pin(pin)
        if unpin is not None:
            memory.backups.pin(unpin, pinned=False)
        backups, plan = memory.backups.all(), memory.backups.plan()
    if json_:
        write_json({"plan": plan, "backups": backups})
    else:
        click.echo("\n".join((*_plan_lines(plan), *_lines(backups))))


def _plan(memory: Memory, changes: Mapping[str, object], folder: Path | None) -> None:
    plan = structs.replace(memory.backups.plan(), **changes)
    beside = memory.path.with_name(f"{memory.path.stem}-backups")
    chosen = folder or Path(plan.folder or beside)
    memory.backups.set_plan(structs.replace(plan, folder=os.path.abspath(chosen)))


def _plan_lines(plan: BackupPlan) -> list[str]:
    if plan.every is Every.NEVER:
        return ["By itself: never (--every day)", ""]
    lines = [
        f"By itself: every {plan.every.value}, in {clean_line(plan.folder)}; kept are the last "
        f"{plan.last:,}, {plan.daily:,} daily and {plan.weekly:,} weekly ones."
    ]
    if plan.failure:
        lines.append(f"The last attempt failed: {clean_line(plan.failure)}")
    return [*lines, ""]


def _lines(backups: tuple[KnownBackup, ...]) -> list[str]:
    if not backups:
        return ["No backups are known. hpm backup makes one."]
    rows = [
        (
            backup.id,
            moment(backup.made_at),
            size(backup.size),
            ", ".join(
                word
                for word, holds in (
                    ("planned", backup.planned),
                    ("pinned", backup.pinned),
                    ("gone", not backup.exists),
                )
                if holds
            ),
            clean_line(backup.path),
        )
        for backup in backups
    ]
    return [
        *lines_of(("N", "made", "size", "", "file"), rows, widest="file"),
        plural(len(backups), "backup") + ".",
    ]
