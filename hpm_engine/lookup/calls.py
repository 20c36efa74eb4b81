"""Calls of a step, each with its result, and whether two calls are the same attempt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from hpm_engine.encoder.step_text import without_json
from hpm_engine.values.episodes import Part, PartKind, Step

_FOLDER = re.compile(r"(?:cd|pushd)[ \t][^\n;&]{0,500}(?:&&|;|\n)[ \t\n]*")
_SETTING = re.compile(r"[A-Za-z_]\w{0,60}=[^\s;&|]{0,200}[ \t]+")
_REST = re.compile(r"2?>|\||&&|;")  # what a command is followed by
_COMMANDS = ("command", "cmd")
_WORDS = 3  # of a command that tell what it is about
_LONGEST = 4_000  # characters of a command that are looked at


class CallResult(NamedTuple):
    """A call, and what came back; ``result`` is None where nothing did."""

    call: Part
    result: Part | None

    @property
    def command(self) -> str:
        """The command line that a shell was given, else the call's arguments as text."""
        return _command_line(self.call.text) or without_json(self.call.text).strip()

    @property
    def is_command(self) -> bool:
        """Whether it gave a shell a command line."""
        return bool(_command_line(self.call.text))

    @property
    def worked(self) -> bool:
        """Whether a result came that is no error."""
        return self.result is not None and not self.result.is_error


def calls_of(step: Step) -> Iterator[CallResult]:
    """The calls of a step with their results, by id, else by order."""
    results = [part for part in step.parts if part.kind is PartKind.RESULT]
    by_id = {part.call_id: part for part in results if part.call_id}
    loose = iter([part for part in results if not part.call_id])
    for part in step.parts:
        if part.kind is PartKind.CALL:
            yield CallResult(part, by_id.get(part.call_id) or next(loose, None))


def _command_line(arguments: str) -> str:
    if not arguments.startswith("{"):
        return ""
    try:
        values = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return ""
    line = next((values[key] for key in _COMMANDS if values.get(key)), "")
    if isinstance(line, list) and all(isinstance(word, str) for word in line):
        line = line[-1] if line[1:2] in (["-lc"], ["-c"]) else " ".join(line)
    return line.strip() if isinstance(line, str) else ""


def bare_command(command: str) -> str:
    """A command line without the change of folder, the settings and the pipes around it."""
    text = command[:_LONGEST].strip()
    for _ in range(4):
        shorter = _SETTING.sub("", _FOLDER.sub("", text, count=1), count=1)
        if shorter == text or (not text.startswith(("cd", "pushd")) and not _SETTING.match(text)):
            break
        text = shorter
    return _REST.split(text, maxsplit=1)[0].strip()


def is_same_attempt(first: CallResult, other: CallResult) -> bool:
    """Whether a later call tries what an earlier one did: the same tool, to the same end."""
    if first.call.name != other.call.name:
        return False
    if first.call.text == other.call.text:
        return True
    words, others = bare_command(first.command).split(), bare_command(other.command).split()
    return bool(words) and words[:_WORDS] == others[:_WORDS]
