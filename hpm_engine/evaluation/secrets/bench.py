"""``hpm bench secrets``: how many made-up keys are found, false alarms, speed."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_traces import write_sessions
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.evaluation.secrets.contexts import MadeUp, made_up
from hpm_engine.secrets.masking import Masker
from hpm_engine.secrets.scanner import scan

_EACH = 10  # texts of each kind in each context
_PIECE = 8  # characters of a secret that must not be read any more
_MB = 1_000_000
_GENERATED = 24 * _MB
_ROUNDS = 3
_BREAKS = ("\\\\n", "\\n", "\n", "\\")
_RECALL, _ALARMS, _SPEED = 0.98, 0.001, 40.0  # what is wanted


class SecretsBench:
    """``hpm bench secrets``.

    Keys of each kind are made up by what their services publish of their form, and put where
    secrets stand in traces. Found is one of which no eight characters are left. Alarms are the
    findings in the lines of real traces (``data``): look at each of them, some are secrets.
    """

    name = "secrets"
    summary = "made-up keys that are found, by kind; alarms on real lines; speed beside a checksum"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Mask made-up keys, and scan generated sessions or those of ``data``."""
        report("masking made-up keys")
        total, missed = recall(made_up(_EACH))
        shares = {kind: 1 - missed[kind] / total[kind] for kind in total}
        worst = min(shares, key=shares.__getitem__)
        for kind, share in shares.items():
            if share < 1:
                report(f"{kind}: {share:.1%} found")
        figures = {
            "kinds": Figure(len(total), "kinds", reference=60),
            "keys": Figure(sum(total.values()), "texts"),
            "recall_of_the_worst_kind": Figure(shares[worst], "share", reference=_RECALL),
            "kinds_below": Figure(sum(s < _RECALL for s in shares.values()), "kinds", reference=0),
        }
        texts = list(_real(data)) if data else list(_generated())
        figures |= _alarms(texts, report) | _speed(texts)
        return BenchResult(self.name, figures, environment())


def recall(texts: Iterator[MadeUp]) -> tuple[Counter[str], Counter[str]]:
    """By kind, how many texts there were, and in how many the secret could still be read."""
    masker = Masker(b"bench")
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for made in texts:
        masked = masker.text(made.text)
        for gap in _BREAKS:
            masked = masked.replace(gap, "")
        core = made.core
        pieces = {core[start : start + _PIECE] for start in range(0, len(core) - _PIECE + 1, 4)}
        total[made.kind] += 1
        missed[made.kind] += any(piece in masked for piece in pieces)
    return total, missed


def _real(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if b"\0" not in content[:8192]:
                yield content


def _generated() -> Iterator[bytes]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
        write_sessions(Path(folder), _GENERATED)
        yield from _real(Path(folder))


def _alarms(texts: list[bytes], report: Report) -> dict[str, Figure]:
    lines = sum(text.count(b"\n") + 1 for text in texts)
    alarms = set()
    for number, text in enumerate(texts):
        for finding in scan(text):
            report(f"{finding.rule}, {finding.end - finding.start} bytes")
            alarms.add((number, text.count(b"\n", 0, finding.start)))
    return {
        "lines": Figure(lines, "lines"),
        "lines_with_findings": Figure(len(alarms) / lines, "share", reference=_ALARMS),
    }


def _speed(texts: list[bytes]) -> dict[str, Figure]:
    Random(1).shuffle(texts)
    size = sum(map(len, texts))
    scans, sums = [], []
    for _ in range(_ROUNDS):
        started = time.process_time()
        for text in texts:
            scan(text)
        between = time.process_time()
        for text in texts:
            zlib.crc32(text)
        scans.append(between - started)
        sums.append(time.process_time() - between)
    return {
        "speed": Figure(
            size / _MB / min(scans), "MB/s of one core", size / _MB / max(scans), reference=_SPEED
        ),
        "beside_crc32": Figure(min(scans) / min(sums), "times its time"),
    }
