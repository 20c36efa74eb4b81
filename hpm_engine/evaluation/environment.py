"""The machine and the versions that a figure was measured on."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

from hpm_engine.store.file.driver import load_driver
from hpm_engine.version import __version__


def environment() -> dict[str, Any]:
    """The machine and the versions that matter."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "sqlite": load_driver().sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def window_environment(config: Path) -> dict[str, str]:
    """The environment to start the window in: settings of its own, no display needed."""
    variables = os.environ | {"HPM_CONFIG_DIR": str(config)}
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
        variables["QT_QPA_PLATFORM"] = "offscreen"
    return variables


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
