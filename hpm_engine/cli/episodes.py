"""``hpm episodes``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
from msgspec import structs

from hpm_engine import (
    Episode,
    EpisodeQuery,
    Kept,
    Memory,
    NoteCount,
    NotFound,
    Outcome,
    SortColumn,
    as_text,
    describe,
    open_memory,
    parse,
)
from hpm_engine import explain as explain_query
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.query.fields import FIELDS

_SORTS = {column.name.lower().replace("_", "-"): column for column in SortColumn}
_FIELD = re.compile(r"(?:^|(?<=[\s(-]))([A-Za-z]{2,20}):(?=[^\s/:])")
_NOTHING = (
    "Try fewer or shorter words, word* for beginnings, or --explain to see what was searched for."
)
_CELLS: dict[str, Callable[[Episode], object]] = {
    "id": lambda episode: episode.id,
    "started": lambda episode: moment(episode.started_at),
    "ended": lambda episode: moment(episode.ended_at),
    "duration": lambda episode: _span(episode.duration),
    "project": lambda episode: episode.project,
    "folder": lambda episode: episode.cwd,
    "branch": lambda episode: episode.branch,
    "agent": lambda episode: episode.agent,
    "model": lambda episode: episode.model,
    "outcome": lambda episode: episode.outcome.value,
    "steps": lambda episode: episode.steps,
    "calls": lambda episode: episode.calls,
    "errors": lambda episode: episode.errors,
    "tokens-in": lambda episode: episode.tokens_in,
    "tokens-out": lambda episode: episode.tokens_out,
    "cost": lambda episode: "" if episode.cost_usd is None else f"{episode.cost_usd:.2f}",
    "files": lambda episode: "" if episode.files is None else episode.files,
    "size": lambda episode: episode.text_size,
    "kept": lambda episode: episode.kept.value,
    "learned": lambda episode: "yes" if episode.learned else "no",
    "recalled": lambda episode: moment(episode.last_recalled_at),
    "tags": lambda episode: ", ".join(episode.tags),
    "key": lambda episode: episode.key,
    "title": lambda episode: ("* " if episode.pinned else "") + episode.name,
}
_USUAL = (
    *("id", "started", "project", "agent", "outcome", "steps", "errors"),
    *("kept", "learned", "title"),
)


def _columns(_context: click.Context, _option: click.Parameter, names: str) -> tuple[str, ...]:
    """The columns that are asked for."""
    heads = tuple(name.strip().lower() for name in names.split(",") if name.strip())
    for head in heads:
        if head not in _CELLS:
            raise click.BadParameter(f"there is no column {head}; {', '.join(_CELLS)} are there")
    return heads or _USUAL


def _span(microseconds: int | None) -> str:
    if microseconds is None:
        return ""
    minutes, seconds = divmod(microseconds // 1_000_000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


@click.command("episodes", short_help=COMMANDS["episodes"])
@arguments.store
@click.argument("query", nargs=-1, shell_complete=arguments.complete_query)
@click.option("--saved", metavar="NAME", default="", help="Run the saved search of this name.")
@click.option("--project", default="", help="Only this project.")
@click.option("--agent", default="", help="Only this agent, for example claude-code.")
@click.option(
    "--outcome",
    type=click.Choice([outcome.value for outcome in Outcome]),
    help="Only this outcome.",
)
@click.option("--tag", default="", help="Only episodes with this tag.")
@click.option(
    "--kept",
    type=click.Choice([kept.value for kept in Kept]),
    help="Only episodes whose text is kept so.",
)
@click.option(
    "--learned",
    type=click.Choice(["yes", "no"]),
    help="Only what consolidation has learned, or has not.",
)
@click.option("--pinned", is_flag=True, help="Only pinned episodes.")
@click.option("--top-level", is_flag=True, help="Leave subagents out.")
@click.option(
    "--sort",
    type=click.Choice(list(_SORTS)),
    default="started",
    show_default=True,
    help="Order by this column.",
)
@click.option("--ascending", is_flag=True, help="Smallest or oldest first.")
@click.option(
    "--columns",
    "heads",
    default=",".join(_USUAL),
    metavar="NAME,…",
    callback=_columns,
    help=f"Which columns, with commas between: {', '.join(_CELLS)}. cost is in US dollars, "
    "duration in hours, minutes and seconds.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="How many at most; 0 for all.",
)
@click.option("--explain", is_flag=True, help="Only say in words what would be searched for.")
@arguments.as_json
def command(
    store: Path,
    query: tuple[str, ...],
    saved: str,
    heads: tuple[str, ...],
    limit: int,
    explain: bool,
    json_: bool,
    **asked: object,
) -> None:
    """List or search the episodes of a store.

    QUERY is in the query language: words that must all stand in one step, "a phrase", begin*,
    -excluded, or, parentheses, and fields such as project:NAME, tool:NAME, has:error, after:7d or
    steps:>200; the manual has a page on it. Put QUERY in single quotes, so that the shell leaves
    it alone, and -- before one that begins with a minus. The newest come first.

    Below the list stands how many notes of agents' memories hold the words as well, unless QUERY
    asks what no note has; hpm notes --find lists them.

    With --json: one line for each episode; times are microseconds since 1970, UTC. "kept" and
    "learned" are two facts; "tier" is an older word for both. "memory_notes" is about QUERY, the
    same in each line. With --explain: one object.

    Example: hpm episodes my.hpm 'database migration outcome:failure after:30d'
    """
    with working() as job, open_memory(store, read_only=True) as memory:
        kept = memory.searches.get(saved).text if saved else ""
        wanted = _query(_joined(kept, " ".join(query)), asked)
        if explain:
            _explain(as_text(wanted), json_)
            return
        matches = memory.episodes.find(wanted, job)
        job.step(len(matches))  # Ctrl+C while the store was searching
        episodes = memory.episodes.get(matches.window(0, limit or len(matches)))
        named = "" if matches or json_ else _named(memory, wanted.text, store)
        noted = memory.memory_notes.count_for(wanted)
    hint = _noted(noted, store)
    if json_:
        for episode in episodes:
            write_json(structs.asdict(episode) | {"memory_notes": noted})
        if hint and not episodes:
            click.echo(hint, err=True)
        return
    rows = [tuple(_CELLS[head](episode) for head in heads) for episode in episodes]
    click.echo("\n".join(lines_of(heads, rows, widest="title" if "title" in heads else heads[-1])))
    more = f" of {len(matches):,}" if len(matches) > len(episodes) else ""
    hits = f", {plural(matches.hits, 'matching step')}" if matches.hits else ""
    count = f"{len(episodes):,}{more} episodes" if more else plural(len(episodes), "episode")
    click.echo(f"{count}{hits}", err=True)
    if hint:
        click.echo(hint, err=True)
    if not matches:
        for advice in (*_unknown_fields(wanted.text), named, _NOTHING):
            if advice:
                click.echo(clean_line(advice), err=True)


def _noted(noted: NoteCount | None, store: Path) -> str:
    """How many notes the search finds, with the command that lists them; "" for none."""
    if noted is None or not noted.notes:
        return ""
    find = shlex.quote(noted.search)
    return clean_line(f"{noted.sentence}: hpm notes {shlex.quote(str(store))} --find={find}")


def _named(memory: Memory, text: str, store: Path) -> str:
    """A hint to the episode whose session's id or title the text is; "" without one."""
    try:
        number = memory.episodes.detail(text.strip()).episode.id if text.strip() else 0
    except NotFound:
        return ""
    return f"That names episode {number}: hpm show {store} {number}" if number else ""


