from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_files import json_lines
from tests.support.files.editor_agents import (
    KIRO_CLI,
    KIRO_EVENTS,
    KIRO_FACTS,
    KIRO_IDE,
    KIRO_WORKSPACE,
)
from tests.support.files.trace_sources import document, memory_source, read_one, shown


def cli_source(folder: Path, facts: bytes) -> SourceFile:
    home = folder / "sessions" / "cli"
    home.mkdir(parents=True)
    (home / "6bdc.jsonl").write_bytes(json_lines(KIRO_CLI))
    (home / "6bdc.json").write_bytes(facts)
    sources = list(walk([folder]))
    assert all(isinstance(source, SourceFile) for source in sources)
    (beside, source) = sources
    assert isinstance(source, SourceFile) and isinstance(beside, SourceFile)
    if b"session_id" in facts:
        reason = detect(beside)
        assert isinstance(reason, NotATrace) and "go to the lines" in reason.reason
    return source


def test_a_session_of_lines() -> None:
    episode, steps = read_one(memory_source(json_lines(KIRO_CLI), "sessions/cli/6bdc.jsonl"))
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("call", '{"command": "rm"}'),
            ("result", "no right"),
            ("result", "a.py"),
        ],
        [("message", "Done.")],
    ]
    assert [(p.call_id, p.is_error) for p in steps[1].parts[3:]] == [("c2", True), ("c1", False)]
    assert [step.at for step in steps] == [1772355600_000000, None, None]
    assert (episode.format, episode.key, episode.cwd) == ("kiro-cli", "6bdc", "")


def test_the_file_beside_has_folder_title_and_times(tmp_path: Path) -> None:
    episode, _ = read_one(cli_source(tmp_path, json.dumps(KIRO_FACTS).encode()))
    assert episode.key == KIRO_FACTS["session_id"]
    assert (episode.cwd, episode.title) == ("/home/mira/ferry app", "Ferry repair")
    assert (episode.started_at, episode.ended_at) == (1772355600_000000, 1772355900_000000)


@pytest.mark.parametrize("facts", [b"", b"{", b"[]", b'{"cwd": 7, "title": null}'])
def test_a_damaged_file_beside_costs_only_what_it_says(tmp_path: Path, facts: bytes) -> None:
    episode, steps = read_one(cli_source(tmp_path, facts))
    assert (len(steps), episode.key, episode.title) == (3, "6bdc", None)


def test_a_chat_of_the_editor() -> None:
    episode, steps = read_one(document(KIRO_IDE))
    assert shown(steps) == [
        [("message", "# Identity\nYou are Kiro, an AI assistant.")],
        [("message", "I will follow these instructions.")],
        [("message", "Fix the ferry")],
        [("message", "I look.")],
        [("result", "a.py")],
        [("message", "Done.")],
    ]
    flags = [bool(step.flags & StepFlag.INJECTED) for step in steps]
    assert flags == [True, True, False, False, False, False]
    assert steps[4].source is StepSource.SYSTEM
    assert (episode.format, episode.key, episode.model) == ("kiro-ide", "run-1", "north-3")
    assert (episode.started_at, episode.ended_at) == (1772355600_000000, 1772355660_000000)
    assert episode.task == "Fix the ferry"


def test_a_session_of_a_workspace() -> None:
    episode, steps = read_one(document(KIRO_WORKSPACE))
    assert shown(steps) == [[("message", "Fix the ferry")], [("message", "Done.")]]
    assert (episode.key, episode.title, episode.model) == ("9f1c", "Ferry repair", "north-3")
    assert (episode.format, episode.cwd) == ("kiro-ide", "/home/mira/ferry app")


@pytest.mark.parametrize("key", ["chat", "history"])
def test_a_session_without_a_message_waits(key: str) -> None:
    value = copy.deepcopy(KIRO_IDE if key == "chat" else KIRO_WORKSPACE) | {key: []}
    name = "workspace-sessions/L2g/9f1c.json"
    with pytest.raises(NothingToImport, match="without a message"):
        read_one(document(value, name))


def test_a_session_of_events(tmp_path: Path) -> None:
    home = tmp_path / "sessions" / "4748" / "sess_7"
    home.mkdir(parents=True)
    (home / "messages.jsonl").write_bytes(json_lines(KIRO_EVENTS))
    facts = {
        "id": "sess_7",
        "title": "Ferry repair",
        "modelId": "north-3",
        "workspacePaths": ["/home/mira/ferry app"],
    }
    (home / "session.json").write_text(json.dumps(facts))
    events, beside = walk([home])
    assert isinstance(events, SourceFile) and isinstance(beside, SourceFile)
    reason = detect(beside)
    assert isinstance(reason, NotATrace) and "go to the events" in reason.reason
    episode, steps = read_one(events)
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("call", '{"path": "a.py"}'),
            ("result", "no right"),
            ("result", "a.py"),
        ],
        [("message", "Done.")],
    ]
    assert [(p.call_id, p.is_error) for p in steps[1].parts[4:]] == [("c2", True), ("c1", False)]
    assert (episode.key, episode.title, episode.model) == ("sess_7", "Ferry repair", "north-3")
    assert (episode.format, episode.cwd) == ("kiro-ide", "/home/mira/ferry app")
    assert read_one(memory_source(json_lines(KIRO_EVENTS), "a/sess_7/messages.jsonl"))[0].key == (
        "sess_7"
    )


def test_pieces_of_a_message_are_one_reply() -> None:
    def piece(text: str, at: int) -> dict[str, object]:
        content = [{"kind": "text", "data": text}]
        data = {"message_id": "a1", "content": content, "meta": {"timestamp": at}}
        return {"version": "v1", "kind": "AssistantMessage", "data": data}

    lines = [KIRO_CLI[0], piece("The rope is ", 1772355601), piece("too short.", 1772355609)]
    episode, steps = read_one(memory_source(json_lines(lines), "sessions/cli/6bdc.jsonl"))
    assert shown(steps)[1:] == [[("message", "The rope is too short.")]]
    assert episode.ended_at == 1772355609_000000


def test_events_without_ids_are_a_session_too() -> None:
    lines = [
        {"timestamp": "2026-03-01T09:00:00Z", "payload": payload}
        for payload in (
            {"type": "user", "content": "Fix the ferry"},
            {"type": "assistant", "content": "The rope is too short."},
            {"type": "turn_end"},
        )
    ]
    episode, steps = read_one(memory_source(json_lines(lines), "sessions/w/sess_1/messages.jsonl"))
    assert (episode.format, episode.key) == ("kiro-ide", "sess_1")
    assert shown(steps) == [[("message", "Fix the ferry")], [("message", "The rope is too short.")]]
