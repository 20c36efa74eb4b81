from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.benchmark_files import REFLEXION
from tests.support.files.trace_sources import memory_source, read_all, shown


def test_the_section_is_the_outcome_and_a_repeated_run_is_one_episode() -> None:
    episodes = read_all(memory_source(REFLEXION))
    assert [(episode.task, episode.outcome) for episode, _ in episodes] == [
        ("Which came first?", Outcome.SUCCESS),
        ("Who wrote it?", Outcome.FAILURE),
        ("Where is it?", Outcome.FAILURE),
    ]


def test_thought_action_and_observation_are_one_step() -> None:
    _, steps = read_all(memory_source(REFLEXION))[0]
    assert shown(steps) == [
        [("message", "Which came first?")],
        [
            ("reasoning", "I search the first."),
            ("call", "The (first) one"),
            ("result", "It came\nin 1900."),
        ],
        [("reasoning", "So it is this."), ("call", "this"), ("result", "Answer is CORRECT")],
    ]
    assert [part.name for part in steps[1].parts] == ["", "Search", ""]
    assert steps[2].flags == StepFlag.SUBMISSION


def test_reflections_are_the_harness_speaking_and_odd_actions_stay_whole() -> None:
    _, steps = read_all(memory_source(REFLEXION))[1]
    assert shown(steps)[0] == [("message", "Who wrote it?")]
    assert (steps[1].source, steps[1].flags) == (StepSource.SYSTEM, StepFlag.INJECTED)
    assert steps[1].parts[0].text.endswith("- I searched too narrowly.")
    assert shown(steps)[2][1] == ("call", "Search[a], Search[b]")
    _, halted = read_all(memory_source(REFLEXION))[2]
    assert halted[1].flags == StepFlag.ERROR
    assert shown(halted)[2] == [("reasoning", "Hm.")]


def test_the_gold_answer_is_no_part_of_a_run() -> None:
    texts = str([shown(steps) for _, steps in read_all(memory_source(REFLEXION))])
    assert "Correct answer" not in texts
    assert "'her'" not in texts


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_each_run_is_found_byte_for_byte(ends: bytes) -> None:
    data = REFLEXION.replace(b"\n", ends)
    for episode, _ in read_all(memory_source(data)):
        raw = data[episode.raw_start :][: episode.raw_size]
        assert raw.startswith(b"Question: " + episode.task_key.encode())
        assert raw.splitlines()[-1].startswith(b"Correct answer: ")


def test_a_run_has_one_key_in_whichever_log_it_stands() -> None:
    trials = REFLEXION.split(b"\n\n\n")
    alone = [memory_source(trials[0]), memory_source(b"\n" + trials[1])]
    first, second = ({episode.key for episode, _ in read_all(source)} for source in alone)
    assert second <= first
    assert first == {episode.key for episode, _ in read_all(memory_source(REFLEXION))}


def test_a_log_of_solved_questions_alone_holds_no_run() -> None:
    log = b"------------- BEGIN CORRECT AGENTS -------------\n\nQuestion: A?\nCorrect answer: b\n"
    with pytest.raises(NothingToImport, match="without a run"):
        read_all(memory_source(log))


def test_the_real_logs_overlap(data: Path) -> None:
    outcomes: dict[str, set[Outcome]] = {}
    files: Counter[str] = Counter()
    for source in walk([data / "reflexion" / "hotpotqa_react_logs.tar.xz"]):
        assert isinstance(source, SourceFile)
        for episode, steps in read_all(source):
            files[source.name.rsplit("/", 1)[-1]] += 1
            outcomes.setdefault(episode.key, set()).add(episode.outcome)
            assert any(step.source is StepSource.AGENT for step in steps)
    assert files["base_react_thought_log.txt"] == 100
    assert files["50_sample_react_reflect_correct.txt"] == 17
    assert all(len(labels) == 1 for labels in outcomes.values())
    assert len(outcomes) == 586


def test_a_single_turn_needs_no_number() -> None:
    log = (
        b"------------- BEGIN CORRECT AGENTS -------------\n\n"
        b"Question: A?\nThought: Let me think.\nAction: Finish[b]\nObservation: Answer is CORRECT\n"
        b"Correct answer: b\n"
    )
    ((_, steps),) = read_all(memory_source(log))
    assert shown(steps)[1] == [
        ("reasoning", "Let me think."),
        ("call", "b"),
        ("result", "Answer is CORRECT"),
    ]
