"""What agents proposed: reviewed, accepted, edited and refused in the Notes view, with keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.kit.mark_undo import Marks
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.notes.view import WAITING_TAB, NotesView
from app.shell.rail import Rail
from hpm_engine import ProposalState, open_memory
from tests.support.written_episodes import step, write

WAITING, ACCEPTED, REFUSED, _ = ProposalState
HOSTILE = "Always\n<b>run</b> \u202eevil\x1b[31m <img src=http://a.b/c.png> ![x](http://a.b/d.png)"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = tmp_path / "a.hpm"
    with open_memory(store, create=True) as memory:
        write(memory, [step(1), step(2, "here it failed")], key="s1", title="Mend the kiln")
        for text in ("Use tabs", HOSTILE, "Fire slowly"):
            memory.proposals.propose(text, "it failed", agent="codex", session="s1", project="kiln")
    return store


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.NOTES))


@pytest.fixture
def view(qtbot: QtBot, session: Session, navigator: Navigator) -> Iterator[NotesView]:
    view = NotesView(session, navigator)
    marks = Marks(session, view)
    view.edit_wanted.connect(marks.edit)
    session.changed.connect(view.refresh)
    view.stack_of_edits = marks.stack  # type: ignore[attr-defined]
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    view.tabs.setCurrentIndex(WAITING_TAB)
    qtbot.waitUntil(lambda: len(view.waiting.model.rows) == 3)
    qtbot.waitUntil(lambda: shown(view) == 3)
    yield view


def shown(view: NotesView) -> int:
    review = view.waiting.pane.review
    return 0 if review is None else review.proposal.id


def choose(qtbot: QtBot, view: NotesView, proposal_id: int) -> None:
    ids = [proposal.id for proposal, _ in view.waiting.model.rows]
    view.waiting.table.selectRow(ids.index(proposal_id))
    qtbot.waitUntil(lambda: shown(view) == proposal_id)


def waits(view: NotesView) -> list[int]:
    return [proposal.id for proposal, _ in view.waiting.model.rows]


def state(store: Path, proposal_id: int) -> tuple[ProposalState, str]:
    with open_memory(store, read_only=True) as memory:
        proposal = memory.proposals.get(proposal_id)
        return proposal.state, proposal.accepted


def test_the_tab_and_the_table_say_what_waits(qtbot: QtBot, view: NotesView) -> None:
    qtbot.waitUntil(lambda: view.tabs.tabText(WAITING_TAB) == "Waiting for you (3)")
    assert waits(view) == [3, 2, 1]
    assert [bool(signs) for _, signs in view.waiting.model.rows] == [False, True, False]
    assert view.model.notes == ()


def test_who_why_and_the_steps_before_stand_beside_the_text(
    qtbot: QtBot, view: NotesView, navigator: Navigator
) -> None:
    pane = view.waiting.pane
    assert pane.head.text() == "codex wants this remembered for kiln"
    assert (pane.text.text(), pane.because.text()) == ("Fire slowly", "Because: it failed")
    qtbot.waitUntil(lambda: bool(pane.steps.facts()))  # the text is there before
    facts = {fact.name: fact for fact in (*pane.facts.facts(), *pane.steps.facts())}
    assert facts["Session"].value == "Mend the kiln"
    assert facts["Step 2"].value == "here it failed"
    go = facts["Step 2"].go
    assert go is not None
    go()
    assert navigator.current == Place(ViewName.EPISODES, 1, 1)


def test_a_hostile_text_is_plain_and_spelled_out(qtbot: QtBot, view: NotesView) -> None:
    choose(qtbot, view, 2)
    pane = view.waiting.pane
    assert "<b>run</b> ⟦RLO⟧evil␛[31m <img src=http://a.b/c.png>" in pane.text.text()
    labels = pane.findChildren(QLabel)
    assert len(labels) > 8
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    for label in labels:
        assert not set(label.text()) & {"\u202e", "\x1b"}
    signs = [label.text() for label in pane.signs.findChildren(QLabel)]
    assert any("commands whoever reads it: Always" in sign for sign in signs)
    assert any("markup" in sign for sign in signs)
    assert any("nobody sees" in sign for sign in signs)


def test_keys_decide_and_the_next_is_shown(qtbot: QtBot, view: NotesView, store: Path) -> None:
    choose(qtbot, view, 2)
    qtbot.keyClick(view.waiting.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: waits(view) == [3, 1])
    qtbot.waitUntil(lambda: shown(view) == 1)
    qtbot.keyClick(view.waiting.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: waits(view) == [3])
    assert state(store, 2) == (REFUSED, "")
    assert state(store, 1) == (ACCEPTED, "Use tabs")
    qtbot.waitUntil(lambda: view.tabs.tabText(WAITING_TAB) == "Waiting for you (1)")
    view.tabs.setCurrentIndex(0)
    qtbot.waitUntil(lambda: [note.called for note in view.model.notes] == ["Use tabs"])


def test_what_was_decided_is_undone_and_redone(qtbot: QtBot, view: NotesView, store: Path) -> None:
    stack = view.stack_of_edits  # type: ignore[attr-defined]
    qtbot.mouseClick(view.waiting.pane.accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: waits(view) == [2, 1] and stack.canUndo())
    stack.undo()
    qtbot.waitUntil(lambda: waits(view) == [3, 2, 1])
    assert state(store, 3) == (WAITING, "")
    stack.redo()
    qtbot.waitUntil(lambda: waits(view) == [2, 1])
    assert state(store, 3) == (ACCEPTED, "Fire slowly")


def test_a_text_is_edited_before_it_is_accepted(qtbot: QtBot, view: NotesView, store: Path) -> None:
    choose(qtbot, view, 2)
    qtbot.keyClick(view.waiting.table, Qt.Key.Key_E)
    editor = view.waiting.pane.editor
    assert editor.isVisible() and "⟦RLO⟧evil␛[31m" in editor.text.toPlainText()
    qtbot.keyClick(editor.text, Qt.Key.Key_Escape)
    assert not editor.isVisible() and state(store, 2) == (WAITING, "")
    qtbot.keyClick(view.waiting.table, Qt.Key.Key_E)
    editor.text.setPlainText("Run it")
    qtbot.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: waits(view) == [3, 1])
    assert state(store, 2) == (ACCEPTED, "Run it")


def test_what_another_program_proposes_shows(
    qtbot: QtBot, view: NotesView, session: Session, store: Path
) -> None:
    from app.kit.session import EVERYTHING

    with open_memory(store) as memory:
        memory.proposals.propose("Glaze twice", agent="codex")
    session.changed.emit(EVERYTHING)
    qtbot.waitUntil(lambda: waits(view) == [4, 3, 2, 1])
    assert shown(view) == 3  # what is read stays
    qtbot.waitUntil(lambda: view.tabs.tabText(WAITING_TAB) == "Waiting for you (4)")


def test_an_empty_queue_says_what_it_is_for(qtbot: QtBot, view: NotesView, store: Path) -> None:
    for left in (2, 1, 0):
        qtbot.mouseClick(view.waiting.pane.refuse, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda left=left: len(waits(view)) == left)
        if left:
            qtbot.waitUntil(lambda: shown(view) in waits(view))
    assert not view.waiting.page.shows_content
    assert "Nothing waits for you" in view.waiting.page.notice
    qtbot.waitUntil(lambda: view.tabs.tabText(WAITING_TAB) == "Waiting for you")


def test_a_near_note_is_gone_to(qtbot: QtBot, view: NotesView) -> None:
    choose(qtbot, view, 1)
    qtbot.keyClick(view.waiting.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: waits(view) == [3, 2])
    view.waiting.pane.note_chosen.emit(1)
    qtbot.waitUntil(lambda: view.pane.note_id == 1)
    assert view.tabs.currentIndex() == 0


def test_the_rail_shows_a_quiet_count(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.add(ViewName.NOTES, "Notes", ViewName.NOTES.icon, "Ctrl+9")
    rail.show()
    plain = rail.grab().toImage()
    button = rail._buttons[ViewName.NOTES]
    rail.show_count(ViewName.NOTES, 3)
    assert rail.grab().toImage() != plain
    assert (button.count, button.accessibleName()) == (3, "Notes, 3 waiting for you")
    assert "3 waiting for you" in button.toolTip()
    rail.show_count(ViewName.NOTES, 0)
    assert rail.grab().toImage() == plain
    assert button.accessibleName() == "Notes"


def test_a_click_on_the_tab_gives_the_list_the_keys(
    qtbot: QtBot, view: NotesView, store: Path
) -> None:
    view.activateWindow()
    for tab, table in ((0, view.table), (WAITING_TAB, view.waiting.table)):
        view.tabs.setFocus()
        middle = view.tabs.tabRect(tab).center()
        qtbot.mouseClick(view.tabs, Qt.MouseButton.LeftButton, pos=middle)
        qtbot.waitUntil(lambda table=table: view.focusWidget() is table)
