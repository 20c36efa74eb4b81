"""Modules that a program has loaded at its end, asked of a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SECONDS = 60.0


def output_and_loaded(code: str, modules: Sequence[str]) -> tuple[str, list[str]]:
    """What the code prints, and those of the modules that it has loaded at its end.

    Each module must exist: a name that nothing has would be "not loaded" for ever.
    """
    unknown = [module for module in modules if find_spec(module) is None]
    assert not unknown, f"no such module: {unknown}"
    at_exit = (
        "import atexit, sys\n"
        f"modules = {list(modules)}\n"
        "atexit.register(lambda: print(*(m for m in modules if m in sys.modules), file=sys.stderr))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", f"{at_exit}\n{code}"],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        cwd=_ROOT,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, ended.stderr.splitlines()[-1].split()
