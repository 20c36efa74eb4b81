"""The window speaks the computer's local time, the same as the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from PySide6.QtCore import QDate
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.audit.view import AuditView
from app.episodes.view import EpisodesView
from app.kit.controls.day_field import DayField
from app.kit.list_times import ListTimes
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.cli.root import hpm

_SESSION = (
    '{"type":"user","uuid":"u%d","sessionId":"s%d","cwd":"/w/garden","timestamp":"%s",'
    '"message":{"role":"user","content":"Mend the gate"}}\n'
)
BEGAN = ("2026-11-28T23:30:00.000Z", "2026-11-28T14:59:00.000Z", "2026-10-25T01:30:00.000Z")


@pytest.fixture
def absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person chose the clock's time for lists, in place of how long ago it was."""
    monkeypatch.setattr(ListTimes, "relative", False)


def when(view: EpisodesView) -> int:
    """The column of when episodes began."""
    return [column.title for column in view.model.columns].index("When")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    traces = tmp_path / "traces"
    traces.mkdir()
    for number, began in enumerate(BEGAN):
        (traces / f"s{number}.jsonl").write_text(_SESSION % (number, number, began))
    path = tmp_path / "times.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([traces])
    return path


@pytest.mark.usefixtures("absolute")
@pytest.mark.parametrize(
    ("name", "cells", "offset"),
    [
        ("Asia/Tokyo", ["2026-11-29 08:30", "2026-11-28 23:59", "2026-10-25 10:30"], "+09:00"),
        ("America/St_Johns", ["2026-11-28 20:00", "2026-11-28 11:29", "2026-10-24 23:00"], ""),
        # An hour that the clock shows twice has its offset.
        ("Europe/Berlin", ["2026-11-29 00:30", "2026-11-28 15:59", "2026-10-25 02:30 +01:00"], ""),
    ],
)
def test_a_column_shows_what_the_command_prints(
    qtbot: QtBot,
    session: Session,
    store: Path,
    zone: Callable[[str], None],
    name: str,
    cells: list[str],
    offset: str,
) -> None:
    zone(name)
    view = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: len(view.model.rows_held()) == 3)
    shown = [view.model.index(row, when(view)).data() for row in range(3)]
    assert shown == cells
    printed = CliRunner().invoke(hpm, ["episodes", str(store)]).stdout.splitlines()[1:]
    assert all(cell in line for cell, line in zip(cells, printed, strict=True))
    view.table.selectAll()
    view.table.copy_rows()
    lines = QGuiApplication.clipboard().text().splitlines()
    copied = [line.split("\t")[lines[0].split("\t").index("When")] for line in lines[1:]]
    assert all(stamp in line for stamp, line in zip(copied, printed, strict=True))
    assert all(stamp.startswith(cell) for cell, stamp in zip(cells, copied, strict=True))
    assert all(stamp.endswith(offset) for stamp in copied)


@pytest.mark.usefixtures("absolute")
def test_a_search_for_a_day_finds_the_rows_that_show_it(
    qtbot: QtBot, session: Session, zone: Callable[[str], None]
) -> None:
    zone("Asia/Tokyo")
    view = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
    qtbot.addWidget(view)
    view.show()
    with qtbot.waitSignal(view.counted) as counted:
        view.set_query(EpisodeQuery(text="after:2026-11-29"))
    assert counted.args[0] == 1
    qtbot.waitUntil(lambda: len(view.model.rows_held()) == 1)
    assert view.model.index(0, when(view)).data() == "2026-11-29 08:30"


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", QDate(2026, 3, 29), 23),
        ("Europe/Berlin", QDate(2026, 10, 25), 25),
        ("Africa/Cairo", QDate(2026, 4, 24), 23),  # has no midnight
        ("Asia/Tokyo", QDate(2026, 10, 25), 24),
    ],
)
def test_a_day_field_is_the_whole_local_day(
    qtbot: QtBot, zone: Callable[[str], None], name: str, day: QDate, hours: int
) -> None:
    zone(name)
    field = DayField("From", "First day")
    qtbot.addWidget(field)
    assert field.start() is None
    field.set_day(day)
    first, following = field.start(), field.start(after_days=1)
    assert first is not None and following is not None
    assert following - first == hours * 3_600_000_000


def test_the_log_is_filtered_by_local_days(
    qtbot: QtBot, session: Session, store: Path, zone: Callable[[str], None]
) -> None:
    zone("Pacific/Kiritimati")  # where it is tomorrow for most of the day
    view = AuditView(session, Navigator(Place(ViewName.AUDIT)))
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.model.row(0) is not None)
    newest = str(view.model.index(0, 0).data())
    view.filters._to.set_day(QDate.fromString(newest[:10], "yyyy-MM-dd").addDays(-1))
    qtbot.waitUntil(lambda: view.page.notice == "No row matches")
    view.filters._to.set_day(QDate.fromString(newest[:10], "yyyy-MM-dd"))
    qtbot.waitUntil(lambda: view.filters.count.whole_text() == "2 acts of 4 rows")
    qtbot.waitUntil(lambda: f"{newest} +14:00 (" in view.pane.exact.toPlainText())
    printed = CliRunner().invoke(hpm, ["audit", str(store)]).stdout.splitlines()[-1]
    assert f"{newest} +14:00" in printed
