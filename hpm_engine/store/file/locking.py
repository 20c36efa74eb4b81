"""Waiting for another program's write."""

from __future__ import annotations

import threading
import time
from types import ModuleType
from typing import Any

from hpm_engine.errors import Cancelled

LOOK_UP_MS = 100  # while waiting: how often to look for a stop
_PATIENCE = 3  # timeouts


def begin(connection: Any, driver: ModuleType, stopping: threading.Event, timeout_ms: int) -> None:
    """Begin to write, once nobody else does, but never wait for longer than it takes to stop.

    SQLite's own waiting cannot be interrupted, so it is done in short pieces. Raises ``Cancelled``
    when told to stop, the driver's error after three timeouts.
    """
    until = time.monotonic() + _PATIENCE * timeout_ms / 1000
    connection.execute(f"PRAGMA busy_timeout = {min(LOOK_UP_MS, timeout_ms)}")
    try:
        while not _has_begun(connection, driver, last=time.monotonic() >= until):
            if stopping.is_set():
                raise Cancelled
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout_ms}")


def _has_begun(connection: Any, driver: ModuleType, *, last: bool) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except driver.OperationalError as error:
        if last or "locked" not in str(error):
            raise
        return False
    return True
