"""Steps as text for the clipboard: as it is read, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from app.kit.formatting import number, stamped_time
from app.kit.glyphs import SOURCES, flag_marks
from app.kit.plain_text import one_line
from hpm_engine import Part, PartKind, Step

_LONGEST_FENCE = 60  # backticks


def step_as_text(step: Step) -> str:
    """A step with all its text, below a line that says which step it is."""
    return "\n\n".join([_heading(step), *(_labelled(part) for part in step.parts)])


def steps_as_text(steps: Iterable[Step]) -> str:
    """Several steps, one below the other."""
    return "\n\n".join(map(step_as_text, steps))


def step_as_markdown(step: Step) -> str:
    """A step as Markdown: messages as they are, calls and results in fences."""
    return "\n\n".join([f"### {_heading(step)}", *(_in_markdown(part) for part in step.parts)])


def steps_as_markdown(steps: Iterable[Step]) -> str:
    """Several steps as one Markdown text."""
    return "\n\n".join(map(step_as_markdown, steps)) + "\n"


def _heading(step: Step) -> str:
    words = [f"Step {number(step.seq + 1)}", SOURCES[step.source].word]
    words += [mark.word for mark in flag_marks(step.flags)]
    if step.at is not None:
        words.append(stamped_time(step.at, seconds=True))
    return ", ".join(words)


def _label(part: Part) -> str:
    name = one_line(part.name, 120)
    match part.kind:
        case PartKind.REASONING:
            return "Thinking"
        case PartKind.CALL:
            return f"Call of {name}" if name else "Call"
        case PartKind.RESULT:
            result = f"Result of {name}" if name else "Result"
            return f"{result}: error" if part.is_error else result
    return name


def _labelled(part: Part) -> str:
    return f"{_label(part)}\n{part.text}".strip()


def _in_markdown(part: Part) -> str:
    label = _label(part)
    if part.kind is PartKind.MESSAGE:
        return f"**{label}:**\n\n{part.text}" if label else part.text
    if part.kind is PartKind.REASONING:
        quoted = "\n".join(f"> {line}" for line in part.text.split("\n"))
        return f"*{label}*\n\n{quoted}"
    fence = _fence(part.text)
    return f"**{label}**\n\n{fence}\n{part.text}\n{fence}"


def _fence(text: str) -> str:
    """A fence that the text does not contain."""
    fence = "```"
    while fence in text and len(fence) < _LONGEST_FENCE:
        fence += "`"
    return fence
