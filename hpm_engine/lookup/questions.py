"""What a step gives to ask about: the file it touched, the error it met, the tool it called."""

from __future__ import annotations

import re

import msgspec

from hpm_engine.lookup.calls import CallResult, bare_command, calls_of
from hpm_engine.recall.changes import PATH_KEYS, changes_of
from hpm_engine.values.episodes import Step
from hpm_engine.values.lookup import StepQuestions

_ERROR = re.compile(r"error|exception|fatal|failed|not found|denied|no such|cannot", re.IGNORECASE)
_LONGEST = 120  # characters of an error's line
_LINES = 400  # of a result that are looked at
# Programs whose second word tells what they do.
_RUNNERS = frozenset(
    (
        "bun",
        "cargo",
        "docker",
        "dotnet",
        "git",
        "go",
        "gradle",
        "kubectl",
        "make",
        "mvn",
        "npm",
        "npx",
        "pnpm",
        "poetry",
        "uv",
        "yarn",
    )
)


def questions_of(step: Step, folder: str) -> StepQuestions:
    """The questions of a step; ``folder`` is the one that its episode worked in."""
    calls = list(calls_of(step))
    return StepQuestions(
        _file(step, calls, folder),
        next(filter(None, map(_error, calls)), ""),
        next(filter(None, map(_tool, calls)), ""),
    )


def _file(step: Step, calls: list[CallResult], folder: str) -> str:
    changed = changes_of([step], folder)
    if changed:
        return changed[0].path
    for call in calls:
        try:
            arguments = msgspec.json.decode(call.call.text)
        except (msgspec.DecodeError, RecursionError):
            continue
        if isinstance(arguments, dict):
            path = next((arguments[key] for key in PATH_KEYS if arguments.get(key)), "")
            if isinstance(path, str) and path:
                return path
    return ""


def _error(call: CallResult) -> str:
    if call.result is None or not call.result.is_error:
        return ""
    lines = [line.strip() for line in call.result.text.splitlines()[-_LINES:] if line.strip()]
    telling = [line for line in lines if _ERROR.search(line[:_LONGEST])]
    return (telling or lines or [""])[-1][:_LONGEST].strip()


def _tool(call: CallResult) -> str:
    words = bare_command(call.command).split() if call.is_command else []
    if not words:
        return call.call.name
    words[0] = words[0].replace("\\", "/").rpartition("/")[2]
    return " ".join(words[: 2 if words[0] in _RUNNERS else 1])
