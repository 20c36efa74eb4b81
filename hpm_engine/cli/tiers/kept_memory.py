"""The printed form of a compressed memory: what it keeps, and what its values rebuild."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from hpm_engine import CompressedEpisode, Memory, NotRebuilt, RebuiltSteps
from hpm_engine.cli.console.table import lines_of, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json


def show_memory(memory: Memory, kept: CompressedEpisode, json_: bool) -> None:
    """Print a memory, stored or previewed. Raises ``HPMError``."""
    rebuilt = memory.compression.rebuilt(kept)
    if json_:
        write_json(msgspec.to_builtins(kept) | _figures(kept, rebuilt))
        return
    click.echo(
        f"{kept.scorer}: {size(kept.stored_size)} of {size(kept.limit)} allowed, for"
        f" {size(kept.raw_size)} of text in {plural(kept.steps, 'step')}"
    )
    rows = [(car.name, size(car.size)) for car in kept.side_cars]
    click.echo("\n".join(lines_of(("stored", "bytes"), rows)))
    click.echo("\n".join(_rebuilt(kept, rebuilt)))
    for span in kept.spans:
        click.echo(f"\nstep {span.seq + 1} {span.kind.value}, for {span.reason.value}")
        click.echo("\n".join(f"  {clean_line(line)}" for line in span.text.split("\n")))
    click.echo(f"\nledger of {plural(len(kept.ledger), 'identifier')}")
    click.echo("  " + clean_line(" ".join(entry.word for entry in kept.ledger)))


def _figures(kept: CompressedEpisode, rebuilt: RebuiltSteps | NotRebuilt) -> dict[str, Any]:
    """The JSON fields of rebuilt steps; ``rebuilt`` is null if ``not_rebuilt`` says why."""
    if isinstance(rebuilt, NotRebuilt):
        return {"rebuilt": None, "not_rebuilt": rebuilt.name.lower()}
    counts = {
        "found": rebuilt.found,
        "found_decision_points": rebuilt.found_among(kept.decision_points),
    }
    return {"rebuilt": msgspec.to_builtins(rebuilt) | counts, "not_rebuilt": None}


def _rebuilt(kept: CompressedEpisode, rebuilt: RebuiltSteps | NotRebuilt) -> list[str]:
    if isinstance(rebuilt, NotRebuilt):
        return [f"rebuilt: {rebuilt.value}"]
    points = len(rebuilt.found_among(kept.decision_points))
    lines = [
        f"rebuilt from the values of {plural(len(rebuilt.valued), 'step')}: {len(rebuilt.found):,}"
        f" of {plural(kept.steps, 'step')} found again, {points:,} of"
        f" {plural(len(kept.decision_points), 'decision point')}"
    ]
    if extra := sorted(set(rebuilt.found) - set(rebuilt.valued)):
        lines.append(f"  found without a value of their own: {', '.join(map(_number, extra))}")
    if missed := sorted(set(rebuilt.valued) - set(rebuilt.found)):
        shown = (f"{_number(seq)} (nearest is {_number(rebuilt.nearest[seq])})" for seq in missed)
        lines.append(f"  not found despite their value: {', '.join(shown)}")
    return lines


def _number(seq: int) -> str:
    """The number of a step, from 1."""
    return str(seq + 1)
