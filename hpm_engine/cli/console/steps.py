"""A step as lines of text."""

from __future__ import annotations

from hpm_engine import Part, PartKind, Step, StepFlag
from hpm_engine.cli.console.table import moment
from hpm_engine.cli.console.terminal import clean, clean_line


def step_lines(step: Step) -> str:
    """A step with all its text, made safe to read."""
    words = [
        flag.name.lower().replace("_", " ") for flag in StepFlag if flag & step.flags and flag.name
    ]
    flags = f" [{', '.join(words)}]" if words else ""
    at = f" {moment(step.at)}" if step.at else ""
    head = f"\n#{step.seq + 1} {step.source.value}{at}{flags}"
    # A message at the beginning of a step needs no label: it is the source's.
    parts = [_part(part, labelled=number > 0) for number, part in enumerate(step.parts)]
    return "\n".join([head, *parts])


def _part(part: Part, *, labelled: bool) -> str:
    text = "\n".join("    " + line for line in clean(part.text).split("\n"))
    if part.kind is PartKind.MESSAGE and not labelled and not part.name:
        return text
    name = clean_line(part.name) if part.kind is not PartKind.RESULT else ""
    failed = " (error)" if part.is_error else ""
    head = f"  {part.kind.value} {name}".rstrip() + failed
    return f"{head}\n{text}" if part.text else head
