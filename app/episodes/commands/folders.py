"""The folder that a session worked in, in the system's file manager."""

from __future__ import annotations

import os
import stat

from app.kit.actions import OpenStore
from app.kit.opening import open_path
from hpm_engine import Job, Memory, visible


def open_folder(store: OpenStore) -> None:
    """Open the folder, if it is one on this computer; nothing else is ever opened."""
    row = store.chosen.row
    if row is None or not row.cwd:
        return
    path = row.cwd

    def call(_memory: Memory, _job: Job) -> bool:
        return is_folder(path)  # a folder on a network may take its time

    def opened(there: bool) -> None:
        if not there or not open_path(path):
            text = f"{visible(path)} is no folder on this computer."
            store.problems.tell("The folder cannot be opened", text)

    store.session.sum_up(call).succeeded.connect(opened)


def is_folder(path: str) -> bool:
    """Whether a path that a trace names is a folder here, and not a program or another computer."""
    if not os.path.isabs(path) or path.startswith(("\\\\", "//")):
        return False
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    # macOS starts a folder of such a name as a program.
    return stat.S_ISDIR(mode) and not path.rstrip("/").lower().endswith(".app")


def no_folder(store: OpenStore) -> str:
    """Why there is no folder to open; "" where there may be one."""
    row = store.chosen.row
    return "The trace does not say a folder." if row is not None and not row.cwd else ""
