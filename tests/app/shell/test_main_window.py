from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.job_kind import JobKind
from app.kit.navigation import Place
from app.kit.table.table_view import RowView
from app.kit.theme.colour import is_dark
from app.kit.theme.theme import Scheme
from app.kit.view_names import ViewName
from app.recall.view import RecallView
from app.shell.action_table import ACTIONS
from app.shell.dialogs.preferences_dialog import PreferencesDialog
from app.shell.main_window import MainWindow
from app.shell.preferences import load
from app.shell.problems import Severity
from app.shell.side_pane.choice import SHOWN_FROM
from app.shell.stores import move_earlier_sample, sample_path
from app.shell.top_bar import TopBar
from tests.support.files.traces import HOSTILE, make_store, write_traces
from tests.support.shown_views import open_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", HOSTILE, "add a test"])


def select(window: MainWindow, episode: int, qtbot: QtBot) -> None:
    assert window.workspace is not None
    window.resize(SHOWN_FROM, 800)
    with qtbot.waitSignal(
        window.side_pane.shown, check_params_cb=lambda place: place.episode_id == episode
    ):
        window.workspace.navigator.go(Place(ViewName.EPISODES, episode, 1))


def test_the_window_fits_a_small_screen(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    open_in(window, store, qtbot)
    for name in ViewName:
        window.go_to_view(name)
        qtbot.wait(20)
        hint = window.minimumSizeHint()
        assert hint.width() <= 1000, (name, hint)
        assert hint.height() <= 600, (name, hint)


def test_titles_and_icons_follow_the_text_size(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    table = window.workspace.view(ViewName.EPISODES).findChild(RowView)
    [bar] = window.findChildren(TopBar)
    before, icons = table.horizontalHeader().fontMetrics().height(), bar.iconSize().height()
    window.settings.update(text_scale=200)
    qtbot.waitUntil(lambda: bar.iconSize().height() > icons * 1.5)
    assert table.horizontalHeader().fontMetrics().height() > before * 1.5
    window.settings.update(text_scale=100)


def test_the_first_page_is_shown_and_store_commands_wait(window: MainWindow) -> None:
    assert window.stack.currentWidget() is window.welcome
    assert not window.commands[Command.PIN].isEnabled()
    assert not window.commands[Command.STORE_CLOSE].isEnabled()
    assert window.commands[Command.STORE_OPEN].isEnabled()


def test_a_store_opens_with_its_figures_and_is_remembered(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert "agents.hpm" in window.windowTitle()
    assert window.status.text().startswith("agents.hpm")
    assert load(window.settings.folder).recent == (str(store),)
    window.close_store()
    assert window.stack.currentWidget() is window.welcome


def test_rows_that_arrive_late_do_not_take_the_person_back_to_them(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    window.go_to_view(ViewName.RECALL)
    assert window.workspace is not None
    episodes = window.workspace.view(ViewName.EPISODES)
    assert isinstance(episodes, EpisodesView)
    qtbot.waitUntil(lambda: episodes.pane.episode_id is not None)
    assert window.workspace.navigator.current.view is ViewName.RECALL


@pytest.mark.parametrize("name", list(ViewName))
def test_every_view_of_the_rail_opens(
    window: MainWindow, store: Path, qtbot: QtBot, name: ViewName
) -> None:
    open_in(window, store, qtbot)
    window.go_to_view(name)
    assert window.workspace is not None
    view = window.workspace.view(name)
    assert window.stack.currentWidget() is view
    assert type(view).__module__ == f"app.{name}.view"


def test_a_missing_store_says_so_and_returns_to_the_first_page(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.stores.open(tmp_path / "gone.hpm")
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None)
    problem = window.problem_bar.current()
    assert problem is not None and problem.severity is Severity.ERROR
    assert "gone.hpm" in problem.text
    assert window.stack.currentWidget() is window.welcome
    assert load(window.settings.folder).recent == ()


def test_a_foreign_file_is_refused_by_name(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "letter.hpm").write_text("Dear reader, this is not a database." * 100)
    window.stores.open(tmp_path / "letter.hpm")
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None)
    assert window.workspace is None


def test_a_new_store_is_made_and_opened(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.stores.make(tmp_path / "new.hpm")
    qtbot.waitUntil(lambda: "0 episodes" in window.status.text())
    assert (tmp_path / "new.hpm").exists()


def test_the_sample_is_built_once_and_opened(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.stores.open_sample()
    window.stores.open_sample()  # asked again in impatience
    assert window.stores.busy
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=300_000)
    qtbot.waitUntil(lambda: not window.stores.busy)
    assert window.problem_bar.current() is None
    assert "Build the sample" in window.log.text()
    assert sample_path().parent == tmp_path / "data"
    assert not (window.settings.folder / "sample.hpm").exists()
    window.close_store()
    window.stores.open_sample()
    assert window.workspace is not None


def test_a_sample_that_was_kept_with_the_settings_moves_to_the_data(tmp_path: Path) -> None:
    settings, data = tmp_path / "settings", tmp_path / "data"
    settings.mkdir()
    data.mkdir()
    move_earlier_sample(settings, data)
    assert not list(data.iterdir())
    for name in ("sample.hpm", "sample.hpm-wal", "sample.truth.json", "settings.toml"):
        (settings / name).write_text(name)
    move_earlier_sample(settings, data)
    assert [path.name for path in settings.iterdir()] == ["settings.toml"]
    assert sorted(path.name for path in data.iterdir()) == [
        "sample-earlier.hpm",
        "sample-earlier.hpm-wal",
        "sample-earlier.truth.json",
    ]


def test_dropped_files_are_imported_and_logged(
    window: MainWindow, store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    files = write_traces(tmp_path / "more", ["a fourth", "a fifth, quite new", "the sixth"])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    window.imports.drop(data)
    qtbot.waitUntil(lambda: "6 episodes" in window.status.text())
    assert "Import 3 files: 3 episodes added" in window.log.text()


def test_files_that_are_no_traces_are_named(
    window: MainWindow, store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    (tmp_path / "notes.txt").write_text("nothing to see")
    window.imports.begin([tmp_path / "notes.txt"])
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None)
    problem = window.problem_bar.current()
    assert problem is not None and "notes.txt" in problem.report()


def test_the_side_pane_shows_the_selected_step_and_its_source(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    select(window, 1, qtbot)
    groups = window.side_pane.groups()
    assert {fact.name for fact in groups["Step"]} >= {"From"}
    assert any(len(fact.value) == 64 for fact in groups["Source"] if fact.name == "SHA-256")


def test_hostile_text_stays_text_everywhere_in_the_frame(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    select(window, 2, qtbot)
    window.problems.tell(HOSTILE, HOSTILE, HOSTILE)
    window.welcome.show_recent([f"/tmp/{HOSTILE}.hpm"])
    window.commands.show_recent([f"/tmp/{HOSTILE}.hpm"])
    window.log.add(HOSTILE)
    assert not window.grab().isNull()
    assert "⟦RLO⟧" in window.side_pane.name()
    assert "<img" in window.problem_bar._text.text()
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label


def test_back_returns_to_what_was_selected(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    open_in(window, store, qtbot)
    window.go_to_view(ViewName.HEALTH)
    window.commands[Command.GO_BACK].trigger()
    assert window.workspace is not None
    assert window.workspace.navigator.current.view is ViewName.EPISODES
    assert window.commands[Command.GO_FORWARD].isEnabled()


def test_a_pin_can_be_undone_from_the_menu(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    open_in(window, store, qtbot)
    select(window, 1, qtbot)

    def pinned() -> str:
        facts = {fact.name: fact.value for fact in window.side_pane.groups()["Episode"]}
        return facts.get("Pinned", "")

    window.commands[Command.PIN].trigger()
    qtbot.waitUntil(lambda: pinned() == "yes")
    qtbot.waitUntil(window.commands[Command.UNDO].isEnabled)
    window.commands[Command.UNDO].trigger()
    qtbot.waitUntil(lambda: pinned() == "no")


def test_searching_counts_and_a_wrong_query_keeps_the_last_result(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    window.search.line.setText("needle2")
    qtbot.waitUntil(lambda: "3 episodes" in window.search.line._result)
    window.search.line.setText('"never closed')
    qtbot.waitUntil(lambda: "last good result" in window.search.error_text())
    window.search.line.setText("parser")
    qtbot.waitUntil(lambda: "1 episode" in window.search.line._result)


def test_the_palette_lists_filters_and_runs_commands(window: MainWindow, qtbot: QtBot) -> None:
    window.palette_panel.open()
    assert len(window.palette_panel.shown()) == len(ACTIONS) - 1
    window.palette_panel.type("larger")
    assert window.palette_panel.shown()[0] == "View: Larger Text"
    qtbot.keyClick(window.palette_panel._line, Qt.Key.Key_Return)
    assert window.settings.preferences.text_scale == 110
    window.commands[Command.TEXT_RESET].trigger()  # the size is the whole program's
    assert not window.palette_panel.isVisible()


def test_the_theme_can_be_changed_and_is_kept(window: MainWindow) -> None:
    assert not is_dark()
    window.commands[Command.THEME].trigger()
    assert is_dark()
    assert load(window.settings.folder).theme is Scheme.DARK
    window.commands[Command.THEME].trigger()
    assert not is_dark()


def test_the_preferences_dialog_follows_and_leads(window: MainWindow) -> None:
    window.commands[Command.PREFERENCES].trigger()
    dialog = window.findChild(PreferencesDialog)
    assert dialog is not None
    dialog.editor("text_scale").setValue(150)
    assert window.settings.preferences.text_scale == 150
    window.commands[Command.TEXT_RESET].trigger()
    assert dialog.editor("text_scale").value() == 100
    dialog.close()


def test_every_dialog_opens_without_stopping_the_window(window: MainWindow) -> None:
    for command in (Command.SHORTCUTS, Command.ABOUT):
        window.commands[command].trigger()
    shown = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    assert len(shown) == 2
    for dialog in shown:
        assert not dialog.isModal()
        dialog.close()


def test_closing_while_a_job_runs_asks_once_then_stops_it(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None

    def endless(memory: object, job: object) -> None:
        for number in range(10**9):
            job.step(number, 10**9, unit="steps")  # type: ignore[attr-defined]

    window.workspace.session.write(endless, "Endless")
    qtbot.waitUntil(lambda: any(chip.isVisible() for chip in window.jobs._chips.values()))
    window.close()
    question = window.findChild(QuestionDialog)
    assert question is not None and window.isVisible()
    question.accept()
    assert not window.isVisible()
    assert window.workspace is None


def test_an_import_is_indexed_for_recall_and_a_recall_leaves_its_mark(
    window: MainWindow, store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    window.resize(SHOWN_FROM, 800)
    session, navigator = window.workspace.session, window.workspace.navigator
    kinds: list[JobKind] = []
    session.job_started.connect(lambda task: kinds.append(task.kind))
    tasks = ["paint the fence green", "oil the garden gate", "mow the lawn", "feed the cat"]
    window.imports.begin(write_traces(tmp_path / "more", tasks))
    view = window.workspace.view(ViewName.RECALL)
    assert isinstance(view, RecallView)
    qtbot.waitUntil(lambda: JobKind.INDEX in kinds and not session.writing, timeout=30_000)
    qtbot.waitUntil(lambda: view.index.waiting == 0, timeout=10_000)
    assert "episodes made findable by words" in window.log.text()
    window.commands[Command.RECALL_ASK].trigger()
    assert navigator.current.view is ViewName.RECALL
    view.cue.show_cue("the garden gate needs oil")
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        view.cue.ask()
    row = view.hits.tree.rows[0]
    assert row.name == "oil the garden gate"
    qtbot.waitUntil(lambda: "Lineage" in window.side_pane.groups(), timeout=10_000)
    said, link = window.side_pane.groups()["Lineage"]
    assert said.name == "Recalled" and said.value.startswith("1 time, last 20")
    assert link.name == "by person" and "garden gate needs oil" in link.value
    qtbot.keyClick(view.hits, Qt.Key.Key_Return)
    episodes = window.workspace.view(ViewName.EPISODES)
    assert isinstance(episodes, EpisodesView) and navigator.current.view is ViewName.EPISODES
    row_number = episodes.model.row_of(row.episode_id)
    assert row_number is not None
    titles = [column.title for column in episodes.model.columns]
    shown = episodes.model.index(row_number, titles.index("Last recalled"))
    qtbot.waitUntil(lambda: str(shown.data()) not in ("", "never"), timeout=10_000)
    assert link.go is not None
    link.go()
    assert navigator.current == Place(ViewName.RECALL, row.episode_id, None, 1)
    assert view.recalling.shown is not None and view.recalling.shown.recall_id == 1
    window.commands[Command.RECALL_WITHOUT].trigger()
    qtbot.waitUntil(lambda: bool(view.recalling.shown and view.recalling.shown.without))
    window.commands[Command.RECALL_PUT_BACK].trigger()
    assert view.hits.tree.rows[0].episode_id == row.episode_id
    window.commands[Command.RECALL_COPY].trigger()
    assert "garden gate" in QGuiApplication.clipboard().text()
    window.commands[Command.RECALL_PAST].trigger()
    assert view.past.isVisible()


def test_what_one_came_for_has_the_keyboard_at_first(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    assert window.welcome.isAncestorOf(window.focusWidget())
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace is not None
    assert window.workspace.here.isAncestorOf(window.focusWidget())
