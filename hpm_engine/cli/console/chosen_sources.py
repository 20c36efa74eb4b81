"""``hpm sources STORE list|add|remove|pause|resume``: what a store is kept up to date with."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import ChosenSource, discover, open_memory
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json

VERBS = ("list", "add", "remove", "pause", "resume")
_HEADS = ("state", "agent", "synced", "path")


def choose(store: Path, verb: str, paths: tuple[str, ...], json_: bool) -> None:
    """Do what the verb says; raises ``UsageError`` for a number of paths that does not fit."""
    if verb == "list" and paths:
        raise click.UsageError("list takes no path.")
    if verb in ("remove", "pause", "resume") and not paths:
        raise click.UsageError(f"{verb} needs the PATH of a chosen source; list shows them.")
    if verb != "list":
        _change(store, verb, paths)
    with open_memory(store, read_only=True) as memory:
        sources, by_itself = memory.chosen.all(), memory.chosen.by_itself()
    if json_:
        for source in sources:
            write_json(msgspec.to_builtins(source))
        return
    if not sources:
        click.echo(f"No chosen sources. `hpm sources {store} add` chooses what is found here.")
        return
    click.echo("\n".join(lines_of(_HEADS, [_cells(source) for source in sources], widest="path")))
    for source in sources:
        if source.failure:
            click.echo(clean_line(source.failure))
    how = "hpm run and an open window import what is new by themselves"
    click.echo(f"{plural(len(sources), 'source')}; {how if by_itself else 'only hpm sync imports'}")


def _change(store: Path, verb: str, paths: tuple[str, ...]) -> None:
    found = [place for place in discover() if place.read]
    agents = {place.path: place.agent for place in found}
    wanted = [Path(path).absolute() for path in paths]
    if verb == "add":
        for path in wanted:
            if not path.exists():
                raise click.BadParameter(f"{path}: there is no such file or folder.")
    with open_memory(store, create=verb == "add", actor="hpm sources") as memory:
        if verb == "add":
            for path in wanted or [Path(place.path) for place in found]:
                memory.chosen.add(path, agents.get(str(path), ""))
        for path in wanted:
            if verb == "remove":
                memory.chosen.remove(path)
            elif verb != "add":
                memory.chosen.pause(path, paused=verb == "pause")


def _cells(source: ChosenSource) -> tuple[object, ...]:
    state = "paused" if source.paused else "failed" if source.failure else "followed"
    return state, source.agent, moment(source.synced_at) if source.synced_at else "", source.path
