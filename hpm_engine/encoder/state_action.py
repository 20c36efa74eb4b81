"""The paper's pairs (s_t, a_t) of an episode: the text that the agent saw, then its action."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hpm_engine.encoder.step_text import action_text, state_text
from hpm_engine.values.episodes import Step, StepFlag, StepSource


class StateAction(NamedTuple):
    """The texts since the previous action, and the action; either may be ""."""

    state: str
    action: str


def state_action_pairs(steps: Iterable[Step]) -> list[StateAction]:
    """One pair for each step of the agent, in order; prompts of the harness are no state."""
    pairs: list[StateAction] = []
    shown: list[str] = []
    for step in steps:
        if step.source is StepSource.SYSTEM or step.flags & StepFlag.COPIED:
            continue
        if step.source is StepSource.AGENT:
            pairs.append(StateAction("\n".join(shown), action_text(step)))
            shown = []
        if text := state_text(step):
            shown.append(text)
    return pairs
