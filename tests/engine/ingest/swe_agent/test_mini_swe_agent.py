from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path

from hpm_engine.ingest.detect import detect
from hpm_engine.ingest.sources.labels import Labels
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.swe_agent.mini import MiniSweAgentReader
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.trace_sources import MINI, document, memory_source, read_one, shown

READER = MiniSweAgentReader()


def test_a_step_holds_reasoning_message_command_and_result() -> None:
    episode, steps = read_one(document(MINI))
    assert shown(steps)[2] == [
        ("reasoning", "I wonder."),
        ("message", "THOUGHT: look"),
        ("call", "ls"),
        ("result", "<returncode>1</returncode>\n<output>\nno\n</output>"),
    ]
    looked = steps[2]
    assert looked.flags == StepFlag.ERROR
    assert (looked.at, looked.tokens_in, looked.tokens_out) == (1763510640_000_000, 10, 2)
    assert looked.cost_usd == 0.1
    assert (episode.agent, episode.model, episode.cwd) == ("mini-swe-agent", "m-1", "/testbed")
    assert (episode.task, episode.project) == ("Fix the clock", "acme/clock")
    assert (episode.task_key, episode.cost_usd) == ("acme__clock-7", 0.5)


def test_a_format_error_executed_nothing_and_the_last_message_is_the_submission() -> None:
    _, steps = read_one(document(MINI))
    assert steps[3].flags == StepFlag.NOT_EXECUTED
    assert not any(part.kind == "call" for part in steps[3].parts)
    assert steps[4].flags == StepFlag.SUBMISSION
    assert shown(steps)[4][-1] == ("result", "diff --git")


def test_a_steps_record_is_found_byte_for_byte() -> None:
    data = json.dumps(MINI, indent=1).encode()
    _, steps = read_one(memory_source(data))
    record = json.loads(data[steps[2].raw_start : steps[2].raw_start + steps[2].raw_size])
    assert record == MINI["messages"][2]


def test_a_bare_list_and_parts_as_content_are_read_too() -> None:
    messages = copy.deepcopy(MINI["messages"])
    messages[1]["content"] = [{"type": "text", "text": messages[1]["content"]}]
    episode, steps = read_one(document(messages))
    assert episode.format == "mini-swe-agent"
    assert episode.task == "Fix the clock"
    assert steps[-1].flags == StepFlag.SUBMISSION


def test_the_second_formats_actions_and_return_codes_are_used() -> None:
    run = copy.deepcopy(MINI)
    run["trajectory_format"] = "mini-swe-agent-1.1"
    run["messages"][2] = {
        "role": "assistant",
        "content": "Look",
        "tool_calls": [{"id": "t1", "function": {"name": "bash", "arguments": '{"command":"ls"}'}}],
        "extra": {"timestamp": 1763510640.5, "cost": 0.2},
    }
    run["messages"][3] = {
        "role": "tool",
        "tool_call_id": "t1",
        "content": "boom",
        "extra": {"returncode": 2},
    }
    _, steps = read_one(document(run))
    assert shown(steps)[2] == [
        ("message", "Look"),
        ("call", '{"command":"ls"}'),
        ("result", "boom"),
    ]
    assert steps[2].flags == StepFlag.ERROR
    assert (steps[2].at, steps[2].cost_usd) == (1763510640_500_000, 0.2)


def test_the_key_stays_when_a_run_grows_and_differs_between_runs() -> None:
    grown = read_one(document(MINI))[0].key
    short = copy.deepcopy(MINI)
    del short["messages"][5:]
    other = copy.deepcopy(MINI)
    other["messages"][2]["content"] = "Else\n```bash\nls\n```"
    assert read_one(document(short))[0].key == grown
    assert read_one(document(other))[0].key != grown


def test_the_envelopes_mark_is_found_behind_the_messages() -> None:
    messages = [*MINI["messages"], {"role": "user", "content": "x" * 100_000}]
    late = {"messages": messages, "info": MINI["info"], "trajectory_format": "mini-swe-agent-1"}
    assert detect(document(late)).format == "mini-swe-agent"  # type: ignore[union-attr]


def test_the_real_archive_is_read_whole(data: Path) -> None:
    archive = data / "mini-swe-agent-gemini3pro" / "trajs.tar.xz"
    labels = Labels()
    outcomes: Counter[Outcome | None] = Counter()
    agent_steps = refused = 0
    keys = set()
    for source in walk([archive]):
        assert isinstance(source, SourceFile)
        assert READER.recognises(source)
        (episode,) = READER.read(source)
        keys.add(episode.key)
        outcomes[labels.outcome(source, episode.task_key)] += 1
        for step in episode.steps:
            agent_steps += step.source is StepSource.AGENT
            refused += StepFlag.NOT_EXECUTED in step.flags
        assert episode.task
    assert len(keys) == 372
    assert (agent_steps, refused) == (14_847, 522)
    assert outcomes == {Outcome.SUCCESS: 273, Outcome.FAILURE: 99}


def test_the_upstream_files_are_read(data: Path) -> None:
    read = [
        list(READER.read(source))
        for source in walk([data / "mini-swe-agent-upstream"])
        if isinstance(source, SourceFile) and READER.recognises(source)
    ]
    assert len(read) == 3
