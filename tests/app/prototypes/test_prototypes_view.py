from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelectionModel, QPoint
from PySide6.QtWidgets import QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.navigation import Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.prototypes import actions as prototype_actions
from app.prototypes.map.scene import ColourBy
from app.prototypes.view import PrototypesView
from app.shell.main_window import MainWindow
from hpm_engine import Changed, Job, Memory, open_memory
from hpm_engine.consolidator import cartography
from hpm_engine.projection.quick import placed
from tests.support.files.traces import trajectory
from tests.support.shown_views import show_view

TOPICS = ("parse the invoice", "draw the sailing map", "sort the beehive records")


class Fits:
    """In place of UMAP, which takes seconds: gives back where it starts, once it may."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.may_end.set()
        self.begun = 0

    def __call__(
        self,
        rows: NDArray[np.float32],
        start: NDArray[np.float32],
        held: NDArray[np.bool_],
        rest: NDArray[np.float32],
        *,
        job: Job,
        **_: object,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self.begun += 1
        while not self.may_end.wait(0.01):
            job.step(0, None, "laying out the map")
        return start, placed(rest, rows, start)


@pytest.fixture(autouse=True)
def fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fits:
    fits = Fits()
    monkeypatch.setattr(cartography, "fit", fits)
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    return fits


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three topics of four episodes each, encoded; nothing consolidated yet."""
    folder = tmp_path / "traces"
    folder.mkdir()
    for number in range(12):
        text = trajectory(f"{TOPICS[number % 3]} number {number}", 10)
        text = text.replace("repo", f"repo{number % 3}")
        (folder / f"demo__repo{number % 3}-{number}.traj").write_text(text, "utf-8")
    path = tmp_path / "prototypes.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([folder])
        memory.encode()
    return path


def _more(folder: Path, count: int) -> list[Path]:
    """Further sessions of the second topic."""
    more = folder / "more"
    more.mkdir()
    for number in range(count):
        text = trajectory(f"{TOPICS[1]} number {100 + number}", 10).replace("repo", "repo1")
        (more / f"demo__repo1-{100 + number}.traj").write_text(text, "utf-8")
    return [more]


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> PrototypesView:
    return show_view(qtbot, session, PrototypesView, Place(ViewName.PROTOTYPES))


def consolidate(store: Path, cycles: int = 1) -> None:
    with open_memory(store) as memory:
        for _ in range(cycles):
            memory.consolidation.run(12)


def test_without_prototypes_it_says_how_to_get_some(qtbot: QtBot, view: PrototypesView) -> None:
    qtbot.waitUntil(lambda: view.page.notice == "No topics yet")


def test_what_is_missing_has_a_button_that_brings_it(
    qtbot: QtBot, window: MainWindow, store: Path, tmp_path: Path
) -> None:
    with open_memory(tmp_path / "plain.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "traces"])
    window.stores.open(tmp_path / "plain.hpm")
    window.go_to_view(ViewName.PROTOTYPES)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.PROTOTYPES)
    assert isinstance(view, PrototypesView)
    qtbot.waitUntil(lambda: bool(view.page.notice))
    button = view.page._button
    qtbot.waitUntil(lambda: button.text() == "Prepare for recall")
    assert "hpm " not in view.page._text.whole_text()
    button.click()
    qtbot.waitUntil(lambda: button.text() == "Learn now", timeout=20_000)
    assert "24 memories" in view.page._text.whole_text()
    button.click()
    qtbot.waitUntil(lambda: view.page.shows_content, timeout=20_000)
    assert view.model.prototypes


def test_rows_stay_where_they_are_while_somebody_looks(
    qtbot: QtBot, view: PrototypesView, store: Path
) -> None:
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    settled(qtbot, view)
    before = [topic.prototype.id for topic in view.model.topics]
    view.select([before[1]])
    with open_memory(store) as memory:  # what was last is the heaviest now
        memory.import_paths(_more(store.parent, 24))
        memory.encode()
        memory.consolidation.run(24, bound=1.0)
        heaviest = [p.id for p in sorted(memory.consolidation.prototypes(), key=lambda p: -p.count)]
    view.refresh(Changed.PROTOTYPES)
    qtbot.waitUntil(lambda: sum(p.count for p in view.model.prototypes) > 30)
    after = [topic.prototype.id for topic in view.model.topics]
    assert after[: len(before)] == [key for key in before if key in after]
    assert [prototype.id for prototype in view.chosen()] == [before[1]]
    assert view.map is not None and view.map.scene is not None
    scene = view.map.scene
    for row, prototype in enumerate(scene.prototypes):  # rows of the map are those of the table
        assert prototype.id == after[row]
    held = {int(scene.episodes[i]) for i in range(len(scene.points)) if scene.owners[i] == 1}
    with open_memory(store, read_only=True) as memory:
        assert held <= {member.episode_id for member in memory.consolidation.members(after[1])}
    view.hide()
    view.show()
    view.reload()
    qtbot.waitUntil(lambda: [p.id for p in view.model.prototypes] == heaviest)


