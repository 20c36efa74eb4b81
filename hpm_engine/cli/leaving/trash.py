"""``hpm trash``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from hpm_engine import Edit, Episode, TrashedEpisode, open_memory
from hpm_engine.cli.console import arguments, chosen_episodes
from hpm_engine.cli.console.chosen_episodes import EpisodeChoice
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("episode", "deleted", "stays until", "agent", "project", "steps", "title")


@click.command("trash", short_help=COMMANDS["trash"])
@arguments.store
@chosen_episodes.chosen
@click.option("--restore", is_flag=True, help="Bring EPISODES back, or all with --all.")
@click.option("--all", "all_", is_flag=True, help="With --restore: everything in the trash.")
@click.option("--preview", is_flag=True, help="Say what would be deleted; change nothing.")
@click.option("--days", type=int, help="Keep what is deleted from now on for so many days.")
@arguments.as_json
def command(
    store: Path,
    choice: EpisodeChoice,
    restore: bool,
    all_: bool,
    preview: bool,
    days: int | None,
    json_: bool,
) -> None:
    """Delete episodes until a date, list or restore what was deleted.

    Without EPISODES or an option what is in the trash is listed. What is deleted is gone from
    lists, searches, recall, learning and figures at once; its bytes stay in the file until it is
    erased (hpm forget), so that it can be restored. Importing its file again does not bring it
    back. Pinned episodes are not deleted: unpin them first.

    With --json: one line for each episode in the trash, or one object for a change.

    Example: hpm trash my.hpm --project old-site --preview
    """
    named = choice.named
    if restore and (choice.searched or preview or named == all_):
        raise click.UsageError("--restore takes the numbers of EPISODES, or --all.")
    if (all_ and not restore) or (preview and not named):
        raise click.UsageError("--all goes with --restore, --preview with what is to be deleted.")
    reading = preview or not (named or restore or days is not None)
    with open_memory(store, read_only=reading, actor="hpm trash") as memory:
        if days is not None:
            memory.trash.set_days(days)
        if restore:
            listed = [episode.id for episode in memory.trash.listed()]
            wanted = listed if all_ else [_number(text) for text in choice.numbers]
            if missing := sorted(set(wanted) - set(listed)):
                raise click.UsageError(f"Not in the trash: {', '.join(map(str, missing))}.")
            _tell_edit(memory.trash.restore(wanted), json_)
        elif named:
            ids = choice.ids(memory)
            if preview:
                _preview(memory.episodes.get(ids), json_)
            else:
                _tell_edit(memory.trash.put(ids), json_)
        elif days is not None:
            if not json_:
                click.echo(f"What is deleted from now on stays for {plural(days, 'day')}.")
        else:
            _list(memory.trash.listed(), json_)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise click.UsageError(f"{text!r} is no episode's number; hpm trash lists them.")
    return int(text)


def _preview(episodes: list[Episode], json_: bool) -> None:
    if json_:
        for episode in episodes:
            write_json(episode)
        return
    for episode in episodes:
        pinned = "  (pinned: stays)" if episode.pinned else ""
        click.echo(f"{episode.id}  {clean_line(episode.title or episode.task)}{pinned}")
    click.echo(f"{plural(len(episodes), 'episode')} would be deleted.")


def _tell_edit(edit: Edit, json_: bool) -> None:
    keys = [key for key, _ in edit.before]
    if json_:
        write_json({"title": edit.title, "episodes": keys})
        return
    click.echo(f"{edit.title}: done." if keys else "No episode was found; nothing was changed.")
    if keys and edit.title.startswith("Delete"):
        shown = " ".join(map(str, keys[:20])) + (" …" if len(keys) > 20 else "")
        click.echo(f"Back with: hpm trash STORE {shown} --restore")


def _list(episodes: list[TrashedEpisode], json_: bool) -> None:
    if json_:
        for episode in episodes:
            write_json(episode)
        return
    now = time.time_ns() // 1000
    rows = [
        (
            episode.id,
            moment(episode.deleted_at),
            "past its date" if episode.keep_until < now else moment(episode.keep_until),
            episode.agent,
            episode.project,
            episode.steps,
            episode.name,
        )
        for episode in episodes
    ]
    empty = ["The trash is empty."]
    click.echo("\n".join(lines_of(_HEADS, rows, widest="title") if rows else empty))
