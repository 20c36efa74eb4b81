"""One cycle in a process of its own: prints its memories, seconds and peak memory."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from hpm_engine.evaluation.peak_memory import peak_mb
from hpm_engine.memory import open_memory


def main(arguments: list[str]) -> None:
    """``cycle_once.py STORE MEMORIES``."""
    store, memories = arguments
    with open_memory(Path(store), actor="bench") as memory:
        before = peak_mb()
        started = time.monotonic()
        report = memory.consolidation.run(int(memories), bound=1.0)
        seconds = time.monotonic() - started
        figures = {"memories": report.memories, "s": seconds, "mb": peak_mb()}
        print(json.dumps(figures | {"before_mb": before}))


if __name__ == "__main__":
    main(sys.argv[1:])
