"""Episodes that nearly equal each other: the same was asked, and the same was done.

Of such the latest stands for the others. Its answer may differ from theirs, for it is what was
found last; everything else must agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hpm_engine.recall.words import FUNCTION_WORDS, named_files
from hpm_engine.values.episodes import Episode, PartKind, Step, StepFlag, StepSource
from hpm_engine.words.scripts import words_of

READ = 400  # steps of an episode that are compared
LAST = 20  # of these, from its end
COMPARED = (PartKind.MESSAGE, PartKind.CALL)  # results are long, and follow from the calls
_LONGEST = 6_000  # characters of a text that are compared
# Least shares of words in common.
_TASK = 0.8  # of tasks, which are cut
_DONE = 0.7  # of what was done: a correction (31 in place of 41) leaves so much of one short edit
_TALKED = 0.4  # of what was said: an answer to the same question may say otherwise
# What a prompt may have or lack: any other word can make it another question (friends for likes).
_QUESTION = "from how no not than to what when where which who whom whose why"
_POLITE = "again all also hello hi just kindly now ok okay please thanks"
_ASKING = frozenset(_QUESTION.split())
_FILLERS = frozenset(_POLITE.split())
_ADDED = (FUNCTION_WORDS - _ASKING) | _FILLERS
_NOT_THEIRS = StepFlag.COPIED | StepFlag.INJECTED | StepFlag.DEMONSTRATION


class Work(msgspec.Struct, frozen=True):
    """What an episode is compared by, as words; ``answer`` is the step that answers last."""

    asked: tuple[str, ...]  # in their order, without what only adds
    named: frozenset[tuple[str, ...]]  # files and modules that the person named
    done: frozenset[str]
    talked: frozenset[str]
    answer: int | None


Read = Callable[[Episode], Work]


def groups_of(
    episodes: Sequence[Episode],
    scores: Mapping[int, float],
    changed: Mapping[int, Sequence[str]],
    read: Read,
) -> list[list[Episode]]:
    """Groups of nearly equal episodes; of each the latest first, then the others, latest first.

    Groups come best first, by the best score of each; of equals first whose latest is later.
    ``scores`` are the episodes' by id, ``changed`` the files that each changed. ``read`` is asked
    only of those that could have an equal. Nothing here goes by ids: the order of imports changes
    nothing.
    """
    works: dict[int, Work] = {}

    def work(episode: Episode) -> Work:
        if episode.id not in works:
            works[episode.id] = read(episode)
        return works[episode.id]

    tasks = {episode.id: _words(episode.task) for episode in episodes}
    by_frame: dict[tuple[object, ...], list[list[Episode]]] = {}
    for episode in sorted(episodes, key=_age):
        groups = by_frame.setdefault(_frame(episode, changed), [])
        for group in groups:
            alike = _share(tasks[episode.id], tasks[group[0].id]) >= _TASK
            if alike and _same_work(work(episode), work(group[0])):
                group.append(episode)
                break
        else:
            groups.append([episode])
    return sorted(
        (group for groups in by_frame.values() for group in groups),
        key=lambda group: (-max(scores[episode.id] for episode in group), _age(group[0])),
    )


def work_of(episode: Episode, steps: Sequence[Step]) -> Work:
    """What an episode with these steps is compared by."""
    asked: list[str] = []
    done: list[str] = []
    said: list[str] = []
    answer = None
    for step in steps:
        if step.flags & _NOT_THEIRS or step.source is StepSource.SYSTEM:
            continue
        for part in step.parts:
            text = part.text[:_LONGEST]
            if part.kind is PartKind.CALL:
                done += (part.name, *_values(text, episode.cwd))
            elif part.kind is PartKind.MESSAGE and step.source is StepSource.USER:
                asked.append(text)
            elif part.kind is PartKind.MESSAGE and text.strip():
                said.append(text)
                answer = step.seq
    prompt = "\n".join(asked)
    words = tuple(word for word in words_of(prompt.lower()) if word not in _ADDED)
    talked = (_words("\n".join(said)) - FUNCTION_WORDS) | set(words)
    named = frozenset(named_files(prompt))
    return Work(words, named, _words("\n".join(done)), talked, answer)


def _age(episode: Episode) -> tuple[float, str, str]:
    at = episode.started_at if episode.ended_at is None else episode.ended_at
    return -at if at is not None else math.inf, episode.format, episode.key


def _frame(episode: Episode, changed: Mapping[int, Sequence[str]]) -> tuple[object, ...]:
    """What must be the same before anything is read: where, how it ended, which files changed."""
    project = episode.project_path or episode.project
    files = frozenset(changed.get(episode.id, ()))
    return project, episode.outcome, episode.calls > 0, files


def _same_work(work: Work, other: Work) -> bool:
    if not work.asked or (work.asked, work.named) != (other.asked, other.named):
        return False
    if work.done or other.done:
        return _share(work.done, other.done) >= _DONE
    return _share(work.talked, other.talked) >= _TALKED


def _share(words: frozenset[str], other: frozenset[str]) -> float:
    return len(words & other) / len(words | other) if words or other else 1.0


def _words(text: str) -> frozenset[str]:
    return frozenset(words_of(text.lower()))


def _values(text: str, cwd: str) -> Iterator[str]:
    """What a call was given, without the names of its arguments; paths from the folder on."""
    values = [text]
    if text[:1] in ("{", "["):
        try:
            values = list(_leaves(msgspec.json.decode(text)))
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            values = [text]
    for value in values:
        yield value.replace(f"{cwd.rstrip('/')}/", "") if cwd.strip("/") else value


def _leaves(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif value is not None:
            yield str(value)
