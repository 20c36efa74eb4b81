"""The folder of what a person sets for all stores: preferences, prices of models."""

from __future__ import annotations

import os
from pathlib import Path


def config_folder() -> Path:
    """The folder that ``HPM_CONFIG_DIR`` names, or the system's place for a user's settings."""
    if folder := os.environ.get("HPM_CONFIG_DIR"):
        return Path(folder)
    from platformdirs import user_config_path

    return user_config_path("hpm-inspector", appauthor=False)
