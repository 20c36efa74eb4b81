"""The folder for what is neither a setting nor made again in passing: the sample store, models."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The folder that ``HPM_DATA_DIR`` names, or the system's place for a user's data."""
    if folder := os.environ.get("HPM_DATA_DIR"):
        return Path(folder)
    from platformdirs import user_data_path

    return user_data_path("hpm-inspector", appauthor=False)
