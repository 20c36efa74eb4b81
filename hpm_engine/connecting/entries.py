"""What a connection puts into an agent's settings, and how it is known again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hpm_engine.connecting.agents import ConnectableAgent, HookEvent, HookShape, ServerShape
from hpm_engine.system.own_process import interpreter

SERVER = "hpm"  # its name among an agent's servers
HOOK_MODULE = "hpm_engine.hook"
_SERVER_MODULE = "hpm_command"


class SettingsEntry(msgspec.Struct, frozen=True):
    """A value in the container at ``where``: an item at its end, or the member ``key``."""

    where: tuple[str, ...]
    value: object
    key: str = ""


def hook_command(agent: ConnectableAgent, store: Path) -> str:
    """The command of a hook, as a shell takes it; its paths are absolute."""
    return quoted(hook_words(agent, store))


def hook_words(agent: ConnectableAgent, store: Path) -> tuple[str, ...]:
    """The command of a hook, word by word."""
    return (interpreter(), "-I", "-m", HOOK_MODULE, agent.name, str(store))


def server_command(store: Path) -> tuple[str, ...]:
    """The command of the server, word by word."""
    return (interpreter(), "-I", "-m", _SERVER_MODULE, "mcp", str(store))


def quoted(words: tuple[str, ...]) -> str:
    """Words as one line for the system's shell."""
    if os.name == "nt":
        return " ".join(f'"{word}"' if " " in word or "\\" in word else word for word in words)
    return shlex.join(words)


def hook_entries(agent: ConnectableAgent, store: Path) -> tuple[SettingsEntry, ...]:
    """What goes into the file of an agent's hooks."""
    command = hook_command(agent, store)
    if agent.hook_shape is HookShape.FLAT:
        return tuple(
            SettingsEntry(("hooks", event.name), {"command": command, "timeout": event.timeout})
            for event in agent.events
        )
    return tuple(
        SettingsEntry(("hooks", event.name), _group(agent, event, command))
        for event in agent.events
    )


def _group(agent: ConnectableAgent, event: HookEvent, command: str) -> dict[str, object]:
    timeout = event.timeout * 1000 if agent.milliseconds else event.timeout
    hook: dict[str, object] = {"type": "command", "command": command, "timeout": timeout}
    if agent.milliseconds:
        hook = {"name": SERVER, **hook}
    else:
        hook["statusMessage"] = SERVER
    if event.background:
        hook["async"] = True
    matcher: dict[str, object] = {"matcher": event.matcher} if event.matcher else {}
    return {**matcher, "hooks": [hook]}


def server_entry(agent: ConnectableAgent, store: Path) -> SettingsEntry:
    """What goes into the file of an agent's servers, for those that are JSON."""
    command, *arguments = server_command(store)
    if agent.server_shape is ServerShape.MCP:
        value: dict[str, object] = {
            "type": "local",
            "command": [command, *arguments],
            "enabled": True,
        }
        return SettingsEntry(("mcp",), value, SERVER)
    return SettingsEntry(("mcpServers",), {"command": command, "args": arguments}, SERVER)


def is_ours(value: object) -> bool:
    """Whether a hook, or a server, is one of ours; of any earlier installation too."""
    if not isinstance(value, dict):
        return False
    words = list(_words(value.get("command"))) + list(_words(value.get("args")))
    text = " ".join(words)
    return HOOK_MODULE in text or (_SERVER_MODULE in text and " mcp " in text)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (word for word in value if isinstance(word, str))
