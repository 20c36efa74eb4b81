"""``hpm connect``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import AGENTS, Check, ConnectionPlan, ConnectionReport, Connections, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED

_NAMES = [agent.name for agent in AGENTS]
_MARKS = {True: "ok", False: "FAILED", None: "see"}


@click.command("connect", short_help=COMMANDS["connect"])
@click.argument("agent", type=click.Choice(_NAMES))
@click.argument("store", type=click.Path(path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@click.option("--check", "check_", is_flag=True, help="Try each hook and the server instead.")
@click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Only in this project's own settings, not for all.",
)
@click.option("--no-hooks", is_flag=True, help="Only the server, which an agent asks by itself.")
@click.option("--no-mcp", is_flag=True, help="Only the hooks, which give context unasked.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Another home folder than yours.",
)
@arguments.as_json
def command(
    agent: str,
    store: Path | None,
    dry_run: bool,
    check_: bool,
    project: Path | None,
    no_hooks: bool,
    no_mcp: bool,
    home: Path | None,
    json_: bool,
) -> None:
    """Let an agent use a store: its hooks and its server, in the agent's settings.

    The hooks give the agent what earlier sessions know when a session begins and at its first
    prompt, and have the session imported when it ends. The server, hpm mcp, is there to be asked.
    Only what is ours is added, behind what is there; a file that cannot be understood is left as
    it is, and what to put in by hand is shown. A backup lies beside each changed file. hpm
    disconnect takes it all out again.

    With --json: one object with the files that changed, or with --check a line for each check.

    Example: hpm connect claude-code my.hpm --dry-run
    """
    connections = Connections(home)
    only = project.absolute() if project is not None else None
    if check_:
        if store is not None or dry_run or no_hooks or no_mcp:
            raise click.UsageError("--check takes AGENT, --project and --home alone.")
        _check(agent, list(connections.check(agent, only)), json_)
        return
    if store is None:
        raise click.UsageError("Name the STORE that the agent is to use.")
    if no_hooks and no_mcp:
        raise click.UsageError("With --no-hooks and --no-mcp nothing is left to connect.")
    open_memory(store, read_only=True).close()
    plan = connections.plan(agent, store, project=only, hooks=not no_hooks, server=not no_mcp)
    if dry_run:
        _show(plan, json_)
        return
    report = connections.connect(plan)
    if json_:
        write_json(report)
        return
    click.echo(_words(report, plan))


def _show(plan: ConnectionPlan, json_: bool) -> None:
    changing = [file for file in plan.files if file.changes]
    if json_:
        files = [{"path": file.file.path, "difference": file.difference} for file in changing]
        write_json({"agent": plan.agent.name, "files": files, "command": plan.command})
        return
    for file in changing:
        click.echo(clean(file.difference))
    if plan.command:
        click.echo(f"Then this would run:\n{clean_line(plan.command)}")
    if not changing:
        click.echo("No file would change.", err=True)


def _words(report: ConnectionReport, plan: ConnectionPlan) -> str:
    title = plan.agent.title
    lines = [f"Changed {clean_line(path)}" for path in report.changed]
    lines += [f"As it was: {clean_line(path)}" for path in report.backups]
    if report.registered:
        lines.append(f"{title} has the server registered.")
    if not lines:
        lines.append(f"{title} was connected to this store already.")
    lines += [clean(line) for line in report.to_do]
    lines.append(f"Try it: hpm connect {plan.agent.name} --check")
    return "\n".join(lines)


def _finding(agent: str, result: Check) -> str:
    return f"{result.text}: hpm connect {agent}" if result.again else result.text


def _check(agent: str, results: list[Check], json_: bool) -> None:
    if json_:
        for result in results:
            write_json(msgspec.structs.asdict(result))
    else:
        rows = [(_MARKS[result.ok], result.name, _finding(agent, result)) for result in results]
        click.echo("\n".join(lines_of(("", "what", "finding"), rows, widest="finding")))
    if any(result.ok is False for result in results):
        click.get_current_context().exit(FAILED)
