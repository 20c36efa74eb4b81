"""Claude's memory tool on a store, beside the SDK's own tool on a folder."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from anthropic.lib.tools import ToolError
from anthropic.lib.tools._beta_builtin_memory_tool import BetaLocalFilesystemMemoryTool
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.adapters.claude_memory import VERSIONS, AsyncStoreMemoryTool, StoreMemoryTool
from hpm_engine.adapters.open_store import OpenStore
from hpm_engine.config import MEMORY_BYTES, MEMORY_FILE_BYTES

_NAMES = st.sampled_from(["a", "b", "a.md", ".h", "..", ".", "", "memories", "ä ö"])
_PATHS = st.lists(_NAMES, max_size=4).map(lambda names: "/".join(["/memories", *names])) | (
    st.sampled_from(["/memories", "/memories/", "/memoriesa", "/etc", "a", "", "/memories/../a"])
)
_TEXTS = st.text("ab\n\r\tä", max_size=12) | st.sampled_from(["x" * 1536, "y" * 1024, "\n" * 3])
_COMMANDS = st.one_of(
    st.fixed_dictionaries({"command": st.just("create"), "path": _PATHS, "file_text": _TEXTS}),
    st.fixed_dictionaries({"command": st.just("create"), "path": _PATHS, "file_text": _TEXTS}),
    st.fixed_dictionaries(
        {"command": st.just("view"), "path": _PATHS},
        optional={"view_range": st.lists(st.integers(-2, 6), max_size=3)},
    ),
    st.fixed_dictionaries(
        {
            "command": st.just("str_replace"),
            "path": _PATHS,
            "old_str": st.text("ab\n", max_size=2),
            "new_str": _TEXTS,
        }
    ),
    st.fixed_dictionaries(
        {
            "command": st.just("insert"),
            "path": _PATHS,
            "insert_line": st.integers(-1, 5),
            "insert_text": _TEXTS,
        }
    ),
    st.fixed_dictionaries({"command": st.just("delete"), "path": _PATHS}),
    st.fixed_dictionaries({"command": st.just("rename"), "old_path": _PATHS, "new_path": _PATHS}),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OpenStore]:
    with OpenStore(tmp_path / "a.hpm", actor="agent:writer") as store:
        yield store


def told(tool: Any, command: dict[str, Any]) -> tuple[str, str]:
    """What a tool says: to the letter, except where the reference fails without words."""
    try:
        return "said", tool.call(command)
    except ToolError as error:
        return "refused", str(error.content)
    except OSError:
        return "refused", ""


def folders(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if path.is_dir()}


def with_sizes(text: str, folder: Path) -> str:
    """A listing with the sizes that folders have on a computer where they have 4096 bytes."""
    if os.stat(folder).st_size == 4096:
        return text
    return re.sub(r"(?m)^[^\t\n]+\t(/memories[^\t]*/|/memories/?)$", r"4K\t\1", text)


@settings(max_examples=150, deadline=None)
@given(st.lists(_COMMANDS, max_size=20))
def test_it_tells_what_the_tool_on_a_folder_tells(commands: list[dict[str, Any]]) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        OpenStore(Path(name) / "a.hpm", actor="agent:writer") as store,
    ):
        ours = StoreMemoryTool(store, agent="writer")
        theirs = BetaLocalFilesystemMemoryTool(str(Path(name) / "folder"))
        root = theirs.memory_root
        looks = [{"command": "view", "path": path} for path in ("/memories", "/memories/a")]
        for command in (*commands, *looks):
            before = folders(root)
            outcome, text = told(theirs, command)
            mine = told(ours, command)
            assert mine[0] == outcome, (command, mine, text)
            if outcome == "refused":  # the tool on a folder leaves folders that it made meanwhile
                for folder in sorted(folders(root) - before, reverse=True):
                    folder.rmdir()
            if text:
                assert mine[1] == with_sizes(text, root), command
        files = {
            str(path.relative_to(root)): path.read_bytes().decode()
            for path in root.rglob("*")
            if path.is_file()
        }
        assert ours.memory.read(lambda kept: dict(kept.files)) == files


def command(tool: StoreMemoryTool, name: str, **fields: Any) -> Any:
    return tool.call({"command": name} | fields)


def test_writes_are_audited_and_every_one_of_them_can_be_undone(
    store: OpenStore, tmp_path: Path
) -> None:
    tool = StoreMemoryTool(store, agent="writer")
    seen = []
    for number in range(3):
        seen.append(command(tool, "view", path="/memories"))
        command(tool, "create", path=f"/memories/{number}.md", file_text="zanzibar")
    seen.append(command(tool, "view", path="/memories"))
    command(tool, "delete", path="/memories/1.md")
    with pytest.raises(ToolError):
        command(tool, "delete", path="/memories/1.md")
    for earlier in reversed(seen):
        assert tool.memory.undo()
        assert command(tool, "view", path="/memories") == earlier
    assert not tool.memory.undo()
    command(tool, "create", path="/memories/again.md", file_text="x")
    assert tool.memory.undo() and not tool.memory.undo()
    rows = store.call(lambda memory: memory.audit.page())
    assert {row.actor for row in rows} == {"agent:writer"}
    assert [row.action for row in rows].count("save checkpoint") == 4 + 1 + 1
    assert "zanzibar" not in repr(rows) and "1.md" not in repr(rows)
    labels = [each.label for each in store.call(lambda m: m.checkpoints.of(tool.memory.thread))]
    assert "delete /memories/1.md" in labels


def test_an_agent_is_told_its_own_files_and_nobody_recalls_them(store: OpenStore) -> None:
    writer, reader = (StoreMemoryTool(store, agent=name) for name in ("writer", "reader"))
    command(writer, "create", path="/memories/a.md", file_text="the word zanzibar")
    assert "a.md" not in command(reader, "view", path="/memories")
    with pytest.raises(ToolError, match="does not exist"):
        command(reader, "view", path="/memories/a.md")
    with pytest.raises(ToolError, match="escape"):
        command(reader, "view", path="/memories/../writer/a.md")
    assert not store.call(lambda memory: memory.recall.ask("zanzibar").hits)
    assert not store.call(lambda memory: memory.memory_notes.like("zanzibar"))
    assert not store.call(lambda memory: memory.episodes.find(EpisodeQuery(text="zanzibar")).ids)
    assert not store.call(lambda memory: memory.checkpoints.find("zanzibar"))


def test_files_and_the_whole_are_bounded(store: OpenStore) -> None:
    tool = StoreMemoryTool(store, agent="writer")
    most = MEMORY_FILE_BYTES.value
    for number in range(MEMORY_BYTES.value // most):
        command(tool, "create", path=f"/memories/{number}", file_text="x" * most)
    before = store.call(lambda memory: memory.checkpoints.latest(tool.memory.thread))
    for refused in (
        {"name": "create", "path": "/memories/large", "file_text": "x" * (most + 1)},
        {"name": "create", "path": "/memories/more", "file_text": "x"},
        {"name": "insert", "path": "/memories/0", "insert_line": 0, "insert_text": "x"},
        {"name": "create", "path": "/memories/" + "n" * 256, "file_text": ""},
        {"name": "create", "path": "/memories/a\0b", "file_text": ""},
        {"name": "create", "path": "/memories/s", "file_text": "\ud800"},
    ):
        with pytest.raises(ToolError):
            command(tool, **refused)
    assert store.call(lambda memory: memory.checkpoints.latest(tool.memory.thread)) == before
    command(tool, "delete", path="/memories/0")
    command(tool, "create", path="/memories/more", file_text="x")


def test_versions_are_kept_up_to_a_number(store: OpenStore) -> None:
    tool = StoreMemoryTool(store, agent="writer")
    command(tool, "create", path="/memories/a", file_text="0")
    for number in range(VERSIONS + 5):
        fields = {"old_str": str(number), "new_str": str(number + 1)}
        command(tool, "str_replace", path="/memories/a", **fields)
    versions = store.call(lambda memory: memory.checkpoints.of(tool.memory.thread, 0, 1_000))
    assert len(versions) == VERSIONS


def test_undone_versions_count_too(store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpm_engine.adapters.claude_memory.VERSIONS", 4)
    tool = StoreMemoryTool(store, agent="writer")
    command(tool, "create", path="/memories/a", file_text="0")
    command(tool, "create", path="/memories/b", file_text="1")
    assert tool.memory.undo() and tool.memory.undo()
    for _ in range(6):
        command(tool, "create", path="/memories/c", file_text="2")
        assert tool.memory.undo()
    versions = store.call(lambda memory: memory.checkpoints.of(tool.memory.thread, 0, 1_000))
    assert len(versions) <= 4


def test_many_places_of_a_text_are_told_as_the_tool_on_a_folder_tells_them(
    store: OpenStore, tmp_path: Path
) -> None:
    """Lines are counted on from place to place: a large file took seconds otherwise."""
    tool = StoreMemoryTool(store, agent="writer")
    command(tool, "create", path="/memories/a", file_text="aa\n" * 60_000)
    with pytest.raises(ToolError) as told:
        command(tool, "str_replace", path="/memories/a", old_str="aa", new_str="b")
    assert f"in lines: {', '.join(map(str, range(1, 60_001)))}. Please" in str(told.value)


def test_the_tool_of_the_asynchronous_client_keeps_the_same_files(store: OpenStore) -> None:
    tool, plain = (
        AsyncStoreMemoryTool(store, agent="writer"),
        StoreMemoryTool(store, agent="writer"),
    )

    async def work() -> None:
        create = {"command": "create", "path": "/memories/a", "file_text": "one"}
        await tool.call(create)
        with pytest.raises(ToolError, match="already exists"):
            await tool.call(create)
        await tool.call(
            {"command": "str_replace", "path": "/memories/a", "old_str": "o", "new_str": ""}
        )
        await tool.call(
            {"command": "insert", "path": "/memories/a", "insert_line": 1, "insert_text": "2"}
        )
        await tool.call({"command": "rename", "old_path": "/memories/a", "new_path": "/memories/b"})
        assert "ne\n" in str(await tool.call({"command": "view", "path": "/memories/b"}))
        assert "2" in str(command(plain, "view", path="/memories/b"))
        await tool.call({"command": "delete", "path": "/memories/b"})
        await tool.clear_all_memory()

    asyncio.run(work())
    assert tool.to_dict() == plain.to_dict() == {"type": "memory_20250818", "name": "memory"}


def test_two_programs_lose_no_change(store: OpenStore, tmp_path: Path) -> None:

    with (
        OpenStore(tmp_path / "a.hpm", actor="agent:writer") as other,
        ThreadPoolExecutor(2) as pool,
    ):
        tools = [StoreMemoryTool(each, agent="writer") for each in (store, other)]

        def create(number: int) -> Any:
            path = f"/memories/{number}.md"
            return command(tools[number % 2], "create", path=path, file_text="x")

        list(pool.map(create, range(30)))
    listed = command(tools[0], "view", path="/memories")
    assert sum(f"/{number}.md" in listed for number in range(30)) == 30


def test_a_state_that_holds_no_files_is_told(store: OpenStore, tmp_path: Path) -> None:
    with open_memory(tmp_path / "a.hpm") as memory:
        memory.checkpoints.save("claude-memory:writer", b"[]")
    with pytest.raises(Exception, match="holds no memory files"):
        command(StoreMemoryTool(store, agent="writer"), "view", path="/memories")
