"""What this program gave an agent comes back in the agent's session, and counts there no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import (
    EpisodeQuery,
    Memory,
    Reader,
    RecallOptions,
    RecallScope,
    StepFlag,
    open_memory,
)

TASK = "The pump floods row seven when the valve sensor reports zero"
ID = "{:08d}-2222-4333-8444-555555555555"


def claude(folder: Path, number: int, records: list[dict[str, object]]) -> Path:
    base = {
        "sessionId": ID.format(number),
        "cwd": "/home/ada/orchard",
        "timestamp": f"2026-0{number}-01T10:00:00Z",
    }
    path = folder / f"{ID.format(number)}.jsonl"
    path.write_text("".join(json.dumps(base | record) + "\n" for record in records))
    return path


def said(role: str, uuid: str, content: object) -> dict[str, object]:
    return {"type": role, "uuid": uuid, "message": {"id": uuid, "role": role, "content": content}}


def codex(folder: Path, number: int, texts: list[tuple[str, str]]) -> Path:
    time = f"2026-0{number}-01T10:00:00.000Z"
    meta = {"id": ID.format(number), "timestamp": time, "cwd": "/home/ada/orchard"}
    records: list[dict[str, object]] = [
        {"timestamp": time, "type": "session_meta", "payload": meta}
    ]
    for role, text in texts:
        kind = "output_text" if role == "assistant" else "input_text"
        content = [{"type": kind, "text": text}]
        payload = {"type": "message", "role": role, "content": content}
        records.append({"timestamp": time, "type": "response_item", "payload": payload})
    path = folder / f"rollout-2026-0{number}-01T10-00-00-{ID.format(number)}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    first = claude(tmp_path, 1, [said("user", "u1", TASK), said("assistant", "a1", "Mended.")])
    memory = open_memory(tmp_path / "my.hpm", create=True)
    memory.import_paths([first])
    memory.encode()
    memory.recall.prepare()
    return memory


def block(memory: Memory) -> str:
    text = memory.recall.ask("pump valve", options=RecallOptions(into="s")).context.text
    assert TASK in text
    return text


def recalled(memory: Memory, cue: str) -> set[str]:
    memory.encode()
    memory.recall.prepare()
    return {hit.episode.key[:8] for hit in memory.recall.ask(cue).hits if hit.terms}


def test_the_result_of_our_own_tool_is_not_learned_again(memory: Memory, tmp_path: Path) -> None:
    with memory:
        call = {"type": "tool_use", "id": "t", "name": "mcp__hpm__recall", "input": {"about": "x"}}
        result = {"type": "tool_result", "tool_use_id": "t", "content": block(memory)}
        other = {"type": "tool_result", "tool_use_id": "o", "content": "the gardener came"}
        records = [
            said("user", "u1", "Water the lawn"),
            said("assistant", "a1", [call, call | {"id": "o", "name": "Bash"}]),
            said("user", "u2", [result, other]),
            said("assistant", "a2", "The lawn is watered."),
        ]
        memory.import_paths([claude(tmp_path, 2, records)])
        assert recalled(memory, "pump floods valve sensor") == {"00000001"}
        assert recalled(memory, "gardener") == {"00000002"}
        # A person who searches finds it: it stands in the session.
        assert len(memory.episodes.find(EpisodeQuery(text="floods"))) == 2


def test_what_a_hook_put_in_is_copied(memory: Memory, tmp_path: Path) -> None:
    with memory:
        texts = [("developer", block(memory)), ("user", "Water the lawn"), ("assistant", "Done.")]
        memory.import_paths([codex(tmp_path, 2, texts)])
        ids = memory.episodes.find(EpisodeQuery(agent="codex")).window(0, 1)
        (episode,) = memory.episodes.get(ids)
        steps = memory.steps.read(episode.id, 0, episode.steps)
        copied = [step for step in steps if step.flags & StepFlag.COPIED]
        assert [step.flags & StepFlag.INJECTED for step in copied] == [StepFlag.INJECTED]
        assert TASK in copied[0].parts[0].text
        assert recalled(memory, "pump floods valve sensor") == {"00000001"}
        assert recalled(memory, "lawn") == {"00000002"}


def test_a_person_who_quotes_it_is_heard(memory: Memory, tmp_path: Path) -> None:
    with memory:
        texts = [("user", f"What does this mean? {block(memory)}"), ("assistant", "That.")]
        memory.import_paths([codex(tmp_path, 2, texts)])
        assert recalled(memory, "pump floods valve sensor") == {"00000001", "00000002"}


def test_what_agents_are_given_stays_the_same(memory: Memory, tmp_path: Path) -> None:
    with memory:
        before = block(memory)
        for number in range(2, 6):
            texts = [("developer", before), ("user", f"Task {number}"), ("assistant", "Done.")]
            memory.import_paths([codex(tmp_path, number, texts)])
        memory.encode()
        memory.recall.prepare()
        assert len(memory.episodes.find(EpisodeQuery())) == 5
        scope = RecallScope(reader=Reader("codex", "orchard"))
        after = memory.recall.ask("pump valve", 1, scope, options=RecallOptions(into="s"))
        assert after.context.text == before
