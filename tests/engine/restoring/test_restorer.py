"""Sessions that an agent deleted are put back to the byte, and nothing is written over."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import CannotWrite, EpisodeQuery, FileState, Memory, open_memory

SESSION = "44444444-2222-4333-8444-555555555555"
FOLDER = Path(".claude/projects/-home-ada-barn")
SAVED = "tool-results/toolu_1.txt"
PREVIEW = (
    f"<persisted-output>\nOutput too large (1MB). Full output saved to: /home/ada/{FOLDER}/"
    f"{SESSION}/{SAVED}\n\nhay\n</persisted-output>"
)


def claude_lines(agent: str = "", text: str = "mown") -> bytes:
    head: dict[str, Any] = {
        "sessionId": SESSION,
        "timestamp": "2026-09-01T10:00:01Z",
        "cwd": "/home/ada/barn",
    }
    if agent:
        head |= {"agentId": agent, "isSidechain": True}
    call = {"type": "tool_use", "id": f"t{agent}", "name": "Bash", "input": {"command": "mow"}}
    said = {"id": f"m{agent}", "model": "sonnet", "content": [call]}
    result = {"type": "tool_result", "tool_use_id": f"t{agent}", "content": text}
    records = [
        {"type": "user", "message": {"content": f"Mow {agent}"}, "uuid": f"u1{agent}", **head},
        {"type": "assistant", "message": said, "uuid": f"u2{agent}", **head},
        {"type": "user", "message": {"content": [result]}, "uuid": f"u3{agent}", **head},
    ]
    return "".join(json.dumps(record) + "\r\n" for record in records).encode()


def codex_lines() -> bytes:
    meta = {"id": "0199aaaa-1111-7222-8333-444444444444", "cwd": "/home/ada/barn"}
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Sow"}]}
    at = "2026-09-02T10:00:00Z"
    records = [
        {"timestamp": at, "type": "session_meta", "payload": meta | {"timestamp": at}},
        {"timestamp": at, "type": "response_item", "payload": said},
    ]
    return "".join(json.dumps(record) + "\n" for record in records).encode()


ROLLOUT = "rollout-2026-09-02T12-00-00-0199aaaa-1111-7222-8333-444444444444.jsonl"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home where Claude Code and Codex kept sessions, one with a subagent and a saved result."""
    home = tmp_path / "home"
    files = {
        FOLDER / f"{SESSION}.jsonl": claude_lines(text=PREVIEW),
        FOLDER / SESSION / "subagents" / "agent-7.jsonl": claude_lines("7"),
        FOLDER / SESSION / SAVED: "hay\r\nand straw — all of it\n".encode(),
        Path(".codex/sessions/2026/09/02") / ROLLOUT: codex_lines(),
    }
    for name, data in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
    return home


@pytest.fixture
def memory(tmp_path: Path, home: Path) -> Any:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([home])
        yield memory


def ids(memory: Memory) -> list[int]:
    found = memory.episodes.find(EpisodeQuery())
    return list(found.window(0, len(found)))


def digests(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file()
    }


def test_what_was_deleted_comes_back_to_the_byte(memory: Memory, home: Path) -> None:
    before = digests(home)
    shutil.rmtree(home / ".claude")
    shutil.rmtree(home / ".codex")
    plan = memory.restoring.plan(ids(memory), home)
    assert plan.count(FileState.MISSING) == len(before) == 4
    assert digests(home) == {}
    restored = memory.restoring.restore(ids(memory), home)
    assert restored.written == 4
    assert digests(home) == before
    rows = [row for row in memory.audit.page() if row.action == "give back"]
    assert {row.after for row in rows} == set(before.values())
    assert memory.audit.verify().broken_at is None


def test_what_is_there_is_never_written_over(memory: Memory, home: Path) -> None:
    session = home / FOLDER / f"{SESSION}.jsonl"
    session.write_bytes(session.read_bytes() + b"more\n")
    rollout = next(home.rglob(ROLLOUT))
    rollout.unlink()
    rollout.symlink_to(home / "elsewhere")  # a link to nothing is something, too
    before = digests(home)
    restored = memory.restoring.restore(ids(memory), home)
    assert restored.written == 0
    assert restored.count(FileState.OTHER) == 2
    assert restored.count(FileState.THERE) == 2
    assert digests(home) == before
    assert not (home / "elsewhere").exists()
    assert not any(row.action == "give back" for row in memory.audit.page())


def test_one_episode_brings_its_subagents_and_another_home_is_possible(
    memory: Memory, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    main = memory.episodes.detail(SESSION).episode.id
    restored = memory.restoring.restore([main], other)
    assert sorted(digests(other)) == [
        f"{FOLDER}/{SESSION}.jsonl",
        f"{FOLDER}/{SESSION}/subagents/agent-7.jsonl",
        f"{FOLDER}/{SESSION}/{SAVED}",
    ]
    assert restored.written == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in other.rglob("*.jsonl"))


def test_a_copy_goes_where_its_agent_would_have_written_it(tmp_path: Path) -> None:
    copies, home = tmp_path / "copies", tmp_path / "home"
    copies.mkdir()
    home.mkdir()
    (copies / "a chat.jsonl").write_bytes(claude_lines())
    (copies / "codex.jsonl").write_bytes(codex_lines())
    with tarfile.open(tmp_path / "copies.tar", "w") as archive:
        archive.add(copies, "../copies" if os.name == "nt" else "copies")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "copies.tar"])
        memory.restoring.restore(ids(memory), home)
    assert (home / FOLDER / f"{SESSION}.jsonl").read_bytes() == claude_lines()
    [rollout] = home.glob(".codex/sessions/2026/09/0*/rollout-*.jsonl")
    assert rollout.read_bytes() == codex_lines()


def test_evicted_bytes_and_unknown_places_are_said(memory: Memory, home: Path) -> None:
    number = memory.episodes.detail(SESSION).episode.id
    sources = memory.internals.sources
    with memory.internals.database.writing():
        sources.evict(memory.internals.episodes.span(number)[0])
    (home / FOLDER / f"{SESSION}.jsonl").unlink()
    restored = memory.restoring.restore([number], home)
    [lost] = [file for file in restored.files if file.state is FileState.LOST]
    assert "deleted" in lost.reason
    assert not (home / FOLDER / f"{SESSION}.jsonl").exists()


def test_a_folder_that_cannot_be_written_is_named(
    memory: Memory, home: Path, tmp_path: Path
) -> None:
    (home / FOLDER / f"{SESSION}.jsonl").unlink()
    shutil.rmtree(home / ".codex")
    (home / ".codex").write_text("a file, no folder")
    with pytest.raises(CannotWrite, match=r"\.codex"):
        memory.restoring.restore(ids(memory), home)
    assert not list(home.rglob(".hpm-unfinished*"))


@pytest.mark.parametrize("name", ["../../evil.jsonl", "..%2fevil.jsonl", "a\nb.jsonl", "-.jsonl"])
def test_names_in_a_trace_never_lead_out_of_the_agents_folder(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    evil = claude_lines().replace(SESSION.encode(), json.dumps(name)[1:-1].encode())
    (tmp_path / "x.jsonl").write_bytes(evil)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "x.jsonl"])
        restored = memory.restoring.restore(ids(memory), home)
    assert restored.files
    written = [path for path in tmp_path.rglob("*evil*") if path.name != "x.jsonl"]
    assert not [path for path in written if not path.is_relative_to(home / ".claude/projects")]
