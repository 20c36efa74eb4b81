"""The fenced command and the result in mini-SWE-agent's messages."""

from __future__ import annotations

import re
from typing import NamedTuple

from hpm_engine.values.episodes import Part, PartKind

_OPENING = re.compile(r"```(?:bash|mswea_bash_command)(\s*)\n")
_CLOSING = "\n```"
_RETURN_CODE = re.compile(r"\s*<returncode>(-?\d+)</returncode>")
_TIMED_OUT = "The last command <command>"
_FINISHED = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")


def fenced_command(text: str) -> tuple[str, list[Part]]:
    """The prose and the command; no command for a text with several, which runs none."""
    fences = _fences(text)
    if len(fences) != 1:
        return text, []
    return _without(text, fences[0]), [bash(fences[0].command)]


def without_fence(text: str) -> str:
    """The text without its first fenced command."""
    fences = _fences(text)
    return _without(text, fences[0]) if fences else text


def bash(command: str) -> Part:
    """A command as a call."""
    return Part(PartKind.CALL, command, "bash")


def is_observation(text: str) -> bool:
    """Whether a text begins as a command's result does."""
    return _RETURN_CODE.match(text) is not None


def failed(text: str) -> bool:
    """Whether a result says that its command failed or took too long."""
    code = _RETURN_CODE.match(text)
    return code[1] != "0" if code else text.startswith(_TIMED_OUT)


def says_finished(command: str) -> bool:
    """Whether a command submits the agent's work."""
    return any(word in command for word in _FINISHED)


class _Fence(NamedTuple):
    """A fenced command, and the offsets of its fence."""

    start: int
    stop: int  # behind the fence
    command: str


def _fences(text: str) -> list[_Fence]:
    """The fenced commands, in one pass, even with many fences that are never closed."""
    fences: list[_Fence] = []
    position = 0
    while opening := _OPENING.search(text, position):
        start, closing = opening.end(), text.find(_CLOSING, opening.end())
        if closing < 0:
            if not (text.startswith("```", start) and "\n" in opening[1]):
                position = start
                continue
            closing = start  # only blank lines between its marks
        stop = text.index("```", closing) + 3
        fences.append(_Fence(opening.start(), stop, text[start:closing]))
        position = stop
    return fences


def _without(text: str, fence: _Fence) -> str:
    return (text[: fence.start].rstrip() + text[fence.stop :]).strip()
