"""``hpm restore``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import EpisodeQuery, FileState, Restoration, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS, FAILED

_HEADS = ("episode", "what", "size", "file")
_WORDS = {
    FileState.MISSING: "missing",
    FileState.THERE: "there already",
    FileState.OTHER: "other content",
    FileState.LOST: "cannot be given back",
}


@click.command("restore", short_help=COMMANDS["restore"])
@arguments.store
@click.argument("episodes", metavar="[EPISODE...]", nargs=-1)
@click.option("--query", metavar="QUERY", help="The episodes that this query finds instead.")
@click.option("--preview", is_flag=True, help="Say what would be written, and where; no more.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Another home folder than yours.",
)
@arguments.as_json
def command(
    store: Path,
    episodes: tuple[str, ...],
    query: str | None,
    preview: bool,
    home: Path | None,
    json_: bool,
) -> None:
    """Put sessions that agents deleted back where they look for them.

    An agent that deleted a session (Claude Code does after 30 days) can go on with it then:
    claude --resume ID, codex resume ID, gemini --resume ID. The files have exactly the bytes that
    were imported, with the files of subagents and the saved results beside them. A file that
    exists is never written over. The files' time is now, so that the agent's own clean-up begins
    anew. Each file is a row of the audit log.

    With --json: one line for each file.

    Example: hpm restore my.hpm 12 --preview
    """
    if bool(episodes) == (query is not None):
        raise click.UsageError("Name episodes, or a --query that finds them.")
    actor = "hpm restore"
    with working() as job, open_memory(store, read_only=preview, actor=actor) as memory:
        if query is None:
            ids = [memory.episodes.detail(episode).episode.id for episode in episodes]
        else:
            matching = memory.episodes.find(EpisodeQuery(text=query), job)
            ids = list(matching.window(0, len(matching)))
        act = memory.restoring.plan if preview else memory.restoring.restore
        restoration = act(ids, home, job)
    _say(restoration, preview=preview, json_=json_)
    if not preview and any(_failed(file.state) for file in restoration.files):
        raise SystemExit(FAILED)


def _failed(state: FileState) -> bool:
    return state in (FileState.LOST, FileState.OTHER)


def _say(restoration: Restoration, *, preview: bool, json_: bool) -> None:
    if json_:
        for file in restoration.files:
            write_json(msgspec.structs.asdict(file))
        return
    rows = [
        (
            str(file.episode_id),
            "written" if file.written else _WORDS[file.state],
            size(file.size) if file.size else "",
            clean_line(": ".join(filter(None, (file.path, file.reason)))),
        )
        for file in restoration.files
    ]
    if rows:
        click.echo("\n".join(lines_of(_HEADS, rows, widest="file")))
    if preview:
        click.echo(restoration.sentence, err=True)
    else:
        click.echo(f"{plural(restoration.written, 'file')} written.", err=True)
