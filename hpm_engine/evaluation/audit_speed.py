"""The benchmark of the audit log: appending, verifying, proving and exporting a million rows."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.peak_memory import peak_mb
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory, open_memory

T = TypeVar("T")
_ROWS = 1_000_000
_BATCH = 5_000  # rows a transaction
_MARKED = 10  # one row of so many says something of content
_PROOFS = 50
_VERIFY_BAR = 15.0  # s
_EXPORT_BAR = 60.0  # s
_MEMORY_BAR = 300.0  # MB
_PROOF_BAR = 10.0  # ms


class AuditSpeed:
    """``hpm bench audit``."""

    name = "audit"
    summary = "appending to the audit log, verifying, proving and exporting a million rows"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure on a log that it makes; ``data`` is not looked at. It takes some minutes."""
        with tempfile.TemporaryDirectory(prefix="hpm-audit-") as name:
            folder = Path(name)
            with open_memory(folder / "log.hpm", create=True) as memory:
                report(f"append {_ROWS:,} rows")
                _, appending = _timed(lambda: _append(memory))
                report("verify them")
                checked, verifying = _timed(memory.audit.verify)
                if checked.broken_at is not None:
                    raise AssertionError(checked.reason)
                report("prove some of them, and export all")
                figures = {
                    "append a row": Figure(1e6 * appending / _ROWS, "µs CPU"),
                    "verify": Figure(verifying, "s CPU", reference=_VERIFY_BAR),
                    "prove a row": _proofs(memory),
                }
                for form in ("jsonl", "csv"):
                    file = folder / f"log.{form}"
                    _, took = _timed(partial(memory.audit.export, file, form))
                    name_ = f"export {form}, with its proof"
                    figures[name_] = Figure(took, "s CPU", reference=_EXPORT_BAR)
                figures["peak memory"] = Figure(peak_mb(), "MB", reference=_MEMORY_BAR)
        return BenchResult(self.name, figures, environment())


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    before = time.process_time()
    value = work()
    return value, time.process_time() - before


def _append(memory: Memory) -> None:
    own = memory.internals
    for start in range(0, _ROWS, _BATCH):
        with own.database.writing():
            for number in range(start, start + _BATCH):
                if number % _MARKED:
                    detail = {"source": "cd" * 32, "steps_added": number % 50}
                    own.log.append("import", f"episode:{number}", after="ab" * 32, detail=detail)
                else:
                    content = {"kind": "tag", "before": [], "after": [str(number)]}
                    own.log.append("tag", f"episode:{number}", content=content)


def _proofs(memory: Memory) -> Figure:
    memory.audit.checkpoint()
    times = []
    for number in range(_PROOFS):
        row = 1 + number * (_ROWS // _PROOFS)
        times.append(1000 * _timed(partial(memory.audit.prove, row))[1])
    return Figure(statistics.median(times), "ms CPU", min(times), max(times), _PROOF_BAR)
