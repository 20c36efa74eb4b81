"""What stands in the window of a store that was used: a newcomer's words, outside of Details."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.audit import actions as audit_actions
from app.consolidation import actions as consolidation_actions
from app.kit.actions import OpenStore
from app.kit.controls.details import Details
from app.kit.plain_text import SafeLabel
from app.kit.view_names import ViewName
from app.masks import actions as mask_actions
from app.shell import operations
from app.shell.main_window import MainWindow
from hpm_engine import open_memory
from tests.support.learned_store import learned_store
from tests.support.paper_terms import terms_in
from tests.support.shown_views import all_is_read

ROWS = 40  # of a table or list, from its beginning
_READ = ("text", "title", "windowTitle", "placeholderText", "toolTip", "statusTip")
_SPOKEN = ("accessibleName", "accessibleDescription")
DIALOGS: tuple[Callable[[OpenStore], None], ...] = (
    audit_actions.export_audit,
    consolidation_actions.change_schedule,
    consolidation_actions.change_visibility,
    consolidation_actions.undo_cycle,
    mask_actions.change_ageing,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Learned, compressed, recalled from, marked and undone; one blocked by nothing."""
    path = learned_store(tmp_path_factory.mktemp("used"))
    with open_memory(path) as memory:
        memory.consolidation.run(12)
        memory.consolidation.run(12)
        ids = [prototype.id for prototype in memory.consolidation.prototypes()]
        memory.consolidation.set_pinned(ids[:1], True)
        memory.consolidation.merge(ids[:2])
        memory.compression.compress([1, 2])
        memory.compression.restore([2])
        memory.marks.add_tag([1, 2, 3], "reviewed")
        memory.recall.ask("parse the invoice")
    return path


def settle(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: all_is_read(workspace), timeout=60_000)
    qtbot.wait(50)
    QApplication.processEvents()


def choose_a_row(view: QWidget) -> None:
    """Choose the first row of the first table that has one: the side pane tells of it then."""
    for table in view.findChildren(QTableView):
        model = table.model()
        if table.isVisible() and model is not None and model.rowCount(QModelIndex()):
            table.selectRow(0)
            return


def folded(widget: QWidget) -> bool:
    """Whether a widget stands within a fold of those who know the method."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, Details):
            return True
        above = above.parentWidget()
    return False


def texts(root: QWidget) -> Iterator[str]:
    """What a person reads, or has read to them, of a window and what is in it."""
    for widget in (root, *root.findChildren(QWidget)):
        if folded(widget):
            continue
        for name in (*_READ, *_SPOKEN):
            text = getattr(widget, name, None)
            if callable(text) and isinstance(said := text(), str):
                yield said
        if isinstance(widget, SafeLabel):
            yield widget.whole_text()
        if isinstance(widget, QTabBar):
            yield from (widget.tabText(index) for index in range(widget.count()))
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(index) for index in range(widget.count()))
        if isinstance(widget, QTableView):
            yield from cells(widget)
    for action in root.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def cells(table: QTableView) -> Iterator[str]:
    """The heads and first rows of a table, with their tips; columns that are hidden are not."""
    model, header = table.model(), table.horizontalHeader()
    if not isinstance(model, QAbstractItemModel) or not isinstance(header, QHeaderView):
        return
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    for column in range(model.columnCount(QModelIndex())):
        if table.isColumnHidden(column):
            continue
        for role in roles:
            yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
            for row in range(min(ROWS, model.rowCount(QModelIndex()))):
                yield str(model.index(row, column).data(role) or "")


def wrong(root: QWidget) -> list[str]:
    return sorted({f"{words} in {text!r}" for text in texts(root) if (words := terms_in(text))})


def test_every_view_of_a_used_store_is_in_plain_words(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: "12 episodes" in window.status.text(), timeout=30_000)
    workspace = window.workspace
    assert workspace is not None
    faults: dict[str, list[str]] = {}
    window.side_pane.show()
    for name in ViewName:
        window.go_to_view(name)
        settle(window, qtbot)
        choose_a_row(workspace.view(name))
        settle(window, qtbot)
        if words := wrong(window):
            faults[name.value] = words
    assert not faults, "\n".join(
        f"{name}: {line}" for name, all_ in faults.items() for line in all_
    )


def test_every_dialog_of_a_store_is_in_plain_words(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: "12 episodes" in window.status.text(), timeout=30_000)
    workspace = window.workspace
    assert workspace is not None
    operations.show_preferences(window)
    operations.show_shortcuts(window)
    operations.show_about(window)
    for ask in DIALOGS:
        ask(workspace)
        settle(window, qtbot)
    dialogs = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    assert len(dialogs) > 3
    words = [line for dialog in dialogs for line in wrong(dialog)]
    for dialog in dialogs:
        dialog.close()
    assert not words, "\n".join(words)


def test_a_term_is_found_where_it_is_shown(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label = SafeLabel("12 episodes, 3 of them evicted")
    label.setParent(page)
    assert wrong(page)
    fold = QWidget()
    qtbot.addWidget(fold)
    inner = SafeLabel("Held by EWC")
    details = Details("For researchers", inner, "test")
    details.setParent(fold)
    assert not wrong(fold), "what stands under Details may say it"
    inner.setParent(fold)
    assert wrong(fold)
