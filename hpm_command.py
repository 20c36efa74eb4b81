"""The ``hpm`` script's entry: Ctrl+C is answered before anything is loaded."""

from __future__ import annotations

import os
import signal
import sys


def _leave(number: int, frame: object) -> None:
    """Nothing has begun yet, so nothing is to be undone; an import under way cannot be unwound."""
    os.write(2, b"hpm: Cancelled.\n")
    os._exit(130)


signal.signal(signal.SIGINT, _leave)


def main() -> None:
    """Run the ``hpm`` command with the process's arguments."""
    from hpm_engine.cli.root import hpm

    try:
        hpm()
    finally:
        # What was asked for is done or undone: a late Ctrl+C finds nothing to stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
