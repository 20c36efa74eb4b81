from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Outcome, StepFlag
from tests.support.files.benchmark_files import INTERCODE
from tests.support.files.trace_sources import document, memory_source, read_all, shown

FILE = "sql/gpt-4/ic_sql_multiturn_gpt-4_10_turns.json"


def test_each_action_is_a_step_and_the_best_reward_is_the_outcome() -> None:
    first, second, third = read_all(document(INTERCODE, FILE))
    episode, steps = first
    assert shown(steps) == [
        [("message", "How many players are there?")],
        [
            ("reasoning", "Count them."),
            ("call", "SELECT n"),
            ("result", "Error executing query: no n"),
        ],
        [("reasoning", "Which tables?"), ("call", "SHOW TABLES"), ("result", "[('players',)]")],
        [("reasoning", "Done."), ("call", "submit"), ("result", "[(3,)]")],
        [("call", "blocked")],
    ]
    assert [step.flags for step in steps] == [
        StepFlag.NONE,
        StepFlag.ERROR,
        StepFlag.NONE,
        StepFlag.SUBMISSION,
        StepFlag.UNANSWERED,
    ]
    assert (episode.model, episode.agent) == ("gpt-4", "intercode multiturn")
    assert [draft.outcome for draft, _ in (first, second, third)] == [
        Outcome.SUCCESS,
        Outcome.PARTIAL,
        Outcome.FAILURE,
    ]
    assert len(third[1]) == 1  # the model was cut off before its first action


def test_wrapped_results_are_read_like_bare_ones_and_found_byte_for_byte() -> None:
    logs = {"852": INTERCODE["1"], "3": INTERCODE["0"]}
    data = json.dumps({"meta": {"env": "sql"}, "logs": logs}, indent=1).encode()
    episodes = read_all(memory_source(data, "sql/gpt-3.5/ic_sql_plan_solve.json"))
    for (episode, _), attempt in zip(episodes, logs.values(), strict=True):
        assert json.loads(data[episode.raw_start :][: episode.raw_size]) == attempt
        assert (episode.model, episode.agent) == ("gpt-3.5", "intercode plan_solve")


def test_the_plan_stands_beside_the_actions_it_led_to() -> None:
    attempt = json.loads(json.dumps(INTERCODE["1"]))
    attempt["turn_history"]["steps"] = ["Find the table.", "Never reached."]
    ((_, steps),) = read_all(document({"0": attempt}))
    assert shown(steps)[1][0] == ("reasoning", "Find the table.")


def keys(name: str, value: Any = INTERCODE) -> set[str]:
    return {episode.key for episode, _ in read_all(document(value, name))}


def test_runs_of_one_task_stay_apart_and_share_its_key() -> None:
    other = "sql/gpt-3.5/ic_sql_multiturn_gpt-3.5_10_turns.json"
    assert not keys(FILE) & keys(other)
    assert keys(FILE) == keys(f"copied/{FILE}")
    names = [{e.task_key for e, _ in read_all(document(INTERCODE, n))} for n in (FILE, other)]
    assert names[0] == names[1]
    assert "ic_sql/./data/spider.json/7" in names[0]


def test_the_real_results_are_11_389_attempts(data: Path) -> None:
    episodes: list[tuple[EpisodeDraft, list[StepDraft]]] = []
    wrapped = 0
    for source in walk([data / "intercode" / "results.tar.xz"]):
        assert isinstance(source, SourceFile)
        attempts = read_all(source)
        wrapped += len(attempts) if "logs" in source.opening.keys else 0
        episodes += attempts
    assert (len(episodes) - wrapped, wrapped) == (10_111, 1_278)
    assert len({episode.key for episode, _ in episodes}) == 11_389
    unanswered = Counter(
        bool(step.flags & StepFlag.UNANSWERED) for _, steps in episodes for step in steps
    )
    assert unanswered[True] == 572
    assert all(episode.model and episode.task for episode, _ in episodes)
