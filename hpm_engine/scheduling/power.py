"""Whether the computer runs on mains power."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_SUPPLIES = Path("/sys/class/power_supply")


def on_mains(supplies: Path = _SUPPLIES) -> bool:
    """Whether it does; ``True`` where nothing says otherwise, as for a computer with no battery."""
    if sys.platform == "darwin":
        answer = subprocess.run(["/usr/bin/pmset", "-g", "batt"], capture_output=True, text=True)
        return "Battery Power" not in answer.stdout
    if sys.platform == "win32":
        return _on_mains_windows()
    states = {}
    for supply in sorted(supplies.glob("*")):
        try:
            states[(supply / "type").read_text().strip()] = _state(supply)
        except OSError:
            continue
    if "Mains" in states:
        return states["Mains"] == "1"
    return states.get("Battery") != "Discharging"


def _state(supply: Path) -> str:
    name = "online" if (supply / "online").exists() else "status"
    return (supply / name).read_text().strip()


def _on_mains_windows() -> bool:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("line", ctypes.c_byte), ("rest", ctypes.c_byte * 11)]

    status = Status()
    ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))  # type: ignore[attr-defined]
    return bool(status.line != 0)
