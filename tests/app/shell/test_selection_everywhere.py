"""What is selected in a view is what the side pane tells and what commands act on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.audit.view import AuditView
from app.consolidation.view import ConsolidationView
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.prototypes.view import PrototypesView
from app.recall.view import RecallView
from app.shell.main_window import MainWindow
from app.shell.workspace import Workspace
from hpm_engine import open_memory
from tests.support.learned_store import MEMORIES, learned_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    path = learned_store(tmp_path)
    with open_memory(path) as memory:
        memory.consolidation.run(MEMORIES)
    return path


@pytest.fixture
def opened(window: MainWindow, store: Path, qtbot: QtBot) -> Workspace:
    """The store in a window that is wide enough for the side pane, with an episode selected."""
    window.stores.open(store)
    window.resize(1500, 900)
    workspace = window.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: window.side_pane.title() == "Episode", timeout=20_000)
    return workspace


def says(window: MainWindow, qtbot: QtBot, title: str) -> None:
    qtbot.waitUntil(lambda: window.side_pane.title().startswith(title), timeout=30_000)


def test_an_episode_and_its_steps_are_told(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    assert window.side_pane.raw is not None
    window.side_pane.show_raw()
    qtbot.waitUntil(lambda: bool(window.side_pane.raw and window.side_pane.raw.shown_text))
    steps = len(view.pane.timeline.outline.steps)  # type: ignore[union-attr]
    qtbot.keyClick(view.pane.timeline, Qt.Key.Key_J)
    assert view.pane.timeline.current > 0
    says(window, qtbot, f"Step {view.pane.timeline.current + 1} of {steps}")
    assert "Step" in window.side_pane.groups()


def test_a_prototype_is_told_as_a_topic_and_p_pins_it_and_no_episode(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    episode = opened.navigator.current.episode_id
    assert episode is not None
    window.go_to_view(ViewName.PROTOTYPES)
    view = opened.view(ViewName.PROTOTYPES)
    assert isinstance(view, PrototypesView)
    says(window, qtbot, "Nothing selected")
    assert not window.commands[Command.PIN].isEnabled()
    qtbot.waitUntil(lambda: bool(view.model.prototypes), timeout=30_000)
    view.select_rows([0])
    says(window, qtbot, "Topic")
    [prototype] = view.chosen()
    assert window.side_pane.name() == prototype.told
    assert window.side_pane.groups()["Episodes"]
    window.side_pane.show_raw()
    assert window.side_pane.raw is not None
    assert window.side_pane.raw._page.notice == "No original behind it"
    assert window.commands[Command.PIN].isEnabled()
    window.commands[Command.PIN].trigger()

    def pinned() -> tuple[bool, bool]:
        with open_memory(store, read_only=True) as memory:
            [topic] = memory.consolidation.chosen([prototype.id])
            [kept] = memory.episodes.get([episode])
        return topic.pinned, kept.pinned

    qtbot.waitUntil(lambda: pinned()[0], timeout=20_000)
    assert pinned() == (True, False)


@pytest.mark.parametrize("name", [ViewName.HEALTH, ViewName.OVERVIEW, ViewName.AUDIT])
def test_what_was_selected_elsewhere_is_neither_told_nor_changed(
    window: MainWindow, opened: Workspace, qtbot: QtBot, name: ViewName
) -> None:
    pin = window.commands[Command.PIN]
    assert pin.isEnabled() and "Pin what is selected" in pin.statusTip()
    window.go_to_view(name)
    assert opened.selected_ids() == []
    assert not pin.isEnabled() and "in this view" in pin.statusTip()
    assert not window.commands[Command.TAG_ADD].isEnabled()
    if name is not ViewName.AUDIT:  # nothing can be selected there: the pane makes room
        qtbot.waitUntil(window.side_pane.isHidden)
        window.go_to_view(ViewName.EPISODES)
        qtbot.waitUntil(window.side_pane.isVisible)


def test_a_row_of_the_log_is_told_by_its_number(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    window.go_to_view(ViewName.AUDIT)
    view = opened.view(ViewName.AUDIT)
    assert isinstance(view, AuditView)
    qtbot.waitUntil(lambda: view.model.rowCount() > 1 and view.model.row(1) is not None)
    view.table.selectRow(1)
    row = view.model.row(1)
    assert row is not None
    says(window, qtbot, f"Audit row {row.act.span.last:,}")
    facts = {fact.name: fact.value for fact in window.side_pane.groups()["What was done"]}
    assert facts["Who"] == row.act.actor and window.side_pane.name() == row.act.text
    opened.navigator.go(Place(ViewName.HEALTH))
    opened.navigator.back()
    assert opened.navigator.current.audit_row == row.act.span.last


def test_a_cycle_is_told_in_words(window: MainWindow, opened: Workspace, qtbot: QtBot) -> None:
    window.go_to_view(ViewName.CONSOLIDATION)
    view = opened.view(ViewName.CONSOLIDATION)
    assert isinstance(view, ConsolidationView)
    says(window, qtbot, "Cycle 1")
    groups = window.side_pane.groups()
    assert groups["New topics"]
    assert not window.side_pane.facts.details.is_open  # nats and EWC are for those who ask
    go = groups["New topics"][0].go
    assert go is not None
    go()
    says(window, qtbot, "Topic")
    assert opened.navigator.current.view is ViewName.PROTOTYPES


def test_hits_and_past_recalls_are_told(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    window.go_to_view(ViewName.RECALL)
    view = opened.view(ViewName.RECALL)
    assert isinstance(view, RecallView)
    says(window, qtbot, "Nothing selected")
    name = opened.session.read(lambda memory, job: memory.episodes.get([1])[0].name)
    with qtbot.waitSignal(name.succeeded) as signal:
        pass
    view.cue.show_cue(signal.args[0])
    with qtbot.waitSignal(view.recalling.answered, timeout=30_000):
        view.cue.ask()
    says(window, qtbot, "Recall of “")
    groups = window.side_pane.groups()
    assert groups["This hit"][0].value == "1" and "Episode" in groups
    assert opened.selected_ids() == [view.hits.tree.rows[0].episode_id]
    window.commands[Command.RECALL_PAST].trigger()
    view.past.reload()
    qtbot.waitUntil(lambda: view.past.model.rowCount() == 1, timeout=10_000)
    qtbot.waitUntil(lambda: view.past.model.row(0) is not None, timeout=10_000)
    view.past.table.selectRow(0)
    qtbot.waitUntil(lambda: "The recall" in window.side_pane.groups(), timeout=10_000)
    assert view.past.isVisible()  # it was told, not opened
    assert opened.selected_ids() == []


def test_the_highlighted_row_is_the_selected_one_after_another_view_was_left(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    """Rows that arrive while another view is shown were highlighted, and selected nowhere."""
    window.go_to_view(ViewName.HEALTH)
    window.close_store()
    window.stores.open(store)
    window.resize(1500, 900)
    workspace = window.workspace
    assert workspace is not None
    assert workspace.navigator.current.view is ViewName.HEALTH
    view = workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.table.current_row() == 0)
    window.go_to_view(ViewName.EPISODES)
    first = view.model.id_at(0)
    assert workspace.navigator.current.episode_id == first
    assert workspace.selected_ids() == [first]
    assert window.commands[Command.PIN].isEnabled()
    says(window, qtbot, "Episode")


def test_the_pane_is_hidden_by_its_button_and_stays_so(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    window.side_pane._on_closed()
    assert not window.side_pane.isVisible()
    window.go_to_view(ViewName.HEALTH)
    window.close_store()
    window.stores.open(store)
    window.resize(1500, 900)
    assert not window.side_pane.isVisible()
    window.commands[Command.SIDE_PANE].trigger()
    assert window.side_pane.isVisible()
    says(window, qtbot, "Nothing selected")


def test_a_view_comes_back_with_what_was_selected_in_it(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    window.go_to_view(ViewName.AUDIT)
    view = opened.view(ViewName.AUDIT)
    assert isinstance(view, AuditView)
    qtbot.waitUntil(lambda: view.model.rowCount() > 1 and view.model.row(1) is not None)
    view.table.selectRow(1)
    row = view.model.row(1)
    assert row is not None
    says(window, qtbot, f"Audit row {row.act.span.last:,}")
    episode = opened.navigator.current.episode_id
    window.go_to_view(ViewName.OVERVIEW)
    window.go_to_view(ViewName.AUDIT)
    says(window, qtbot, f"Audit row {row.act.span.last:,}")
    assert opened.navigator.current.episode_id == episode
