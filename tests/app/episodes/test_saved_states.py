from __future__ import annotations

import stat
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.episodes.states.states_dialog import SavedStatesDialog
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import Changed, open_memory
from tests.support.files.traces import HOSTILE, make_store
from tests.support.shown_views import open_in

Key = Qt.Key


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The first episode has three states of a thread, and one that another went on from."""
    path = make_store(tmp_path / "agents.hpm", ["fix the parser", "second", "third"])
    with open_memory(path, actor="agent:writer") as memory:
        kind = "application/json"
        for done, step in enumerate((1, 3, 3)):
            state = b'{"done": %d, "plan": ["read"]}' % done
            memory.checkpoints.save("nightly", state, kind=kind, episode=1, step=step)
        memory.checkpoints.fork(2, "other try")
        memory.checkpoints.save(HOSTILE, b"\x80\x04\x00 no text", label=HOSTILE)
    return path


@pytest.fixture
def view(window: MainWindow, store: Path, qtbot: QtBot) -> EpisodesView:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    window.workspace.navigator.go(Place(ViewName.EPISODES, 1, 0))
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane._loaded)
    return view


@pytest.fixture
def dialog(window: MainWindow, view: EpisodesView, qtbot: QtBot) -> SavedStatesDialog:
    window.commands.offered([])
    window.commands[Command.SAVED_STATES].trigger()
    dialog = window.findChild(SavedStatesDialog)
    assert isinstance(dialog, SavedStatesDialog)
    qtbot.waitUntil(lambda: dialog.threads.topLevelItemCount() > 0)
    return dialog


def ids(store: Path) -> list[int]:
    with open_memory(store, read_only=True) as memory:
        threads = memory.checkpoints.threads()
        return sorted(state.id for t in threads for state in memory.checkpoints.of(t.name))


def agree(window: MainWindow, qtbot: QtBot) -> None:
    questions = [each for each in window.findChildren(QuestionDialog) if each.isVisible()]
    assert len(questions) == 1
    questions[0].start.click()


def test_states_stand_at_their_steps_and_are_chosen_by_keys(
    view: EpisodesView, qtbot: QtBot
) -> None:
    strip = view.pane.states
    qtbot.waitUntil(strip.isVisible)
    assert strip.count.whole_text() == "4 saved states" and strip.card.isHidden()
    track = strip.track
    assert track.xy(0).x() < track.xy(1).x() == track.xy(2).x() < track.width()
    track.setFocus()
    qtbot.keyClick(track, Key.Key_Right)
    qtbot.keyClick(track, Key.Key_Right)
    assert strip.card.isVisible()
    assert strip.card.heading.whole_text() == "State 2 of nightly"
    assert "by agent:writer · 29 B · application/json" in strip.card.facts.whole_text()
    assert "State 2 of nightly, at step 4, 2 of 4 saved states" in track.accessibleDescription()
    qtbot.waitUntil(lambda: len(strip.card.kin.children()) > 4)
    links = [child.text() for child in strip.card.kin.children() if hasattr(child, "set_role")]
    assert links == ["state 1", "state 3", "state 1 of other try"]
    strip.card.step.click()
    qtbot.waitUntil(lambda: view.pane.timeline.current == 3)
    qtbot.keyClick(track, Key.Key_Escape)
    assert strip.card.isHidden() and strip.isVisible()
    qtbot.keyClick(track, Key.Key_Escape)
    qtbot.waitUntil(view.pane.timeline.hasFocus)


def test_a_click_chooses_the_mark_under_it_and_none_beside(
    view: EpisodesView, qtbot: QtBot
) -> None:
    strip = view.pane.states
    qtbot.waitUntil(strip.isVisible)
    track = strip.track
    beside = (track.xy(0) + track.xy(1)) / 2
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=beside.toPoint())
    assert strip.card.isHidden()
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=track.xy(0).toPoint())
    assert strip.card.state == strip.states[0]


def test_an_episode_without_states_has_no_strip(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    strip = view.pane.states
    qtbot.waitUntil(strip.isVisible)
    view.pane.show_episode(2, "")
    qtbot.waitUntil(strip.isHidden)
    with open_memory(store) as memory:  # an agent saves while it is read
        memory.checkpoints.save("later", b"x", episode=2)
    assert window.workspace is not None
    window.workspace.session.changed.emit(Changed.CHECKPOINTS)
    qtbot.waitUntil(strip.isVisible)
    assert strip.count.whole_text() == "1 saved state"


def test_two_states_are_compared_and_one_is_written_for_its_owner_alone(
    view: EpisodesView, qtbot: QtBot, tmp_path: Path
) -> None:
    strip = view.pane.states
    qtbot.waitUntil(strip.isVisible)
    strip._on_chosen(1)
    card = strip.card
    assert card.others.currentText() == "1"  # what it came from
    card.compare.click()
    qtbot.waitUntil(card.difference.isVisible)
    assert "~ /done 0 → 1" in card.difference.toPlainText()
    card.write_to(tmp_path / "state.json")
    qtbot.waitUntil(lambda: card.said.whole_text() == "✓ 29 B written")
    written = tmp_path / "state.json"
    assert written.read_bytes() == b'{"done": 1, "plan": ["read"]}'
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    card.write_to(tmp_path / "agents.hpm")
    qtbot.waitUntil(lambda: card.said.whole_text().startswith("✗"))
    strip._on_chosen(0)
    assert card.difference.isHidden() and card.said.isHidden()


def test_a_state_is_pinned_and_forgotten_with_consent(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    strip = view.pane.states
    qtbot.waitUntil(strip.isVisible)
    strip._on_chosen(0)
    strip.card.pin.click()
    qtbot.waitUntil(lambda: strip.states[0].pinned)
    qtbot.waitUntil(lambda: strip.card.pin.text() == "Unpin")
    strip.card.forget.click()
    assert ids(store) == [1, 2, 3, 4, 5]
    agree(window, qtbot)
    qtbot.waitUntil(lambda: strip.count.whole_text() == "3 saved states")
    assert ids(store) == [2, 3, 4, 5] and strip.card.isHidden()


def test_all_threads_are_seen_as_plain_text_and_forgotten(
    window: MainWindow, dialog: SavedStatesDialog, store: Path, qtbot: QtBot
) -> None:
    names = [dialog.threads.topLevelItem(row).text(0) for row in range(3)]  # type: ignore[union-attr]
    assert names[1:] == ["other try", "nightly"]
    assert "<b>bold</b>" in names[0] and "\u202e" not in names[0]
    assert "\u202e" not in dialog.card.heading.text()
    for left in ([1, 2, 3, 4], [1, 2, 3], []):
        dialog.forget.click()
        agree(window, qtbot)
        qtbot.waitUntil(lambda left=left: ids(store) == left)
        rows = 2 if len(left) == 4 else bool(left)
        qtbot.waitUntil(lambda rows=rows: dialog.threads.topLevelItemCount() == rows)
    assert dialog.said.whole_text().startswith("No states are saved here.")
    assert dialog.card.isHidden() and not dialog.forget.isEnabled()


def test_a_long_list_says_that_it_is_not_all(
    dialog: SavedStatesDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.episodes.states.states_dialog._MOST", 2)
    dialog._on_changed(Changed.CHECKPOINTS)
    qtbot.waitUntil(lambda: dialog.threads.topLevelItemCount() == 2)
    assert dialog.said.whole_text().endswith("The 2 saved to last are listed.")
    monkeypatch.setattr("app.episodes.states.states_dialog._MOST", 1_000)
    dialog._on_changed(Changed.CHECKPOINTS)
    qtbot.waitUntil(lambda: dialog.threads.topLevelItemCount() == 3)
    monkeypatch.setattr("app.episodes.states.states_dialog._MOST", 2)
    nightly = dialog.threads.topLevelItem(2)
    assert nightly is not None
    dialog.threads.setCurrentItem(nightly)
    header = dialog.states.headerItem()
    qtbot.waitUntil(lambda: header.text(0) == "State (the latest 2 of 3)")
    assert header.text(1) == "Size"


def test_the_dialog_leads_to_other_states_and_to_the_step(
    window: MainWindow, view: EpisodesView, dialog: SavedStatesDialog, qtbot: QtBot
) -> None:
    row = dialog.threads.topLevelItem(1)
    assert row is not None
    dialog.threads.setCurrentItem(row)
    qtbot.waitUntil(lambda: dialog.card.heading.whole_text() == "State 1 of other try")
    dialog.card.state_asked.emit(view.pane.states.states[1])
    qtbot.waitUntil(lambda: dialog.card.heading.whole_text() == "State 2 of nightly")
    dialog.card.step.click()
    assert dialog.isHidden()
    qtbot.waitUntil(lambda: view.pane.timeline.current == 3)
