"""The benchmark of kill -9: imports killed at random moments, then examined and rerun."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.importing.importer import Importer
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.figures import file_contents
from hpm_engine.system.own_process import run_module
from hpm_engine.values.reports import FileReport

_ROUNDS = 200
_FILES = 40  # traces
_LARGE = 10  # each tenth file is larger than a batch, and so imported in slices
_BATCH_BYTES = 300_000  # several transactions in each import, so that kills fall between them


class Kill:
    """``hpm bench kill``."""

    name = "kill"
    summary = "kill -9 at random moments of an import: integrity, acknowledged episodes, rerun"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """200 rounds on generated sessions."""
        with tempfile.TemporaryDirectory(prefix="hpm-kill-") as folder:
            counts = kill_rounds(Path(folder), _ROUNDS, report)
        figures = {
            name: Figure(value, "rounds", reference=_ROUNDS)
            for name, value in msgspec.structs.asdict(counts).items()
        }
        return BenchResult(self.name, figures, environment())


class KillCounts(msgspec.Struct):
    """The number of rounds that kept each promise; ``midway`` counts kills between two commits."""

    rounds: int = 0
    midway: int = 0
    integrity_ok: int = 0
    acknowledged_whole: int = 0
    rerun_equal: int = 0


def kill_rounds(folder: Path, rounds: int, report: Report) -> KillCounts:
    """Kill ``rounds`` imports at random moments and examine what each leaves behind."""
    traces = folder / "traces"
    traces.mkdir()
    maker = TraceMaker(3)
    for number in range(_FILES):
        turns = 30 if number % _LARGE else 400
        lines = b"".join(maker.session(number, turns, 120))
        (traces / f"{number:03}.jsonl").write_bytes(lines)
    started = time.monotonic()
    _spawn(folder / "reference.hpm", traces).communicate()
    duration = time.monotonic() - started
    with open_memory(folder / "reference.hpm") as memory:
        expected = _content(memory)
    chance, counts = random.Random(17), KillCounts()
    for number in range(rounds):
        report(f"round {number + 1} of {rounds}")
        store = folder / f"{number}.hpm"
        acknowledged = _killed(_spawn(store, traces), chance, duration)
        _examine(store, traces, acknowledged, expected, counts)
        for path in folder.glob(f"{number}.hpm*"):
            path.unlink()
    return counts


def _killed(child: subprocess.Popen[str], chance: random.Random, duration: float) -> list[str]:
    """Kill the import at a random moment: of its time, or soon after a random acknowledgement.

    On a busy machine most moments of the time fall before the first commit or after the last.
    """
    acknowledged = []
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0.1, duration))
    else:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline() for _ in range(chance.randrange(_FILES))]
        time.sleep(chance.uniform(0, duration / 20))
    child.kill()
    acknowledged += child.communicate()[0].splitlines(keepends=True)
    return [line for line in acknowledged if line.endswith("\t\n")]


def _spawn(store: Path, traces: Path) -> subprocess.Popen[str]:
    command = run_module("hpm_engine.evaluation.kill", str(store), str(traces))
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _examine(
    store: Path,
    traces: Path,
    acknowledged: list[str],
    expected: dict[str, tuple[object, ...]],
    counts: KillCounts,
) -> None:
    counts.rounds += 1
    counts.midway += 0 < len(acknowledged) < len(expected)
    with open_memory(store, create=True) as memory:
        counts.integrity_ok += not memory.figures.health(check=True).problems
        left = _content(memory)
        whole = all(left[key] == expected[key] for key in left)
        names = {line.rstrip("\t\n") for line in acknowledged}
        counts.acknowledged_whole += whole and names <= set(left)
        memory.import_paths([traces])
        counts.rerun_equal += _content(memory) == expected


def _content(memory: Memory) -> dict[str, tuple[object, ...]]:
    """The store's content by source file: digests, steps, searchable rows and raw bytes."""
    return {
        Path(path).name: tuple(content)
        for path, *content in file_contents(memory.internals.database)
    }


def _import_and_acknowledge(store: Path, traces: Path) -> None:
    def acknowledge(file: FileReport) -> None:
        print(f"{Path(file.path).name}\t", flush=True)  # the tab ends what was written whole

    with open_memory(store, create=True) as memory:
        importer = Importer(
            memory.internals.database, memory.internals.log, batch_bytes=_BATCH_BYTES
        )
        importer.run([traces], Job(), acknowledge)


if __name__ == "__main__":
    _import_and_acknowledge(Path(sys.argv[1]), Path(sys.argv[2]))
