"""``hpm bench attack``: a million changed inputs, none of which may crash, hang or fill memory."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from hpm_engine.evaluation.attack.documents import documents
from hpm_engine.evaluation.attack.trial import HANG_S, Share, share
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report

_COUNT = 1_000_000  # inputs
_SHARE = 10_000  # inputs of a part


class Attack:
    """``hpm bench attack``. ``HPM_ATTACK_COUNT`` asks for fewer inputs than a million."""

    name = "attack"
    summary = "a million damaged, confused and hostile inputs: crashes, hangs, memory"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Changed documents of every format (those of ``data`` too), archives and queries."""
        count = int(os.environ.get("HPM_ATTACK_COUNT", _COUNT))
        start = documents(data)
        report(f"{len(start.traces)} documents, {len(start.archives)} archives to change")
        total = Share()
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            shares = [
                pool.submit(share, seed, min(_SHARE, count - first), start)
                for seed, first in enumerate(range(0, count, _SHARE))
            ]
            for number, future in enumerate(as_completed(shares), 1):
                _add(total, future.result())
                report(f"{number} of {len(shares)} parts; unexpected: {dict(total.crashes) or 0}")
        self._keep(total, report)
        figures = {f"{kind}_inputs": Figure(n, "inputs") for kind, n in total.inputs.items()}
        figures |= {
            "episodes_read": Figure(total.episodes, "episodes"),
            "unexpected_errors": Figure(sum(total.crashes.values()), "inputs", reference=0),
            "hangs": Figure(total.hangs, "inputs", reference=0),
            "slowest_s": Figure(total.slowest_s, "s of one core", reference=HANG_S),
            "peak_mb": Figure(total.peak_mb, "MB", reference=1000),
        }
        return BenchResult(self.name, figures, environment())

    def _keep(self, total: Share, report: Report) -> None:
        """Leave the inputs that went wrong in a folder, for whoever mends it."""
        if not total.kept:
            return
        folder = Path(tempfile.mkdtemp(prefix="hpm-attack-inputs-"))
        for number, (kind, data) in enumerate(total.kept):
            (folder / f"{number:02}-{kind}").write_bytes(data)
        report(f"inputs to look at: {folder}")


def _add(total: Share, part: Share) -> None:
    total.inputs += part.inputs
    total.crashes += part.crashes
    total.episodes += part.episodes
    total.hangs += part.hangs
    total.slowest_s = max(total.slowest_s, part.slowest_s)
    total.peak_mb = max(total.peak_mb, part.peak_mb)
    total.kept += part.kept[: max(0, 40 - len(total.kept))]
