"""What connecting an agent would change: decided and proven before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.connecting.agents import ConnectableAgent, HookShape, ServerShape
from hpm_engine.connecting.entries import (
    SettingsEntry,
    hook_entries,
    quoted,
    server_command,
    server_entry,
)
from hpm_engine.connecting.json_text import NotStrictJSON
from hpm_engine.connecting.opencode_plugin import is_our_plugin, plugin_text
from hpm_engine.connecting.settings_file import NotText, SettingsFile, read_settings
from hpm_engine.connecting.settings_text import (
    OthersEntry,
    missing_containers,
    snippet,
    with_entries,
)
from hpm_engine.connecting.toml_text import OthersTable, table, with_table
from hpm_engine.errors import CannotWrite


class SettingsUntouched(CannotWrite):
    """A settings file cannot be understood and is as it was; ``by_hand`` is what to put in."""

    def __init__(self, path: Path, error: Exception, by_hand: str) -> None:
        self.path, self.by_hand = path, by_hand
        self.reason = f"{path}: {error}. Nothing was changed."
        super().__init__(f"{self.reason} Mend the file, or put this in by hand:\n{by_hand}")


class FilePlan(msgspec.Struct, frozen=True):
    """One file with what would stand in it."""

    file: SettingsFile
    content: bytes
    kind: str
    containers: tuple[tuple[str, ...], ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything would change."""
        return self.content != self.file.content

    @property
    def difference(self) -> str:
        """What would change, as a unified diff."""
        before = (self.file.content or b"").decode("utf-8", "replace").splitlines()
        after = self.content.decode("utf-8", "replace").splitlines()
        name = str(self.file.path)
        return "\n".join(difflib.unified_diff(before, after, name, name, lineterm=""))


class ConnectionPlan(msgspec.Struct, frozen=True):
    """All that connecting would do. ``register`` is a command of the agent's own, or empty."""

    agent: ConnectableAgent
    store: Path
    project: Path | None
    files: tuple[FilePlan, ...]
    register: tuple[str, ...] = ()
    hooks: bool = True
    server: bool = True

    @property
    def changes(self) -> bool:
        """Whether a file would change."""
        return any(file.changes for file in self.files)

    @property
    def command(self) -> str:
        """The agent's own command as a person would type it; "" where there is none."""
        return command_line(self.register) if self.register else ""


def planned(
    agent: ConnectableAgent,
    store: Path,
    folder: Path,
    *,
    project: Path | None = None,
    hooks: bool = True,
    server: bool = True,
) -> ConnectionPlan:
    """What connecting an agent whose settings lie in ``folder`` to a store would do.

    Raises ``CannotWrite`` where a settings file cannot be understood; the text has what a person
    may put in by hand. Nothing is written.
    """
    wanted: dict[Path, list[SettingsEntry]] = {}
    files: list[FilePlan] = []
    if project is not None and not agent.project_hooks:
        raise CannotWrite(f"{agent.title} keeps no such settings for one project alone.")
    hook_file = folder / agent.hook_file if project is None else project / agent.project_hooks
    server_file = folder / agent.server_file if project is None else project / agent.project_server
    if hooks and agent.hook_shape is HookShape.PLUGIN:
        files.append(_plugin(agent, store, hook_file))
    elif hooks:
        wanted.setdefault(hook_file, []).extend(hook_entries(agent, store))
    register: tuple[str, ...] = ()
    if server and agent.server_shape is ServerShape.COMMAND:
        register = (*agent.command(agent.register, project), *server_command(store))
    elif server and agent.server_shape is ServerShape.TOML:
        files.append(_toml(agent, store, server_file))
    elif server:
        wanted.setdefault(server_file, []).append(server_entry(agent, store))
    for path, entries in wanted.items():
        versioned = agent.hook_shape is HookShape.FLAT and path == hook_file
        files.append(_json(path, entries, versioned))
    return ConnectionPlan(agent, store, project, tuple(files), register, hooks, server)


def _json(path: Path, entries: Sequence[SettingsEntry], versioned: bool) -> FilePlan:
    file = read_settings(path)
    try:
        text = with_entries(file.text, entries, versioned)
        containers = missing_containers(file.text, entries)
    except (NotStrictJSON, OthersEntry, NotText) as error:
        raise untouched(path, error, snippet(entries)) from error
    return FilePlan(file, file.as_bytes(text), "json", tuple(containers))


def _toml(agent: ConnectableAgent, store: Path, path: Path) -> FilePlan:
    file = read_settings(path)
    try:
        text = with_table(file.text, server_command(store))
    except (OthersTable, NotText) as error:
        raise untouched(path, error, table(server_command(store))) from error
    return FilePlan(file, file.as_bytes(text), "toml")


def _plugin(agent: ConnectableAgent, store: Path, path: Path) -> FilePlan:
    file = read_settings(path)
    text = plugin_text(agent, store)
    try:
        others = file.content is not None and not is_our_plugin(file.text)
    except NotText:
        others = True
    if others:
        raise CannotWrite(f"{path}: is somebody else's file. Nothing was changed; move it away.")
    return FilePlan(file, text.encode(), "plugin")


def untouched(path: Path, error: Exception, by_hand: str) -> SettingsUntouched:
    """The error of a settings file that is left as it is."""
    return SettingsUntouched(path, error, by_hand)


def command_line(words: Sequence[str]) -> str:
    """A command as a person would type it."""
    return quoted(tuple(words))
