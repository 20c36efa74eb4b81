from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit import day_turn
from app.kit.day_turn import DayTurn
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import open_memory
from hpm_engine.system import local_time
from tests.support.files.traces import make_store

BEFORE = datetime(2026, 11, 28, 23, 59, 50).astimezone()
AFTER = BEFORE + timedelta(seconds=20)


class Clock:
    """What everybody takes for the time of now."""

    def __init__(self) -> None:
        self.time = BEFORE

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(day_turn, "local_now", clock)
    monkeypatch.setattr(local_time, "now", clock)
    return clock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    path = make_store(tmp_path / "days.hpm", ["mend the gate"])
    with open_memory(path) as memory, memory.internals.database.writing():
        memory.internals.database.execute(
            "UPDATE main.episodes SET started_at = ?", (int(BEFORE.timestamp() - 3600) * 1_000_000,)
        )
    yield path


def test_a_day_begins_once(qapp: object, clock: Clock) -> None:
    owner, begun = QObject(), list[bool]()
    turn = DayTurn(owner)
    turn.begun.connect(lambda: begun.append(True))
    turn.look()
    assert not begun
    clock.time = AFTER
    turn.look()
    turn.look()
    assert begun == [True]


def test_the_days_above_the_rows_turn_over_at_midnight(
    qtbot: QtBot, session: Session, clock: Clock
) -> None:
    view = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.table._bands == {0: "Today"})
    clock.time = AFTER
    view.day_turn.look()
    qtbot.waitUntil(lambda: view.table._bands == {0: "Yesterday"})
