"""What cannot be read is said where it would be seen, and can be read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.audit.export_dialog import ExportDialog
from app.audit.view import AuditView
from app.kit.chosen_episode import ChosenEpisode
from app.kit.index_notice import RecallIndexNotice
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.recall.view import RecallView
from hpm_engine import AuditFilter, Changed, DamagedStore
from hpm_engine.facade.audit import Audit
from hpm_engine.facade.episodes import Episodes
from hpm_engine.facade.recall import StoreRecall
from tests.support.files.traces import make_store

TORN = "my.hpm: the file is damaged"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "my.hpm", ["Sort the shelf", "Mend the roof"])


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """All that the tests read here fails, until this is undone."""

    def fail(*_: object, **__: object) -> object:
        raise DamagedStore(TORN)

    for group, name in (
        (Audit, "count"),
        (Audit, "numbered"),
        (Episodes, "get"),
        (Episodes, "facets"),
        (StoreRecall, "unprepared"),
    ):
        monkeypatch.setattr(group, name, fail)
    return monkeypatch


def test_recall_says_that_its_choices_could_not_be_read(
    qtbot: QtBot, session: Session, failing: pytest.MonkeyPatch
) -> None:
    view = RecallView(session, Navigator(Place(ViewName.RECALL)))
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(view.unread.isVisible)
    said = view.unread.text.whole_text()
    assert said == f"✗ The projects and agents to choose from could not be read: {TORN}"
    failing.undo()
    view.unread.button.click()
    qtbot.waitUntil(view.unread.isHidden)


def test_a_count_that_fails_is_said_and_tried_again(
    qtbot: QtBot, session: Session, failing: pytest.MonkeyPatch
) -> None:
    notice = RecallIndexNotice(session)
    qtbot.addWidget(notice)
    qtbot.waitUntil(lambda: not notice.isHidden())
    assert TORN in notice.text.whole_text() and notice.waiting is None
    failing.undo()
    with qtbot.waitSignal(notice.counted):
        notice.button.click()
    assert TORN not in notice.text.whole_text()


def test_a_chosen_episode_that_cannot_be_read_is_told(
    qtbot: QtBot, session: Session, failing: pytest.MonkeyPatch
) -> None:
    navigator = Navigator(Place(ViewName.EPISODES))
    chosen = ChosenEpisode(session, navigator, session)
    with qtbot.waitSignal(chosen.failed) as signal:
        navigator.go(Place(ViewName.EPISODES, 1))
    assert str(signal.args[0]) == TORN and chosen.row is None
    failing.undo()
    with qtbot.waitSignal(chosen.arrived):
        session.changed.emit(Changed.MARKS)
    assert chosen.row is not None


def test_an_exact_row_that_cannot_be_read_says_so_in_its_place(
    qtbot: QtBot, session: Session, failing: pytest.MonkeyPatch
) -> None:
    view = AuditView(session, Navigator(Place(ViewName.AUDIT)))
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: TORN in view.pane.exact.toPlainText())


def test_the_export_says_that_its_rows_could_not_be_counted(
    qtbot: QtBot, session: Session, failing: pytest.MonkeyPatch
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(session, AuditFilter(), parent)
    qtbot.waitUntil(lambda: TORN in dialog.problem.whole_text())
    assert not dialog.problem.isHidden()
