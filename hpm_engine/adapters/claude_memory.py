"""Claude's memory tool (``memory_20250818``) on a store: its files, audited and undoable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec
from anthropic.lib.tools import BetaAbstractMemoryTool, BetaAsyncAbstractMemoryTool, ToolError
from anthropic.types.beta import (
    BetaMemoryTool20250818CreateCommand,
    BetaMemoryTool20250818DeleteCommand,
    BetaMemoryTool20250818InsertCommand,
    BetaMemoryTool20250818RenameCommand,
    BetaMemoryTool20250818StrReplaceCommand,
    BetaMemoryTool20250818ViewCommand,
)

from hpm_engine import DamagedStore, Keep, Memory
from hpm_engine.adapters.memory_files import MemoryFiles, Refused
from hpm_engine.adapters.open_store import OpenStore

T = TypeVar("T")
VERSIONS = 200  # of an agent's files that can be gone back to
_KIND = "application/json"
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(MemoryFiles)
_LABEL = 190  # characters
_UNDONE = "undone"  # the version before the first
Change = tuple[str, Callable[[MemoryFiles], str]]  # what a version is called, and what makes it


class AgentMemory:
    """The memory files of one agent in a store: a thread whose checkpoints are all its versions.

    Only a tool of the same agent reads them: they are in no search, and in nobody's recall.
    """

    def __init__(self, store: OpenStore, agent: str) -> None:
        self._store = store
        self.thread = f"claude-memory:{agent}"

    def read(self, work: Callable[[MemoryFiles], T]) -> T:
        """What ``work`` gives of the files; its refusals as ``ToolError``."""
        with _refusals():
            return self._store.call(lambda memory: work(self._load(memory)))

    async def aread(self, work: Callable[[MemoryFiles], T]) -> T:
        """``read`` for an event loop."""
        with _refusals():
            return await self._store.acall(lambda memory: work(self._load(memory)))

    def change(self, change: Change) -> str:
        """Change the files, and save them as a version."""
        with _refusals():
            return self._store.call(lambda memory: self._change(memory, *change))

    async def achange(self, change: Change) -> str:
        """``change`` for an event loop."""
        with _refusals():
            return await self._store.acall(lambda memory: self._change(memory, *change))

    def undo(self) -> bool:
        """Put back what the files were before the last change that is not undone yet.

        Undoing is a version too; ``False`` where there is nothing to go back to.
        """
        return self._store.call(self._undo)

    def _load(self, memory: Memory) -> MemoryFiles:
        with memory.checkpoints.at_once():
            head = memory.checkpoints.latest(self.thread)
            if head is None:
                return MemoryFiles({}, set())
            state = memory.checkpoints.state(head.id)
        try:
            return _DECODER.decode(state)
        except msgspec.MsgspecError as error:
            raise DamagedStore(
                f"Checkpoint {head.id} holds no memory files ({error}). Go back to an earlier one: "
                "hpm checkpoints STORE fork ID THREAD."
            ) from error

    def _change(self, memory: Memory, label: str, work: Callable[[MemoryFiles], str]) -> str:
        with memory.checkpoints.together():  # from here on nobody else writes
            files = self._load(memory)
            said = work(files)
            self._save(memory, files, label)
            memory.checkpoints.keep(Keep(last=VERSIONS), self.thread)
        return said

    def _save(self, memory: Memory, files: MemoryFiles, label: str) -> None:
        name = label.encode(errors="replace").decode()[:_LABEL]
        memory.checkpoints.save(self.thread, _ENCODER.encode(files), kind=_KIND, label=name)

    def _undo(self, memory: Memory) -> bool:
        with memory.checkpoints.together():
            listed = memory.checkpoints.of(self.thread, limit=VERSIONS)
            versions = {each.id: each for each in listed}
            head = next(iter(versions.values()), None)
            while head is not None and head.label != _UNDONE:
                before = versions.get(head.parent_id or 0)
                if before is not None and before.digest != head.digest:
                    memory.checkpoints.fork(before.id, self.thread)
                    memory.checkpoints.keep(Keep(last=VERSIONS), self.thread)
                    return True
                if before is None and head.parent_id is None:
                    self._save(memory, MemoryFiles({}, set()), _UNDONE)
                    return True
                head = before
        return False


class StoreMemoryTool(BetaAbstractMemoryTool):
    """Claude's memory tool for ``client.beta.messages.run_tools``, kept in a store.

    ``StoreMemoryTool(OpenStore("my.hpm", actor="agent:writer"), agent="writer")``. What the tool
    tells Claude is what the SDK's own tool on a folder tells it. Commands raise ``ToolError`` for
    what Claude should know, and ``HPMError`` for what is wrong with the store.
    """

    def __init__(self, store: OpenStore, *, agent: str) -> None:
        super().__init__()
        self.memory = AgentMemory(store, agent)

    def view(self, command: BetaMemoryTool20250818ViewCommand) -> str:
        """A folder, or the lines of a file."""
        return self.memory.read(lambda files: files.view(command.path, command.view_range))

    def create(self, command: BetaMemoryTool20250818CreateCommand) -> str:
        """A new file."""
        return self.memory.change(_create(command))

    def str_replace(self, command: BetaMemoryTool20250818StrReplaceCommand) -> str:
        """A text of a file replaced by another."""
        return self.memory.change(_str_replace(command))

    def insert(self, command: BetaMemoryTool20250818InsertCommand) -> str:
        """A text inserted into a file."""
        return self.memory.change(_insert(command))

    def delete(self, command: BetaMemoryTool20250818DeleteCommand) -> str:
        """A file or a folder deleted."""
        return self.memory.change(_delete(command))

    def rename(self, command: BetaMemoryTool20250818RenameCommand) -> str:
        """A file or a folder at another path."""
        return self.memory.change(_rename(command))

    def clear_all_memory(self) -> str:
        """Everything deleted."""
        return self.memory.change(("clear", MemoryFiles.clear))


class AsyncStoreMemoryTool(BetaAsyncAbstractMemoryTool):
    """``StoreMemoryTool`` for the SDK's asynchronous client."""

    def __init__(self, store: OpenStore, *, agent: str) -> None:
        super().__init__()
        self.memory = AgentMemory(store, agent)

    async def view(self, command: BetaMemoryTool20250818ViewCommand) -> str:
        """A folder, or the lines of a file."""
        return await self.memory.aread(lambda files: files.view(command.path, command.view_range))

    async def create(self, command: BetaMemoryTool20250818CreateCommand) -> str:
        """A new file."""
        return await self.memory.achange(_create(command))

    async def str_replace(self, command: BetaMemoryTool20250818StrReplaceCommand) -> str:
        """A text of a file replaced by another."""
        return await self.memory.achange(_str_replace(command))

    async def insert(self, command: BetaMemoryTool20250818InsertCommand) -> str:
        """A text inserted into a file."""
        return await self.memory.achange(_insert(command))

    async def delete(self, command: BetaMemoryTool20250818DeleteCommand) -> str:
        """A file or a folder deleted."""
        return await self.memory.achange(_delete(command))

    async def rename(self, command: BetaMemoryTool20250818RenameCommand) -> str:
        """A file or a folder at another path."""
        return await self.memory.achange(_rename(command))

    async def clear_all_memory(self) -> str:
        """Everything deleted."""
        return await self.memory.achange(("clear", MemoryFiles.clear))


def _create(command: BetaMemoryTool20250818CreateCommand) -> Change:
    path, text = command.path, command.file_text
    return f"create {path}", lambda files: files.create(path, text)


def _str_replace(command: BetaMemoryTool20250818StrReplaceCommand) -> Change:
    path, old, new = command.path, command.old_str, command.new_str
    return f"str_replace {path}", lambda files: files.replace(path, old, new)


def _insert(command: BetaMemoryTool20250818InsertCommand) -> Change:
    path, line, text = command.path, command.insert_line, command.insert_text
    return f"insert {path}", lambda files: files.insert(path, line, text)


def _delete(command: BetaMemoryTool20250818DeleteCommand) -> Change:
    return f"delete {command.path}", lambda files: files.delete(command.path)


def _rename(command: BetaMemoryTool20250818RenameCommand) -> Change:
    old, new = command.old_path, command.new_path
    return f"rename {old}", lambda files: files.rename(old, new)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise ToolError(str(refusal)) from refusal
