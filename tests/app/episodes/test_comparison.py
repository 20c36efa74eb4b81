from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.episodes.compare.comparison import Likeness, read_comparison
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import Job, open_memory
from tests.support.command_runs import session
from tests.support.shown_views import open_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    traces = tmp_path / "traces"
    traces.mkdir()
    said = {"aaaa": ("mend it", "and test"), "bbbb": ("mend it", "but wait", "and test")}
    for key, texts in (said | {"cccc": ("other",)}).items():
        (traces / f"{key}.jsonl").write_bytes(session(key, *texts))
    path = tmp_path / "agents.hpm"
    with open_memory(path, create=True) as memory:
        for file in sorted(traces.iterdir()):
            memory.import_paths([file])
    return path


def test_steps_are_aligned_by_what_they_say(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        comparison = read_comparison(memory, Job(), 1, 2)
    assert [(row.likeness, row.left, row.right) for row in comparison.rows] == [
        (Likeness.SAME, 0, 0),
        (Likeness.SAME, 1, 1),
        (Likeness.RIGHT, None, 2),
        (Likeness.RIGHT, None, 3),
        (Likeness.SAME, 2, 4),
        (Likeness.CHANGED, 3, 5),  # "Answer 1" and "Answer 2"
    ]
    assert comparison.differences == 3
    assert comparison.next_difference(-1) == 2 and comparison.next_difference(2) == 5
    assert comparison.next_difference(5, forward=False) == 2
    assert comparison.next_difference(5) is None


def test_an_episode_is_the_same_as_itself(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        assert read_comparison(memory, Job(), 2, 2).differences == 0


def test_two_selected_episodes_stand_side_by_side_until_they_are_left(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    view.table.selectRow(0)
    [action] = window.commands.offered([Command.COMPARE])
    assert action is not None and action.isEnabled()
    view.table.selectAll()
    window.commands.offered([])
    assert not action.isEnabled() and "Only two episodes" in action.toolTip()
    rows = sorted(row for key in (1, 2) if (row := view.model.row_of(key)) is not None)
    selection = view.table.selectionModel()
    flags = selection.SelectionFlag
    selection.select(view.model.index(rows[0], 0), flags.ClearAndSelect | flags.Rows)
    selection.select(view.model.index(rows[1], 0), flags.Select | flags.Rows)
    window.commands.offered([])
    action.trigger()
    pane = view.pane.comparing
    qtbot.waitUntil(lambda: pane.model.rowCount() == 6)
    assert pane.isVisible() and view.pane.page.isHidden()
    assert pane.summary.text() == "3 differences, 3 steps the same"
    qtbot.keyClick(pane.table, Qt.Key.Key_N)
    first = pane.table.currentIndex().row()
    assert pane.model.row(first).likeness is not Likeness.SAME  # type: ignore[union-attr]
    qtbot.keyClick(pane.table, Qt.Key.Key_N)
    assert pane.table.currentIndex().row() > first
    qtbot.keyClick(pane.table, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert pane.table.currentIndex().row() == first
    qtbot.keyClick(pane.table, Qt.Key.Key_Escape)
    assert pane.isHidden() and view.pane.page.isVisible()
