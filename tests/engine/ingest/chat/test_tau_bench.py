from __future__ import annotations

import json
from pathlib import Path

from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome, StepFlag
from tests.support.files.trace_sources import TAU, document, memory_source, read_all, shown


def test_a_call_and_its_result_are_one_step_and_the_reward_is_the_outcome() -> None:
    episodes = read_all(document(TAU, "x/gpt-4o-airline.json"))
    assert [episode.outcome for episode, _ in episodes] == [
        Outcome.SUCCESS,
        Outcome.FAILURE,
        Outcome.PARTIAL,
    ]
    episode, steps = episodes[0]
    assert shown(steps)[2] == [("call", '{"id":"x"}'), ("result", "Error: no user")]
    assert steps[2].flags == StepFlag.ERROR
    assert episode.agent == "tau-bench gpt-4o airline"
    assert (episode.task, episode.task_key) == ("You want to fly.", "3")
    assert len({episode.key for episode, _ in episodes}) == 3


def test_each_trial_and_message_is_found_byte_for_byte() -> None:
    data = json.dumps(TAU, indent=2).encode()
    for number, (episode, steps) in enumerate(read_all(memory_source(data))):
        assert json.loads(data[episode.raw_start :][: episode.raw_size]) == TAU[number]
        said = json.loads(data[steps[3].raw_start :][: steps[3].raw_size])
        assert said == TAU[number]["traj"][4]


def test_the_real_file_holds_160_trials(data: Path) -> None:
    (source,) = walk([data / "tau-bench" / "gpt-4o-airline.dev.json"])
    episodes = read_all(source)  # type: ignore[arg-type]
    assert len({episode.key for episode, _ in episodes}) == 160
    assert {episode.outcome for episode, _ in episodes} == {Outcome.SUCCESS, Outcome.FAILURE}
    assert all(episode.task and steps for episode, steps in episodes)
