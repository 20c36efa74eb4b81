"""Health tells of hooks that failed lately on this store, and of nothing where none did."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.health.view import HealthView
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import Changed, open_memory
from hpm_engine.connecting.hook_log import HookRun, add_run

_HOUR = 3_600_000_000  # microseconds


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = tmp_path / "my.hpm"
    open_memory(store, create=True).close()
    return store


def ran(store: Path, hours: float, agent: str, failure: str = "") -> None:
    at = time.time_ns() // 1000 - round(hours * _HOUR)
    add_run(HookRun(at, agent, "SessionStart", str(store), failure=failure))


def shown(qtbot: QtBot, session: Session) -> tuple[HealthView, Navigator]:
    navigator = Navigator(Place(ViewName.HEALTH))
    view = HealthView(session, navigator)
    navigator.setParent(view)
    qtbot.addWidget(view)
    view.resize(1100, 760)
    view.show()
    qtbot.waitUntil(lambda: view.page.shows_content and not session.reading)
    return view, navigator


def test_nothing_is_said_where_no_hook_failed(
    qtbot: QtBot, session: Session, store: Path, tmp_path: Path
) -> None:
    ran(store, 1, "codex")
    ran(store, 24 * 9, "codex", "StoreBusy")  # long ago
    ran(tmp_path / "other.hpm", 1, "codex", "StoreBusy")  # of another store
    view, _ = shown(qtbot, session)
    assert not view.hooks.isVisible()


def test_how_many_failed_and_why_is_said_and_leads_to_agents(
    qtbot: QtBot, session: Session, store: Path
) -> None:
    ran(store, 5, "codex", "StoreBusy")
    ran(store, 3.5, "codex", "the time was over")
    ran(store, 2, "codex")
    ran(store, 1, "cursor", "ReadOnlyStore")
    view, navigator = shown(qtbot, session)
    text = view.hooks.text.text()
    codex, cursor = text.split(" 1 hook of Cursor ")
    assert codex.startswith("2 hooks of Codex failed within 7 days, the last ")
    assert "it took longer than a second and a half. 1 run went well since." in codex
    assert "the store cannot be written." in cursor and "went well" not in cursor
    qtbot.mouseClick(view.hooks.button, Qt.MouseButton.LeftButton)
    assert navigator.current == Place(ViewName.AGENTS)
    view.copy_report()
    assert "2 hooks of Codex failed" in QGuiApplication.clipboard().text()


def test_what_fails_while_it_is_open_is_told_when_one_looks_again(
    qtbot: QtBot, session: Session, store: Path
) -> None:
    view, _ = shown(qtbot, session)
    ran(store, 0, "gemini", "KeyError")
    view.restore(Place(ViewName.HEALTH))
    qtbot.waitUntil(view.hooks.isVisible)
    assert "1 hook of Gemini CLI" in view.hooks.text.text()
    view.refresh(Changed.EPISODES)
    qtbot.waitUntil(lambda: not session.reading)
    assert view.hooks.isVisible()
