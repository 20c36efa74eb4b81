from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource
from tests.support.files.line_sources import file_source, only, parts, texts

READER = CodexReader()
DESKTOP = "localpush-redacted/rollout-2026-02-23T"

# file -> steps, agent steps, calls, results, human prompts
ROLLOUTS = {
    "codemie-handmade/turn-1.jsonl": (4, 1, 0, 0, 1),
    "codemie-handmade/turn-2.jsonl": (8, 2, 0, 0, 2),
    "codemie-handmade/turn-spawn-skill.jsonl": (4, 3, 3, 3, 1),
    "codemie/rollout-2026-05-11T11-26-55-019e1625-789d-76c0-80ab-3724b5ddb799.jsonl": (
        *(70, 66, 105, 102, 2),
    ),
    f"{DESKTOP}12-40-23-019c8a4c-ed82-79a1-aa28-7738fc5ab61a.jsonl": (101, 81, 105, 104, 5),
    f"{DESKTOP}12-41-04-019c8a4d-8f45-7010-8b5d-7fad920aa6f9.jsonl": (35, 28, 118, 118, 1),
    f"{DESKTOP}13-19-38-019c8a70-dda7-7f33-98ea-f30553347322.jsonl": (9, 1, 1, 0, 1),
    f"{DESKTOP}20-34-25-019c8bfe-ec25-79e0-97d7-bda6a9c575ff.jsonl": (13, 6, 5, 5, 1),
}
LONG = next(name for name in ROLLOUTS if name.startswith("codemie/"))


@pytest.fixture(scope="module")
def folder(data: Path) -> Path:
    return data / "codex-cli"


def payloads(path: Path) -> list[dict[str, Any]]:
    """An independent reading of the lines."""
    return [json.loads(line)["payload"] for line in path.read_text().splitlines()]


def test_eight_rollouts_hold_seven_sessions(folder: Path) -> None:
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.jsonl")} == {*ROLLOUTS}
    keys = [only(READER, file_source(folder / name))[0].key for name in ROLLOUTS]
    assert len(keys) == 8
    assert len(set(keys)) == 7  # two of the files are one session at two moments
    assert not any(READER.recognises(file_source(path)) for path in folder.rglob("*.json"))


@pytest.mark.parametrize("name", ROLLOUTS)
def test_a_rollout_is_read_as_one_episode_without_loss(folder: Path, name: str) -> None:
    source = file_source(folder / name)
    assert READER.recognises(source)
    draft, steps = only(READER, source)
    agent = [step for step in steps if step.source is StepSource.AGENT]
    prompts = [step for step in steps if step.source is StepSource.USER and not step.flags]
    calls, results = parts(steps, PartKind.CALL), parts(steps, PartKind.RESULT)
    counts = (len(steps), len(agent), len(calls), len(results), len(prompts))
    assert counts == ROLLOUTS[name]
    assert (draft.format, draft.agent) == ("codex", "codex")
    assert draft.task == " ".join(prompts[0].parts[0].text.split())[:200]
    ids = [call.call_id for call in calls if call.call_id]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", ROLLOUTS)
def test_no_message_call_or_token_counts_twice(folder: Path, name: str) -> None:
    said, calls, read, written, before = 0, 0, 0, 0, None
    for payload in payloads(folder / name):
        kind = payload.get("type", "")
        said += kind == "message" and payload["role"] == "assistant"
        calls += kind.endswith("_call")
        if kind == "token_count" and payload["info"] and payload["info"] != before:
            before = payload["info"]
            read += before["last_token_usage"]["input_tokens"]
            written += before["last_token_usage"]["output_tokens"]
    _, steps = only(READER, file_source(folder / name))
    agent = [step for step in steps if step.source is StepSource.AGENT]
    assert (len(texts(agent)), len(parts(steps, PartKind.CALL))) == (said, calls)
    assert sum(step.tokens_in or 0 for step in steps) == read
    assert sum(step.tokens_out or 0 for step in steps) == written


def test_each_response_of_the_model_is_one_step_with_its_own_tokens(folder: Path) -> None:
    _, steps = only(READER, file_source(folder / LONG))
    agent = [step for step in steps if step.source is StepSource.AGENT]
    assert all(step.tokens_in for step in agent)
    assert [(step.tokens_in, step.tokens_out) for step in agent[:3]] == [
        (18703, 167),
        (18911, 37),
        (20292, 170),
    ]
    assert {step.model for step in agent} == {"gpt-5.5"}


def test_a_command_that_went_on_gets_its_whole_output(folder: Path) -> None:
    _, steps = only(READER, file_source(folder / LONG))
    ends = {
        payload["call_id"]: payload
        for payload in payloads(folder / LONG)
        if payload.get("type") == "exec_command_end"
    }
    results = {part.call_id: part for part in parts(steps, PartKind.RESULT)}
    extended = 0
    for call_id, end in ends.items():
        if "Process running" in results[call_id].text:
            assert results[call_id].text.endswith(f"Output:\n{end['aggregated_output']}")
            extended += 1
        assert results[call_id].is_error is (end["exit_code"] != 0)
    assert extended > 30


def test_an_extended_rollout_begins_with_the_steps_it_had(folder: Path) -> None:
    early, before = only(READER, file_source(folder / "codemie-handmade/turn-1.jsonl"))
    late, after = only(READER, file_source(folder / "codemie-handmade/turn-2.jsonl"))
    assert early.key == late.key
    assert after[: len(before)] == before


def test_a_call_without_output_is_marked(folder: Path) -> None:
    name = next(name for name in ROLLOUTS if "T13-19" in name)
    _, steps = only(READER, file_source(folder / name))
    assert steps[-1].flags & StepFlag.UNANSWERED


def test_encrypted_reasoning_is_left_out_and_readable_reasoning_kept(folder: Path) -> None:
    for name in ROLLOUTS:
        _, steps = only(READER, file_source(folder / name))
        assert not any("gAAAAAB" in part.text for step in steps for part in step.parts)
    name = next(name for name in ROLLOUTS if "T12-41" in name)
    _, steps = only(READER, file_source(folder / name))
    assert len(parts(steps, PartKind.REASONING)) == 26


def test_the_episode_is_described(folder: Path) -> None:
    draft, steps = only(READER, file_source(folder / LONG))
    assert draft.key == "019e1625-789d-76c0-80ab-3724b5ddb799"
    assert (draft.project, draft.branch) == ("codemie-code", "feat/codex-agent-plugin")
    assert (draft.task, draft.model) == ("show tools", "gpt-5.5")
    injected = [step.source for step in steps if step.flags & StepFlag.INJECTED]
    assert injected == [StepSource.SYSTEM, StepSource.USER]
    assert steps[0].at == 1_778_488_037_493_000
