"""Sessions of OpenCode from before its database: small files, joined into one source each."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile, Unreadable
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.memory import open_memory
from tests.support.files.row_databases import opencode
from tests.support.files.trace_sources import memory_source, read_one, shown, tar_of, zip_of

FILES: dict[str, Any] = {
    "migration": 2,
    "project/prj.json": {"id": "prj", "worktree": "/w"},
    "session/prj/ses_1.json": {
        "id": "ses_1",
        "projectID": "prj",
        "title": "Tides",
        "parentID": "ses_0",
        "time": {"created": 1_777_000_000_000},
    },
    "message/ses_1/msg_1.json": {"role": "user", "time": {"created": 1_777_000_002_000}},
    "message/ses_1/msg_0.json": {
        "id": "m_late",
        "role": "assistant",
        "modelID": "glm",
        "time": {"created": 1_777_000_003_000},
    },
    "part/msg_1/prt_1.json": {"type": "text", "text": "Fix\nit"},
    "part/m_late/prt_2.json": {"type": "text", "text": "Fixed"},
    "part/m_late/prt_1.json": {"type": "reasoning", "text": "Hm."},
    "session_diff/ses_1.json": [],
}


def members(root: str = "opencode/storage", **more: Any) -> dict[str, bytes]:
    """The files of a storage folder, indented as OpenCode writes them; ``more`` at their end."""
    files = FILES | {name.replace("__", "/") + ".json": value for name, value in more.items()}
    return {f"{root}/{name}": json.dumps(value, indent=2).encode() for name, value in files.items()}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def sessions(path: Path) -> Iterator[SourceFile]:
    for source in walk([path]):
        if isinstance(source, SourceFile) and "/session/" in source.name:
            yield source


@pytest.mark.parametrize(
    "kind", ["folder", "session's file", "zip", "tar", "root", "byte order marks"]
)
def test_a_session_is_told_from_all_its_files(tmp_path: Path, kind: str) -> None:
    mark = codecs.BOM_UTF8 if kind == "marked" else b""
    path = written(tmp_path / "x", {name: mark + data for name, data in members().items()})
    if kind == "session's file":
        path = path / "opencode/storage/session/prj/ses_1.json"
    elif kind == "root":
        path = path / "opencode/storage"
    elif kind in ("zip", "tar"):
        path = tmp_path / "packed"
        path.write_bytes((zip_of if kind == "zip" else tar_of)(members()))
    (source,) = sessions(path)
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.parent_key) == ("opencode", "ses_1", "ses_0")
    assert (draft.title, draft.cwd, draft.model) == ("Tides", "/w", "glm")
    assert draft.started_at == 1_777_000_000_000_000
    assert shown(steps) == [
        [("message", "Fix\nit")],
        [("reasoning", "Hm."), ("message", "Fixed")],
    ]
    others = [s.name for s in walk([path]) if "/session/" not in s.name]
    assert all("session_diff" in name or "migration" in name for name in others)


def test_the_bytes_of_each_file_are_kept(tmp_path: Path) -> None:
    files = members()
    (source,) = sessions(written(tmp_path, files))
    data = b"".join(source.blocks())
    assert len(data) == source.size
    for name, file in files.items():
        if not name.endswith(("migration", "session_diff/ses_1.json")):
            assert file.replace(b"\n", b" ") in data, name


@pytest.mark.parametrize("packed", [False, True])
def test_parts_may_lie_side_by_side_with_their_messages_id(tmp_path: Path, packed: bool) -> None:
    files = {
        name.replace("part/m_late/", "part/late_").replace("part/msg_1/", "part/"): data
        for name, data in members().items()
    }
    for name, data in files.items():
        if "/part/" in name:
            message = "m_late" if "late_" in name else "msg_1"
            files[name] = json.dumps({**json.loads(data), "messageID": message}).encode()
    files["opencode/storage/part/prt_9.json"] = b'{"type": "text", "text": "Another session\'s"}'
    path = written(tmp_path / "x", files)
    if packed:
        path = tmp_path / "packed"
        path.write_bytes(zip_of(files))
    (source,) = sessions(path)
    _, steps = read_one(source)
    assert shown(steps) == [
        [("message", "Fix\nit")],
        [("reasoning", "Hm."), ("message", "Fixed")],
    ]


def test_ids_that_lead_elsewhere_are_not_followed(tmp_path: Path) -> None:
    folder = written(tmp_path / "x", members())
    secret = tmp_path / "secret" / "a.json"
    secret.parent.mkdir()
    secret.write_text('{"type": "text", "text": "hush"}')
    storage = folder / "opencode/storage"
    (storage / "part/m_late/prt_9.json").symlink_to(secret)
    (storage / "part/linked").symlink_to(secret.parent)
    for key in ("linked", "../../../../secret", "/etc", ".."):
        (storage / "message/ses_1/msg_3.json").write_text(json.dumps({"id": key, "role": "user"}))
        (source,) = sessions(folder)
        assert b"hush" not in b"".join(source.blocks())
    assert any("prt_9" in loss.place for loss in source.losses)


def test_damaged_files_cost_themselves_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, members())
    storage = folder / "opencode/storage"
    (storage / "part/m_late/prt_1.json").write_bytes(b'{"type": "reas')
    (storage / "part/msg_1/prt_0.json").write_bytes(b"\xff\xfe\0")
    (storage / "part/msg_1/prt_2.json").write_bytes(b"[" * 100_000)
    (source,) = sessions(folder)
    source.begin_account()
    _, steps = read_one(source)
    assert shown(steps) == [[("message", "Fix\nit")], [("message", "Fixed")]]
    assert source.account.sums().unknown == (("a part", 3),)


def test_pieces_without_their_session_are_named(tmp_path: Path) -> None:
    lost = {"part__lost__prt_1": {"type": "text", "text": "Alone"}}
    folder = written(tmp_path, members(**lost))
    (word,) = [s for s in walk([folder]) if isinstance(s, Unreadable)]
    assert word.aside and "1 folder." in word.reason
    piece = {"id": "prt_1", "messageID": "m", "sessionID": "s", "type": "text", "text": "x"}
    verdict = detect(memory_source(json.dumps(piece).encode()))
    assert isinstance(verdict, NotATrace) and "folder storage" in verdict.reason


def test_the_same_session_in_folder_and_database_is_one(tmp_path: Path) -> None:
    opencode(tmp_path / "opencode" / "opencode.db", ("ses_1",))
    storage = "opencode/storage"
    messages = {
        "session/prj/ses_1.json": {"id": "ses_1", "time": {"created": 1}},
        "message/ses_1/msg_1.json": {"role": "user", "time": {"created": 1_777_000_000_000}},
        "part/msg_1/prt_1.json": {"type": "text", "text": "Do ses_1"},
    }
    files = {f"{storage}/{name}": json.dumps(value).encode() for name, value in messages.items()}
    written(tmp_path, files)
    with open_memory(tmp_path / "s.hpm", create=True, actor="test") as memory:
        report = memory.import_paths([tmp_path / "opencode"])
    assert (report.episodes_added, report.branches) == (1, 0)
