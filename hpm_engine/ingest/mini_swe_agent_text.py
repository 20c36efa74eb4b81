"""What mini-SWE-agent's messages say: the one command in a fence, and how it went."""

from __future__ import annotations

import re

from hpm_engine.records import Part, PartKind

_ACTION = re.compile(r"```(?:bash|mswea_bash_command)\s*\n(.*?)\n```", re.DOTALL)
_RETURN_CODE = re.compile(r"\s*<returncode>(-?\d+)</returncode>")
_TIMED_OUT = "The last command <command>"
_FINISHED = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")


def fenced_command(text: str) -> tuple[str, list[Part]]:
    """The prose around the command and the command; a text with none or several ran nothing."""
    actions = list(_ACTION.finditer(text))
    if len(actions) != 1:
        return text, []
    return _without(text, actions[0]), [bash(actions[0][1])]


def without_fence(text: str) -> str:
    """The text without its first fenced command."""
    found = _ACTION.search(text)
    return _without(text, found) if found else text


def bash(command: str) -> Part:
    """A command as a call."""
    return Part(PartKind.CALL, command, "bash")


def is_observation(text: str) -> bool:
    """Whether a text begins as a command's result does."""
    return _RETURN_CODE.match(text) is not None


def failed(text: str) -> bool:
    """Whether a result says that its command failed or took too long."""
    found = _RETURN_CODE.match(text)
    return found[1] != "0" if found else text.startswith(_TIMED_OUT)


def says_finished(command: str) -> bool:
    """Whether a command hands in the agent's work."""
    return any(word in command for word in _FINISHED)


def _without(text: str, found: re.Match[str]) -> str:
    return (text[: found.start()].rstrip() + text[found.end() :]).strip()
