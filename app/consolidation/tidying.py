"""Whether the open store may tidy itself: the person's answer, and who was told not to ask again.

A yes is kept in the store. A "not now" must change nothing in it: it is kept beside the
preferences, by the store's own id.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from app.kit.engine_thread import Task
from app.kit.session import Session
from hpm_engine import BY_ITSELF, SCHEDULE, Changed, Consent, Job, Memory, Schedule

_FILE = "window.ini"
_GROUP = "not-now"


class PutOff:
    """The stores of which a person said "not now"."""

    def __init__(self, folder: Path) -> None:
        self._settings = QSettings(str(folder / _FILE), QSettings.Format.IniFormat)
        self._settings.beginGroup(_GROUP)

    def __contains__(self, store_id: str) -> bool:
        return self._settings.contains(store_id)

    def add(self, store_id: str) -> None:
        """Remember not to ask about a store again."""
        self._settings.setValue(store_id, "1")


def agree(session: Session) -> Task:
    """Let the store tidy itself from now on."""
    return session.edit(_agree, "Let the store tidy itself")


def keep_schedule(session: Session, schedule: Schedule, consent: Consent) -> Task:
    """Keep a schedule, and whether it is followed at all."""

    def call(memory: Memory, _job: Job) -> Changed:
        return memory.settings.set(SCHEDULE, schedule.text()) | memory.settings.set(
            BY_ITSELF, consent
        )

    return session.edit(call, "Change the schedule")


def _agree(memory: Memory, _job: Job) -> Changed:
    return memory.settings.set(BY_ITSELF, Consent.YES)
