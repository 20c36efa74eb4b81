"""Savers of checkpoints killed at random moments, and what each leaves examined."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from hpm_engine.evaluation.checkpoints.growing_state import growing_state
from hpm_engine.evaluation.result import Report
from hpm_engine.memory import open_memory
from hpm_engine.system.own_process import run_module
from hpm_engine.values.checkpoints import Keep

_SNAPSHOTS = 400  # more than any child saves before it is killed
_KEPT = 5  # forgetting goes on between the saves
_MOST_SAVED = 40
_LONGEST = 0.05  # seconds from an acknowledgement to the kill


def kill_rounds(folder: Path, rounds: int, report: Report) -> dict[str, int]:
    """Kill ``rounds`` savers at random moments; the rounds that kept each promise, by its name.

    What was acknowledged is there with its bytes, unless it was to be forgotten; doctor has nothing
    to say, so no piece is lost and none is left over; and saving goes on from the latest.
    """
    chance = random.Random(23)
    digests = [sha256(state).hexdigest() for state in growing_state(3, _SNAPSHOTS)]
    counts = dict.fromkeys(("integrity ok", "acknowledged whole", "went on", "midway"), 0)
    for number in range(rounds):
        report(f"round {number + 1} of {rounds}")
        store = folder / f"kill-{number}.hpm"
        saved = _killed(store, chance)
        with open_memory(store) as memory:
            counts["integrity ok"] += not memory.figures.health(check=True).problems
            left = memory.checkpoints.of("killed")
            whole = all(
                sha256(memory.checkpoints.state(each.id)).hexdigest() == digests[each.number - 1]
                for each in left
            )
            latest = left[0].number if left else 0
            counts["acknowledged whole"] += (
                whole and latest in (saved, saved + 1) and len(left) in (_KEPT, _KEPT + 1)
            )
            counts["midway"] += 0 < saved < _SNAPSHOTS
            expect = left[0].id if left else 0
            counts["went on"] += memory.checkpoints.save("killed", b"on", expect=expect).number > 1
        for path in folder.glob(f"{store.name}*"):
            path.unlink()
    return counts


def _killed(store: Path, chance: random.Random) -> int:
    """Start a saver and kill it; the number of the last checkpoint that it acknowledged."""
    command = run_module("hpm_engine.evaluation.checkpoints.kill", str(store))
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(chance.randrange(_KEPT + 1, _MOST_SAVED))]
    time.sleep(chance.uniform(0, _LONGEST))
    child.kill()
    lines += child.communicate()[0].splitlines(keepends=True)
    return int([line for line in lines if line.endswith("\n")][-1])


def _save(store: Path) -> None:
    with open_memory(store, create=True) as memory:
        for state in growing_state(3, _SNAPSHOTS):
            with memory.checkpoints.together():
                saved = memory.checkpoints.save("killed", state)
                memory.checkpoints.keep(Keep(last=_KEPT), "killed")
            print(saved.number, flush=True)


if __name__ == "__main__":
    _save(Path(sys.argv[1]))
