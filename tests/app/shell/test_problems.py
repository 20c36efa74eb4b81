from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.shell.problem_bar import ProblemBar
from app.shell.problems import Problem, Problems, Severity, describe
from hpm_engine import StoreMissing


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
