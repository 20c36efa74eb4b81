"""Would it have helped? Asked by a press, with what simpler ways give and the cases behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.agents.replay.page import QUESTION
from app.agents.view import REPLAY_TAB, AgentsView
from app.kit.actions import Command
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import Changed, Help, open_memory
from tests.support.orchard_sessions import orchard_files, orchard_store

Open = Callable[[Path], AgentsView]


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.AGENTS))


@pytest.fixture
def opened(
    qtbot: QtBot, navigator: Navigator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    sessions: list[Session] = []

    def open_view(store: Path) -> AgentsView:
        sessions.append(Session(store))
        view = AgentsView(sessions[-1], navigator)
        sessions[-1].changed.connect(view.refresh)
        qtbot.addWidget(view)
        view.resize(1200, 800)
        view.show()
        view.tabs.setCurrentIndex(REPLAY_TAB)
        return view

    yield open_view
    for session in sessions:
        session.close()


def ask(qtbot: QtBot, view: AgentsView) -> None:
    qtbot.mouseClick(view.replay.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.replay.result is not None, timeout=60_000)
    qtbot.waitUntil(lambda: view.replay.start.isEnabled())


def test_nothing_is_asked_without_a_press(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    view = opened(orchard_store(tmp_path))
    assert view.replay.page.notice == QUESTION and view.replay.result is None
    assert view.tabs.tabText(REPLAY_TAB) == QUESTION


def test_one_figure_with_its_interval_and_the_cases_behind_it(
    opened: Open, qtbot: QtBot, navigator: Navigator, tmp_path: Path
) -> None:
    store = orchard_store(tmp_path)
    view = opened(store)
    ask(qtbot, view)
    page = view.replay
    assert page.figure.headline.text().startswith("33 % of 3 sessions could have been told")
    assert page.figure.interval.text().startswith("1 of 3; 95 % interval 6 % to 79 %")
    assert [name.split(",")[0].split(" (")[0] for name, _ in page.figure.figures] == [
        "Recall",
        "Words alone",
        "The latest sessions of the project",
        "Random sessions of the project",
    ]
    assert "At most 2 of 6 steps" in page.figure.parts.text()
    assert "a bound, not an estimate" in page.figure.parts.text()
    assert page.count.text() == "3 cases in 1 session; 1 could not be asked"
    rows = {row.case.help: row for row in page.model.rows}
    assert {help_: row.case.text for help_, row in rows.items()} == {
        Help.FILE: "water/pump.py",
        Help.COMMAND: "make flood-check ROW=7",
        Help.FAILURE: "python simulate_valve.py --zero",
    }
    assert (rows[Help.FILE].steps, rows[Help.COMMAND].steps) == (2, 0)
    command = rows[Help.COMMAND]
    page.table.selectRow(page.model.rows.index(command))
    qtbot.waitUntil(lambda: any(command.case.text in fact.value for fact in page.facts.facts()))
    links = {fact.name: fact.go for fact in page.facts.facts() if fact.go}
    links["Told by"]()
    assert navigator.current == Place(ViewName.EPISODES, command.case.from_episodes[0])
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert navigator.current == Place(ViewName.EPISODES, command.session.episode_id)
    with open_memory(store, read_only=True) as memory:
        assert memory.recall.past_count() == 0


def test_an_answer_says_of_when_it_is_once_sessions_have_changed(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    view = opened(orchard_store(tmp_path))
    ask(qtbot, view)
    page = view.replay
    view.refresh(Changed.MARKS)
    assert not page.notice.isVisible()
    view.refresh(Changed.EPISODES)
    assert page.notice.text.text().startswith("This answer is of 20")
    assert page.page.shows_content  # what is known stays
    first = page.result
    qtbot.mouseClick(page.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.result is not first, timeout=60_000)
    qtbot.waitUntil(lambda: not page.notice.isVisible())


@pytest.mark.parametrize(
    ("sessions", "text"), [(0, "This store has none."), (1, "This store has 1 session.")]
)
def test_too_little_is_said_to_be(
    opened: Open, qtbot: QtBot, tmp_path: Path, sessions: int, text: str
) -> None:
    view = opened(orchard_store(tmp_path, sessions))
    ask(qtbot, view)
    assert view.replay.page.notice == "There is too little to ask"
    assert text in view.replay.page._text.text()


def test_it_is_stopped_and_what_was_known_stays(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    view = opened(orchard_store(tmp_path))
    ask(qtbot, view)
    page, first = view.replay, view.replay.result
    page.ask()
    assert page.notice.isVisible() and not page.start.isEnabled()
    page.notice.button.click()
    qtbot.waitUntil(page.start.isEnabled)
    assert page.result is first and page.page.shows_content


def test_sessions_that_recall_cannot_find_yet_are_told_of(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    store = tmp_path / "new.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths(orchard_files(tmp_path))
    view = opened(store)
    qtbot.waitUntil(lambda: view.replay.index.isVisible())
    assert "4 episodes not prepared for recall" in view.replay.index.text.text()


def test_a_command_of_the_menu_leads_to_the_question(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.stores.open(orchard_store(tmp_path))
    qtbot.waitUntil(lambda: "4 episodes" in window.status.text(), timeout=30_000)
    window.commands[Command.REPLAY].trigger()
    assert window.workspace is not None
    view = window.workspace.view(ViewName.AGENTS)
    assert isinstance(view, AgentsView) and view.replay.isVisible()
    assert view.replay.result is None
