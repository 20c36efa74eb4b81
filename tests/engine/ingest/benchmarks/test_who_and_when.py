from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome, PartKind, StepFlag, StepSource
from tests.support.files.benchmark_files import WHO_AND_WHEN
from tests.support.files.trace_sources import document, read_one, shown


def test_who_spoke_stays_visible_and_output_joins_the_code_that_made_it() -> None:
    episode, steps = read_one(document(WHO_AND_WHEN))
    assert shown(steps) == [
        [("message", "You know sheets."), ("message", "You check.")],
        [("message", "You are given: (1) a task\n\nHow many clients face west?")],
        [
            ("message", "I count.\n\nand"),
            ("call", "print(4)\n\nls"),
            ("result", "exitcode: 1 (execution failed)\nCode output: no file\n"),
        ],
        [("message", "Then it is 4: ```4```")],
        [("message", "There is no code from the last 1 message for me to execute.")],
    ]
    assert [step.parts[0].name for step in steps] == [
        "Excel_Expert",
        "Excel_Expert",
        "Check_Expert",
        "Check_Expert",
        "Computer_terminal",
    ]
    assert steps[0].source is steps[-1].source is StepSource.SYSTEM
    assert steps[2].parts[1].name == "python"
    assert (episode.outcome, episode.task_key) == (Outcome.FAILURE, "4d51")
    assert episode.task == "How many clients face west?"


@pytest.mark.parametrize(
    ("label", "where"), [("0", 1), ("1", 2), ("2", 2), (3, 3), ("9", None), ("x", None), (-1, None)]
)
def test_the_labelled_step_is_marked(label: Any, where: int | None) -> None:
    """A mistake that the log puts on the terminal's message is in the step whose code ran."""
    _, steps = read_one(document(WHO_AND_WHEN | {"mistake_step": label}))
    marked = [seq for seq, step in enumerate(steps) if step.flags & StepFlag.MISTAKE]
    assert marked == ([] if where is None else [where])


def test_logs_made_by_hand_have_roles_for_names() -> None:
    log = {key: value for key, value in WHO_AND_WHEN.items() if key not in ("level", "is_correct")}
    log |= {
        "is_corrected": True,
        "system_prompt": "",
        "history": [
            {"content": "How many clients face west?", "role": "human"},
            {"content": "First I plan.", "role": "Orchestrator (thought)"},
            {"content": "Open the sheet.", "role": "Orchestrator (-> FileSurfer)"},
        ],
    }
    episode, steps = read_one(document(log))
    assert episode.outcome is Outcome.SUCCESS
    assert [(step.source, step.parts[0].kind, step.parts[0].name) for step in steps] == [
        (StepSource.USER, PartKind.MESSAGE, "human"),
        (StepSource.AGENT, PartKind.REASONING, "Orchestrator (thought)"),
        (StepSource.AGENT, PartKind.MESSAGE, "Orchestrator (-> FileSurfer)"),
    ]


def test_a_question_that_no_message_states_opens_the_episode() -> None:
    log = copy.deepcopy(WHO_AND_WHEN)
    log["history"][0]["content"] = "You are given: (1) a task"
    _, steps = read_one(document(log))
    assert shown(steps)[1] == [("message", "How many clients face west?")]
    assert steps[1].source is StepSource.USER


def test_code_without_a_word_still_says_who_wrote_it() -> None:
    log = copy.deepcopy(WHO_AND_WHEN)
    log["history"][1]["content"] = "```python\nprint(4)\n```"
    _, steps = read_one(document(log))
    assert [(part.kind.value, part.name) for part in steps[2].parts] == [
        ("message", "Check_Expert"),
        ("call", "python"),
        ("result", "Computer_terminal"),
    ]


def test_the_real_126_logs_have_one_marked_step_each(data: Path) -> None:
    keys = set()
    for source in walk([data / "who-and-when" / "Algorithm-Generated"]):
        episode, steps = read_one(source)  # type: ignore[arg-type]
        keys.add(episode.key)
        assert episode.outcome is Outcome.FAILURE
        assert sum(bool(step.flags & StepFlag.MISTAKE) for step in steps) == 1
        spoken = [step for step in steps if step.source is StepSource.AGENT]
        assert all(step.parts[0].kind is PartKind.MESSAGE and step.parts[0].name for step in spoken)
    assert len(keys) == 126
