"""``hpm checkpoints``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from hpm_engine import Checkpoint, Keep, Memory, StateDifference, open_memory, write_file
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of, moment, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_ACTOR = "hpm checkpoints"
_THREAD_HEADS = ("latest", "checkpoints", "size", "saved", "thread")
_HEADS = ("id", "number", "from", "saved", "size", "", "label")
_MOST = 1 << 62
# What each word takes behind it: how many arguments at least and at most.
_VERBS = {
    "list": (0, 1),
    "show": (1, 1),
    "save": (2, 2),
    "write": (1, 1),
    "compare": (2, 2),
    "fork": (2, 2),
    "pin": (1, 1),
    "unpin": (1, 1),
    "forget": (0, -1),
    "keep": (0, 1),
}
_TAKES = {
    "list": "list takes one THREAD, or nothing.",
    "show": "show takes an ID.",
    "save": "save takes THREAD and FILE (- for standard input).",
    "write": "write takes an ID, and -o FILE.",
    "compare": "compare takes two IDs.",
    "fork": "fork takes an ID and the THREAD that goes on from it.",
    "pin": "pin takes an ID.",
    "unpin": "unpin takes an ID.",
    "forget": "forget takes IDs, or --thread NAME.",
    "keep": "keep takes one THREAD, or nothing, and --last or --days.",
}
_OPTIONS = {
    "list": {"find"},
    "save": {"label", "kind", "parent", "episode", "step", "expect", "text"},
    "write": {"output"},
    "fork": {"expect"},
    "forget": {"thread"},
    "keep": {"last", "days"},
}


@click.command("checkpoints", short_help=COMMANDS["checkpoints"])
@arguments.store
@click.argument("words", nargs=-1, metavar=f"[{'|'.join(_VERBS)}] [ID|THREAD|FILE]...")
@click.option("--find", metavar="WORDS", help="list: only those whose text has all these words.")
@click.option("--label", help="save: what it is called in lists.")
@click.option("--kind", help="save: the state's media type, such as application/json.")
@click.option("--text", help="save: words that find it; nothing else of it is searched.")
@click.option("--parent", type=int, metavar="ID", help="save: the checkpoint that it came from.")
@click.option("--episode", type=int, help="save: the episode that was under way.")
@click.option("--step", type=arguments.StepNumber(), help="save: the episode's step, from 1 on.")
@click.option(
    "--expect",
    type=int,
    metavar="ID",
    help="save, fork: only if this is the thread's latest (0: if it has none).",
)
@click.option("--thread", help="forget: all checkpoints of this thread.")
@click.option("--last", type=click.IntRange(0), help="keep: this many of each thread, the newest.")
@click.option("--days", type=click.FloatRange(0, 36_500), help="keep: those of so many days.")
@arguments.output
@arguments.as_json
def command(store: Path, words: tuple[str, ...], json_: bool, **options: Any) -> None:
    """List, save, write, fork or forget states that agents saved.

    A thread is a sequence of states that an agent saves under one name, in order to go on from the
    latest after a crash, or from any of them. A state is bytes: it is stored in pieces, equal ones
    once, and given back as it was; nothing of it is run, and only "compare" looks into it, where it
    is JSON.

    list shows the threads or, with THREAD, its checkpoints, the newest first; show ID one of them.
    save THREAD FILE stores a file as the next state of a thread, write ID -o FILE gives it back.
    compare ID ID says the sizes and, where both are JSON, the places that differ. fork ID THREAD
    makes a state the next of a thread, its own or another. forget ID... or forget --thread NAME
    deletes for good. keep [THREAD] forgets what neither --last nor --days keeps, of one thread or
    of all, but none that is pinned (pin ID, unpin ID).

    Every change is a row of the audit log, with digests and sizes.

    With --json: one line for each thread or checkpoint, otherwise one object; "step" is counted
    from 0.

    Example: hpm checkpoints my.hpm save nightly-report state.json --label "three files done"
    """
    verb, rest = (words[0], words[1:]) if words else ("list", ())
    if verb not in _VERBS:
        raise click.UsageError(f"{verb!r} is none of {', '.join(_VERBS)}.")
    least, most = _VERBS[verb]
    if len(rest) < least or (most >= 0 and len(rest) > most):
        raise click.UsageError(_TAKES[verb])
    given = {name: value for name, value in options.items() if value is not None}
    if foreign := sorted(given.keys() - _OPTIONS.get(verb, set())):
        name = foreign[0].replace("_", "-")
        raise click.UsageError(f"{verb} takes no --{name}.")
    _RUN[verb](store, rest, given, json_)


def _list(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        if "find" in given:
            listed = memory.checkpoints.find(given["find"])
            listed = [each for each in listed if not rest or each.thread == rest[0]]
            _print(listed, json_, threads=not rest)
        elif rest:
            _print(memory.checkpoints.of(rest[0], limit=_MOST), json_)
        else:
            _threads(memory, json_)


def _threads(memory: Memory, json_: bool) -> None:
    threads = memory.checkpoints.threads()
    if json_:
        for thread in threads:
            write_json(thread)
        return
    rows = [
        (each.latest_id, each.checkpoints, size(each.size), moment(each.last_at), each.name)
        for each in threads
    ]
    lines = lines_of(_THREAD_HEADS, rows, widest="thread") if rows else ["No checkpoints."]
    click.echo("\n".join(lines))


def _print(listed: list[Checkpoint], json_: bool, *, threads: bool = False) -> None:
    if json_:
        for each in listed:
            write_json(each)
        return
    if not listed:
        click.echo("No checkpoints.")
        return
    rows: list[tuple[object, ...]] = [
        (
            each.id,
            each.number,
            each.parent_id or "",
            moment(each.at, seconds=True),
            size(each.size),
            "pinned" if each.pinned else "",
            *((each.thread,) if threads else ()),
            each.label,
        )
        for each in listed
    ]
    heads = (*_HEADS[:-1], *(("thread",) if threads else ()), "label")
    click.echo("\n".join(lines_of(heads, rows, widest="label")))


def _show(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        _tell(memory.checkpoints.get(_id(rest[0])), json_)


def _tell(checkpoint: Checkpoint, json_: bool) -> None:
    if json_:
        write_json(checkpoint)
        return
    click.echo(f"checkpoint {checkpoint.id}: {clean_line(checkpoint.label)}".rstrip(": "))
    step = "" if checkpoint.step is None else f", step {checkpoint.step + 1:,}"
    episode = "" if checkpoint.episode_id is None else f"episode {checkpoint.episode_id}{step}"
    for name, value in (
        ("thread", f"{checkpoint.thread}, number {checkpoint.number:,}"),
        ("from", str(checkpoint.parent_id or "")),
        ("saved", f"{moment(checkpoint.at, seconds=True)} by {checkpoint.actor}"),
        ("during", episode),
        ("kind", checkpoint.kind),
        ("size", f"{checkpoint.size:,} bytes"),
        ("sha256", checkpoint.digest),
        ("pinned", "yes" if checkpoint.pinned else ""),
    ):
        if value:
            click.echo(f"  {name}: {clean_line(value)}")


def _save(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    thread, file = rest
    try:
        state = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{file}: cannot be read ({error.strerror}).") from None
    with open_memory(store, create=True, actor=_ACTOR) as memory:
        _tell(memory.checkpoints.save(thread, state, **given), json_)


def _write(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    output: Path | None = given.get("output")
    if output is None and (json_ or sys.stdout.isatty()):
        raise click.UsageError("The bytes may hold escape sequences; use -o FILE or a pipe.")
    with open_memory(store, read_only=True) as memory:
        checkpoint = memory.checkpoints.get(_id(rest[0]))
        state = memory.checkpoints.state(checkpoint.id)
        if output is None:
            sys.stdout.buffer.write(state)
            sys.stdout.buffer.flush()
            return
        memory.spare(output)
        write_file(output, state)
    if json_:
        fields = {"size": checkpoint.size, "sha256": checkpoint.digest, "file": str(output)}
        write_json({"checkpoint": checkpoint.id} | fields)


def _compare(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        difference = memory.checkpoints.difference(_id(rest[0]), _id(rest[1]))
    if json_:
        write_json(structs.asdict(difference))
        return
    click.echo("\n".join(clean_line(line) for line in _difference_lines(difference)))


def _difference_lines(difference: StateDifference) -> list[str]:
    before, after = difference.before, difference.after
    head = f"{before.size:,} bytes, then {after.size:,}"
    if difference.same:
        return [f"{head}: the same bytes"]
    lines = [f"{head}; {difference.shared:,} of them in pieces that both have"]
    if difference.paths is None:
        return [*lines, "Not both are JSON, so that is all that can be said."]
    for path in difference.paths:
        if path.before is None:
            lines.append(f"+ {path.path} {path.after}")
        elif path.after is None:
            lines.append(f"- {path.path} {path.before}")
        else:
            lines.append(f"~ {path.path} {path.before} -> {path.after}")
    if difference.more:
        lines.append(f"and {difference.more:,} more places")
    return lines if difference.paths else [*lines, "As JSON both say the same."]


def _fork(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, actor=_ACTOR) as memory:
        _tell(memory.checkpoints.fork(_id(rest[0]), rest[1], **given), json_)


def _pin(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, actor=_ACTOR) as memory:
        _tell(memory.checkpoints.pin(_id(rest[0])), json_)


def _unpin(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, actor=_ACTOR) as memory:
        _tell(memory.checkpoints.pin(_id(rest[0]), False), json_)


def _forget(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    if bool(rest) == ("thread" in given):
        raise click.UsageError(_TAKES["forget"])
    ids = [_id(word) for word in rest]
    with open_memory(store, actor=_ACTOR) as memory:
        for each in ids:
            memory.checkpoints.get(each)
        forgotten = memory.checkpoints.forget(given.get("thread", ids))
    _told(forgotten.checkpoints, forgotten.freed, json_)


def _keep(store: Path, rest: tuple[str, ...], given: dict[str, Any], json_: bool) -> None:
    with open_memory(store, actor=_ACTOR) as memory:
        keep = Keep(given.get("last"), given.get("days"))
        forgotten = memory.checkpoints.keep(keep, rest[0] if rest else None)
    _told(forgotten.checkpoints, forgotten.freed, json_)


def _told(checkpoints: int, freed: int, json_: bool) -> None:
    if json_:
        write_json({"forgotten": checkpoints, "freed": freed})
    else:
        click.echo(f"{plural(checkpoints, 'checkpoint')} forgotten, {size(freed)} freed.")


def _id(word: str) -> int:
    if not word.isdecimal() or len(word) > 18:
        raise click.BadParameter(f"{word!r} is no ID of a checkpoint; list shows them.")
    return int(word)


_RUN: dict[str, Callable[[Path, tuple[str, ...], dict[str, Any], bool], None]] = {
    "list": _list,
    "show": _show,
    "save": _save,
    "write": _write,
    "compare": _compare,
    "fork": _fork,
    "pin": _pin,
    "unpin": _unpin,
    "forget": _forget,
    "keep": _keep,
}
