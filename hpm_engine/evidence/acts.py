"""What steps did and said, as evidence: commands with their results, changes of files, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from hpm_engine.lookup.calls import CallResult, bare_command, calls_of
from hpm_engine.recall.changes import changes_of
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

_NOT_SAID = StepFlag.INJECTED | StepFlag.COMPACTION | StepFlag.DEMONSTRATION
_LONGEST = 20_000  # characters of a text that are looked at
_PARTED = re.compile(r"&&|\|\||;|\n|(?<!\|)\|(?!\|)")
# Commands that only look: what they name is not done.
_LOOKS = frozenset(
    (
        *("cat", "head", "tail", "less", "more", "sed", "awk", "grep", "rg", "ag", "find"),
        *("ls", "tree", "wc", "git-log", "git-show", "git-diff", "git-grep", "git-status"),
        *("git-blame", "echo", "printf", "which", "type", "file", "stat", "diff"),
    )
)


class StepAct(NamedTuple):
    """One thing that a step did or said.

    Of a command ``words`` are those of one of its parts, ``output`` is what came back. Of a change
    ``path`` and ``text`` are the file's and what was written; of a message ``text`` is all of it.
    """

    episode_id: int
    seq: int
    at: int
    kind: str  # "command", "change", "call" (another tool), "said"
    words: tuple[str, ...] = ()
    text: str = ""
    path: str = ""
    output: str = ""
    worked: bool = True
    by_person: bool = False

    @property
    def order(self) -> tuple[int, int, int]:
        """Its place in time."""
        return self.at, self.episode_id, self.seq

    @property
    def looks(self) -> bool:
        """Whether it only looked at things."""
        if self.kind == "call":
            return True
        if self.kind != "command" or not self.words:
            return False
        first = self.words[0].rpartition("/")[2]
        return first in _LOOKS or f"{first}-{' '.join(self.words[1:2])}" in _LOOKS


def acts_of(steps: Iterable[Step], starts: dict[int, int]) -> Iterator[StepAct]:
    """The acts of steps; one without a time has that of its episode's beginning."""
    for step in steps:
        at = step.at if step.at is not None else starts.get(step.episode_id, 0)
        for call in calls_of(step):
            yield from _called(step, at, call)
        if step.flags & _NOT_SAID or step.source is StepSource.SYSTEM:
            continue
        for part in step.parts:
            if part.kind is PartKind.MESSAGE and part.text.strip():
                yield StepAct(
                    step.episode_id,
                    step.seq,
                    at,
                    "said",
                    text=part.text[:_LONGEST],
                    by_person=step.source is StepSource.USER,
                )


def _called(step: Step, at: int, call: CallResult) -> Iterator[StepAct]:
    output = call.result.text[:_LONGEST] if call.result is not None else ""
    changes = changes_of([_alone(step, call)], "")
    for change in changes:
        yield StepAct(
            step.episode_id,
            step.seq,
            at,
            "change",
            text=change.text[:_LONGEST],
            path=change.path,
            output=output,
            worked=call.worked or call.result is None,
        )
    if call.is_command:
        # Of commands in a row the last one alone is known to have worked or not.
        parts = [part for each in _PARTED.split(call.command[:_LONGEST]) if (part := each.strip())]
        for part in parts:
            words = tuple(bare_command(part).split())
            if words and words[0] not in ("cd", "pushd", "export"):
                yield StepAct(
                    step.episode_id,
                    step.seq,
                    at,
                    "command",
                    words=words,
                    text=bare_command(part),
                    output=output,
                    worked=call.worked,
                )
    elif not changes:
        yield StepAct(
            step.episode_id,
            step.seq,
            at,
            "call",
            text=call.command[:_LONGEST],
            output=output,
            worked=call.worked,
        )


def _alone(step: Step, call: CallResult) -> Step:
    return msgspec.structs.replace(step, parts=(call.call,))
