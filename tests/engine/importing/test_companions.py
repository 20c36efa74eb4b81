"""A file beside a session that changed alone is noticed; one that went takes nothing with it."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine import (
    AgeingSettings,
    Episode,
    EpisodeQuery,
    FileStatus,
    ImportReport,
    Memory,
    Originals,
    open_memory,
)
from hpm_engine.syncer import Syncer
from tests.support.files.copilot_lines import COPILOT_CLI
from tests.support.files.grok_lines import GROK_UPDATES
from tests.support.files.kimi_lines import KIMI_CODE
from tests.support.files.line_sources import jsonl

SESSION = "session_5e"
EVICT = AgeingSettings(newest=0, originals=Originals.EVICTED)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def kimi(root: Path, title: str = "The ferry", session: str = SESSION) -> Path:
    """A session of Kimi Code; its title is in a file above its lines."""
    wire = root / "sessions" / "wd_1" / session / "agents" / "main" / "wire.jsonl"
    wire.parent.mkdir(parents=True, exist_ok=True)
    wire.write_bytes(jsonl(*KIMI_CODE))
    retitle(wire, title)
    return wire


def state_of(wire: Path) -> Path:
    return wire.parents[2] / "state.json"


def retitle(wire: Path, title: str) -> None:
    state_of(wire).write_text(json.dumps({"title": title, "isCustomTitle": True}))


def claude(root: Path, key: str = "5c") -> tuple[Path, Path]:
    """A session of Claude Code, and the file that its only result is saved in."""
    path = root / "projects" / "-home-ada" / f"{key}.jsonl"
    saved = path.with_suffix("") / "tool-results" / "toolu_1.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    words = f"<persisted-output>\nOutput too large. Saved to: {saved}\n</persisted-output>"
    call = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": words}
    said = [("user", "Count them"), ("assistant", [call]), ("user", [result])]
    lines = [
        {
            "type": kind,
            "sessionId": key,
            "uuid": f"{key}-{number}",
            "timestamp": f"2026-03-01T10:00:0{number}.000Z",
            "message": {"role": kind, "id": f"m{number}", "content": content},
        }
        for number, (kind, content) in enumerate(said)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path, saved


def only(memory: Memory) -> Episode:
    ids = memory.episodes.find(EpisodeQuery())
    (episode,) = memory.episodes.get(ids.window(0, 9))
    return episode


def texts(memory: Memory) -> str:
    steps = memory.steps.read(only(memory).id)
    return "\n".join(part.text for step in steps for part in step.parts)


def status(report: ImportReport, path: Path) -> FileStatus:
    return next(file.status for file in report.files if file.path.endswith(path.name))


def test_a_new_title_is_taken_once(memory: Memory, tmp_path: Path) -> None:
    wire = kimi(tmp_path)
    memory.import_paths([tmp_path / "sessions"])
    retitle(wire, "The harbour")
    for expected in (FileStatus.EXTENDED, FileStatus.UNCHANGED, FileStatus.UNCHANGED):
        report = memory.import_paths([tmp_path / "sessions"])
        assert status(report, wire) is expected
        assert (only(memory).title, report.steps_added, report.branches) == ("The harbour", 0, 0)
    assert memory.figures.health(check=True).problems == ()


def test_a_result_that_is_saved_later_is_read(memory: Memory, tmp_path: Path) -> None:
    path, saved = claude(tmp_path)
    memory.import_paths([path])
    assert "forty-two boats" not in texts(memory)
    saved.parent.mkdir(parents=True)
    saved.write_text("forty-two boats")
    assert status(memory.import_paths([path]), path) is FileStatus.EXTENDED
    assert "forty-two boats" in texts(memory)
    found = memory.episodes.find(EpisodeQuery(text="boats"))
    assert len(found) == 1
    assert status(memory.import_paths([path]), path) is FileStatus.UNCHANGED


def test_what_went_takes_nothing_with_it(memory: Memory, tmp_path: Path) -> None:
    path, saved = claude(tmp_path)
    saved.parent.mkdir(parents=True)
    saved.write_text("forty-two boats")
    memory.import_paths([path])
    shutil.rmtree(saved.parent)
    assert status(memory.import_paths([path]), path) is FileStatus.UNCHANGED
    assert "forty-two boats" in texts(memory)


def test_a_copy_that_stands_alone_takes_nothing_away(memory: Memory, tmp_path: Path) -> None:
    wire = kimi(tmp_path)
    memory.import_paths([wire])
    other = tmp_path / "elsewhere" / "sessions" / "wd_1" / SESSION / "agents" / "main"
    other.mkdir(parents=True)
    copy = Path(shutil.copy(wire, other))
    assert status(memory.import_paths([copy]), copy) is FileStatus.UNCHANGED
    retitle(copy, "Another name")
    assert status(memory.import_paths([copy]), copy) is FileStatus.UNCHANGED
    assert only(memory).title == "The ferry"


def test_a_companion_in_an_archive(memory: Memory, tmp_path: Path) -> None:
    packed = tmp_path / "kimi.zip"
    for title in ("The ferry", "The harbour"):
        kimi(tmp_path, title)
        with zipfile.ZipFile(packed, "w") as archive:
            for file in sorted((tmp_path / "sessions").rglob("*.json*")):
                archive.write(file, file.relative_to(tmp_path).as_posix())
        memory.import_paths([packed])
        assert only(memory).title == title


def test_evicted_text_does_not_come_back(memory: Memory, tmp_path: Path) -> None:
    path, saved = claude(tmp_path)
    saved.parent.mkdir(parents=True)
    saved.write_text("forty-two boats\n" * 50)
    memory.import_paths([path])
    memory.recall.prepare()
    memory.compression.compress([1])
    memory.compression.ageing.set(EVICT)
    assert memory.compression.ageing.evict().episodes == 1
    before = texts(memory)
    saved.write_text("forty-three boats\n" * 50)
    assert status(memory.import_paths([path]), path) is FileStatus.UNCHANGED
    assert texts(memory) == before


def test_a_list_of_all_sessions_makes_none_be_read_again(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / ".continue" / "sessions"
    folder.mkdir(parents=True)
    message = {"message": {"role": "user", "content": "Fix the ferry"}}
    session = {
        "sessionId": "c1",
        "title": "Ferry",
        "workspaceDirectory": "/w",
        "history": [message],
    }
    (folder / "c1.json").write_text(json.dumps(session))
    index = folder / "sessions.json"
    for names in (["c1"], ["c1", "c2"]):
        entries = [{"sessionId": name, "dateCreated": "1777881600000"} for name in names]
        index.write_text(json.dumps(entries))
        report = memory.import_paths([folder / "c1.json"])
    assert status(report, folder / "c1.json") is FileStatus.UNCHANGED
    assert report.files[0].account is None  # no reader went through it


def test_a_fuller_telling_beside_it_leaves_a_session_as_it_was(
    memory: Memory, tmp_path: Path
) -> None:
    """Grok Build tells a session twice: what its window got is not read where the history is."""
    folder = tmp_path / ".grok" / "sessions" / "%2Fw" / "01a2"
    folder.mkdir(parents=True)
    updates = folder / "updates.jsonl"
    updates.write_bytes(jsonl(*GROK_UPDATES))
    assert memory.import_paths([updates]).episodes_added == 1
    before = texts(memory)
    (folder / "chat_history.jsonl").write_text('{"type": "user", "content": "x"}\n')
    assert status(memory.import_paths([updates]), updates) is FileStatus.UNCHANGED
    assert texts(memory) == before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["rename", "remove", "damage", "import", "grow"]), max_size=10))
def test_the_last_title_that_was_seen_stays(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    root = tmp_path_factory.mktemp("companions")
    wire, seen, there = kimi(root, "Title 0"), "Title 0", "Title 0"
    size = len(KIMI_CODE)
    with open_memory(root / "a.hpm", create=True) as memory:
        memory.import_paths([wire])
        for number, act in enumerate(acts, 1):
            if act == "rename":
                there = f"Title {number}"
                retitle(wire, there)
            elif act == "remove":
                state_of(wire).unlink(missing_ok=True)
                there = ""
            elif act == "damage":
                state_of(wire).write_bytes(b"{")
                there = ""
            elif act == "grow":
                with wire.open("ab") as lines:
                    lines.write(jsonl(KIMI_CODE[3]))
                size += 1
            else:
                memory.import_paths([wire])
                seen = there or seen
                assert only(memory).title == seen
                assert memory.figures.health(check=True).problems == ()
        memory.import_paths([wire])
        assert only(memory).title == (there or seen)


def test_keeping_up_to_date_notices_a_file_beside(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / ".copilot" / "session-state"
    events = folder / "0123abcd-0123-4123-8123-0123456789ab" / "events.jsonl"
    events.parent.mkdir(parents=True)
    events.write_bytes(jsonl(*COPILOT_CLI[:8]))
    name = events.with_name("workspace.yaml")
    name.write_text("name: The ferry\n")
    memory.chosen.add(folder, "Copilot CLI")
    syncer = Syncer()
    syncer.sync(memory)
    assert only(memory).title == "The ferry"
    name.write_text("name: The harbour, and a little more\n")
    report = syncer.sync(memory)
    assert only(memory).title == "The harbour, and a little more"
    assert report.failures == ()
    assert syncer.sync(memory).new == 0
