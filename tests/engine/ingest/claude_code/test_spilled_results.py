"""Results that were too large for their session's file are found in its ``tool-results/``."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.claude_code.spills import SpilledResults
from hpm_engine.ingest.sources.beside import beside_file
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import PartKind

SESSION = "44444444-2222-4333-8444-555555555555"
SAVED = f"/home/ada/.claude/projects/-home-ada-barn/{SESSION}/tool-results/toolu_1.txt"
PREVIEW = f"<persisted-output>\nOutput too large (1MB). Full output saved to: {SAVED}\n\nhay\n"
CALL = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "mow"}}


def lines(text: str, **more: Any) -> str:
    head = {"sessionId": SESSION, "timestamp": "2026-09-01T10:00:01Z", **more}
    said = {"id": "m", "model": "sonnet", "content": [CALL]}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": text}
    records = [
        {"type": "user", "message": {"content": "Mow"}, "uuid": "u1", **head},
        {"type": "assistant", "message": said, "uuid": "u2", "parentUuid": "u1", **head},
        {"type": "user", "message": {"content": [result]}, "uuid": "u3", **head},
    ]
    return "".join(json.dumps(record) + "\n" for record in records)


def results(source: SourceFile) -> list[str]:
    drafts = [list(draft.steps) for draft in ClaudeCodeReader().read(source)]
    parts = [part for steps in drafts for step in steps for part in step.parts]
    return [part.text for part in parts if part.kind is PartKind.RESULT]


def project(folder: Path, text: str = PREVIEW, name: str = f"{SESSION}.jsonl", **more: Any) -> Path:
    path = folder / name
    saved = folder / SESSION / "tool-results"
    saved.mkdir(parents=True)
    (saved / "toolu_1.txt").write_text("hay\nand a needle")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines(text, **more))
    return path


def opened(path: Path) -> SourceFile:
    return SourceFile(
        str(path), path.stat().st_size, lambda: path.open("rb"), beside=beside_file(path)
    )


@pytest.mark.parametrize("name", [f"{SESSION}.jsonl", "a copy.jsonl"])
def test_a_session_shows_what_it_saved(tmp_path: Path, name: str) -> None:
    path = project(tmp_path, name=name)
    assert results(opened(path)) == [f"{PREVIEW}\nhay\nand a needle"]


def test_a_subagent_shows_what_its_session_saved(tmp_path: Path) -> None:
    name = f"{SESSION}/subagents/agent-a1.jsonl"
    path = project(tmp_path, name=name, isSidechain=True, agentId="a1")
    assert results(opened(path)) == [f"{PREVIEW}\nhay\nand a needle"]


def test_an_archive_shows_it_too(tmp_path: Path) -> None:
    project(tmp_path / "p")
    packed = tmp_path / "p.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((tmp_path / "p").rglob("*.*")):
            archive.write(path, path.relative_to(tmp_path / "p").as_posix())
    shown = [
        text
        for source in walk([packed])
        if isinstance(source, SourceFile) and source.name.endswith(".jsonl")
        for text in results(source)
    ]
    assert shown == [f"{PREVIEW}\nhay\nand a needle"]


@pytest.mark.parametrize(
    "saved",
    [
        "/x/tool-results/../../secret.txt",
        "/x/tool-results/..",
        "/x/tool-results/",
        "/x/tool-results/sub/toolu_1.txt",
        "/x/tool-results/gone.txt",
        "/x/elsewhere/toolu_1.txt",
        "/x/tool-results/a\0b",
    ],
)
def test_only_a_name_in_the_sessions_folder_is_followed(tmp_path: Path, saved: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    text = f"<persisted-output>\nFull output saved to: {saved}\n"
    assert results(opened(project(tmp_path, text))) == [text]


def test_no_link_is_followed(tmp_path: Path) -> None:
    path = project(tmp_path)
    (tmp_path / "secret.txt").write_text("secret")
    saved = tmp_path / SESSION / "tool-results" / "toolu_1.txt"
    saved.unlink()
    saved.symlink_to(tmp_path / "secret.txt")
    assert results(opened(path)) == [PREVIEW]


def test_a_person_who_writes_of_it_opens_nothing() -> None:
    asked: list[str] = []

    def beside(relative: str) -> bytes | None:
        asked.append(relative)
        return b"x"

    assert SpilledResults(beside, SESSION).whole(f"see {SAVED}") == f"see {SAVED}"
    assert SpilledResults(beside, "../..").whole(PREVIEW) == f"{PREVIEW}\nx"
    assert asked == ["../tool-results/toolu_1.txt"]
