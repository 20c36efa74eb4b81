"""How errors went away: the same call failed, something was done, and it passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hpm_engine.lookup.calls import CallResult, calls_of, is_same_attempt
from hpm_engine.recall.changes import changes_of
from hpm_engine.values.episodes import Step
from hpm_engine.values.lookup import ErrorFix

_LONGEST = 300  # characters of a line that are shown


def fixes(steps: Sequence[Step], error: str) -> Iterator[ErrorFix]:
    """Each time that a call of an episode failed with ``error`` and a later try passed.

    ``steps`` are all of the episode. A call that goes on failing counts once, from its last try.
    """
    wanted = _folded(error)
    failed: list[tuple[int, CallResult]] = []
    for index, step in enumerate(steps):
        for call in calls_of(step):
            tries = [one for one in failed if is_same_attempt(one[1], call)]
            if _holds(call, wanted):
                failed = [one for one in failed if one not in tries] + [(index, call)]
            elif tries and call.worked:
                failed = [one for one in failed if one not in tries]
                yield _fix(steps, tries[-1], index, wanted)


def _holds(call: CallResult, wanted: str) -> bool:
    """Whether a call failed with the error, marked as failed or not: many tools mark nothing."""
    return call.result is not None and wanted in _folded(call.result.text)


def _fix(
    steps: Sequence[Step], failure: tuple[int, CallResult], passed: int, wanted: str
) -> ErrorFix:
    first, call = failure
    between = steps[first + 1 : passed]
    changes = tuple(step.seq for step in between if changes_of([step], ""))
    acts = tuple(step.seq for step in between if any(True for _ in calls_of(step)))
    assert call.result is not None
    lines = call.result.text.splitlines()
    line = next((line for line in lines if wanted in _folded(line)), lines[0] if lines else "")
    return ErrorFix(
        steps[first].episode_id,
        steps[first].seq,
        steps[passed].seq,
        changes or acts,
        steps[passed].at,
        call.command,
        line.strip()[:_LONGEST],
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
