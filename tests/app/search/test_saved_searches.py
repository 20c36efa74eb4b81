from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import EpisodeQuery, open_memory
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in


@pytest.fixture
def opened(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    open_in(
        window,
        make_store(tmp_path / "s.hpm", ["fix the parser", "fix the lexer", "add a test"]),
        qtbot,
    )
    yield window


def answer(window: MainWindow, text: str) -> None:
    dialog = next(dialog for dialog in window.findChildren(QInputDialog) if dialog.isVisible())
    dialog.setTextValue(text)
    dialog.accept()


def names(window: MainWindow) -> list[str]:
    return [run.text() for run in window.search.saved.runs()]


def test_a_search_is_saved_with_its_filters_run_renamed_deleted_and_brought_back(
    opened: MainWindow, qtbot: QtBot
) -> None:
    assert opened.workspace is not None
    view = opened.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    assert not opened.commands[Command.SEARCH_DELETE].isEnabled()
    view.set_query(msgspec.structs.replace(view.query(), text="parser", has_error=True))
    opened.commands[Command.SEARCH_SAVE].trigger()
    answer(opened, "Broken & odd")
    qtbot.waitUntil(lambda: names(opened) == ["Broken && odd"])
    assert ("Search: Broken & odd") in [name for name, _ in opened.commands.for_palette()]

    view.set_query(msgspec.structs.replace(view.query(), text="", has_error=None))
    [run] = opened.search.saved.runs()
    with qtbot.waitSignal(view.counted) as signal:
        run.trigger()
    assert signal.args == [1, 5]
    assert view.query().text == opened.search.line.text() == "parser errors:>0"
    assert not view.filters.active

    opened.commands[Command.SEARCH_RENAME].trigger()
    answer(opened, "Broken & odd")
    answer(opened, "broken")
    qtbot.waitUntil(lambda: names(opened) == ["broken"])
    opened.commands[Command.SEARCH_DELETE].trigger()
    answer(opened, "broken")
    qtbot.waitUntil(lambda: names(opened) == [])
    for expected in (["broken"], ["Broken && odd"], []):
        opened.commands[Command.UNDO].trigger()
        qtbot.waitUntil(lambda wanted=expected: names(opened) == wanted)  # type: ignore[misc]
    opened.commands[Command.REDO].trigger()
    qtbot.waitUntil(lambda: names(opened) == ["Broken && odd"])


def test_saved_searches_are_there_when_the_store_opens(
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    store = make_store(tmp_path / "s.hpm", ["fix the parser", "a", "b"])
    with open_memory(store) as memory:
        memory.searches.save("errors", "has:error")
    open_in(window, store, qtbot)
    qtbot.waitUntil(lambda: names(window) == ["errors"])
    qtbot.waitUntil(window.commands[Command.SEARCH_DELETE].isEnabled)
    window.close_store()
    assert not window.commands[Command.SEARCH_DELETE].isEnabled()


def test_nothing_is_saved_without_a_search_or_with_a_wrong_one(
    opened: MainWindow, qtbot: QtBot
) -> None:
    messages: list[str] = []
    opened.problems.reported.connect(lambda problem: messages.append(problem.text))
    opened.commands[Command.SEARCH_SAVE].trigger()
    assert "Type a search" in messages[-1]
    opened.search.line.setText("projct:x")
    qtbot.waitUntil(lambda: "Did you mean project:" in opened.search.error_text())
    assert opened.search.line._wrong == (0, 8)
    assert opened.workspace is not None
    view = opened.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    with qtbot.waitSignal(opened.problems.reported):
        # The text must be understood to be joined with the filter.
        view.set_query(EpisodeQuery(text="projct:x", pinned=True))
        opened.commands[Command.SEARCH_SAVE].trigger()
    assert "Did you mean project:" in messages[-1]


def test_a_wrong_search_leaves_marks_and_steps_of_the_last_good_one(
    opened: MainWindow, qtbot: QtBot
) -> None:
    assert opened.workspace is not None
    view = opened.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    opened.search.line.setText("fix -nothing")
    qtbot.waitUntil(lambda: "2 episodes" in opened.search.line._result)
    opened.search.line.setText("fix (")
    qtbot.waitUntil(lambda: "last good result" in opened.search.error_text())
    view.table.selectRow(1)
    outline = view.pane.timeline
    qtbot.waitUntil(
        lambda: outline.outline is not None and outline.outline.episode_id == view.pane.episode_id
    )
    assert outline.outline is not None
    assert outline.outline.hit_text == "fix -nothing" and len(outline.outline.hits) > 0
