"""``hpm note``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Changed, Edit, Memory, NotFound, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.notes import note_lines
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS


@click.command("note", short_help=COMMANDS["note"])
@arguments.store
@click.argument("episode")
@click.argument("text", nargs=-1)
@click.option(
    "--step",
    type=arguments.StepNumber(),
    help="Write it on this step, or list only its notes; without, on the whole episode.",
)
@click.option("--change", type=int, metavar="NOTE", help="Give the note of this number TEXT.")
@click.option("--delete", type=int, metavar="NOTE", help="Delete the note of this number.")
@arguments.as_json
def command(
    store: Path,
    episode: str,
    text: tuple[str, ...],
    step: int | None,
    change: int | None,
    delete: int | None,
    json_: bool,
) -> None:
    """Write, change, delete or list notes on an episode and its steps.

    TEXT is written on the episode, or on one of its steps; without TEXT its notes are listed.
    EPISODE is a number, a session's id or how it begins, or a title. hpm show prints notes, and
    note:WORD and has:note find their episodes. Exports as Markdown and HTML hold them.

    The log says who wrote when, how long the note is, and a digest; never what it says.

    With --json: one line for each note; after a change, one object that says whether it changed
    anything.

    Example: hpm note my.hpm 12 --step 4 "here it went wrong"
    """
    if change is not None and delete is not None:
        raise click.UsageError("Choose one of --change and --delete.")
    if step is not None and (change is not None or delete is not None):
        raise click.UsageError("A note stays on its step: leave --step out.")
    if bool(text) == (delete is not None) and (text or change is not None):
        raise click.UsageError("--change needs TEXT, --delete takes none.")
    if not text and delete is None:
        _list(store, episode, step, json_)
        return
    with open_memory(store, actor="hpm note") as memory:
        number = memory.episodes.detail(episode).episode.id
        edit = _edited(memory, number, " ".join(text), step, change, delete)
    changed = edit.changed is not Changed.NOTHING
    if json_:
        write_json({"changed": changed, "note": edit.after[0][0] if edit.after else None})
    else:
        click.echo("Done." if changed else "Nothing to change.")


def _edited(
    memory: Memory,
    episode: int,
    text: str,
    step: int | None,
    change: int | None,
    delete: int | None,
) -> Edit:
    note = change if change is not None else delete
    if note is None:
        return memory.notes.add(episode, text, step)
    if memory.notes.get(note).episode_id != episode:
        raise NotFound(f"Episode {episode} has no note {note}. hpm note lists those it has.")
    return memory.notes.change(note, text) if delete is None else memory.notes.delete(note)


def _list(store: Path, episode: str, step: int | None, json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        notes = memory.notes.of(memory.episodes.detail(episode).episode.id)
    notes = tuple(note for note in notes if step is None or note.seq == step)
    if json_:
        for note in notes:
            write_json(note)
    elif notes:
        click.echo("\n".join(line for note in notes for line in note_lines(note, numbered=True)))
    else:
        click.echo("No notes.", err=True)
