"""Prompts that a person took back in Kimi Code, with all that followed them."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.values.episodes import StepFlag, StepSource


def take_back(turns: Sequence[Turn], count: object) -> None:
    """Mark the last ``count`` prompts and what followed; never beyond a summary of the context."""
    left = count if isinstance(count, int) else 0
    for turn in reversed(turns):
        if left <= 0 or turn.flags & StepFlag.COMPACTION:
            return
        if turn.flags & (StepFlag.INJECTED | StepFlag.TAKEN_BACK):
            continue  # what the program added stays in the context
        turn.flags |= StepFlag.TAKEN_BACK
        left -= turn.source is StepSource.USER
