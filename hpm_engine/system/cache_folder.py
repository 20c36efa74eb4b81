"""The folder for what can be made again: indexes, maps, and the program's own log."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """The folder that ``HPM_CACHE_DIR`` names, or the system's place for a user's cache."""
    given = os.environ.get("HPM_CACHE_DIR")
    return Path(given) if given else user_cache_path("hpm-inspector")
