"""At 1280 by 800, with the side pane open, what matters can be read whole."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.episodes.list.columns import COLUMNS
from app.episodes.view import EpisodesView
from app.health.view import HealthView, _engine_facts
from app.kit.actions import Command
from app.kit.navigation import Place
from app.kit.plain_text import SafeLabel
from app.kit.view_names import ViewName
from app.overview.view import OverviewView
from app.shell.main_window import MainWindow
from hpm_engine import SortColumn, open_memory
from tests.support.files.traces import make_store


@pytest.fixture
def laptop(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """The window with an episode in the side pane, and the list as a table."""
    window.setFixedSize(1280, 800)
    window.stores.open(make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"]))
    assert window.workspace is not None
    window.commands[Command.SIDE_PANE].trigger()
    window.commands[Command.LAYOUT_ABOVE].trigger()
    with qtbot.waitSignal(window.side_pane.shown, timeout=20_000):
        window.workspace.navigator.go(Place(ViewName.EPISODES, 1, 1))
    return window


def elided(within: QWidget) -> list[str]:
    """The texts that are cut: a line that is longer than the room for it."""
    return [
        label.text()
        for label in within.findChildren(SafeLabel)
        if label.isVisible()
        and not label.wordWrap()
        and label.fontMetrics().horizontalAdvance(label.text()) > label.contentsRect().width()
    ]


@pytest.mark.parametrize("title", ["When", "Project", "Title", "Kept", "Learned"])
def test_the_columns_that_matter_are_in_view(laptop: MainWindow, qtbot: QtBot, title: str) -> None:
    assert laptop.workspace is not None
    view = laptop.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    assert laptop.side_pane.isVisible()
    section = [column.title for column in COLUMNS].index(title)
    table = view.table

    def right() -> int:
        return table.columnViewportPosition(section) + table.columnWidth(section)

    qtbot.waitUntil(lambda: 0 < right() <= table.viewport().width())


def test_columns_kept_from_another_order_are_not_taken_for_these(
    laptop: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Widths and sorting are kept by place: of other columns they say nothing."""
    assert laptop.workspace is not None
    view = laptop.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    path = laptop.workspace.session.path
    table = view.table
    section = [column.title for column in COLUMNS].index("Kept")
    table.setColumnWidth(section, 33)
    laptop.close_store()
    laptop.stores.open(path)
    again = laptop.workspace.view(ViewName.EPISODES)
    assert isinstance(again, EpisodesView)
    assert again.table.columnWidth(section) == 33
    laptop.close_store()
    monkeypatch.setattr("app.episodes.list.episode_table.COLUMNS", COLUMNS[::-1])
    laptop.stores.open(path)
    other = laptop.workspace.view(ViewName.EPISODES)
    assert isinstance(other, EpisodesView)
    assert other.table.columnWidth(section) != 33
    assert other.query().sort is SortColumn.STARTED


def test_the_figures_of_the_overview_are_whole(laptop: MainWindow, qtbot: QtBot) -> None:
    laptop.go_to_view(ViewName.OVERVIEW)
    assert laptop.workspace is not None
    view = laptop.workspace.view(ViewName.OVERVIEW)
    assert isinstance(view, OverviewView)
    qtbot.waitUntil(lambda: bool(view.headline.findChildren(SafeLabel)), timeout=20_000)
    with open_memory(laptop.workspace.session.path, read_only=True) as memory:
        activity = memory.figures.activity()
    total = msgspec.structs.replace(
        activity.total, steps=1_234_567, errors=12_345, tokens_in=9_876_543_210
    )
    view.headline.show_activity(msgspec.structs.replace(activity, total=total, undated=123))
    qtbot.waitUntil(lambda: _captions(view.headline) >= {"failed tool calls", "1,234,567"})
    QApplication.processEvents()  # lays them out
    assert elided(view.headline) == []
    assert view.headline.height() >= view.headline.heightForWidth(view.headline.width())


def _captions(within: QWidget) -> set[str]:
    return {label.text() for label in within.findChildren(SafeLabel) if label.isVisible()}


def test_what_health_says_of_an_earlier_index_is_whole(laptop: MainWindow, qtbot: QtBot) -> None:
    laptop.go_to_view(ViewName.HEALTH)
    assert laptop.workspace is not None
    view = laptop.workspace.view(ViewName.HEALTH)
    assert isinstance(view, HealthView)
    qtbot.waitUntil(lambda: view._health is not None, timeout=20_000)
    with open_memory(laptop.workspace.session.path, read_only=True) as memory:
        health = memory.figures.health()
    waiting = msgspec.structs.replace(health, search_waiting=156)
    view.engine.show_facts(_engine_facts(waiting))
    qtbot.waitUntil(lambda: "156 steps to be indexed again" in _captions(view.engine))
    QApplication.processEvents()  # lays it out
    assert not any(map(elided, (view.store, view.engine, view.audit)))


def test_times_in_the_side_pane_are_whole(laptop: MainWindow) -> None:
    times = [fact.value for fact in laptop.side_pane.groups()["Source"] if fact.name == "Imported"]
    assert len(times) == 1
    assert not set(times) & set(elided(laptop.side_pane))
