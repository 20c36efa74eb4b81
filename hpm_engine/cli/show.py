"""``hpm show``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from hpm_engine import (
    Episode,
    EpisodeDetail,
    Holding,
    Note,
    NotFound,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.notes import note_lines
from hpm_engine.cli.console.steps import step_lines
from hpm_engine.cli.console.table import moment, plural, size
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_PAGE = 200  # steps read at a time


@click.command("show", short_help=COMMANDS["show"])
@arguments.store
@click.argument("episode")
@click.option(
    "--steps",
    "span",
    type=arguments.StepRange(),
    default=":",
    help="Only these steps, for example 5, 5:20, 5: or :20.",
)
@click.option(
    "--raw-step",
    type=arguments.StepNumber(),
    help="Only the original record of this step, made safe to read.",
)
@arguments.as_json
def command(
    store: Path, episode: str, span: tuple[int, int | None], raw_step: int | None, json_: bool
) -> None:
    """Show one episode with its steps.

    EPISODE is the number that hpm episodes shows, a session's id or how it begins, or a title.
    Steps count from 1, as in the window and in what hpm recall gives. Escape sequences in the text
    are taken out and other control characters made visible; hpm raw gives the exact bytes.

    With --json: one line with the episode, then one for each step, whose "seq" counts from 0.

    Example: hpm show my.hpm 12 --steps 1:20
    """
    with open_memory(store, read_only=True) as memory:
        detail = memory.episodes.detail(episode)
        number = detail.episode.id
        if raw_step is not None:
            _raw(memory.originals.step(number, raw_step), number, raw_step, json_)
            return
        start, stop = _range(span, detail.episode.steps)
        held = memory.consolidation.holding(number) if detail.held_by else []
        notes = memory.notes.of(number)
        if json_:
            fields = msgspec.to_builtins(detail) | {
                "prototypes": [_held(holding) for holding in held],
                "written_notes": msgspec.to_builtins(notes),
            }
            write_json({"kind": "episode"} | fields)
        else:
            click.echo(_head(detail, held, _on(notes, None)))
        for first in range(start, stop, _PAGE):
            for step in memory.steps.read(number, first, min(first + _PAGE, stop)):
                if json_:
                    write_json({"kind": "step"} | msgspec.to_builtins(step))
                else:
                    click.echo("\n".join([step_lines(step), *_on(notes, step.seq)]))


def _range(span: tuple[int, int | None], steps: int) -> tuple[int, int]:
    """The first position and the end of the steps. Raises ``NotFound`` behind the last step."""
    start, stop = span
    if start and start >= steps:
        raise NotFound(
            f"There is no step {start + 1:,}: the episode has {plural(steps, 'step')}. "
            f"Ask for --steps 1:{max(steps, 1)}, or less."
        )
    return start, steps if stop is None else min(stop, steps)


def _raw(data: bytes, episode: int, seq: int, json_: bool) -> None:
    if not data:
        raise NotFound(
            f"Episode {episode} has no step {seq + 1} with a record of its own. "
            "hpm show lists its steps."
        )
    text = data.decode("utf-8", "replace")
    if json_:
        write_json({"episode": episode, "seq": seq, "record": text})
    else:
        click.echo(clean(text))


def _held(holding: Holding) -> dict[str, object]:
    prototype = holding.prototype
    fields = {"id": prototype.id, "name": prototype.name, "told": prototype.told}
    return fields | {"memories": holding.memories, "share": holding.share}


def _on(notes: Sequence[Note], seq: int | None) -> list[str]:
    """The lines of the notes on a step, or on the episode."""
    return [line for note in notes if note.seq == seq for line in note_lines(note)]


def _head(detail: EpisodeDetail, held: Sequence[Holding], notes: Sequence[str]) -> str:
    episode = detail.episode
    ended = moment(episode.ended_at)
    rows = {
        "title": episode.title,
        "agent title": episode.agent_title,
        "task": episode.task if episode.task != episode.title else "",
        "session": episode.key,
        "project": episode.project,
        "folder": detail.cwd,
        "branch": detail.branch,
        "agent": " ".join(filter(None, (episode.agent, episode.model))),
        "time": f"{moment(episode.started_at)} to {ended}" if ended else moment(episode.started_at),
        "outcome": episode.outcome.value,
        "tags": ", ".join(episode.tags),
        "steps": f"{episode.steps:,} ({episode.agent_steps:,} of the agent, "
        f"{plural(episode.calls, 'call')}, {plural(episode.errors, 'error')})",
        "tokens": f"{episode.tokens_in:,} in, {episode.tokens_out:,} out"
        if episode.tokens_in or episode.tokens_out
        else "",
        "kept": _kept(episode),
        "learned": "yes" if episode.learned else "no",
        "source": f"{detail.source_path} ({size(detail.source_size)})",
        "parent": f"{detail.parent.id} {detail.parent.name}" if detail.parent else "",
        "continues": f"{detail.continues.id} {detail.continues.name}" if detail.continues else "",
        "continued by": ", ".join(str(later.id) for later in detail.continued_by),
        "other branch": ", ".join(f"{other.id} {other.name}" for other in detail.branches),
        "subagents": ", ".join(str(child.id) for child in detail.children),
    }
    lines = [f"{name:<12} {clean_line(value)}" for name, value in rows.items() if value]
    for each in held:
        about = f"{each.prototype.id} {each.prototype.told}"
        lines.append(
            f"{'prototype':<12} {clean_line(about)} ({plural(each.memories, 'memory', 'memories')})"
        )
    return f"episode {episode.id}\n" + "\n".join([*lines, *notes])


def _kept(episode: Episode) -> str:
    """How the text is kept, and the share of steps with text after compression."""
    if episode.kept_share is None:
        return episode.kept.value
    if episode.evicted_at is None:
        share = f"text of {episode.kept_share:.0%} of the steps"
        return f"{episode.kept.value}, {share}; the whole beside it"
    gone = f"{moment(episode.evicted_at)}: only what compression kept is left"
    return f"{episode.kept.value} {gone}, text of {episode.kept_share:.0%} of the steps"
