from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource
from tests.support.files.line_sources import episodes, file_source, only, parts, texts

READER = ClaudeCodeReader()
SUBAGENTS = "codemie/claude/incremental-subagents"

# file -> steps, agent steps, calls, results
SESSIONS = {
    "codemie/session-196820da.jsonl": (63, 47, 65, 65),
    "codemie/session-624a4a58.jsonl": (77, 55, 48, 48),
    "codemie/session-9eda1058.jsonl": (9, 5, 3, 3),
    "codemie/claude/-tmp-private/4c2ddfdc-b619-4525-8d03-1950fb1b0257.jsonl": (10, 7, 6, 6),
    "codemie/claude/incremental-simple/turn-1.jsonl": (2, 1, 0, 0),
    "codemie/claude/incremental-simple/turn-2.jsonl": (10, 6, 2, 2),
    f"{SUBAGENTS}/turn-1.jsonl": (8, 7, 7, 6),
    f"{SUBAGENTS}/turn-2.jsonl": (12, 11, 14, 14),
    f"{SUBAGENTS}/turn-1/subagents/agent-a485154.jsonl": (7, 6, 20, 20),
    f"{SUBAGENTS}/turn-2/subagents/agent-a485154.jsonl": (7, 6, 20, 20),
    "daaain-claude-code-log-v2025-06/representative_messages.jsonl": (9, 5, 2, 2),
    "daaain-claude-code-log-v2025-06/session_b.jsonl": (3, 1, 0, 0),
    "daaain-claude-code-log-v2025-06/todowrite_examples.jsonl": (8, 6, 3, 3),
    "moredip/fixtures/edit-tool-variants.jsonl": (5, 4, 4, 4),
    "moredip/fixtures/images-in-tool-results.jsonl": (1, 1, 1, 1),
    "moredip/fixtures/images-in-user-messages.jsonl": (9, 3, 2, 0),
    "moredip/fixtures/read-tool-variants.jsonl": (6, 5, 4, 4),
    "simonw/sample_session.json": (21, 15, 12, 12),
    "simonw/sample_session.jsonl": (5, 3, 2, 2),
}
TWO_SESSIONS = "daaain-claude-code-log-v2025-06/edge_cases.jsonl"
ASIDE = {
    "codemie/claude/-tmp-private/agent-36541525.jsonl": "warm-up",
    "codemie/claude/-tmp-private/agent-50243ee8.jsonl": "warm-up",
    "codemie-history-jsonl/history-multi-clear.jsonl": "history",
    "codemie-history-jsonl/history-no-clear.jsonl": "history",
    "codemie-history-jsonl/history-old-clear.jsonl": "history",
    "codemie-history-jsonl/history-single-clear.jsonl": "history",
}


@pytest.fixture(scope="module")
def folder(data: Path) -> Path:
    return data / "claude-code"


def objects(path: Path) -> list[dict[str, Any]]:
    """An independent reading of the lines."""
    records = []
    for line in path.read_bytes().split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("message"), dict):
            records.append(value)
    return records


def test_every_file_of_the_folder_is_expected_here(folder: Path) -> None:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.json*")}
    assert files == {*SESSIONS, *ASIDE, TWO_SESSIONS}


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_is_read_as_one_episode_without_loss(folder: Path, name: str) -> None:
    source = file_source(folder / name)
    assert READER.recognises(source)
    draft, steps = only(READER, source)
    agent = [step for step in steps if step.source is StepSource.AGENT]
    calls, results = parts(steps, PartKind.CALL), parts(steps, PartKind.RESULT)
    assert (len(steps), len(agent), len(calls), len(results)) == SESSIONS[name]
    assert draft.format == "claude-code"
    assert draft.key
    assert draft.task or "tool-results" in name
    assert len({call.call_id for call in calls}) == len(calls)
    assert len({result.call_id for result in results}) == len(results)


def test_a_line_of_another_session_in_the_file_is_an_episode_of_its_own(folder: Path) -> None:
    sessions = [
        (draft.key, len(steps), sum(step.tokens_in or 0 for step in steps))
        for draft, steps in episodes(READER, file_source(folder / TWO_SESSIONS))
    ]
    assert sessions == [("edge_cases", 10, 320), ("todowrite_session", 1, 168)]


@pytest.mark.parametrize("name", ASIDE)
def test_a_file_without_a_session_is_set_aside_with_the_reason(folder: Path, name: str) -> None:
    source = file_source(folder / name)
    assert READER.recognises(source)
    with pytest.raises(NothingToImport, match=ASIDE[name]):
        episodes(READER, source)


