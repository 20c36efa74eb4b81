from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.problem_bar import ProblemBar
from app.shell.problems import PROGRAM, Problem, Problems, Severity, describe
from hpm_engine import HPMError, StoreMissing
from tests.support.files.traces import make_store


def test_an_expected_error_is_shown_as_it_is() -> None:
    problem = describe(StoreMissing("There is no a.hpm; choose another."), "Opening a.hpm")
    assert problem.headline == "Opening a.hpm did not work"
    assert problem.text == "There is no a.hpm; choose another."
    assert problem.severity is Severity.ERROR
    assert not problem.details


def test_anything_else_is_a_bug_with_its_traceback() -> None:
    try:
        _ = [][3]
    except IndexError as error:
        problem = describe(error, "Import 3 files")
    assert problem.severity is Severity.BUG
    assert "IndexError" in problem.details and "test_problems.py" in problem.details


def test_a_file_error_names_the_file() -> None:
    problem = describe(FileNotFoundError(2, "No such file or directory", "/a/b"))
    assert "/a/b" in problem.text


def test_what_nobody_caught_is_reported(qapp: object) -> None:
    problems, seen = Problems(), []
    problems.reported.connect(seen.append)
    error = ValueError("oops")
    problems._on_uncaught(ValueError, error, None)
    assert seen[0].severity is Severity.BUG


def test_problems_wait_for_each_other_and_can_be_copied(qtbot: QtBot) -> None:
    bar = ProblemBar()
    qtbot.addWidget(bar)
    bar.show_problem(Problem("First", "text", "details\u202e"))
    bar.show_problem(Problem("Second", "text"))
    assert not bar.isHidden()
    bar._copy.click()
    assert QGuiApplication.clipboard().text() == "First\n\ntext\n\ndetails\u202e"
    bar._more.click()
    assert "⟦RLO⟧" in bar._details.toPlainText()
    bar.dismiss()
    assert bar.current() == Problem("Second", "text")
    bar.dismiss()
    assert bar.isHidden()


def test_a_notice_goes_when_its_command_goes_well_or_its_view_is_left(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.stores.open(make_store(tmp_path / "agents.hpm", ["fix the parser"]))
    save, bar = window.commands[Command.SEARCH_SAVE], window.problem_bar
    save.trigger()
    problem = bar.current()
    assert problem is not None and problem.headline == "No search to save"
    window.commands[Command.TEXT_RESET].trigger()
    assert bar.current() == problem
    window.search.line.setText("parser")
    assert window.workspace is not None
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.query().text == "parser")
    save.trigger()
    assert bar.current() is None
    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.search.line.clear()
    qtbot.waitUntil(lambda: view.query().text == "")
    save.trigger()
    assert bar.current() == problem
    window.go_to_view(ViewName.HEALTH)
    assert bar.current() is None


def test_a_failure_goes_when_the_same_job_goes_well(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.stores.open(make_store(tmp_path / "agents.hpm", ["fix the parser"]))
    workspace = window.workspace
    assert workspace is not None
    failing = True

    def call(_memory: object, _job: object) -> None:
        if failing:
            raise HPMError("The disk is full.")

    workspace.session.write(call, "Tidy up")
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None)
    window.go_to_view(ViewName.HEALTH)
    assert window.problem_bar.current() is not None  # no notice: it failed
    with qtbot.waitSignal(workspace.session.write(lambda memory, job: None, "Another").finished):
        pass
    assert window.problem_bar.current() is not None
    failing = False
    workspace.session.write(call, "Tidy up")
    qtbot.waitUntil(lambda: window.problem_bar.current() is None)


def test_what_was_said_of_a_store_goes_with_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.stores.open(tmp_path / "gone.hpm")
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None)
    with window.problems.during(PROGRAM):
        window.problems.tell("The preferences could not be read", "They are as they were made.")
    window.stores.open(make_store(tmp_path / "agents.hpm", ["fix the parser"]))
    problem = window.problem_bar.current()
    assert problem is not None and problem.about == PROGRAM
    window.problem_bar.dismiss()
    assert window.problem_bar.current() is None
