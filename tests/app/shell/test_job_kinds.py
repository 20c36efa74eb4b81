"""Jobs are known by their kind: whatever they are called, each notice follows its own."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ageing.ageing_line import AgeingLine
from app.ageing.jobs import age, age_by_schedule
from app.consolidation import jobs as cycles
from app.consolidation.cycle_notice import CycleNotice
from app.consolidation.schedule_keeper import Keeping
from app.kit.controls.notice_line import NoticeLine
from app.kit.engine_thread import EngineThread, Task
from app.kit.index_job import index, index_again
from app.kit.index_notice import RecallIndexNotice, SearchIndexNotice
from app.kit.session import Session
from hpm_engine import Changed, Job, Trigger
from tests.support.files.traces import make_store

APP = Path(__file__).parents[3] / "app"
OTHER_TITLE = "Something else"
Start = Callable[[Session], Task]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "a.hpm", ["first task", "second task"])


@pytest.fixture(autouse=True)
def renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job is called something else."""
    submit = EngineThread.submit

    def submit_renamed(
        thread: EngineThread, call: Any, title: str = "", *more: Any, **named: Any
    ) -> Task:
        return submit(thread, call, title and OTHER_TITLE, *more, **named)

    monkeypatch.setattr(EngineThread, "submit", submit_renamed)


@contextmanager
def waiting(qtbot: QtBot, session: Session) -> Iterator[None]:
    """Jobs wait for one before them, so that they can be looked at, and then are stopped."""
    ends = threading.Event()
    session.write(lambda memory, job: ends.wait(20) and Changed.NOTHING, "Something long")
    yield
    session.cancel_writes()
    ends.set()
    qtbot.waitUntil(lambda: not session.writing)


def ageing_notice(session: Session, parent: QWidget) -> NoticeLine:
    return AgeingLine(session, parent).running


@pytest.mark.parametrize(
    ("notice_of", "start", "words"),
    [
        (CycleNotice, lambda session: cycles.run(session, 50), "Learning"),
        (CycleNotice, lambda session: cycles.preview(session, 50), "Previewing"),
        (CycleNotice, cycles.accept, "Applying the preview"),
        (CycleNotice, lambda session: cycles.undo(session, 1), "Undoing"),
        (ageing_notice, age, "Compressing old episodes"),
        (RecallIndexNotice, index, "Preparing"),
        (SearchIndexNotice, index, "Indexing"),
        (SearchIndexNotice, index_again, "Indexing"),
    ],
)
def test_a_notice_follows_its_jobs_whatever_they_are_called(
    qtbot: QtBot,
    session: Session,
    notice_of: Callable[[Session, QWidget], NoticeLine],
    start: Start,
    words: str,
) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    notice = notice_of(session, owner)
    with waiting(qtbot, session):
        task = start(session)
        assert task.title == OTHER_TITLE
        qtbot.waitUntil(lambda: notice.text.whole_text() == words and not notice.isHidden())


@pytest.mark.parametrize("notice_of", [CycleNotice, RecallIndexNotice])
def test_a_notice_follows_no_other_job(
    qtbot: QtBot, session: Session, notice_of: Callable[[Session, QWidget], NoticeLine]
) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    notice = notice_of(session, owner)
    with waiting(qtbot, session):
        index_again(session)
        age(session)
        qtbot.wait(400)
        assert notice.button.text() != "Stop", "what it would stop is not its own"


def test_the_schedule_knows_its_jobs_whatever_they_are_called(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = QObject()
    keeping = Keeping(session, owner)
    put_off: list[bool] = []
    monkeypatch.setattr(keeping._keeper, "put_off", lambda: put_off.append(True))
    with waiting(qtbot, session):
        keeping.running = age_by_schedule(session, keeping._keeper, Trigger.TIME)
        assert keeping.sentence() == "Compressing old episodes by itself"
        keeping.running = cycles.run_by_schedule(session, keeping._keeper, Trigger.TIME)
        assert keeping.sentence() == "Learning by itself"
        cycles.accept(session).succeeded.emit(None)
        assert not put_off
        cycles.undo(session, 1).succeeded.emit(())
        assert put_off, "what a person undoes is not done again at once"
    owner.deleteLater()


def titles_compared(source: str) -> list[int]:
    """The lines on which something hangs on the title of a task: it is compared or looked up."""
    lines: list[int] = []
    for node in ast.walk(ast.parse(source)):
        asked: tuple[ast.expr, ...] = ()
        if isinstance(node, ast.Compare):
            asked = (node.left, *node.comparators)
        elif isinstance(node, ast.Subscript):
            asked = (node.slice,)
        elif isinstance(node, ast.Match):
            asked = (node.subject,)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            methods = {"get", "startswith", "endswith", "__eq__", "index", "count"}
            asked = (*node.args, node.func.value) if node.func.attr in methods else ()
        for part in (inner for expression in asked for inner in ast.walk(expression)):
            if isinstance(part, ast.Attribute) and part.attr == "title" and not _an_episode(part):
                lines.append(part.lineno)
    return lines


def _an_episode(title: ast.Attribute) -> bool:
    """Sessions of agents have titles too."""
    return isinstance(title.value, ast.Name) and title.value.id == "episode"


def test_nobody_compares_titles() -> None:
    compared = {
        str(path.relative_to(APP)): lines
        for path in APP.rglob("*.py")
        if (lines := titles_compared(path.read_text("utf-8")))
    }
    assert not compared, "know a job by its kind (app/kit/job_kind.py): people read titles"


@pytest.mark.parametrize(
    "line",
    [
        "if task.title != TITLE: pass",
        "if self.running.title == ageing.TITLE: pass",
        "task.title in _DOING",
        "_DOING[self.task.title]",
        "_DOING.get(task.title)",
        "task.title.startswith('Undo')",
        "match task.title:\n    case 'Age': pass",
    ],
)
def test_the_walk_sees_a_compared_title(line: str) -> None:
    assert titles_compared(line)


def test_the_walk_lets_titles_be_shown() -> None:
    assert not titles_compared("label.setText(task.title)\nepisode.title in names\nf'{task.title}'")


def test_a_job_that_is_stopped_by_itself_tells_of_what_it_had_done(
    qtbot: QtBot, session: Session
) -> None:
    """The schedule's ageing gives nothing back where an agent woke up between two batches."""

    def woken(_memory: object, _job: Job) -> None:
        return None

    with qtbot.waitSignal(session.changed) as signal:
        session.write(woken, "Age", piecewise=Changed.EPISODES)
    assert signal.args == [Changed.EPISODES]


def test_a_job_of_several_writes_tells_of_all(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.changed) as signal:
        session.write(lambda memory, job: (Changed.MARKS, Changed.AUDIT), "Two")
    assert signal.args == [Changed.MARKS | Changed.AUDIT]
