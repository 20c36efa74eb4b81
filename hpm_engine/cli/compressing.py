"""``hpm compress``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Budget, BudgetKind, CompressedEpisode, EpisodeQuery, Memory, open_memory
from hpm_engine.cli import arguments
from hpm_engine.cli.progress import working
from hpm_engine.cli.root import COMMANDS
from hpm_engine.cli.table import lines_of, plural, size
from hpm_engine.cli.terminal import clean_line, write_json


@click.command("compress", short_help=COMMANDS["compress"][1])
@arguments.store
@click.argument("query", default="", shell_complete=arguments.complete_query)
@click.option("--episode", type=int, help="Only this episode, in place of a query.")
@click.option(
    "--budget",
    type=click.Choice([kind.value for kind in BudgetKind]),
    default=BudgetKind.STANDARD.value,
    show_default=True,
    help="What the stored bytes are held against: the texts, or the texts compressed by zstd.",
)
@click.option(
    "--ratio",
    type=click.FloatRange(min=1),
    default=Budget().ratio,
    show_default=True,
    help="How many times smaller, every side-car counted.",
)
@click.option("--scorer", default="", help="Who says what is worth keeping; see --scorers.")
@click.option("--scorers", "list_", is_flag=True, help="List the scorers, the default first.")
@click.option(
    "--preview", is_flag=True, help="Show what would be kept of --episode; write nothing."
)
@click.option("--restore", is_flag=True, help="Make the episodes whole again.")
@arguments.as_json
def command(
    store: Path,
    query: str,
    episode: int | None,
    budget: str,
    ratio: float,
    scorer: str,
    list_: bool,
    preview: bool,
    restore: bool,
    json_: bool,
) -> None:
    """Compress episodes to a twelfth of their bytes, or show what that keeps.

    QUERY says which episodes, in the query language; without it all. Whole texts stay in the
    store beside the compressed memory, until hpm age evicts them if it is set to.

    With --json: one object with counts and bytes, or with all that a preview keeps.

    Example: hpm compress my.hpm "before:90d -is:pinned" --budget deep
    """
    chosen = Budget(BudgetKind(budget), ratio)
    with open_memory(store, read_only=preview or list_) as memory:
        if list_:
            _list(memory, json_)
        elif preview:
            if episode is None:
                raise click.UsageError("--preview shows one episode: give its id with --episode.")
            _show(memory, memory.compression.preview(episode, chosen, scorer), json_)
        elif restore:
            _say({"restored": memory.compression.restore(_ids(memory, query, episode))}, json_)
        else:
            with working() as job:
                ids = _ids(memory, query, episode)
                report = memory.compression.compress(ids, chosen, scorer, job)
            if json_:
                write_json(report)
            else:
                click.echo(
                    f"{plural(report.compressed, 'episode')} compressed, {report.too_small:,} too"
                    f" small; {size(report.raw_size)} are kept in {size(report.stored_size)}."
                )


def _ids(memory: Memory, query: str, episode: int | None) -> list[int]:
    if episode is not None:
        return [memory.detail(episode).episode.id]
    found = memory.find(EpisodeQuery(text=query))
    return found.window(0, len(found))


def _list(memory: Memory, json_: bool) -> None:
    for name in memory.compression.scorers():
        if json_:
            write_json({"scorer": name})
        else:
            click.echo(name)


def _say(figures: dict[str, int], json_: bool) -> None:
    if json_:
        write_json(figures)
    else:
        click.echo(", ".join(f"{count:,} {name}" for name, count in figures.items()))


def _show(memory: Memory, kept: CompressedEpisode, json_: bool) -> None:
    if json_:
        write_json(kept)
        return
    click.echo(
        f"{kept.scorer}: {size(kept.stored_size)} of {size(kept.limit)} allowed, for"
        f" {size(kept.raw_size)} of text in {plural(kept.steps, 'step')}"
    )
    rows = [(car.name, size(car.size)) for car in kept.side_cars]
    click.echo("\n".join(lines_of(("stored", "bytes"), rows)))
    click.echo(_values(memory, kept))
    for span in kept.spans:
        click.echo(f"\nstep {span.seq} {span.kind.value}, for {span.reason.value}")
        click.echo("\n".join(f"  {clean_line(line)}" for line in span.text.split("\n")))
    click.echo(f"\nledger of {len(kept.ledger):,} identifiers")
    click.echo("  " + clean_line(" ".join(one.word for one in kept.ledger)))


def _values(memory: Memory, kept: CompressedEpisode) -> str:
    rebuilt = memory.compression.rebuilt(kept)
    if rebuilt is None:
        return "no values of steps: they would take more of the budget than is theirs"
    found = set(rebuilt.found)
    points = f"{len(found.intersection(kept.decision_points))} of {len(kept.decision_points)}"
    return (
        f"values of {plural(len(rebuilt.valued), 'step')}: from them {len(found):,} of"
        f" {plural(kept.steps, 'step')} are found again, {points} decision points"
    )
