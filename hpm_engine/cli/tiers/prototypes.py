"""``hpm prototypes``."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from hpm_engine import Changed, Edit, Memory, Prototype, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_MEMBERS = 20  # of a prototype that are shown


@click.command("prototypes", short_help=COMMANDS["prototypes"])
@arguments.store
@click.argument("ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--rename", metavar="NAME", help='Name a prototype; "" takes the name away.')
@click.option("--pin", is_flag=True, help="Hold prototypes firmer; no cycle retires them.")
@click.option("--unpin", is_flag=True, help="Hold prototypes as firmly as before.")
@click.option("--merge", is_flag=True, help="Make one prototype of several.")
@click.option("--forget", is_flag=True, help="Take prototypes away; their memories wait again.")
@click.option(
    "--private", is_flag=True, help="In place of IDs: those that hold memories of what is private."
)
@click.option("--preview", is_flag=True, help="With --merge: say what it comes to; write nothing.")
@arguments.as_json
def command(
    store: Path,
    ids: tuple[int, ...],
    rename: str | None,
    pin: bool,
    unpin: bool,
    merge: bool,
    forget: bool,
    private: bool,
    preview: bool,
    json_: bool,
) -> None:
    """List, show, name, pin, merge or forget what memories settled into.

    Without an ID all prototypes, heaviest first; with IDs these with their memories. Merging and
    forgetting are undone by hpm consolidate STORE --undo, as the last cycle is.

    With --json: one line for each prototype, or one object for a change.

    Example: hpm prototypes my.hpm 1048576 --rename "tests of the parser"
    """
    wanted = (rename is not None, pin, unpin, merge, forget)
    if sum(wanted) > 1:
        raise click.UsageError("Choose one of --rename, --pin, --unpin, --merge and --forget.")
    if private and (ids or rename is not None):
        raise click.UsageError("--private stands in place of IDs, and names nothing.")
    if any(wanted) and not (ids or private):
        raise click.UsageError("Name the prototypes by their ids; hpm prototypes lists them.")
    if rename is not None and len(ids) != 1:
        raise click.UsageError("--rename names one prototype.")
    if preview and not merge:
        raise click.UsageError("--preview goes with --merge.")
    reading = preview or not any(wanted)
    with open_memory(store, read_only=reading, actor="hpm prototypes") as memory:
        if private:
            ids = tuple(prototype.id for prototype in memory.consolidation.of_private())
            if not ids:
                click.echo("No prototype holds memories of what is private.", err=True)
                return
        if preview:
            _outlook(memory, ids, json_)
        elif rename is not None:
            _edited(memory.consolidation.rename(ids[0], rename), json_)
        elif pin or unpin:
            _edited(memory.consolidation.set_pinned(ids, pin), json_)
        elif merge or forget:
            _shape(memory, ids, merge, json_)
        elif ids:
            _show(memory, ids, json_)
        else:
            _list(memory, json_)


def _list(memory: Memory, json_: bool) -> None:
    prototypes = sorted(memory.consolidation.prototypes(), key=lambda prototype: -prototype.count)
    if json_:
        for prototype in prototypes:
            write_json(_fields(prototype))
        return
    rows = [
        (
            str(prototype.id),
            f"{prototype.count:,.1f}",
            str(prototype.born),
            str(prototype.reinforced),
            "pinned" if prototype.pinned else "",
            clean_line(prototype.told),
        )
        for prototype in prototypes
    ]
    heads = ("prototype", "memories", "born", "reinforced", "", "about")
    text = lines_of(heads, rows, widest="about") if rows else ["No prototype yet."]
    click.echo("\n".join(text))


def _show(memory: Memory, ids: tuple[int, ...], json_: bool) -> None:
    for prototype in memory.consolidation.chosen(ids):
        members = memory.consolidation.members(prototype.id)
        if json_:
            write_json(_fields(prototype) | {"members": [structs.asdict(link) for link in members]})
            continue
        click.echo(f"prototype {prototype.id}: {clean_line(prototype.told)}")
        facts = (
            f"{prototype.count:,.1f} memories by their shares",
            f"born in cycle {prototype.born}, last reinforced in cycle {prototype.reinforced}",
            f"Fisher information {prototype.fisher:,.0f}{', pinned' if prototype.pinned else ''}",
        )
        click.echo("  " + "; ".join(facts))
        for name in ("terms", "paths", "tools"):
            if words := getattr(prototype.label, name):
                click.echo(f"  {name}: {clean_line(', '.join(words))}")
        for link in members[:_MEMBERS]:
            click.echo(
                f"  {link.weight:5.2f}  episode {link.episode_id}, steps {link.start + 1} to"
                f" {link.stop}, learned in cycle {link.cycle_id}"
            )
        if len(members) > _MEMBERS:
            click.echo(f"  and {plural(len(members) - _MEMBERS, 'memory', 'memories')} more")


def _fields(prototype: Prototype) -> dict[str, object]:
    """The JSON fields of a prototype, without its vectors."""
    fields = structs.asdict(prototype) | {"label": structs.asdict(prototype.label)}
    return {name: value for name, value in fields.items() if name not in ("mean", "strip")}


def _edited(edit: Edit, json_: bool) -> None:
    changed = edit.changed is not Changed.NOTHING
    if json_:
        write_json({"changed": changed})
    else:
        click.echo("Done." if changed else "Nothing to change.")


def _outlook(memory: Memory, ids: tuple[int, ...], json_: bool) -> None:
    plan = memory.consolidation.merging(ids)
    if json_:
        write_json(plan)
        return
    for key, cosine in zip(plan.gone, plan.cosines, strict=True):
        click.echo(f"{key} would go into {plan.into}, cosine {cosine:.3f}")
    click.echo(f"{plan.into} would move by {plan.moved:.3f} and explain {plan.count:,.1f} memories")


def _shape(memory: Memory, ids: tuple[int, ...], merge: bool, json_: bool) -> None:
    tier = memory.consolidation
    report = tier.merge(ids) if merge else tier.forget(ids)
    if json_:
        write_json(report)
        return
    done = "merged" if merge else "forgotten"
    number = len(report.merged) + 1 if merge else len(report.retired)
    click.echo(f"{plural(number, 'prototype')} {done}, as cycle {report.id}: --undo takes it back.")
