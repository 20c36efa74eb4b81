"""Episodes whose steps differ from each other, in a store."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from hpm_engine import open_memory
from tests.support.files.traces import trajectory


def varied_store(folder: Path, lengths: Sequence[int]) -> Path:
    """A store in ``folder`` with an episode for each number of turns."""
    traces = folder / "traces"
    traces.mkdir()
    for number, turns in enumerate(lengths):
        text = _varied(trajectory(f"Find what broke number {number}", turns), seed=number)
        (traces / f"demo__repo-{number}.traj").write_text(text, "utf-8")
    path = folder / "masks.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([traces])
    return path


def _varied(text: str, seed: int) -> str:
    """The trajectory with results that do not pack into nothing."""
    draw = random.Random(seed)
    record = json.loads(text)
    for turn, reply in zip(record["trajectory"], record["history"][3::2], strict=True):
        words = (f"{draw.choice('abcdef')}name_{draw.getrandbits(40):x}" for _ in range(60))
        lines = "\n".join(" ".join(part) for part in zip(*[words] * 6, strict=True))
        turn["observation"] = reply["content"] = f"{turn['observation']}\n{lines}"
    return json.dumps(record)
