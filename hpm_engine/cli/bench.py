"""``hpm bench``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_ALL = "all"


@click.command("bench", short_help=COMMANDS["bench"])
@click.argument("name", required=False)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of real traces to measure on as well.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0, 60),
    default=0,
    help="How long agents load a store, beside an open window and hooks: of mcp alone.",
)
@arguments.as_json
def command(name: str | None, data: Path | None, minutes: float, json_: bool) -> None:
    """Measure speed and safety on this computer.

    NAME is a benchmark, or "all"; without it the benchmarks are listed. What is under way is
    told on standard error.

    With --json: one line for each benchmark, with its figures and the machine.

    Example: hpm bench import --json
    """
    from hpm_engine.evaluation import benches

    if minutes and name != "mcp":
        raise click.BadParameter("It is for mcp alone.", param_hint="--minutes")
    known = benches(minutes)
    if name is None:
        _list({bench.name: bench.summary for bench in known.values()}, json_)
        return
    if name != _ALL and name not in known:
        choices = ", ".join([*known, _ALL])
        raise click.BadParameter(f"{name!r} is not one of {choices}.", param_hint="NAME")
    for bench in known.values() if name == _ALL else [known[name]]:
        result = bench.run(data, _report)
        if json_:
            write_json(result)
        else:
            click.echo(result.to_table())


def _list(summaries: dict[str, str], json_: bool) -> None:
    if json_:
        for name, summary in summaries.items():
            write_json({"name": name, "summary": summary})
    else:
        click.echo("\n".join(lines_of(("name", "measures"), list(summaries.items()))))


def _report(line: str) -> None:
    click.echo(clean_line(line), err=True)
