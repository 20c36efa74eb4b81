"""``hpm compress``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Budget, BudgetKind, EpisodeQuery, Memory, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural, size
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.cli.tiers.kept_memory import show_memory
from hpm_engine.config import COMPRESSION_RATIO


@click.command("compress", short_help=COMMANDS["compress"])
@arguments.store
@click.argument("query", default="", shell_complete=arguments.complete_query)
@click.option(
    "--episode", metavar="EPISODE", default="", help="Only this episode, in place of a query."
)
@click.option(
    "--budget",
    type=click.Choice([kind.value for kind in BudgetKind]),
    default=BudgetKind.STANDARD.value,
    show_default=True,
    help="What the stored bytes are held against: the texts, or the texts compressed by zstd.",
)
@click.option(
    "--ratio",
    type=click.FloatRange(min=COMPRESSION_RATIO.least),
    default=Budget().ratio,
    show_default=True,
    help="How many times smaller, every side-car counted.",
)
@click.option("--scorer", default="", help="Who says what is worth keeping; see --scorers.")
@click.option("--scorers", "list_", is_flag=True, help="List the scorers, the default first.")
@click.option(
    "--preview", is_flag=True, help="Show what would be kept of --episode; write nothing."
)
@click.option("--show", is_flag=True, help="Show what is kept of --episode, read from the store.")
@click.option("--restore", is_flag=True, help="Make the episodes whole again.")
@arguments.as_json
def command(
    store: Path,
    query: str,
    episode: str,
    budget: str,
    ratio: float,
    scorer: str,
    list_: bool,
    preview: bool,
    show: bool,
    restore: bool,
    json_: bool,
) -> None:
    """Compress episodes to a twelfth of their bytes, or show what that keeps.

    QUERY says which episodes, in the query language; without it all. Whole texts stay in the
    store beside the compressed memory, until hpm age evicts them if it is set to.

    --preview and --show also tell which steps the decoder finds again from the stored values alone.

    With --json: one object with counts and bytes, or with all that is kept and rebuilt.

    Example: hpm compress my.hpm "before:90d -is:pinned" --budget deep
    """
    chosen = Budget(BudgetKind(budget), ratio)
    with open_memory(store, read_only=preview or show or list_, actor="hpm compress") as memory:
        if list_:
            _list(memory, json_)
        elif preview or show:
            if not episode or preview == show:
                raise click.UsageError(
                    "--preview or --show, not both, shows one episode: name it with --episode."
                )
            tier = memory.compression
            number = memory.episodes.detail(episode).episode.id
            kept = tier.read(number) if show else tier.preview(number, chosen, scorer)
            show_memory(memory, kept, json_)
        elif restore:
            restored = memory.compression.restore(_ids(memory, query, episode))
            _say({"restored": restored.episodes}, json_)
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


def _ids(memory: Memory, query: str, episode: str) -> list[int]:
    if episode:
        return [memory.episodes.detail(episode).episode.id]
    episodes = memory.episodes.find(EpisodeQuery(text=query))
    return episodes.window(0, len(episodes))


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
