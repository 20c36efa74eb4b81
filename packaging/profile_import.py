"""Where the time of an import goes: ``python packaging/profile_import.py OUTPUT [PATH ...]``.

Imports the paths, or 20 MB of generated sessions, into a new store under cProfile. Writes the
profile to OUTPUT and prints the 25 functions that took most time with all that they called.
cProfile sees one thread: reading ahead and compression, which run beside it, are waits here.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
from pathlib import Path

from hpm_engine import open_memory
from hpm_engine.evaluation.generated_traces import write_sessions

_GENERATED = 20_000_000  # bytes
_SHOWN = 25  # functions


def main(output: Path, paths: list[Path]) -> None:
    """Profile one import; raises ``SystemExit`` where nothing was imported."""
    output.parent.mkdir(parents=True, exist_ok=True)
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not paths:
            write_sessions(folder / "traces", _GENERATED)
            paths = [folder / "traces"]
        with open_memory(folder / "profiled.hpm", create=True) as memory:
            report = profile.runcall(memory.import_paths, paths)
    if not report.episodes_added:
        raise SystemExit(f"Nothing was imported from {', '.join(map(str, paths))}.")
    profile.dump_stats(output)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(_SHOWN)
    print(f"{output}: open it with `{sys.executable} -m pstats {output}`, or another viewer.")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]])
