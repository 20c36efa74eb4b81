"""``hpm tail``."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from hpm_engine import (
    Cancelled,
    Episode,
    Job,
    Memory,
    StepOutline,
    Syncer,
    agent_waits,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.steps import step_lines
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_EVERY = 0.5  # seconds between two looks


@click.command("tail", short_help=COMMANDS["tail"])
@arguments.store
@click.option("--episode", help="Only this one: its number, session's id or title.")
@click.option(
    "--last", type=click.IntRange(min=0), default=3, help="Steps that are shown at first (3)."
)
@click.option("--once", is_flag=True, help="Show what there is, and end.")
@arguments.as_json
def command(store: Path, episode: str | None, last: int, once: bool, json_: bool) -> None:
    """Show sessions as they go on, step by step.

    Those are shown whose last step is of the last five minutes; where steps have no times, whose
    file grew in them. Meanwhile what is new in chosen sources (hpm sources) is imported, unless
    another program does that, or hpm sync --by-itself is off. A step that gets more parts is shown
    again. It goes on until Ctrl+C.

    Escape sequences in the text are taken out and other control characters made visible.

    With --json: one line for each step.

    Example: hpm tail my.hpm
    """
    with working() as job, open_memory(store, actor="hpm tail") as memory:
        number = None if episode is None else memory.episodes.detail(episode).episode.id
        syncer = Syncer()
        tail = LiveTail(memory, last, _write_json if json_ else _write)
        try:
            while True:
                job.step(0)
                if not once:
                    syncer.keep(memory, Job())
                tail.look(number)
                if once:
                    return
                time.sleep(_EVERY)
        except Cancelled:
            return  # Ctrl+C is how it ends


Write = Callable[[Memory, Episode, int, list[StepOutline]], None]


class LiveTail:
    """What was shown of each episode; ``write`` shows the steps from a position on."""

    def __init__(self, memory: Memory, last: int, write: Write) -> None:
        self._memory, self._last, self._write = memory, last, write
        self._shown: dict[int, list[StepOutline]] = {}

    def look(self, only: int | None) -> None:
        """Show what came since the last look, of one episode or of all that go on."""
        memory = self._memory
        live = memory.episodes.live(time.time()) if only is None else memory.episodes.get([only])
        for episode in live:
            before = self._shown.get(episode.id)
            steps = memory.steps.outline(episode.id)
            start = _start(before, steps, self._last)
            self._shown[episode.id] = steps
            if start < len(steps):
                self._write(memory, episode, start, steps)


def _start(before: list[StepOutline] | None, steps: list[StepOutline], last: int) -> int:
    """The first step that was not shown as it is now."""
    if before is None:
        return max(0, len(steps) - last)
    grown = bool(before) and steps[len(before) - 1 : len(before)] != before[-1:]
    return len(before) - grown


def _write(memory: Memory, episode: Episode, start: int, steps: list[StepOutline]) -> None:
    state = "waits" if agent_waits(steps[-1]) else "works"
    name = clean_line(f"{episode.agent}: {episode.name}"[:200])
    click.echo(f"\n== episode {episode.id}, {name}, agent {state}")
    for step in memory.steps.read(episode.id, start, len(steps)):
        click.echo(step_lines(step))


def _write_json(memory: Memory, episode: Episode, start: int, steps: list[StepOutline]) -> None:
    for step in memory.steps.read(episode.id, start, len(steps)):
        write_json({"kind": "step"} | msgspec.to_builtins(step))
