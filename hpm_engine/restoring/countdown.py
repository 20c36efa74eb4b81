"""The sessions that agents will delete, and whether a store has them.

Claude Code deletes, when it starts, what was not written to for ``cleanupPeriodDays`` (30 unless
its settings say otherwise); Gemini CLI what is older than ``general.sessionRetention.maxAge``
("30d" unless its settings say otherwise, or switch it off). Codex deletes nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from hpm_engine.job import Job
from hpm_engine.restoring.agent_home import AgentHome, json_object
from hpm_engine.store.rows.kept_files import KeptFiles
from hpm_engine.system.file_digest import file_sha256
from hpm_engine.values.restoring import AgentCleanup, Countdown, Deadline

_DAY = 86_400 * 1_000_000  # microseconds
_DEFAULT_DAYS = 30.0
_AGE = re.compile(r"(\d{1,6})([hdwm])")
_UNITS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": 30.0}  # days


def countdown(files: KeptFiles, home: AgentHome, at: int, job: Job) -> Countdown:
    """The session files that agents will delete, the earliest first; ``at`` in microseconds."""
    agents = (
        (_claude_cleanup(home), home.claude / "projects", "", (".jsonl",)),
        (_gemini_cleanup(home), home.gemini / "tmp", "session-", (".json", ".jsonl")),
    )
    deadlines: list[Deadline] = []
    for cleanup, folder, begins, endings in agents:
        for path, status in _session_files(folder, begins, endings):
            job.step(len(deadlines), note=str(path), unit="files")
            deadlines.append(_deadline(cleanup, path, status, files))
    deadlines.sort(key=lambda deadline: (deadline.due_at is None, deadline.due_at, deadline.path))
    present = {deadline.agent for deadline in deadlines}
    cleanups = tuple(cleanup for cleanup, *_ in agents if cleanup.agent in present)
    return Countdown(cleanups, tuple(deadlines), at)


def _deadline(
    cleanup: AgentCleanup, path: Path, status: os.stat_result, files: KeptFiles
) -> Deadline:
    modified_at = status.st_mtime_ns // 1000
    due_at = None if cleanup.days is None else modified_at + round(cleanup.days * _DAY)
    kept = files.at(str(path))
    whole = kept is not None and kept.size == status.st_size and kept.modified_at == modified_at
    if not whole:
        try:
            digest = file_sha256(path)
        except OSError:  # it cannot be read, or is gone meanwhile: no digest of the store
            digest = ""
        whole = kept is not None and kept.sha256 == digest
        if not whole and (same := files.with_digest(digest)) is not None:
            kept, whole = same, True
    episode = None if kept is None else kept.episode_id
    agent, size = cleanup.agent, status.st_size
    return Deadline(agent, str(path), size, modified_at, due_at, whole, episode)


def _session_files(
    folder: Path, begins: str, endings: tuple[str, ...]
) -> Iterator[tuple[Path, os.stat_result]]:
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            if name.startswith(begins) and name.endswith(endings):
                path = Path(parent) / name
                try:
                    yield path, path.stat()
                except OSError:  # gone meanwhile
                    continue


def _claude_cleanup(home: AgentHome) -> AgentCleanup:
    settings = home.claude / "settings.json"
    days = json_object(settings).get("cleanupPeriodDays")
    if isinstance(days, int | float) and not isinstance(days, bool) and days >= 0:
        return AgentCleanup("Claude Code", float(days), str(settings))
    return AgentCleanup("Claude Code", _DEFAULT_DAYS, "")


def _gemini_cleanup(home: AgentHome) -> AgentCleanup:
    settings = home.gemini / "settings.json"
    general = json_object(settings).get("general")
    retention = general.get("sessionRetention") if isinstance(general, dict) else None
    if not isinstance(retention, dict):
        return AgentCleanup("Gemini CLI", _DEFAULT_DAYS, "")
    if retention.get("enabled") is False:
        return AgentCleanup("Gemini CLI", None, str(settings))
    age = _AGE.fullmatch(str(retention.get("maxAge", "")))
    days = int(age[1]) * _UNITS[age[2]] if age else _DEFAULT_DAYS
    return AgentCleanup("Gemini CLI", days, str(settings) if age else "")
