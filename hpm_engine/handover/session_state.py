"""Where a session stands: what was asked, what was changed, what worked and what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from hpm_engine.encoder.step_text import without_json
from hpm_engine.lookup.calls import CallResult, calls_of, is_same_attempt
from hpm_engine.recall.changes import changes_of
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

_NOT_OWN = StepFlag.DEMONSTRATION | StepFlag.INJECTED | StepFlag.TAKEN_BACK
_PLANS = ("todo", "plan")  # in the names of tools that keep a list of what is to be done


@dataclass
class SessionState:
    """What a reader of all steps remembers. Positions count from 0; texts are of the trace."""

    prompts: list[tuple[int, str]] = field(default_factory=list)
    last_words: tuple[int, str] | None = None
    plan: tuple[int, str] | None = None
    files: Counter[str] = field(default_factory=Counter)  # each with how often it was changed
    last_change: dict[str, int] = field(default_factory=dict)
    worked: dict[str, int] = field(default_factory=dict)  # commands, each with its latest step
    open: list[tuple[int, CallResult]] = field(default_factory=list)  # that failed, never passed


def state_of(steps: Iterable[Step], folder: str) -> SessionState:
    """The state after all steps; ``folder`` is where the session worked."""
    state = SessionState()
    for step in steps:
        if step.flags & _NOT_OWN:
            continue
        said = "\n".join(p.text for p in step.parts if p.kind is PartKind.MESSAGE).strip()
        if said and step.source is StepSource.USER:
            state.prompts.append((step.seq, said))
        elif said and step.source is StepSource.AGENT:
            state.last_words = step.seq, said
        for change in changes_of([step], folder):
            state.files[change.path] += 1
            state.last_change[change.path] = step.seq
        for call in calls_of(step):
            _note_call(state, step.seq, call)
    return state


def _note_call(state: SessionState, seq: int, call: CallResult) -> None:
    if any(word in call.call.name.casefold() for word in _PLANS):
        state.plan = seq, without_json(call.call.text)
        return
    if call.result is None:
        return
    state.open = [other for other in state.open if not is_same_attempt(other[1], call)]
    if call.result.is_error:
        state.open.append((seq, call))
    elif call.is_command:
        state.worked.pop(call.command, None)  # the latest stands last
        state.worked[call.command] = seq
