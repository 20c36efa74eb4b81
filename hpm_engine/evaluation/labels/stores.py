"""Stores whose prototypes are named: the sample, real traces, and real traces held out."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hpm_engine.evaluation.result import Report
from hpm_engine.memory import open_memory
from hpm_engine.sample.build import build_sample, truth_path
from hpm_engine.sample.planted_areas import planted_areas

_TUNED_ON = ("claude-code", "codex-cli", "gemini-cli", "tau-bench", "mini-swe-agent-gemini3pro")
_HELD_OUT = ("swe-agent-v1", "terminal-bench-mini-logs", "who-and-when")
_MIXED = ("agent-zoo", "atif-harbor", "openhands", "reflexion", "bookminder-console-diary")


class NamedStore(NamedTuple):
    """An encoded store; ``areas`` are the planted ones by session, with the words of each."""

    name: str
    path: Path
    areas: dict[str, tuple[str, frozenset[str]]]


def stores(folder: Path, data: Path | None, report: Report) -> list[NamedStore]:
    """The sample; with ``data`` also real traces, of which naming was tuned on the first ones."""
    report("building the sample")
    sample = folder / "sample.hpm"
    build_sample(sample, computed=False)
    with open_memory(sample, actor="bench") as memory:
        memory.encode()
    named = [NamedStore("sample", sample, planted_areas(truth_path(sample).read_bytes()))]
    for name, folders in (
        ("tuned_on", _TUNED_ON),
        ("held_out", _HELD_OUT),
        ("mixed", _MIXED),
    ):
        present = [data / each for each in folders if (data / each).exists()] if data else []
        if present:
            report(f"importing and encoding {name}")
            with open_memory(folder / f"{name}.hpm", create=True, actor="bench") as memory:
                memory.import_paths(present)
                memory.encode()
            named.append(NamedStore(name, folder / f"{name}.hpm", {}))
    return named
