"""How a session is gone on with in the agent that it is of."""

from __future__ import annotations

import re
import shlex
import sys

from hpm_engine import Episode, visible

_ID = re.compile(r"[0-9A-Za-z]{2,}(?:[-_][0-9A-Za-z]+)*")
# What each agent's program is called with, by the agent's name in traces. Cursor is missing: its
# editor's chats and those of its command line have one name, and only these can be resumed so.
_RESUMED_BY = {
    "claude-code": "claude --resume {}",
    "codex": "codex resume {}",
    "gemini-cli": "gemini --resume {}",
    "openhands": "openhands --resume {}",
    "amp": "amp threads continue {}",
    "antigravity": "agy --conversation={}",
    "copilot-cli": "copilot --resume={}",
    "droid": "droid --resume {}",
    "goose": "goose session --resume --session-id {}",
    "grok-build": "grok --resume {}",
    "hermes": "hermes --resume {}",
    "kilo": "kilo --session={}",
    "kimi-code": "kimi --session {}",
    "kiro-cli": "kiro-cli chat --resume-id {}",
    "opencode": "opencode --session {}",
    "pi": "pi --session {}",
    "qwen-code": "qwen --resume {}",
}


class CannotResume(Exception):
    """Why a session cannot be gone on with."""


def resume_command(episode: Episode, platform: str = sys.platform) -> str:
    """A command line that goes on with a session, in its folder; raises ``CannotResume``."""
    command = _RESUMED_BY.get(episode.agent)
    if command is None:
        whose = episode.agent or "This agent"
        raise CannotResume(f"{whose} has no command that goes on with a session.")
    if episode.parent:
        raise CannotResume("A subagent's session goes on with the one that started it.")
    if not _ID.fullmatch(episode.key):
        raise CannotResume("The trace does not say the session's id.")
    command = command.format(episode.key)
    if not episode.cwd:
        return command
    if visible(episode.cwd) != episode.cwd:
        raise CannotResume("The name of the session's folder has hidden characters.")
    if platform != "win32":
        home, _, rest = episode.cwd.partition("/")
        folder = f"~/{shlex.quote(rest)}" if home == "~" and rest else shlex.quote(episode.cwd)
        return f"cd {folder} && {command}"
    if set(episode.cwd) & set('"%!^&|<>'):  # cmd reads these inside quotes too
        raise CannotResume("The name of the session's folder has characters that cmd would obey.")
    return f'cd /d "{episode.cwd}" && {command}'
