"""``hpm run``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from hpm_engine import (
    BY_ITSELF,
    SCHEDULE,
    AgeingReport,
    BackupTurn,
    Cancelled,
    Consent,
    CycleReport,
    Job,
    Keeper,
    Memory,
    Outlook,
    Schedule,
    StoreBusy,
    Syncer,
    SyncReport,
    agents_folders,
    keep_backups,
    local_now,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import erase, working
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.system.local_time import stamp, utc_text

_LOOK = 20  # seconds between two looks at the clock
_SYNC = 0.5  # seconds between two looks at chosen sources


@click.command("run", short_help=COMMANDS["run"])
@arguments.store
@click.option("--schedule", metavar="TEXT", help="Keep this schedule from now on; see above.")
@click.option(
    "--watch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="A folder where agents write, in place of those that are found.",
)
@click.option("--next", "list_", is_flag=True, help="Only say when it would run next.")
@click.option("--once", is_flag=True, help="Look once, do what is due, and end.")
@arguments.as_json
def command(
    store: Path,
    schedule: str | None,
    watch: tuple[Path, ...],
    list_: bool,
    once: bool,
    json_: bool,
) -> None:
    """Keep a store's schedule: age and consolidate while agents are idle.

    Meanwhile what is new in chosen sources (hpm sources) is imported, unless hpm sync --by-itself
    off says no, and backups are made as hpm backups plans them.

    It goes on until Ctrl+C. A schedule is "idle 5" (minutes without agent activity), "03:00",
    "mon-fri 22:30", "mains" (only on mains power), several with commas between, or "never". An
    agent that wakes up stops what idleness began; it goes on at the next chance. Old episodes are
    compressed first, as hpm age says (unless it is set to --automatic off).

    With --json: one line for each import, backup, ageing and cycle, or the times of the next runs.

    Example: hpm run my.hpm --schedule "idle 5, sun 03:00, mains"
    """
    with working() as job, open_memory(store, actor="hpm run") as memory:
        if schedule is not None:
            memory.settings.set(SCHEDULE, Schedule.parse(schedule).text())
            memory.settings.set(BY_ITSELF, Consent.YES)
        folders = watch or None
        keeper = Keeper(lambda: folders or agents_folders(), asked=True)
        if list_:
            _tell_next(keeper.look(memory), json_)
            return
        try:
            _keep(memory, keeper, job, once, json_)
        except Cancelled:
            return  # Ctrl+C is how it ends


def _keep(memory: Memory, keeper: Keeper, job: Job, once: bool, json_: bool) -> None:
    """Look, and consolidate when it is time; ``Cancelled`` ends it."""
    syncer = Syncer()
    while True:
        job.step(0)
        _tell_sync(_synced(memory, syncer, job, once), json_)
        _tell_backup(keep_backups(memory, job), json_)
        outlook = keeper.look(memory)
        due = outlook.due
        if due is not None:
            try:
                if outlook.ages:
                    _tell_ageing(keeper.age(memory, due, job), json_)
                    continue  # to the cycle, if that is due as well
                _tell(keeper.run(memory, due, job), json_)
            except StoreBusy as busy:
                erase()
                click.echo(str(busy), err=True)
        if once:
            return
        until = time.monotonic() + (0 if due else _LOOK)
        while time.monotonic() < until:
            job.step(0)
            _tell_sync(syncer.keep(memory, job), json_)
            time.sleep(_SYNC)


def _synced(memory: Memory, syncer: Syncer, job: Job, once: bool) -> SyncReport | None:
    if not once:
        return syncer.keep(memory, job)
    wanted = memory.chosen.by_itself() and syncer.take_turn(memory)
    return syncer.sync(memory, job) if wanted else None


def _tell_sync(report: SyncReport | None, json_: bool) -> None:
    if report is None or not (report.new or report.failures):
        return
    erase()
    if json_:
        write_json({"synced": {"sources": report.sources, "seconds": report.seconds}})
        return
    if report.new:
        click.echo(f"{_now()} {plural(report.new, 'episode')} new or longer.")
    for text in report.failures:
        click.echo(clean_line(text), err=True)


def _tell_backup(turn: BackupTurn | None, json_: bool) -> None:
    if turn is None:
        return
    erase()
    if json_:
        write_json({"backed_up": turn})
        return
    if turn.path:
        click.echo(f"{_now()} backed up to {clean_line(turn.path)}.")
    for path in turn.removed:
        click.echo(f"{_now()} {clean_line(path)}: an old backup, removed.")
    if turn.failure:
        click.echo(clean_line(turn.failure), err=True)


def _tell_ageing(report: AgeingReport | None, json_: bool) -> None:
    erase()
    if report is None:
        return  # an agent woke up
    if json_:
        write_json({"aged": report})
        return
    click.echo(
        f"{_now()} {report.compressed.compressed:,} compressed,"
        f" {report.restored:,} restored to full text, {report.evicted.episodes:,} originals gone."
    )


def _tell(report: CycleReport | None, json_: bool) -> None:
    erase()
    if report is None:
        return  # an agent woke up
    if json_:
        write_json(report)
    elif report.refused:
        click.echo(report.refused)
    elif report.memories:
        click.echo(
            f"{_now()} {report.trigger.value}: cycle {report.id}, "
            f"{plural(report.memories, 'memory', 'memories')}, {report.left:,} wait."
        )


def _tell_next(outlook: Outlook, json_: bool) -> None:
    erase()
    text = outlook.schedule.text()
    if json_:
        runs = [utc_text(int(moment.timestamp()) * 1_000_000) for moment in outlook.next_runs]
        write_json({"schedule": text, "next": runs})
        return
    click.echo(f"schedule: {text}")
    for moment in outlook.next_runs:
        click.echo(f"{moment:%a} {stamp(moment)}")


def _now() -> str:
    return stamp(local_now())
