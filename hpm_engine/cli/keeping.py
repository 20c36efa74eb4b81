"""``hpm run``."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from hpm_engine import (
    Cancelled,
    CycleReport,
    Job,
    Memory,
    Progress,
    Schedule,
    Scheduler,
    StoreBusy,
    Trigger,
    discover,
    last_activity,
    on_mains,
    open_memory,
)
from hpm_engine.cli import arguments
from hpm_engine.cli.progress import working
from hpm_engine.cli.root import COMMANDS
from hpm_engine.cli.terminal import write_json

SETTING = "consolidation_schedule"
_LOOK = 20  # seconds between two looks at the clock
_GLANCE = 0.5  # seconds between two looks at the agents while a cycle runs


@click.command("run", short_help=COMMANDS["run"][1])
@arguments.store
@click.option("--schedule", metavar="TEXT", help="Keep this schedule from now on; see above.")
@click.option(
    "--watch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="A folder where agents write, in place of those that are found.",
)
@click.option("--next", "list_", is_flag=True, help="Only say when it would run next.")
@click.option("--once", is_flag=True, help="Look once, consolidate if it is time, and end.")
@arguments.as_json
def command(
    store: Path,
    schedule: str | None,
    watch: tuple[Path, ...],
    list_: bool,
    once: bool,
    json_: bool,
) -> None:
    """Keep a store's schedule: consolidate while agents are idle.

    It goes on until Ctrl+C. A schedule is "idle 5" (minutes without agent activity), "03:00",
    "mon-fri 22:30", "mains" (only on mains power), several with commas between, or "never". An
    agent that wakes up stops a cycle that idleness began; it goes on at the next chance.

    With --json: one line for each cycle, or the times of the next runs.

    Example: hpm run my.hpm --schedule "idle 5, sun 03:00, mains"
    """
    folders = watch or tuple(Path(one.path) for one in discover())
    with working() as job, open_memory(store, actor="scheduler") as memory:
        if schedule is not None:
            memory.set_setting(SETTING, Schedule.parse(schedule).text())
        keeper = _Keeper(memory, folders, json_)
        if list_:
            keeper.tell_next()
            return
        try:
            keeper.keep(job, once=once)
        except Cancelled:
            return  # Ctrl+C is how it ends


class _Keeper:
    """One store's schedule while this process lives."""

    def __init__(self, memory: Memory, folders: tuple[Path, ...], json_: bool) -> None:
        self._memory = memory
        self._json = json_
        text = memory.settings().get(SETTING, Schedule().text())
        last = next((one for one in memory.consolidation.cycles(0, 1)), None)
        self._scheduler = Scheduler(
            Schedule.parse(text),
            lambda: datetime.now().astimezone(),
            lambda: last_activity(folders),
            on_mains,
            None if last is None else datetime.fromtimestamp(last.at / 1e6, UTC),
        )

    def tell_next(self) -> None:
        runs = self._scheduler.next_runs()
        if self._json:
            schedule = self._scheduler.schedule.text()
            write_json({"schedule": schedule, "next": [one.isoformat() for one in runs]})
            return
        click.echo(f"schedule: {self._scheduler.schedule.text()}")
        for one in runs:
            click.echo(f"{one:%a %Y-%m-%d %H:%M}")

    def keep(self, job: Job, *, once: bool) -> None:
        """Look, and consolidate when it is time; ``Cancelled`` ends it."""
        while True:
            job.step(0)
            trigger = self._scheduler.due()
            if trigger is not None:
                self._consolidate(trigger, job)
            if once:
                return
            until = time.monotonic() + (0 if trigger else _LOOK)
            while time.monotonic() < until:
                job.step(0)
                time.sleep(0.2)

    def _consolidate(self, trigger: Trigger, job: Job) -> None:
        began = datetime.now(UTC)

        def look(progress: Progress) -> None:
            try:
                job.step(progress.done, progress.total, progress.note, progress.unit)
            except Cancelled:
                cycle.cancel()
            if trigger is Trigger.IDLE and self._scheduler.woken(began):
                cycle.cancel()

        cycle = Job(look, _GLANCE)
        try:
            report = self._memory.consolidation.run(trigger=trigger, job=cycle)
        except Cancelled:
            job.step(0)  # the person stopped it; if not, an agent woke up
            return
        except StoreBusy as busy:
            click.echo(str(busy), err=True)
            self._scheduler.ran(finished=True)
            return
        self._scheduler.ran(finished=not report.left or bool(report.refused))
        self._tell(report)

    def _tell(self, report: CycleReport) -> None:
        if self._json:
            write_json(report)
        elif report.refused:
            click.echo(report.refused)
        elif report.memories:
            click.echo(
                f"{datetime.now():%Y-%m-%d %H:%M} {report.trigger.value}: cycle {report.id}, "
                f"{report.memories} memories, {report.left:,} wait."
            )
