"""The agents that can be connected: where their settings lie, and what they understand.

Facts of November 2026, from the agents' own documentation. Times-out are in seconds, but for
Gemini CLI, which counts in milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

from hpm_engine.errors import NotFound
from hpm_engine.ingest.discovery.place import LINUX, resolved


class HookShape(StrEnum):
    """How an agent's settings name the commands that it runs at its events."""

    GROUPS = "groups"  # {"hooks": {EVENT: [{"hooks": [{"type": "command", …}]}]}}
    FLAT = "flat"  # {"version": 1, "hooks": {EVENT: [{"command": …}]}}
    PLUGIN = "plugin"  # a JavaScript file of its own
    NONE = "none"


class ServerShape(StrEnum):
    """How an agent's settings name a server of tools."""

    COMMAND = "command"  # by the agent's own command alone: the file is the agent's
    SERVERS = "servers"  # {"mcpServers": {NAME: {"command": …, "args": […]}}}
    MCP = "mcp"  # {"mcp": {NAME: {"type": "local", "command": […]}}}
    TOML = "toml"  # [mcp_servers.NAME]


class HookEvent(msgspec.Struct, frozen=True):
    """One event of an agent at which our hook runs."""

    name: str
    matcher: str = ""
    timeout: int = 5  # s
    background: bool = False  # the agent does not wait for it


class ConnectableAgent(msgspec.Struct, frozen=True):
    """One agent. Paths begin with the folder of its settings, or of a project."""

    name: str
    title: str
    folder: str  # may be moved by an environment variable
    hook_shape: HookShape
    hook_file: str
    events: tuple[HookEvent, ...]
    server_shape: ServerShape
    server_file: str  # "" where only the agent itself writes it
    program: str = ""  # its command, which registers servers
    register: tuple[str, ...] = ()  # its arguments; the server's command follows
    forget: tuple[str, ...] = ()
    project_hooks: str = ""  # the same for one project alone; "" where there is no such thing
    project_server: str = ""
    milliseconds: bool = False
    trust: str = ""  # what a person has to do yet before hooks run

    def command(self, words: tuple[str, ...], project: Path | None) -> tuple[str, ...]:
        """Its own command with these arguments, for one project alone where one is given."""
        scope = "user" if project is None else "local"
        return (self.program, *(scope if word == "user" else word for word in words))

    def settings(self, home: Path, environ: Mapping[str, str]) -> Path:
        """The folder of its settings."""
        return resolved(self.folder, home, environ, LINUX)  # the same on every system


_START = HookEvent("SessionStart", matcher="startup|resume|clear|compact")
_STOP = HookEvent("Stop", timeout=30, background=True)

AGENTS = (
    ConnectableAgent(
        name="claude-code",
        title="Claude Code",
        folder="${CLAUDE_CONFIG_DIR:-~/.claude}",
        hook_shape=HookShape.GROUPS,
        hook_file="settings.json",
        events=(_START, HookEvent("UserPromptSubmit"), _STOP, HookEvent("SessionEnd")),
        server_shape=ServerShape.COMMAND,
        server_file="",
        program="claude",
        register=("mcp", "add", "--scope", "user", "hpm", "--"),
        forget=("mcp", "remove", "--scope", "user", "hpm"),
        project_hooks=".claude/settings.local.json",
    ),
    ConnectableAgent(
        name="codex",
        title="Codex",
        folder="${CODEX_HOME:-~/.codex}",
        hook_shape=HookShape.GROUPS,
        hook_file="hooks.json",
        events=(
            HookEvent("SessionStart"),
            HookEvent("UserPromptSubmit"),
            HookEvent("Stop", timeout=30, background=True),
        ),
        server_shape=ServerShape.TOML,
        server_file="config.toml",
        trust="Codex runs a hook only once you trust it: type /hooks in Codex and allow these.",
    ),
    ConnectableAgent(
        name="gemini",
        title="Gemini CLI",
        folder="~/.gemini",
        hook_shape=HookShape.GROUPS,
        hook_file="settings.json",
        events=(HookEvent("SessionStart"), HookEvent("BeforeAgent"), HookEvent("SessionEnd")),
        server_shape=ServerShape.SERVERS,
        server_file="settings.json",
        project_hooks=".gemini/settings.json",
        project_server=".gemini/settings.json",
        milliseconds=True,
    ),
    ConnectableAgent(
        name="opencode",
        title="opencode",
        folder="${XDG_CONFIG_HOME:-~/.config}/opencode",
        hook_shape=HookShape.PLUGIN,
        hook_file="plugins/hpm.js",
        events=(),
        server_shape=ServerShape.MCP,
        server_file="opencode.json",
        project_hooks=".opencode/plugins/hpm.js",
        project_server="opencode.json",
    ),
    ConnectableAgent(
        name="cursor",
        title="Cursor",
        folder="~/.cursor",
        hook_shape=HookShape.FLAT,
        hook_file="hooks.json",
        events=(HookEvent("sessionStart"), HookEvent("stop", timeout=30)),
        server_shape=ServerShape.SERVERS,
        server_file="mcp.json",
        project_hooks=".cursor/hooks.json",
        project_server=".cursor/mcp.json",
    ),
)


def agent_named(name: str) -> ConnectableAgent:
    """The agent of a name. Raises ``NotFound`` with the names that there are."""
    for agent in AGENTS:
        if name == agent.name:
            return agent
    raise NotFound(
        f"{name}: cannot be connected. Agents that can: "
        + ", ".join(agent.name for agent in AGENTS)
        + "."
    )


def agent_of_actor(actor: str) -> str:
    """The name of the agent whose hook or server recalled, as the recall log says; "" for others.

    What a client of the server calls itself begins with the agent's name: ``codex-mcp-client``.
    """
    for beginning in ("hook ", "hpm mcp for "):
        if actor.startswith(beginning):
            client = actor.removeprefix(beginning).strip().lower().replace(" ", "-")
            return next((agent.name for agent in AGENTS if client.startswith(agent.name)), "")
    return ""


def this_home() -> tuple[Path, Mapping[str, str]]:
    """The home folder and the environment of who runs the program."""
    return Path.home(), os.environ
