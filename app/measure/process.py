"""What the system knows of this process: its age and its memory."""

from __future__ import annotations

import os
import time
from pathlib import Path


def since_start() -> float:
    """Seconds since the process was started, by the kernel's account (10 ms steps)."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return time.perf_counter()
    return uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")


def memory_mb() -> float:
    """Resident memory of this process in megabytes; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    resident = next(line for line in lines if line.startswith("VmRSS:"))
    return round(int(resident.split()[1]) * 1024 / 1_000_000, 1)
