"""Where this person's agents keep their files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from hpm_engine.ingest.discovery.place import LINUX, resolved

_LARGEST = 1024 * 1024  # bytes of a settings file


class AgentHome:
    """A person's home folder and environment, by default those of who runs the program."""

    def __init__(self, home: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
        self.home = home or Path.home()
        self._environ = os.environ if environ is None else environ

    @property
    def claude(self) -> Path:
        """Claude Code's folder."""
        return self._folder("${CLAUDE_CONFIG_DIR:-~/.claude}")

    @property
    def codex(self) -> Path:
        """Codex's folder."""
        return self._folder("${CODEX_HOME:-~/.codex}")

    @property
    def gemini(self) -> Path:
        """Gemini CLI's folder."""
        return self._folder("~/.gemini")

    def _folder(self, path: str) -> Path:
        return resolved(path, self.home, self._environ, LINUX)  # the same on every system


def json_object(path: Path) -> dict[str, object]:
    """The object in a settings file; empty where there is none that can be read."""
    try:
        with path.open("rb") as stream:
            value = json.loads(stream.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
