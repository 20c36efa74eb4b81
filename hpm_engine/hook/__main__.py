"""The hook's command; the package says how it is called."""

from __future__ import annotations

import sys

from hpm_engine.hook.process import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
