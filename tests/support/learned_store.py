"""A small store of three topics for the views of tier 3: encoded, not yet consolidated."""

from __future__ import annotations

from pathlib import Path

from hpm_engine import open_memory
from tests.support.files.traces import trajectory

TOPICS = ("parse the invoice", "draw the sailing map", "sort the beehive records")
MEMORIES = 24


def learned_store(folder: Path, *, encoded: bool = True, episodes: int = 12) -> Path:
    """Episodes of ten steps each, two memories."""
    traces = folder / "traces"
    traces.mkdir()
    for number in range(episodes):
        text = trajectory(f"{TOPICS[number % 3]} number {number}", 10)
        text = text.replace("repo", f"repo{number % 3}")
        (traces / f"demo__repo{number % 3}-{number}.traj").write_text(text, "utf-8")
    path = folder / "learned.hpm"
    with open_memory(path, create=True) as memory:
        if episodes:
            memory.import_paths([traces])
        if encoded:
            memory.encode()
    return path
