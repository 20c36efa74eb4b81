from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.consolidation import actions as consolidation_actions
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.plain_text import SafeLabel
from app.kit.view_names import ViewName
from app.recall.view import RecallView
from app.recall.visibility_dialog import VisibilityDialog
from app.shell.main_window import MainWindow
from hpm_engine import VISIBILITY, Reader, Visibility, open_memory
from tests.support.learned_store import MEMORIES, learned_store

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    path = learned_store(tmp_path)
    with open_memory(path) as memory:
        memory.recall.prepare()
    return path


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    holder = QWidget()
    qtbot.addWidget(holder)
    return holder


def projects(store: Path) -> list[str]:
    with open_memory(store, read_only=True) as memory:
        return [project for project, _ in memory.episodes.facets().projects]


def test_rules_are_checked_while_they_are_typed(holder: QWidget) -> None:
    kept: list[Visibility] = []
    dialog = VisibilityDialog("", kept.append, holder)
    assert dialog.state.whole_text() == "No rule: everybody sees everything."
    dialog.rules.setPlainText("project:shop private\nproject:shop hidden")
    assert dialog.state.whole_text().startswith("✗ Line 2: 'hidden' says nothing")
    assert not dialog.keep.isEnabled()
    dialog.rules.setPlainText("project:shop private\n")
    assert dialog.state.whole_text() == "1 rule"
    dialog.accept()
    assert [label.text() for label in kept] == ["project:shop private"]


def test_rules_that_another_program_broke_can_be_mended(holder: QWidget) -> None:
    dialog = VisibilityDialog("nonsense", lambda rules: None, holder)
    assert not dialog.keep.isEnabled()
    dialog.rules.clear()
    assert dialog.keep.isEnabled()


def test_a_recall_asked_as_somebody_gives_what_they_may_see(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    own, other, *_ = projects(store)
    window.stores.open(store)
    window.go_to_view(ViewName.RECALL)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.RECALL)
    assert isinstance(view, RecallView)
    asking = view.cue._asking["project"]
    assert not asking.isVisible()
    consolidation_actions.change_visibility(window.workspace)
    qtbot.waitUntil(lambda: window.findChild(VisibilityDialog) is not None, timeout=20_000)
    dialog = window.findChild(VisibilityDialog)
    assert isinstance(dialog, VisibilityDialog)
    dialog.rules.setPlainText(f"project:{own} private")
    dialog.keep.click()
    qtbot.waitUntil(asking.isVisible, timeout=20_000)
    view.cue.set_record(False)
    view.cue.show_cue("number")
    for project, expected in (("", True), (own, True), (other, False)):
        view.cue.ask_as("", project)
        reader = view.cue.question().scope.reader
        assert reader == (Reader("", project) if project else None)
        with qtbot.waitSignal(view.recalling.answered, timeout=30_000):
            view.cue.ask()
        shown = view.recalling.shown
        assert shown is not None and shown.recall is not None
        seen = {row.episode.project for row in shown.rows if row.episode is not None}
        assert shown.recall.candidates == (12 if expected else 8)
        assert own not in seen or expected
    with open_memory(store, read_only=True) as memory:
        assert memory.settings.all()[VISIBILITY] == f"project:{own} private"


def test_without_rules_any_more_a_person_asks(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    own = projects(store)[0]
    with open_memory(store) as memory:
        memory.settings.set(VISIBILITY, f"project:{own} private")
    window.stores.open(store)
    window.go_to_view(ViewName.RECALL)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.RECALL)
    assert isinstance(view, RecallView)
    qtbot.waitUntil(view.cue._asking["agent"].isVisible, timeout=20_000)
    view.cue.ask_as("", own)
    session = window.workspace.session
    session.edit(lambda memory, _: memory.settings.set(VISIBILITY, ""), "Visibility")
    qtbot.waitUntil(lambda: not view.cue._asking["agent"].isVisible(), timeout=20_000)
    assert view.cue.question().scope.reader is None


def test_prototypes_that_learned_before_a_rule_are_offered_to_be_forgotten(
    window: MainWindow, qtbot: QtBot, store: Path, holder: QWidget
) -> None:
    said = [
        label.whole_text()
        for label in VisibilityDialog("", lambda rules: None, holder).findChildren(SafeLabel)
    ]
    assert any("A rule hides, it does not unlearn" in text for text in said)
    own = projects(store)[0]
    with open_memory(store) as memory:
        memory.consolidation.run(MEMORIES)
        before = {prototype.id for prototype in memory.consolidation.prototypes()}
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    for rules, asked in ((f"project:{own} sees agent:x", 0), (f"project:{own} private", 1)):
        consolidation_actions.change_visibility(window.workspace)
        qtbot.waitUntil(lambda: window.findChild(VisibilityDialog) is not None, timeout=20_000)
        dialog = window.findChild(VisibilityDialog)
        assert isinstance(dialog, VisibilityDialog)
        dialog.rules.setPlainText(rules)
        dialog.keep.click()
        dialog.deleteLater()
        qtbot.waitUntil(lambda: window.findChild(VisibilityDialog) is None)
        if asked:
            qtbot.waitUntil(lambda: window.findChild(QuestionDialog) is not None, timeout=20_000)
    question = window.findChild(QuestionDialog)
    assert isinstance(question, QuestionDialog)
    with open_memory(store, read_only=True) as memory:
        learned = {prototype.id for prototype in memory.consolidation.of_private()}
    assert question.text.whole_text().startswith("These topics learned from what is private")
    assert f"{len(learned)} topic" in question.text.whole_text()
    assert window.workspace is not None
    with qtbot.waitSignal(window.workspace.session.changed, timeout=20_000):
        question.start.click()
    with open_memory(store, read_only=True) as memory:
        assert {prototype.id for prototype in memory.consolidation.prototypes()} == before - learned
        assert memory.consolidation.of_private() == []
