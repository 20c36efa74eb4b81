"""Backups and repairs in the window: by the plan, from the menus, and what Health says of them."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs
from pytestqt.qtbot import QtBot

from app.health.backup_keeping import BackupKeeping, backup_facts
from app.kit.session import Session
from hpm_engine import BackupPlan, Every, Job, open_memory


def test_the_window_makes_what_is_due_and_says_what_failed(qtbot: QtBot, tmp_path: Path) -> None:
    store, folder = tmp_path / "s.hpm", tmp_path / "backups"
    plan = BackupPlan(Every.DAY, str(folder / "deep"))
    with open_memory(store, create=True) as memory:
        memory.backups.set_plan(plan)
    session = Session(store)
    try:
        keeping = BackupKeeping(session, session)
        with qtbot.waitSignal(keeping.news, timeout=10_000):
            keeping.look()
        assert "is not there" in keeping.failure
        with open_memory(store) as memory:
            facts = dict(backup_facts(memory, Job()))
            assert "is not there" in facts["Failed"]
            memory.backups.set_plan(structs.replace(plan, folder=str(folder)))
            database = memory.internals.database
            with database.writing():
                database.execute("UPDATE backup_plan SET tried_at = 0")
        with qtbot.waitSignal(keeping.news, timeout=10_000):
            keeping.look()
        qtbot.waitUntil(lambda: len(list(folder.glob("*.hpm"))) == 1, timeout=10_000)
        assert keeping.failure == ""
        qtbot.waitUntil(lambda: keeping._running is None, timeout=10_000)
    finally:
        session.close()
    with open_memory(store, read_only=True) as memory:
        facts = dict(backup_facts(memory, Job()))
        assert facts["By itself"].startswith("every day")
        assert facts["Known"].startswith("1 backup")
        assert memory.audit.page()[-1].actor == "scheduler"
