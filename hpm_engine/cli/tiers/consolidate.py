"""``hpm consolidate``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import CycleReport, Job, Memory, RunReport, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import erase, working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.config import CYCLE_MEMORIES


@click.command("consolidate", short_help=COMMANDS["consolidate"])
@arguments.store
@click.option(
    "--memories",
    type=click.IntRange(CYCLE_MEMORIES.least),
    default=CYCLE_MEMORIES.value,
    show_default=True,
    help="How many memories the cycle may take; each is five steps of an episode.",
)
@click.option(
    "--all",
    "all_",
    is_flag=True,
    help="Learn all that waits, in one run that is undone as a whole.",
)
@click.option("--preview", is_flag=True, help="Say what a cycle would do; write nothing.")
@click.option("--undo", is_flag=True, help="Undo the last run of cycles, byte for byte.")
@click.option(
    "--agree", is_flag=True, help="Agree to what was forgotten so far: the bound counts from here."
)
@click.option("--history", is_flag=True, help="List the cycles, newest first.")
@arguments.as_json
def command(
    store: Path,
    memories: int,
    all_: bool,
    preview: bool,
    undo: bool,
    agree: bool,
    history: bool,
    json_: bool,
) -> None:
    """Let memories settle into prototypes that do not forget.

    One cycle learns memories that wait, together with some that are long-term already, and is
    refused if it would forget too much, or with what was forgotten since somebody agreed. What the
    schedule ran without a pause is one run, undone as a whole; so is --all, which stops at the
    first cycle that is refused. Cancelled, a cycle leaves the store as it was, and --all what it
    learned by then.

    With --json: one object for a cycle, a run or an undoing, one line for each cycle.

    Example: hpm consolidate my.hpm --preview
    """
    if sum((all_, preview, undo, agree, history)) > 1:
        raise click.UsageError("Choose one of --all, --preview, --undo, --agree and --history.")
    reading = preview or history
    with (
        working() as job,
        open_memory(store, read_only=reading, actor="hpm consolidate") as memory,
    ):
        if history:
            _history(memory, json_)
        elif agree:
            _agree(memory, json_)
        elif all_:
            _tell_run(memory.consolidation.runs.learn(memories, job), json_)
        else:
            _tell(_cycle(memory, memories, preview, undo, job), preview, undo, json_)


def _cycle(memory: Memory, memories: int, preview: bool, undo: bool, job: Job) -> CycleReport:
    if undo:
        return memory.consolidation.undo()
    if preview:
        return memory.consolidation.preview(memories, job)
    return memory.consolidation.run(memories, job=job)


def _tell(report: CycleReport, preview: bool, undo: bool, json_: bool) -> None:
    erase()
    if json_:
        write_json(report)
        return
    if undo:
        first, last = report.run or report.id, report.id
        sentence = f"Cycle {last} was undone."
        click.echo(
            sentence if first == last else f"Cycles {first} to {last}, one run, were undone."
        )
        return
    if report.refused:
        click.echo(report.refused)
        return
    if not report.memories:
        click.echo("No memory waits. Import and encode more, or wait.")
        return
    name = "A cycle would" if preview else f"Cycle {report.id}:"
    click.echo(
        f"{name} {'learn ' if preview else ''}{plural(report.memories, 'memory', 'memories')}, "
        f"{len(report.replayed)} replayed; {plural(len(report.born), 'prototype')} born, "
        f"{len(report.merged)} merged, {len(report.retired)} retired; "
        f"{report.left:,} wait; {report.seconds:.2f} s."
    )
    if report.found is not None and report.found_before is not None:
        click.echo(
            f"found again: {report.found_before:.1%} -> {report.found:.1%} of {report.canaries} "
            f"canaries; {max(0.0, report.lost) * 100:.1f} points forgotten since somebody agreed."
        )
    if (kept := report.after) is not None:
        click.echo(
            f"by project: {kept.acc:.1%} now, {kept.just_learned:.1%} when just learned, "
            f"retention {kept.ratio:.1%}, forgetting {kept.forgetting:.1%}"
        )


def _tell_run(report: RunReport, json_: bool) -> None:
    erase()
    if json_:
        write_json(report)
        return
    if report.cycles:
        how = "Stopped: " if report.stopped else ""
        learned = plural(report.memories, "memory", "memories")
        click.echo(
            f"{how}{learned} learned in {plural(report.cycles, 'cycle')},"
            f" {plural(len(report.born), 'prototype')} born; {report.left:,} wait;"
            f" {report.seconds:.1f} s. hpm consolidate --undo takes all of it back."
        )
        if report.found is not None and report.found_before is not None:
            click.echo(
                f"found again: {report.found_before:.1%} before the first cycle,"
                f" {report.found:.1%} after the last;"
                f" {max(0.0, report.forgotten) * 100:.1f} points forgotten by the run."
            )
    if report.refused:
        click.echo(report.refused)
    elif not report.cycles:
        click.echo("No memory waits. Import and encode more, or wait.")


def _agree(memory: Memory, json_: bool) -> None:
    before = memory.consolidation.agreement()
    memory.consolidation.agree()
    if json_:
        write_json(before)
        return
    since = f"since cycle {before.cycle}" if before.cycle else "so far"
    click.echo(
        f"Agreed to the {max(0.0, before.lost) * 100:.1f} points that were forgotten {since}; the"
        " bound counts from here."
    )


def _history(memory: Memory, json_: bool) -> None:
    cycles = memory.consolidation.cycles()
    if json_:
        for cycle in cycles:
            write_json(cycle)
        return
    rows = [
        (
            "" if cycle.id is None else str(cycle.id),
            moment(cycle.at),
            cycle.trigger.value,
            f"{cycle.memories:,}",
            str(len(cycle.born)),
            _found_again(cycle),
            "refused" if cycle.refused else "undone" if cycle.undone_at else "",
        )
        for cycle in cycles
    ]
    heads = ("cycle", "when", "trigger", "memories", "born", "found again", "")
    click.echo("\n".join(lines_of(heads, rows)) if rows else "No cycle yet.")


def _found_again(cycle: CycleReport) -> str:
    """The share of canaries found again; for cycles of earlier versions the share by project."""
    if cycle.found is not None:
        return f"{cycle.found:.1%}"
    return "" if cycle.after is None else f"{cycle.after.acc:.1%}"
