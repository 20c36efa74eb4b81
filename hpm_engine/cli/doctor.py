"""``hpm doctor``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import (
    DamagedStore,
    Health,
    Memory,
    ProgramLog,
    RepairPlan,
    SourceSums,
    Stats,
    files_line,
    kept_line,
    learned_line,
    open_memory,
    plan_repair,
    program_log,
    repair_store,
    salvage,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED

_LOST = 30  # lost things that are named


@click.command("doctor", short_help=COMMANDS["doctor"])
@arguments.store
@click.option(
    "--check", is_flag=True, help="Also read every page, text and original, and the log's chain."
)
@click.option(
    "--repair", "repair_", is_flag=True, help="Make again what follows from the rest, if wrong."
)
@click.option(
    "--salvage",
    "new",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="NEW",
    help="Write what a damaged file still holds into a new store.",
)
@arguments.as_json
def command(store: Path, check: bool, repair_: bool, new: Path | None, json_: bool) -> None:
    """Say whether a store is healthy, and what it takes on disk.

    Nothing is changed without --repair. Exits with 1 when there are problems; --check finds more
    and takes time in proportion to the size of the store: it has SQLite check its pages, and
    compares each text, each imported file and each row of the log with the SHA-256 that was stored
    with it.

    --check also makes beside the store what follows from the rest (full text, what recall searches,
    tools, sums, indexes) and says what --repair would make again in it. --repair first leaves a
    copy beside the store; others wait to write meanwhile. What it cannot mend is damage to
    the file itself: --salvage reads around it, writes what is left into a new store and says what
    could not be saved. The damaged file stays as it is.

    It also says where this program's own log is, which is no part of the store.

    With --json: one object; "repair" has what would be made again, or was.

    Example: hpm doctor my.hpm --check
    """
    if new is not None:
        _salvage(store, new, json_)
        return
    if repair_:
        _repair(store, json_)
        return
    with working() as job, open_memory(store, read_only=True) as memory:
        health = memory.figures.health(check=check, job=job)
        stats = _stats(memory) if health.problems else memory.figures.stats()
        sums = None if health.problems else memory.sources.sums()
        plan = plan_repair(memory, job) if check else RepairPlan((), "")
    if json_:
        answer = {"health": health, "stats": stats, "sources": sums, "log_file": program_log()}
        write_json(answer | {"repair": plan})
    else:
        click.echo("\n".join((_text(health, stats, sums), *_plan_lines(plan))))
    if health.problems or plan.needed:
        click.get_current_context().exit(FAILED)


def _repair(store: Path, json_: bool) -> None:
    with working() as job, open_memory(store, actor="hpm doctor") as memory:
        report = repair_store(memory, job)
    if json_:
        write_json({"repair": report})
    elif not report.items:
        click.echo("Nothing to repair: what follows from the rest is as it should be.")
    else:
        lines = [f"Made again: {item.name} ({clean_line(item.fault)})" for item in report.items]
        click.echo("\n".join((*lines, f"The copy of before is {clean_line(report.backup)}.")))


def _salvage(store: Path, new: Path, json_: bool) -> None:
    with working() as job:
        report = salvage(store, new, job, actor="hpm doctor")
    if json_:
        write_json(report)
        return
    click.echo(
        f"{clean_line(report.path)}: {plural(report.episodes, 'episode')}, "
        f"{plural(report.steps, 'step')}, {plural(report.texts, 'text')}, "
        f"{plural(report.notes, 'note')}, {plural(report.log_rows, 'row')} of the earlier log."
    )
    for lost in report.lost[:_LOST]:
        number = f" {lost.number}" if lost.number else ""
        click.echo(f"LOST: {lost.kind}{number}: {clean_line(lost.name)}, {clean_line(lost.what)}")
    if len(report.lost) > _LOST:
        click.echo(f"and {len(report.lost) - _LOST:,} more (--json names up to a thousand)")
    if not report.lost:
        click.echo("Nothing was lost.")


def _plan_lines(plan: RepairPlan) -> list[str]:
    lines = [f"TO REPAIR: {item.name}: {clean_line(item.fault)}" for item in plan.items]
    if plan.items:
        lines.append("hpm doctor --repair makes these again from the rest.")
    return lines


def _stats(memory: Memory) -> Stats | None:
    """The figures of a store with problems; None if these prevent them."""
    try:
        return memory.figures.stats()
    except DamagedStore:
        return None


def _holdings(stats: Stats) -> dict[str, str]:
    return {
        "holds": f"{plural(stats.episodes, 'episode')} ({stats.subagents:,} of subagents), "
        f"{plural(stats.steps, 'step')}, {plural(stats.sources, 'file')}, "
        f"{stats.set_aside:,} set aside",
        "originals": f"{size(stats.raw_size)}, kept in {size(stats.raw_stored)}",
        "texts": f"{size(stats.text_size)}, kept in {size(stats.text_stored)}",
        "kept": kept_line(stats),
        "learned": learned_line(stats),
    }


def _unfolded(health: Health) -> str:
    """The bytes that a copy of the file alone would lack, in words; "" for none."""
    if not health.wal_size:
        return ""
    return (
        f"and {size(health.wal_size)} in its -wal file, not yet folded in (close what has the "
        "store open, or copy it by hpm backup), "
    )


def _log_file(log: ProgramLog) -> str:
    if log.level == "off":
        return "none: HPM_LOG is off"
    trouble = f"; not written: {log.trouble}" if log.trouble else ""
    return f"{log.path} ({size(log.size)}, level {log.level}{trouble})"


def _text(health: Health, stats: Stats | None, sums: SourceSums | None) -> str:
    facts = {
        "store": f"{health.path} ({health.store_id})",
        "size": f"{size(health.file_size)}, {_unfolded(health)}"
        f"{size(health.free_size)} unused; {size(health.disk_free)} free on the disk",
        **(_holdings(stats) if stats else {}),
        "versions": f"hpm {health.program_version}, schema {health.schema}, SQLite "
        f"{health.sqlite_version} ({health.sqlite_driver})",
        "journal": f"{health.journal_mode}, synchronous {health.synchronous}",
        "log": f"{plural(health.audit_rows, 'row')}, head {health.audit_head}",
    }
    facts["log file"] = _log_file(program_log())
    if sums is not None:
        facts["files"] = files_line(sums)
    if health.search_waiting:
        facts["search"] = (
            f"{plural(health.search_waiting, 'step')} of an earlier version to be indexed again: "
            "hpm index"
        )
    if health.left_behind:
        facts["import"] = (
            f"{plural(health.left_behind, 'step')} of an import that was stopped lie out of view; "
            "the next hpm import removes them"
        )
    lines = [f"{name:<10} {clean_line(value)}" for name, value in facts.items()]
    rows = [
        (table.name, "" if table.rows is None else f"{table.rows:,}", size(table.size))
        for table in health.tables
    ]
    lines += ["", *lines_of(("table", "rows", "size"), rows), ""]
    if health.problems:
        lines += [f"PROBLEM: {clean_line(problem)}" for problem in health.problems]
    else:
        lines.append(
            "No problems: every page, link, text, original and log row was checked."
            if health.checked
            else "No problems found; --check looks at every page, link, text, original and log row."
        )
    return "\n".join(lines)