@pytest.mark.parametrize("name", [name for name in SESSIONS if name.endswith(".jsonl")])
def test_no_text_and_no_token_counts_twice(folder: Path, name: str) -> None:
    said: set[tuple[str, str, str]] = set()
    tokens_in: dict[str, int] = defaultdict(int)
    tokens_out: dict[str, int] = defaultdict(int)
    for number, line in enumerate(objects(folder / name)):
        message = line["message"]
        if line["type"] != "assistant":
            continue
        owner = message.get("id") or str(number)
        for block in message["content"]:
            if block["type"] in ("text", "thinking"):
                said.add((owner, block["type"], block[block["type"]]))
        usage = message.get("usage", {})
        read = sum(value for key, value in usage.items() if key.endswith("input_tokens"))
        tokens_in[owner] = max(tokens_in[owner], read)
        tokens_out[owner] = max(tokens_out[owner], usage.get("output_tokens", 0))

    _, steps = only(READER, file_source(folder / name))
    agent = [step for step in steps if step.source is StepSource.AGENT]
    spoken = texts(agent) + texts(agent, PartKind.REASONING)
    assert sorted(spoken) == sorted(text for _, _, text in said if text)
    assert sum(step.tokens_in or 0 for step in agent) == sum(tokens_in.values())
    assert sum(step.tokens_out or 0 for step in agent) == sum(tokens_out.values())


@pytest.mark.parametrize("name", [name for name in SESSIONS if name.endswith(".jsonl")])
def test_a_step_points_to_its_own_lines_in_the_source(folder: Path, name: str) -> None:
    raw = (folder / name).read_bytes()
    _, steps = only(READER, file_source(folder / name))
    for step in steps:
        lines = raw[step.raw_start : step.raw_start + step.raw_size].split(b"\n")
        records = [json.loads(line) for line in lines]
        assert records[0]["type"] in ("user", "assistant", "queue-operation")
        assert micros(records[0].get("timestamp")) == step.at
        ids = {record["message"].get("id") for record in records if record["type"] == "assistant"}
        assert len(ids) <= 1


def test_an_extended_session_begins_with_the_steps_it_had(folder: Path) -> None:
    for name in ("codemie/claude/incremental-simple", SUBAGENTS):
        early, before = only(READER, file_source(folder / name / "turn-1.jsonl"))
        late, after = only(READER, file_source(folder / name / "turn-2.jsonl"))
        assert early.key == late.key
        assert after[: len(before) - 1] == before[:-1]
        assert len(after) > len(before)


def test_a_line_inserted_in_the_middle_changes_no_step_of_the_subagent(folder: Path) -> None:
    name = "subagents/agent-a485154.jsonl"
    early, before = only(READER, file_source(folder / SUBAGENTS / "turn-1" / name))
    late, after = only(READER, file_source(folder / SUBAGENTS / "turn-2" / name))
    parent, _ = only(READER, file_source(folder / SUBAGENTS / "turn-2.jsonl"))
    assert [step.parts for step in before] == [step.parts for step in after]
    assert early.key == late.key == f"{parent.key}/a485154"
    assert late.parent_key == parent.key


def test_a_compaction_stands_between_what_was_and_what_follows(folder: Path) -> None:
    _, steps = only(READER, file_source(folder / "codemie/session-624a4a58.jsonl"))
    (index,) = [index for index, step in enumerate(steps) if step.flags & StepFlag.COMPACTION]
    assert steps[index].source is StepSource.SYSTEM
    assert len(steps[index].parts[0].text) > 10_000
    assert index > 50
    assert len(steps) - index > 10
    assert sum(bool(step.flags & StepFlag.INTERRUPTED) for step in steps) == 3


def test_a_queued_prompt_that_reached_the_agent_in_mid_turn_is_kept(folder: Path) -> None:
    _, steps = only(READER, file_source(folder / "codemie/session-624a4a58.jsonl"))
    assert sum(text.startswith("no, add conversationId field") for text in texts(steps)) == 1


def test_an_image_is_a_placeholder_with_its_size(folder: Path) -> None:
    _, steps = only(READER, file_source(folder / "moredip/fixtures/images-in-tool-results.jsonl"))
    (result,) = parts(steps, PartKind.RESULT)
    assert "[image/png, " in result.text
    assert len(result.text) < 2000


def test_history_appended_again_by_a_resumed_session_counts_once(folder: Path) -> None:
    _, steps = only(READER, file_source(folder / "moredip/fixtures/images-in-user-messages.jsonl"))
    said = texts(steps)
    assert said.count("what's this an image of?") == 1
    assert said.count("what's the session iD?") == 1
    assert len([text for text in said if text.startswith("<ide_opened_file>")]) == 2


def test_the_episode_is_described(folder: Path) -> None:
    draft, steps = only(READER, file_source(folder / "codemie/session-196820da.jsonl"))
    assert draft.key == "196820da-1026-4b6f-a513-a6aae42da1a6"
    assert (draft.project, draft.branch, draft.cwd) == ("repo", "conversations", "/Users/user/repo")
    assert (draft.agent, draft.model) == ("claude-code", "claude-sonnet-4-5-20250929")
    assert draft.task.startswith("ultrathink there is logic that tracks files")
    assert len(draft.task) <= 200
    assert "\n" not in draft.task
    assert steps[0].at == 1_767_905_603_476_000
    assert [step.flags for step in steps[:3]] == [StepFlag.INJECTED, 0, StepFlag.INJECTED]
