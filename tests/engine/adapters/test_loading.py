"""The engine needs no framework, and an adapter only its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_LOADED = """
import importlib, socket, sys
def refuse(*_, **__):
    raise AssertionError("a socket was opened")
socket.socket.connect = socket.create_connection = refuse
for name in sys.argv[1:]:
    importlib.import_module(name)
frameworks = ("langgraph", "langchain_core", "anthropic", "agents")
print(*(each for each in frameworks if each in sys.modules))
"""


def loaded(*modules: str) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", _LOADED, *modules]
    run = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.mark.parametrize(
    ("module", "frameworks"),
    [
        ("langgraph_checkpoints", {"langgraph", "langchain_core"}),
        ("langgraph_store", {"langgraph", "langchain_core"}),
        ("claude_memory", {"anthropic"}),
        ("openai_session", {"agents"}),
        ("open_store", set()),
    ],
)
def test_an_adapter_loads_its_framework_alone(module: str, frameworks: set[str]) -> None:
    assert set(loaded(f"hpm_engine.adapters.{module}")) == frameworks


def test_the_engine_and_its_commands_load_none() -> None:
    assert loaded("hpm_engine", "hpm_engine.cli.root", "hpm_engine.cli.agents.checkpoints") == []
