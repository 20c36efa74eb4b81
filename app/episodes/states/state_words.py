"""What is said of a saved state: its facts, and how it differs from another. Never what it holds.

A state is bytes of unknown origin. Only where two are compared that are JSON, places and values of
them are shown, as plain text.
"""

from __future__ import annotations

from app.kit.formatting import counted, number, size
from app.kit.list_times import relative_time
from app.kit.plain_text import one_line
from hpm_engine import Checkpoint, StateDifference

_THREAD = 60  # characters of names
_LABEL = 80
_LINE = 400  # characters of a place that differs
FORGOTTEN = "one that is forgotten"


def name_of(state: Checkpoint) -> str:
    """A state in a list: its number in the thread, its label, whether it is pinned."""
    label = f": {one_line(state.label, _LABEL)}" if state.label else ""
    return f"{'⚑ ' if state.pinned else ''}{number(state.number)}{label}"


def heading_of(state: Checkpoint) -> str:
    """A state with the thread that it is of."""
    thread = one_line(state.thread, _THREAD)
    label = f": {one_line(state.label, _LABEL)}" if state.label else ""
    return f"State {number(state.number)} of {thread}{label}"


def facts_of(state: Checkpoint) -> str:
    """When a state was saved, by whom, how large it is, and of what kind."""
    facts = [
        f"{relative_time(state.at)} by {one_line(state.actor, _THREAD)}",
        size(state.size),
        one_line(state.kind, _THREAD),
    ]
    return " · ".join([*facts, "⚑ pinned"] if state.pinned else facts)


def tip_of(state: Checkpoint) -> str:
    """What the pointer is told of a state."""
    at = "" if state.step is None else f", step {number(state.step + 1)}"
    return f"{heading_of(state)}\n{facts_of(state)}{at}"


def difference_text(difference: StateDifference) -> str:
    """Two states compared, a line for each place that differs where both are JSON."""
    before, after = difference.before, difference.after
    names = f"{heading_of(before)}\n{heading_of(after)}"
    if difference.same:
        return f"{names}\nBoth are the same {counted(after.size, 'byte')}."
    shared = f"{size(difference.shared)} of the second lie in pieces that both have."
    lines = [names, f"{size(before.size)}, then {size(after.size)}. {shared}"]
    if difference.paths is None:
        return "\n".join([*lines, "Not both are JSON, so that is all that can be said."])
    if not difference.paths:
        return "\n".join([*lines, "As JSON both say the same."])
    for change in difference.paths:
        if change.before is None:
            line = f"+ {change.path} {change.after}"
        elif change.after is None:
            line = f"- {change.path} {change.before}"
        else:
            line = f"~ {change.path} {change.before} → {change.after}"
        lines.append(one_line(line, _LINE))
    if difference.more:
        lines.append(f"and {counted(difference.more, 'more place')}")
    return "\n".join(lines)
