"""The page on Python is run as it stands, and so is the example agent that it ends with."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RESOURCES = Path(__file__).parents[3] / "resources"
PAGE = RESOURCES / "manual" / "python.md"
AGENT = RESOURCES / "examples" / "agent.py"
_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.M | re.S)


def blocks() -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in _BLOCK.findall(PAGE.read_text("utf-8"))]


def test_every_example_prints_what_stands_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    *examples, (_, agents) = blocks()
    assert len(examples) > 12
    printed = ""
    for number, (kind, text) in enumerate(examples):
        if kind == "text":
            assert printed == text
            printed = ""
            continue
        assert printed == "", f"nothing is shown of what example {number} prints: {printed}"
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(text, f"{PAGE.name}, example {number}", "exec"), names)
        printed = out.getvalue()
    assert printed == "" and "with memory" in agents


def test_the_agent_with_memory_repeats_no_failure(tmp_path: Path) -> None:
    """Without it, the agent fails in each session as in the first."""
    command = [sys.executable, str(AGENT), str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout == blocks()[-1][1]
    lines = run.stdout.splitlines()
    failed = [line.startswith("with memory") for line in lines if ": pytest" in line]
    assert failed == [False, False, False, True]


def test_the_agent_has_thirty_lines_of_code() -> None:
    code = re.sub(r'""".*?"""', "", AGENT.read_text("utf-8"), flags=re.S)
    lines = [line for line in code.splitlines() if line.strip()]
    assert len([line for line in lines if not re.match(r"(import|from) ", line)]) <= 32
