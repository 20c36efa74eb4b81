from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag
from tests.support.files.trace_sources import (
    ATIF,
    document,
    memory_source,
    read_all,
    read_one,
    shown,
)


def changed(**fields: Any) -> dict[str, Any]:
    return copy.deepcopy(ATIF) | fields


def test_calls_and_results_are_paired_by_id_and_a_lost_result_is_flagged() -> None:
    episode, steps = read_one(document(ATIF))
    assert shown(steps)[1] == [
        ("reasoning", "Hm."),
        ("message", "I will."),
        ("call", '{"cmd": "ls"}'),
        ("call", '{"cmd": "rm"}'),
        ("result", "gone"),
    ]
    assert steps[1].parts[-1].call_id == "b"
    assert steps[1].flags == StepFlag.UNANSWERED
    assert (steps[1].tokens_in, steps[1].tokens_out, steps[1].cost_usd) == (9, 4, 0.5)
    assert steps[1].at == 1760076638_500_000
    assert (episode.key, episode.task) == ("run-42", "Make a file")


def test_copied_steps_are_flagged_and_cost_nothing_again() -> None:
    run = changed()
    run["steps"][1]["is_copied_context"] = True
    _, steps = read_one(document(run))
    assert StepFlag.COPIED in steps[1].flags
    assert steps[1].tokens_in is steps[1].cost_usd is None


def test_a_subagent_names_its_parent_and_a_continuation_what_it_continues() -> None:
    agent = {"name": "helper", "extra": {"parent_session_id": "run-42"}}
    child, _ = read_one(document(changed(session_id="run-42-summary", agent=agent)))
    assert (child.key, child.parent_key) == ("run-42-summary", "run-42")
    run = changed()
    run["steps"][0]["is_copied_context"] = True
    continuation, _ = read_one(document(run))
    assert continuation.continues_key == "run-42"
    assert continuation.key != "run-42"


def test_embedded_subagents_are_episodes_of_their_own() -> None:
    inner = changed(session_id="run-43")
    run = changed(subagent_trajectories=[inner], schema_version="ATIF-v1.7")
    data = json.dumps(run).encode()
    (outer, _), (child, steps) = read_all(memory_source(data))
    assert child.parent_key == outer.key
    assert json.loads(data[child.raw_start :][: child.raw_size]) == inner
    assert json.loads(data[steps[1].raw_start :][: steps[1].raw_size]) == inner["steps"][1]


def test_images_become_placeholders() -> None:
    run = changed(schema_version="ATIF-v1.6")
    image = {"type": "image", "source": {"media_type": "image/png", "path": "a.png"}}
    run["steps"][0]["message"] = [{"type": "text", "text": "See"}, image]
    assert shown(read_one(document(run))[1])[0] == [("message", "See\n[image/png: a.png]")]


def test_the_golden_folder_holds_ten_episodes_and_its_exports_are_set_aside(data: Path) -> None:
    episodes, aside = [], []
    for source in walk([data / "atif-harbor"]):
        assert isinstance(source, SourceFile)
        if isinstance(reader := detect(source), NotATrace):
            aside.append(reader.reason)
        else:
            episodes += [(episode, list(episode.steps)) for episode in reader.read(source)]
    assert len({episode.key for episode, _ in episodes}) == len(episodes) == 10
    assert sum("training export" in reason for reason in aside) == 7
    assert sum(StepFlag.COPIED in step.flags for _, steps in episodes for step in steps) == 12
    keys = {episode.key for episode, _ in episodes}
    parents = [episode.parent_key for episode, _ in episodes if episode.parent_key]
    assert len(parents) == 3
    assert sum(parent in keys for parent in parents) == 2
