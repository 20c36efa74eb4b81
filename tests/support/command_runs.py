"""Running the command, in this process and as one of its own; a small session to import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from hpm_engine.cli.root import hpm

PROGRAM = [sys.executable, "-c", "from hpm_command import main; main()"]
ESCAPES = "\x1b]0;owned\x07\x1b[31mred\x1b[0m \x07bell \u202eturned =cmd|' /C calc'!A0"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(hpm, [str(argument) for argument in arguments])


def run_process(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


def json_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def session(key: str, *texts: str) -> bytes:
    """A Claude Code session of a person's prompts, each with an answer."""
    lines: list[dict[str, Any]] = []
    shared = {"isSidechain": False, "cwd": "/home/mira/code/ferry", "sessionId": key}
    for number, text in enumerate(texts):
        at = f"2026-03-02T10:{number:02}:00.000Z"
        asked = {"role": "user", "content": text}
        answer = {
            "id": f"msg_{key}_{number}",
            "role": "assistant",
            "model": "claude-sonnet-4-5",
            "content": [{"type": "text", "text": f"Answer {number}: {text}"}],
        }
        for kind, message in (("user", asked), ("assistant", answer)):
            name = f"{key}-{number}-{kind}"
            lines.append(shared | {"type": kind, "uuid": name, "timestamp": at, "message": message})
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
