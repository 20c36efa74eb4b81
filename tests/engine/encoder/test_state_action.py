from __future__ import annotations

from hpm_engine.encoder.state_action import state_action_pairs
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource


def step(seq: int, source: StepSource, *parts: Part, flags: StepFlag = StepFlag.NONE) -> Step:
    return Step(1, seq, source, flags, None, "", None, None, parts)


def said(text: str) -> Part:
    return Part(PartKind.MESSAGE, text)


def test_a_state_is_all_that_was_shown_since_the_action_before() -> None:
    call = Part(PartKind.CALL, "ls", "bash")
    pairs = state_action_pairs(
        [
            step(0, StepSource.SYSTEM, said("You are an agent")),
            step(1, StepSource.USER, said("Fix it")),
            step(2, StepSource.USER, said("please")),
            step(3, StepSource.AGENT, said("I look"), call, Part(PartKind.RESULT, "a.py")),
            step(4, StepSource.AGENT, said("copied"), flags=StepFlag.COPIED),
            step(5, StepSource.USER, said("Stop")),
            step(6, StepSource.AGENT, said("Done")),
            step(7, StepSource.USER, said("Thanks")),
        ]
    )
    assert pairs == [("Fix it\nplease", "I look\nbash ls"), ("a.py\nStop", "Done")]


def test_nobody_acted() -> None:
    assert state_action_pairs([step(0, StepSource.USER, said("Hello"))]) == []
