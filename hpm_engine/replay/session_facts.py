"""What a session did that an earlier one could have told it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hpm_engine.lookup.calls import CallResult, bare_command, calls_of
from hpm_engine.recall.changes import changes_of, is_test
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

_NOT_OWN = StepFlag.COPIED | StepFlag.DEMONSTRATION
_LEAST_COMMAND = 12  # characters: `ls -la` needs nobody's memory
_LEAST_WORDS = 2


class ReplayFacts(msgspec.Struct, frozen=True):
    """The facts of one session; positions are those of its steps, from 0."""

    prompt: str
    files: tuple[str, ...]  # that it changed, tests left out, relative to its folder
    passed: tuple[str, ...]  # commands
    failed: tuple[str, ...]  # commands
    first_named: dict[str, int]  # a changed file to how many agent's steps came before it
    agent_steps: int


def facts_of(steps: Sequence[Step], cwd: str) -> ReplayFacts:
    """The facts of a session's steps; ``prompt`` is "" where nobody asked for anything."""
    own = [step for step in steps if not step.flags & _NOT_OWN]
    files = tuple(
        dict.fromkeys(change.path for change in changes_of(own, cwd) if not is_test(change.path))
    )
    passed: dict[str, None] = {}
    failed: dict[str, None] = {}
    first: dict[str, int] = {}
    agent_steps = 0
    for step in own:
        if step.source is not StepSource.AGENT:
            continue
        for call in calls_of(step):
            _count(call, passed, failed)
        text = "\n".join(part.text for part in step.parts if part.kind is not PartKind.RESULT)
        for path in files:
            if path not in first and names(text, path):
                first[path] = agent_steps
        agent_steps += 1
    return ReplayFacts(_prompt(own), files, tuple(passed), tuple(failed), first, agent_steps)


def names(text: str, path: str) -> bool:
    """Whether a text names a file: by its path, or by the end of it with a folder."""
    end = "/".join(path.split("/")[-2:])
    return end in text


def _count(call: CallResult, passed: dict[str, None], failed: dict[str, None]) -> None:
    command = bare_command(call.command)
    if "\n" in command or len(command) < _LEAST_COMMAND or len(command.split()) < _LEAST_WORDS:
        return
    if call.result is not None:
        (failed if call.result.is_error else passed)[command] = None


def _prompt(steps: Sequence[Step]) -> str:
    for step in steps:
        if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
            return "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
    return ""
