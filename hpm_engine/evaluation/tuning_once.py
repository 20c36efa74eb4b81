"""One tuning in a process of its own: prints its verdict, processor seconds and peak memory."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from msgspec.structs import asdict

from hpm_engine.adaptation.worker import tuned
from hpm_engine.evaluation.peak_memory import peak_mb
from hpm_engine.job import Job
from hpm_engine.values.adaptation import Model


def main(arguments: list[str]) -> None:
    """``tuning_once.py MODEL STORE``."""
    model, store = arguments
    started = time.process_time()
    tuning = tuned(Model(model), Path(store), Job())
    if tuning.verdict is None:
        raise SystemExit(tuning.reason)
    figures = {"cpu_s": time.process_time() - started, "mb": peak_mb()}
    print(json.dumps(asdict(tuning.verdict) | figures))


if __name__ == "__main__":
    main(sys.argv[1:])
