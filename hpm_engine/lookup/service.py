"""Answers to blame, fix and how, from the steps that the search index names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from hpm_engine.job import Job
from hpm_engine.lookup import blame, fix, how
from hpm_engine.lookup.questions import questions_of
from hpm_engine.query.nodes import Lookup, LookupKind, Path, Text
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows, step_id
from hpm_engine.store.search.newest_steps import folders, newest_steps
from hpm_engine.values.episodes import Step, StepFlag
from hpm_engine.values.lookup import ErrorFix, FileEdit, Invocation, StepQuestions

Dated = TypeVar("Dated", FileEdit, ErrorFix)
_AT_ONCE = 200  # steps that are read together
_NOT_OWN = StepFlag.COPIED | StepFlag.DEMONSTRATION | StepFlag.NOT_EXECUTED


class Lookups:
    """What ``Memory.lookup`` is. Every method may raise ``HPMError``; ``Cancelled`` among them.

    ``episodes`` leaves out all others. Of very common names only the newest 20,000 steps are
    looked at.
    """

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db, self._steps = database, steps

    def blame(
        self, path: str, *, episodes: Sequence[int] | None = None, job: Job | None = None
    ) -> list[FileEdit]:
        """The steps that changed a file by an editing tool or a patch, the latest first.

        ``path`` is the whole path or its end. What a shell command wrote is not known.
        """
        named = Path(blame.last_name(path))
        steps = self._candidates(named, episodes, job or Job())
        edits = _latest(edit for step in steps for edit in blame.edits(step, path))
        worked_in = folders(self._db, {edit.episode_id for edit in edits})
        return [
            msgspec.structs.replace(edit, path=blame.within(edit.path, worked_in[edit.episode_id]))
            for edit in edits
        ]

    def fix(
        self, error: str, *, episodes: Sequence[int] | None = None, job: Job | None = None
    ) -> list[ErrorFix]:
        """How an error went away where the same call failed with it and passed later."""
        job = job or Job()
        held = newest_steps(self._db, Text(error), episodes)
        fixes: list[ErrorFix] = []
        for number, episode_id in enumerate(dict.fromkeys(episode for episode, _ in held)):
            job.step(number, note="looking for what made it go away", unit="episodes")
            with self._db.reading():
                steps = self._steps.steps(episode_id, 0, None)
            own = [step for step in steps if not step.flags & _NOT_OWN]
            fixes += fix.fixes(own, error)
        return _latest(fixes)

    def how(
        self, tool: str, *, episodes: Sequence[int] | None = None, job: Job | None = None
    ) -> list[Invocation]:
        """Calls of a tool, or of a command by its first words, that worked; each once."""
        steps = self._candidates(Path(tool), episodes, job or Job())
        return how.counted(call for step in steps for call in how.worked(step, tool))

    def questions(self, episode_id: int, seq: int) -> StepQuestions:
        """What a step gives to ask about."""
        with self._db.reading():
            steps = self._steps.steps(episode_id, seq, seq + 1)
        folder = folders(self._db, [episode_id]).get(episode_id, "")
        return questions_of(steps[0], folder) if steps else StepQuestions()

    def step_ids(self, asked: Lookup, episodes: Sequence[int] | None, job: Job) -> list[int]:
        """The steps that a search's ``blame:``, ``fix:`` or ``how:`` finds, by id."""
        if asked.kind is LookupKind.BLAME:
            edits = self.blame(asked.text, episodes=episodes, job=job)
            answers = {(edit.episode_id, edit.seq) for edit in edits if not edit.failed}
        elif asked.kind is LookupKind.FIX:
            fixes = self.fix(asked.text, episodes=episodes, job=job)
            answers = {
                (each.episode_id, seq) for each in fixes for seq in (*each.changes, each.passed)
            }
        else:
            steps = self._candidates(Path(asked.text), episodes, job)
            answers = {
                (step.episode_id, step.seq) for step in steps if any(how.worked(step, asked.text))
            }
        return sorted(step_id(episode_id, seq) for episode_id, seq in answers)

    def _candidates(self, term: Path, episodes: Sequence[int] | None, job: Job) -> Iterator[Step]:
        held = newest_steps(self._db, term, episodes)
        for start in range(0, len(held), _AT_ONCE):
            job.step(start, len(held), "looking at steps", "steps")
            with self._db.reading():
                steps = self._steps.chosen(held[start : start + _AT_ONCE])
            yield from (step for step in steps if not step.flags & _NOT_OWN)


def _latest(answers: Iterable[Dated]) -> list[Dated]:
    return sorted(answers, key=lambda answer: (answer.at or 0, answer.episode_id), reverse=True)
