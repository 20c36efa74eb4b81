"""The folders in which agents on this computer keep their sessions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from hpm_engine.values.episodes import Discovered

_LINES = re.compile(r".+\.jsonl(?:\.zst)?", re.DOTALL)  # Codex packs what is a week old
_GEMINI = re.compile(r"session-.+\.jsonl?", re.DOTALL)  # prompt logs lie beside the sessions


def discover(
    home: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Discovered, ...]:
    """The session folders of known agents with counts and sizes; empty ones are left out.

    ``home`` and ``environ`` default to the person's own.
    """
    home = home or Path.home()
    environ = os.environ if environ is None else environ
    claude = Path(environ.get("CLAUDE_CONFIG_DIR") or home / ".claude")
    codex = Path(environ.get("CODEX_HOME") or home / ".codex")
    agents = (
        ("Claude Code", claude / "projects", _LINES),
        ("Codex", codex / "sessions", _LINES),
        ("Codex", codex / "archived_sessions", _LINES),
        ("Gemini CLI", home / ".gemini" / "tmp", _GEMINI),
    )
    folders = (_discovered(agent, folder, names) for agent, folder, names in agents)
    return tuple(folder for folder in folders if folder is not None)


def _discovered(agent: str, folder: Path, names: re.Pattern[str]) -> Discovered | None:
    sizes = list(_sizes(folder, names))
    return Discovered(agent, str(folder), len(sizes), sum(sizes)) if sizes else None


def _sizes(folder: Path, wanted: re.Pattern[str]) -> Iterator[int]:
    """The sizes of the session files under a folder; what cannot be listed is passed over."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if wanted.fullmatch(name):
                try:
                    yield (Path(parent) / name).stat().st_size
                except OSError:
                    continue
