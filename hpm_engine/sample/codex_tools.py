"""Codex's tools: the shapes of their calls and of their results."""

from __future__ import annotations

import json
from typing import Any

from hpm_engine.sample.script import Act


def shell_command(act: Act) -> str:
    """The shell command of an act."""
    match act.tool:
        case "read":
            last = act.start + max(act.output.count("\n"), 0)
            return f"sed -n '{act.start},{last}p' {act.path}"
        case "search":
            return f"rg -n '{act.command}'"
        case _:
            return act.command


def printed(act: Act) -> tuple[str, int]:
    """The output of the command, and its exit code."""
    match act.tool:
        case "read" if not act.ok:
            return f"sed: can't read {act.path}: No such file or directory\n", 2
        case "search":
            return "\n".join(act.items) + "\n" * bool(act.items), 0 if act.items else 1
        case _:
            return act.output + "\n", 0 if act.ok else 1


def arguments(act: Act, home: str) -> str:
    """The JSON text of an ``exec_command`` or ``update_plan`` call."""
    if act.tool == "plan":
        states = ["completed"] * act.done + ["in_progress"] + ["pending"] * len(act.items)
        steps = zip(act.items, states, strict=False)
        return _json({"plan": [{"step": step, "status": state} for step, state in steps]})
    command = {"cmd": shell_command(act), "workdir": home}
    return _json(command | {"yield_time_ms": 10_000, "max_output_tokens": 12_000})


def patch(act: Act) -> str:
    """The patch of an edit, in the tool's own notation."""
    old = "".join(f"-{line}\n" for line in act.old.split("\n"))
    new = "".join(f"+{line}\n" for line in act.new.split("\n"))
    return f"*** Begin Patch\n*** Update File: {act.path}\n@@\n{old}{new}*** End Patch"


def patched(act: Act) -> str:
    """The output of a patch: a JSON text around the tool's own words."""
    if not act.ok:
        text = f"apply_patch verification failed: Failed to find expected lines in {act.path}"
        return _json({"output": text, "metadata": {"exit_code": 1, "duration_seconds": 0.0}})
    text = f"Success. Updated the following files:\nM {act.path}\n"
    return _json({"output": text, "metadata": {"exit_code": 0, "duration_seconds": 0.1}})


def report(chunk: str, seconds: float, status: str, output: str) -> str:
    """The output of a command in Codex's frame."""
    return (
        f"Chunk ID: {chunk}\nWall time: {seconds:.4f} seconds\n{status}\n"
        f"Original token count: {len(output) // 4}\nOutput:\n{output}"
    )


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