def test_menus_on_the_map_and_on_rows_act_on_what_is_selected(
    qtbot: QtBot,
    window: MainWindow,
    opened: PrototypesView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert window.workspace is not None and opened.map is not None
    menus: list[list[str]] = []

    def popup(menu: QMenu, *_: object) -> None:
        menus.append([action.text().replace("&", "") for action in menu.actions()])

    monkeypatch.setattr(QMenu, "popup", popup)
    opened.map.map.popup_menu(QPoint(5, 5))
    opened.table.open_menu(QPoint(5, 5), opened.model.index(0, 0))
    assert len(menus) == 2
    for texts in menus:
        assert texts[0] == "Find Episodes"
        assert {"Pin or Unpin", "Rename…", "Merge…", "Forget…"} <= set(texts)
    opened.select_rows([0])
    topic = opened.model.topics[0]
    prototype_actions.find_episodes(window.workspace)
    assert window.workspace.navigator.current.view is ViewName.EPISODES
    episodes = window.workspace.view(ViewName.EPISODES)
    assert isinstance(episodes, EpisodesView)
    qtbot.waitUntil(lambda: episodes.model.rowCount() == topic.facts.episodes)
    assert topic.prototype.label.topic in episodes.query().text


def test_the_side_pane_tells_the_topic_that_is_selected(
    qtbot: QtBot, window: MainWindow, opened: PrototypesView
) -> None:
    window.side_pane.show()
    opened.select_rows([1])
    name = opened.model.prototypes[1].told
    qtbot.waitUntil(lambda: window.side_pane.name() == name)
    assert window.side_pane.title() == "Topic"
    sessions = window.side_pane.groups()["Episodes"]
    assert sessions and all(fact.go is not None for fact in sessions)


def test_a_cycle_elsewhere_is_shown_once_the_view_hears_of_it(
    qtbot: QtBot, view: PrototypesView, store: Path
) -> None:
    qtbot.waitUntil(lambda: view.page.notice != "")
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    qtbot.waitUntil(lambda: view.page.shows_content)
    counts = [prototype.count for prototype in view.model.prototypes]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == pytest.approx(12, abs=1e-3)


def test_a_failure_is_said_and_can_be_tried_again(
    qtbot: QtBot, view: PrototypesView, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: view.page.notice != "")

    def broken(_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(cartography.Cartography, "read", broken)
        view.reload()
        qtbot.waitUntil(lambda: "could not be read" in view.page.notice)
    view.page._act()
    qtbot.waitUntil(lambda: view.page.notice == "No topics yet")


# -- the map ----------------------------------------------------------------------------------


def shown(qtbot: QtBot, view: PrototypesView) -> None:
    qtbot.waitUntil(lambda: view.page.shows_content and view.map is not None, timeout=10_000)


def settled(qtbot: QtBot, view: PrototypesView) -> None:
    """Until the map is laid out and the last cycles are there."""
    shown(qtbot, view)
    assert view.map is not None
    pane = view.map
    qtbot.waitUntil(lambda: not pane.notice.isVisible() and bool(pane.slider.moments))


def test_a_quick_map_is_shown_at_once_and_laid_out_beside(
    qtbot: QtBot, view: PrototypesView, store: Path, fits: Fits
) -> None:
    qtbot.waitUntil(lambda: view.page.notice != "")
    fits.may_end.clear()
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    shown(qtbot, view)
    assert view.map is not None and view.map.scene is not None
    notice = view.map.notice
    assert notice.isVisible() and "quick map" in notice.text.whole_text()
    assert "12 memories" in view.map.facts.whole_text()
    qtbot.waitUntil(lambda: fits.begun == 1)
    notice.button.click()  # stop
    qtbot.waitUntil(lambda: notice.button.text() == "Lay it out")
    fits.may_end.set()
    notice.button.click()
    qtbot.waitUntil(lambda: not notice.isVisible())
    assert fits.begun == 2
    view.reload()
    qtbot.wait(300)
    assert fits.begun == 2  # what is laid out is not laid out again


def test_a_fit_that_fails_is_said_and_can_be_tried_again(
    qtbot: QtBot, view: PrototypesView, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(cartography, "fit", broken)
        consolidate(store)
        view.refresh(Changed.PROTOTYPES)
        shown(qtbot, view)
        assert view.map is not None
        notice = view.map.notice
        qtbot.waitUntil(lambda: notice.text.whole_text() == "✗ no room")
    notice.button.click()
    qtbot.waitUntil(lambda: not notice.isVisible())


def test_a_view_that_nobody_looks_at_fits_nothing_and_reads_nothing(
    qtbot: QtBot, view: PrototypesView, store: Path, fits: Fits
) -> None:
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    settled(qtbot, view)
    view.hide()
    consolidate(store)
    with open_memory(store) as memory:
        memory.consolidation.forget([memory.consolidation.prototypes()[0].id])
    before = len(view.model.prototypes)
    view.refresh(Changed.PROTOTYPES)
    qtbot.wait(200)
    assert len(view.model.prototypes) == before and fits.begun == 1
    view.show()
    view.restore(Place(ViewName.PROTOTYPES))
    qtbot.waitUntil(lambda: len(view.model.prototypes) == before - 1 and fits.begun == 2)


def test_closing_while_the_map_is_laid_out_stops_it(
    qtbot: QtBot, view: PrototypesView, session: Session, store: Path, fits: Fits
) -> None:
    fits.may_end.clear()
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    shown(qtbot, view)
    qtbot.waitUntil(lambda: fits.begun == 1)
    session.close()  # would wait for ever for a fit that does not stop


def test_map_and_table_share_their_selection(
    qtbot: QtBot, view: PrototypesView, store: Path
) -> None:
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    settled(qtbot, view)
    assert view.map is not None
    view.map.map.selected.emit((1,))
    assert [prototype.id for prototype in view.chosen()] == [view.model.prototypes[1].id]
    assert view.table.current_row() == 1
    assert view.pane.prototype == view.model.prototypes[1]
    model = view.table.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    model.select(view.model.index(0, 0), flags.Select | flags.Rows)
    assert view.map.map.look is not None and view.map.map.look.selected == {0, 1}
    assert view.pane.page.notice == "2 topics are selected"
    chosen = [prototype.id for prototype in view.chosen()]
    view.reload()
    qtbot.waitUntil(lambda: not view._read.busy)
    assert [prototype.id for prototype in view.chosen()] == chosen
    view.restore(Place(ViewName.PROTOTYPES, prototype_id=chosen[1]))
    assert [prototype.id for prototype in view.chosen()] == chosen[1:]


def test_a_prototype_shows_what_holds_it_and_its_memories_lead_to_steps(
    qtbot: QtBot, view: PrototypesView, store: Path
) -> None:
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    settled(qtbot, view)
    view.select_rows([0])
    pane = view.pane
    qtbot.waitUntil(lambda: pane.members.rowCount() > 0 and pane.members.row(0) is not None)
    row = pane.members.row(0)
    assert row is not None and row.member.prototype_id == view.model.prototypes[0].id
    facts = {fact.name: fact for fact in pane.facts.facts()}
    assert facts["Born"].value == "in cycle 1, last reinforced in cycle 1"
    assert "of 256 dimensions" in pane.strip.description
    alike = {fact.name: fact for fact in pane.alike.facts()}
    other = alike["Most like it"].go
    assert other is not None
    pane.table.selectRow(0)
    pane.table.opened.emit()
    destination = view._navigator.current
    assert (destination.view, destination.episode_id) == (ViewName.EPISODES, row.member.episode_id)
    assert destination.seq == row.member.start
    other()
    assert view.chosen()[0].id != row.member.prototype_id


def test_the_slider_replays_the_cycles(qtbot: QtBot, view: PrototypesView, store: Path) -> None:
    consolidate(store, cycles=1)
    with open_memory(store) as memory:
        memory.consolidation.forget([memory.consolidation.prototypes()[0].id])
    view.refresh(Changed.PROTOTYPES)
    settled(qtbot, view)
    assert view.map is not None
    slider, look = view.map.slider, view.map.map.look
    assert look is not None and [moment.cycle_id for moment in slider.moments] == [0, 1, 2]
    now = len(look.standing.places)
    slider.slider.setValue(1)
    assert view.map.map.look is not None
    assert len(view.map.map.look.standing.places) == now + 1
    slider.slider.setValue(0)
    assert len(view.map.map.look.standing.places) == 0 and not view.map.map.grab().isNull()


def test_colour_and_shape_say_what_is_chosen(
    qtbot: QtBot, view: PrototypesView, store: Path
) -> None:
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    settled(qtbot, view)
    assert view.map is not None
    before = view.map.legend.accessibleDescription()
    view.map.colours.setCurrentIndex(view.map.colours.findData(ColourBy.HELD.value))
    assert view.map.legend.accessibleDescription() != before


# -- the commands -----------------------------------------------------------------------------


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, store: Path) -> PrototypesView:
    """The window on a store with prototypes, two of them selected."""
    consolidate(store)
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=10_000)
    assert window.workspace is not None
    window.go_to_view(ViewName.PROTOTYPES)
    view = window.workspace.view(ViewName.PROTOTYPES)
    assert isinstance(view, PrototypesView)
    settled(qtbot, view)
    view.select_rows([0, 1])
    return view


def prototypes(store: Path) -> dict[int, tuple[str, bool]]:
    with open_memory(store, read_only=True) as memory:
        return {
            prototype.id: (prototype.name, prototype.pinned)
            for prototype in memory.consolidation.prototypes()
        }


def test_pins_and_names_are_undone_in_the_window(
    qtbot: QtBot, window: MainWindow, opened: PrototypesView, store: Path
) -> None:
    ids = [prototype.id for prototype in opened.chosen()]
    prototype_actions.toggle_pin(window.workspace)
    qtbot.waitUntil(lambda: all(prototype.pinned for prototype in opened.chosen()))
    qtbot.waitUntil(lambda: opened.model.index(0, 1).data() == "●")
    opened.select([ids[0]])
    prototype_actions.ask_name(window.workspace)
    [dialog] = window.findChildren(QInputDialog)
    dialog.setTextValue("  the harbour ")
    dialog.accept()
    qtbot.waitUntil(lambda: opened.pane.title.whole_text() == "the harbour")
    assert prototypes(store)[ids[0]] == ("the harbour", True)
    assert window.workspace is not None
    stack = window.workspace.marks.stack
    stack.undo()
    stack.undo()
    qtbot.waitUntil(lambda: set(prototypes(store).values()) == {("", False)})
    stack.redo()
    qtbot.waitUntil(lambda: prototypes(store)[ids[1]] == ("", True))


@pytest.mark.parametrize("action", ["merge", "forget"])
def test_merging_and_forgetting_ask_first_and_are_undone(
    qtbot: QtBot, window: MainWindow, opened: PrototypesView, store: Path, action: str
) -> None:
    before = prototypes(store)
    names = [prototype.told for prototype in opened.chosen()]
    getattr(prototype_actions, f"ask_{action}")(window.workspace)
    qtbot.waitUntil(lambda: len(window.findChildren(QuestionDialog)) == 1)
    [question] = window.findChildren(QuestionDialog)
    text = question.text.whole_text()
    assert all(name[:70] in text for name in names)
    assert ("alike" in text) == (action == "merge")
    assert prototypes(store) == before
    question.start.click()
    left = len(before) - (1 if action == "merge" else 2)
    qtbot.waitUntil(lambda: len(opened.model.prototypes) == left)
    assert window.workspace is not None
    stack = window.workspace.marks.stack
    qtbot.waitUntil(stack.canUndo)
    stack.undo()
    qtbot.waitUntil(lambda: len(opened.model.prototypes) == len(before))
    assert prototypes(store) == before
    stack.redo()
    qtbot.waitUntil(lambda: len(opened.model.prototypes) == left)


def test_what_a_later_cycle_changed_is_not_undone(
    qtbot: QtBot, window: MainWindow, opened: PrototypesView, store: Path
) -> None:
    prototype_actions.ask_forget(window.workspace)
    [question] = window.findChildren(QuestionDialog)
    question.start.click()
    assert window.workspace is not None
    stack = window.workspace.marks.stack
    qtbot.waitUntil(stack.canUndo)

    def cycle(memory: Memory, _job: Job) -> None:
        memory.consolidation.run(12, bound=1.0)

    with qtbot.waitSignal(window.workspace.session.write(cycle, "Consolidate").finished):
        pass
    after = prototypes(store)
    with qtbot.waitSignal(window.problems.reported):
        stack.undo()
    qtbot.waitUntil(lambda: not stack.canUndo())
    assert prototypes(store) == after


def test_commands_say_what_they_need(
    qtbot: QtBot, window: MainWindow, opened: PrototypesView
) -> None:
    messages: list[str] = []
    window.problems.reported.connect(lambda problem: messages.append(str(problem)))
    opened.select_rows([0])
    prototype_actions.ask_merge(window.workspace)
    opened.select_rows([0, 1])
    prototype_actions.ask_name(window.workspace)
    opened.select_rows([])
    for run in ("toggle_pin", "ask_name", "ask_merge", "ask_forget"):
        getattr(prototype_actions, run)(window.workspace)
    assert len(messages) == 6
    assert "at least two" in messages[0] and "One topic" in messages[1]
    assert all("No topic is selected" in text for text in messages[2:])
    assert not window.findChildren(QuestionDialog)
    prototype_actions.lay_out(window.workspace)
    prototype_actions.show_all(window.workspace)
    assert opened.map is not None
    qtbot.waitUntil(lambda: not opened.map.notice.isVisible())
