"""``hpm quarantine``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from hpm_engine import Edit, Memory, open_memory
from hpm_engine.cli.console import arguments, chosen_episodes
from hpm_engine.cli.console.chosen_episodes import EpisodeChoice
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_SHOWN = 20  # numbers in a cell of a table


@click.command("quarantine", short_help=COMMANDS["quarantine"])
@arguments.store
@chosen_episodes.chosen
@click.option("--note", "notes", type=int, multiple=True, help="A note of memories, by number.")
@click.option("--reason", default="", metavar="TEXT", help="Why: set EPISODES or notes apart.")
@click.option("--release", is_flag=True, help="Let EPISODES or notes be recalled again.")
@click.option("--touched", is_flag=True, help="Say what EPISODES had touched before.")
@click.option("--suspicious", is_flag=True, help="List texts in EPISODES that give orders.")
@arguments.as_json
def command(
    store: Path,
    choice: EpisodeChoice,
    notes: tuple[int, ...],
    reason: str,
    release: bool,
    touched: bool,
    suspicious: bool,
    json_: bool,
) -> None:
    """Set episodes or notes apart from recall and learning; what they touched.

    Without an option what is set apart is listed. It stays in lists and searches, but no recall
    gives it, no agent reads it, and no topic learns it. --touched lists the topics that hold its
    memories, the notes that name its session, the recalls that put it into a context and the
    sessions that were given it. --suspicious lists results of calls that command whoever reads
    them, or hide characters: for you to look at, nothing is set apart by it.

    With --json: one line for each thing listed, or one object for a change.

    Example: hpm quarantine my.hpm 12 --reason "the page it read gave orders"
    """
    if bool(reason) + release + touched + suspicious > 1:
        raise click.UsageError("Choose one of --reason, --release, --touched and --suspicious.")
    named = choice.named
    if not (named or notes) and (reason or release or touched or suspicious):
        raise click.UsageError("Name the EPISODES, or notes with --note.")
    if (named or notes) and not (reason or release or touched or suspicious):
        raise click.UsageError("Say what to do: --reason, --release, --touched or --suspicious.")
    reads = not (reason or release)
    with working() as job, open_memory(store, read_only=reads, actor="hpm quarantine") as memory:
        ids = choice.ids(memory) if named else []
        if named and not ids and not json_:
            click.echo("No episode was found; nothing was changed.", err=True)
        if reason:
            _tell([memory.quarantine.put(ids, reason)] if ids else [], json_)
            _tell([memory.quarantine.put(notes, reason, notes=True)] if notes else [], json_)
        elif release:
            _tell([memory.quarantine.release(ids)] if ids else [], json_)
            _tell([memory.quarantine.release(notes, notes=True)] if notes else [], json_)
        elif suspicious:
            _rows(
                memory.quarantine.suspicious(ids, job),
                ("episode_id", "seq", "sign", "sample"),
                json_,
            )
        elif touched:
            fields = ("episode_id", "prototypes", "notes", "recalls", "sessions")
            _rows(memory.quarantine.contained(ids), fields, json_)
        else:
            _list(memory, json_)


def _tell(edits: list[Edit], json_: bool) -> None:
    for edit in edits:
        if json_:
            write_json({"title": edit.title, "ids": [key for key, _ in edit.before]})
        else:
            click.echo(f"{edit.title}: done.")


def _rows(values: Sequence[object], fields: tuple[str, ...], json_: bool) -> None:
    if json_:
        for value in values:
            write_json(value)
        return
    rows = [tuple(_cell(getattr(value, field), field) for field in fields) for value in values]
    heads = tuple(field.removesuffix("_id").replace("seq", "step") for field in fields)
    click.echo("\n".join(lines_of(heads, rows, widest=heads[-1]) if rows else ["Nothing."]))


def _cell(value: object, field: str) -> str:
    if isinstance(value, tuple):
        more = [f"… {len(value):,} in all"] if len(value) > _SHOWN else []
        return " ".join([*map(str, value[:_SHOWN]), *more])
    if field == "seq" and isinstance(value, int):
        return str(value + 1)
    return clean_line(str(value))


def _list(memory: Memory, json_: bool) -> None:
    items = memory.quarantine.listed()
    if json_:
        for item in items:
            write_json(item)
        return
    rows = [
        (item.kind, item.id, moment(item.at), clean_line(item.reason), clean_line(item.name))
        for item in items
    ]
    heads = ("kind", "number", "since", "reason", "name")
    click.echo(
        "\n".join(lines_of(heads, rows, widest="name") if rows else ["Nothing is set apart."])
    )
