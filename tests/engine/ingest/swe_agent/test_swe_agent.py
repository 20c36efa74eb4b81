from __future__ import annotations

import copy
import json
from pathlib import Path

from hpm_engine.ingest.sources.labels import Labels
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.swe_agent.reader import SweAgentReader
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.trace_sources import SWE, document, memory_source, read_one, shown

READER = SweAgentReader()


def test_steps_come_from_the_trajectory_and_prompts_from_the_history() -> None:
    episode, steps = read_one(document(SWE))
    assert shown(steps) == [
        [("message", "You are an engineer.")],
        [("message", "A demonstration of another task")],
        [("message", "ISSUE:\nThe clock is late\n")],
        [("message", "I look."), ("call", "ls -a"), ("result", "main.py")],
        [("call", "str_replace_editor view x"), ("result", "ERROR: no such file")],
        [("message", "Done."), ("call", "submit"), ("result", "diff --git a")],
    ]
    assert steps[1].flags == StepFlag.DEMONSTRATION | StepFlag.INJECTED
    assert steps[4].flags == StepFlag.ERROR
    assert steps[5].flags == StepFlag.SUBMISSION
    assert next(part.name for part in steps[4].parts) == "str_replace_editor"
    assert (episode.task, episode.project) == ("The clock is late", "acme/clock")
    assert (episode.model, episode.cwd, episode.cost_usd) == ("gpt-4o", "/testbed", 0.25)


def test_a_steps_record_is_found_byte_for_byte() -> None:
    data = json.dumps(SWE).encode()
    _, steps = read_one(memory_source(data))
    assert json.loads(data[steps[3].raw_start :][: steps[3].raw_size]) == SWE["trajectory"][0]


def test_a_forced_submission_that_no_step_shows_gets_its_own_step() -> None:
    run = copy.deepcopy(SWE)
    del run["trajectory"][3]
    _, steps = read_one(document(run))
    assert shown(steps)[-1] == [("message", "diff --git a")]
    assert StepFlag.SUBMISSION in steps[-1].flags


def test_a_history_alone_is_read_with_its_tool_results() -> None:
    call = {"id": "t1", "function": {"name": "find_file", "arguments": '{"name":"x"}'}}
    history = [
        {"role": "system", "content": "S", "agent": "main", "message_type": "system_prompt"},
        {"role": "user", "content": "Issue: mend it", "agent": "main"},
        {"role": "assistant", "content": "T", "thought": "T", "tool_calls": [call]},
        {"role": "tool", "content": "OBSERVATION:\nfound", "tool_call_ids": ["t1"]},
        {"role": "assistant", "content": "U", "thought": "U", "action": "ls"},
        {"role": "user", "content": "OBSERVATION:\nnothing"},
    ]
    episode, steps = read_one(document({"history": history}, "runs/simple.traj"))
    assert shown(steps)[2:] == [
        [("message", "T"), ("call", '{"name":"x"}'), ("result", "found")],
        [("message", "U"), ("call", "ls"), ("result", "nothing")],
    ]
    assert (episode.task, episode.task_key) == ("mend it", "simple")


def test_a_state_in_a_string_and_settings_as_an_object_are_understood() -> None:
    run = copy.deepcopy(SWE)
    run["trajectory"][0]["state"] = '{"open_file": "n/a", "working_dir": "/repo"}\n'
    run["replay_config"] = {"agent": {"model": {"name": "m"}}}
    episode, _ = read_one(document(run))
    assert (episode.cwd, episode.model) == ("/repo", "m")


def test_runs_that_differ_only_in_how_long_they_took_are_two() -> None:
    other = copy.deepcopy(SWE)
    other["trajectory"][0]["execution_time"] = 0.12
    assert read_one(document(SWE))[0].key != read_one(document(other))[0].key


def test_both_real_archives_are_read_with_their_outcomes(data: Path) -> None:
    labels = Labels()
    outcomes = []
    for source in walk([data / "swe-agent-v1"]):
        if isinstance(source, SourceFile) and READER.recognises(source):
            (episode,) = READER.read(source)
            outcomes.append(labels.outcome(source, episode.task_key))
            assert any(step.source is StepSource.AGENT for step in episode.steps)
    assert len(outcomes) == 287
    assert outcomes.count(Outcome.SUCCESS) == 136 + 41
    assert outcomes.count(Outcome.FAILURE) == 287 - 136 - 41


def test_all_demonstration_files_are_read(data: Path) -> None:
    episodes = [
        episode
        for source in walk([data / "swe-agent-repo-demos"])
        if isinstance(source, SourceFile) and READER.recognises(source)
        for episode in READER.read(source)
    ]
    assert len({episode.key for episode in episodes}) == len(episodes) == 22
    assert all(episode.task for episode in episodes)