def _unknown_fields(text: str) -> list[str]:
    """A hint for each word that looks like a field: it was searched for as text."""
    names = dict.fromkeys(_FIELD.findall(text))
    return [
        f"There is no field {name}: so it was searched for as text. The fields are "
        f"{', '.join(FIELDS)}."
        for name in names
        if name.lower() not in FIELDS
    ]


def _joined(kept: str, typed: str) -> str:
    return f"({kept}) {typed}" if kept and typed else kept or typed


def _explain(text: str, json_: bool) -> None:
    tree = parse(text)
    if json_:
        write_json({"query": describe(tree), "meaning": explain_query(tree)})
    else:
        click.echo(clean_line(explain_query(tree)))


def _query(text: str, asked: dict[str, object]) -> EpisodeQuery:
    outcome, kept = str(asked["outcome"] or ""), str(asked["kept"] or "")
    return EpisodeQuery(
        text=text,
        project=str(asked["project"]),
        agent=str(asked["agent"]),
        outcome=Outcome(outcome) if outcome else None,
        tag=str(asked["tag"]),
        kept=Kept(kept) if kept else None,
        learned=asked["learned"] == "yes" if asked["learned"] else None,
        pinned=True if asked["pinned"] else None,
        top_level=bool(asked["top_level"]),
        sort=_SORTS[str(asked["sort"])],
        descending=not asked["ascending"],
    )
