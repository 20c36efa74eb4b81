from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.status.selection_sums import sentence
from hpm_engine import EpisodeQuery, Sums, open_memory
from tests.support.written_episodes import step, write

MINUTE = 60_000_000


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "sums.hpm"
    with open_memory(path, create=True) as memory:
        for number in range(5):
            steps = [step(seq + 1, "disk full") for seq in range(number + 1)]
            write(memory, steps, key=str(number))
    return path


def test_sums_are_told_in_words() -> None:
    assert sentence("selected", Sums(12, 200 * MINUTE, 1_204, 340_000, 4.12, 12)) == (
        "12 selected  ·  3 h 20 min  ·  1,204 steps  ·  340 k tokens  ·  $4.12"
    )
    assert sentence("found", Sums(2, 0, 1, 0, 0.5, 1)) == (
        "2 found  ·  1 step  ·  $0.50 (known of 1)"
    )


def test_the_status_bar_sums_up_what_is_selected(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace is not None
    window.go_to_view(ViewName.EPISODES)
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: "5 episodes" in window.status.text(), timeout=20_000)
    flags = QItemSelectionModel.SelectionFlag
    rows = QItemSelection(view.model.index(0, 0), view.model.index(2, 0))
    view.table.selectionModel().select(rows, flags.ClearAndSelect | flags.Rows)
    assert "3 selected  ·  adding up…" in window.status.text()
    qtbot.waitUntil(lambda: "adding up" not in window.status.text(), timeout=20_000)
    assert "3 selected  ·  " in window.status.text()
    rows = QItemSelection(view.model.index(0, 0), view.model.index(1, 0))
    view.table.selectionModel().select(rows, flags.ClearAndSelect | flags.Rows)
    assert "2 selected  ·  adding up…" in window.status.text(), "no sums of the three are left"
    rows = QItemSelection(view.model.index(0, 0), view.model.index(2, 0))
    view.table.selectionModel().select(rows, flags.ClearAndSelect | flags.Rows)
    qtbot.waitUntil(lambda: "adding up" not in window.status.text(), timeout=20_000)
    steps = sum(row.steps for row in map(view.model.row, range(3)) if row is not None)
    assert f"{steps} steps" in window.status.text()
    view.table.selectRow(0)
    qtbot.waitUntil(lambda: "5 episodes" in window.status.text())
    view.set_query(EpisodeQuery(text="steps:>3"))
    qtbot.waitUntil(lambda: "2 found  ·  " in window.status.text(), timeout=20_000)
    window.go_to_view(ViewName.AUDIT)
    qtbot.waitUntil(lambda: "5 episodes" in window.status.text(), timeout=20_000)
