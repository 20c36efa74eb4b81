from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.consolidation.row_list import RowList
from app.consolidation.undo_cycles_dialog import UndoCyclesDialog
from app.consolidation.view import ConsolidationView
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.overview.view import OverviewView
from hpm_engine import CycleReport, Progress, Tier, open_memory
from hpm_engine.config import FEWEST_CANARIES
from tests.support.learned_store import MEMORIES, learned_store
from tests.support.shown_views import show_view


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return learned_store(tmp_path)


def opened(qtbot: QtBot, session: Session) -> ConsolidationView:
    view = show_view(qtbot, session, ConsolidationView, Place(ViewName.CONSOLIDATION))
    qtbot.waitUntil(lambda: view.standing is not None, timeout=20_000)
    return view


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> ConsolidationView:
    return opened(qtbot, session)


def settled(qtbot: QtBot, view: ConsolidationView, cycles: int) -> None:
    """Nothing runs, and the newest of so many cycles is shown."""
    qtbot.waitUntil(lambda: not view.notice.busy and _count(view) == cycles, timeout=20_000)
    if cycles:
        qtbot.waitUntil(lambda: view.model.row(0) is not None)
        qtbot.waitUntil(lambda: view.pane.reading is not None)
        qtbot.waitUntil(lambda: shown(view) == view.model.row(0) or view.offer.stands)


def _count(view: ConsolidationView) -> int:
    return -1 if view.standing is None else view.standing.cycles


def shown(view: ConsolidationView) -> CycleReport:
    assert view.pane.reading is not None
    return view.pane.reading.report


def cell(view: ConsolidationView, title: str, row: int = 0) -> str:
    titles = [column.title for column in view.model.columns]
    return str(view.model.index(row, titles.index(title)).data())


def consolidate(store: Path, *memories: int) -> None:
    with open_memory(store) as memory:
        for count in memories:
            memory.consolidation.run(count)


# -- states --------------------------------------------------------------------------------------


def test_a_store_without_cycles_says_how_many_memories_wait(view: ConsolidationView) -> None:
    assert view.page.notice == "No cycle yet"
    assert view.facts.whole_text() == f"{MEMORIES} memories wait."
    assert view.preview.isEnabled() and view.run.isEnabled()
    assert not view.undo.isEnabled()


def test_a_store_without_vectors_offers_to_index(
    qtbot: QtBot, tmp_path: Path, qapp: object
) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    session = Session(learned_store(folder, encoded=False))
    view = opened(qtbot, session)
    assert view.page.notice == "Nothing can be consolidated yet"
    assert not view.run.isEnabled() and not view.preview.isEnabled()
    view.page._button.click()
    qtbot.waitUntil(lambda: view.page.notice == "No cycle yet", timeout=30_000)
    assert view.run.isEnabled()
    session.close()


def test_rules_that_cannot_be_read_are_not_missing_vectors(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    with open_memory(store) as memory, memory.internals.database.writing():
        memory.internals.database.execute("INSERT INTO settings VALUES ('visibility', 'gibberish')")
    view = opened(qtbot, session)
    assert view.page.notice == "Nothing can be consolidated"
    assert view.standing is not None and view.standing.waiting is None
    assert "'gibberish' is no rule" in view.facts.whole_text()
    assert "vector" not in view.facts.whole_text()
    assert not view.run.isEnabled()


def test_a_store_that_cannot_be_read_says_why_and_tries_again(
    qtbot: QtBot, view: ConsolidationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.consolidation import view as consolidation

    def breaks(memory: object, job: object) -> object:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as broken:
        broken.setattr(consolidation, "read_standing", breaks)
        view.reload()
        qtbot.waitUntil(lambda: "could not be read" in view.page.notice)
    assert not view.run.isEnabled()
    view.page._button.click()
    qtbot.waitUntil(lambda: view.page.notice == "No cycle yet")


def test_a_store_that_cannot_be_written_can_be_previewed(
    qtbot: QtBot, store: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "writable", False)
    view = opened(qtbot, session)
    assert not view.run.isEnabled()
    view.preview_cycle()
    qtbot.waitUntil(lambda: view.offer.stands, timeout=20_000)
    assert not view.offer.button.isEnabled()


# -- cycles --------------------------------------------------------------------------------------


def test_a_cycle_run_now_is_in_the_history_and_shown(
    qtbot: QtBot, view: ConsolidationView, store: Path
) -> None:
    view.memories.setValue(MEMORIES)
    view.run.click()
    assert not view.run.isEnabled()
    settled(qtbot, view, 1)
    assert view.page.shows_content
    assert (cell(view, "Cycle"), cell(view, "State")) == ("1", "✓ stands")
    assert (cell(view, "Memories"), cell(view, "Trigger")) == ("24", "person")
    assert shown(view).id == 1
    facts = {fact.name: fact.value for fact in view.pane.facts.facts()}
    assert (facts["Learned"], facts["Who"]) == ("24 memories", "person")
    assert not view.run.isEnabled()  # nothing waits any more
    assert view.undo.isEnabled()
    with open_memory(store) as memory:
        assert {episode.tier for episode in memory.episodes.get(range(1, 13))} == {
            Tier.CONSOLIDATED
        }


def test_a_preview_writes_nothing_until_it_is_accepted(
    qtbot: QtBot, view: ConsolidationView, store: Path
) -> None:
    view.memories.setValue(10)
    view.preview.click()
    qtbot.waitUntil(lambda: view.offer.stands and view.pane.reading is not None, timeout=20_000)
    preview = shown(view)
    assert (preview.id, preview.memories) == (None, 10)
    assert view.offer.text.whole_text().startswith("Preview, nothing written yet: 10 memories")
    with open_memory(store) as memory:
        assert memory.consolidation.cycle_count() == 0
    view.offer.button.click()
    settled(qtbot, view, 1)
    assert not view.offer.stands
    assert (shown(view).id, shown(view).born) == (1, preview.born)


def test_a_discarded_preview_leaves_the_chosen_cycle(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 10)
    view = opened(qtbot, session)
    settled(qtbot, view, 1)
    view.preview.click()
    qtbot.waitUntil(lambda: view.offer.stands and shown(view).id is None, timeout=20_000)
    view.offer.discard.click()
    qtbot.waitUntil(lambda: view.pane.reading is not None and shown(view).id == 1)
    assert not view.offer.isVisible()


def test_a_preview_is_past_once_another_cycle_ran(
    qtbot: QtBot, store: Path, view: ConsolidationView
) -> None:
    view.preview.click()
    qtbot.waitUntil(lambda: view.offer.stands, timeout=20_000)
    view.run_cycle()
    settled(qtbot, view, 1)
    assert not view.offer.stands


def test_a_refused_cycle_is_told_with_its_reason(
    qtbot: QtBot, view: ConsolidationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.consolidator import conclusion

    monkeypatch.setattr(conclusion, "lost", lambda before, after: 0.5)
    monkeypatch.setattr(conclusion, "FEWEST_CANARIES", FEWEST_CANARIES._replace(value=0))
    view.preview.click()
    qtbot.waitUntil(lambda: view.offer.stands, timeout=20_000)
    assert "would be refused" in view.offer.text.whole_text()
    assert not view.offer.button.isEnabled()
    view.run_cycle()
    settled(qtbot, view, 1)
    assert (cell(view, "Cycle"), cell(view, "State")) == ("–", "✗ refused")
    assert "would forget 50.0 points" in cell(view, "Why refused")
    assert view.pane._reason.isVisible()
    assert not view.undo.isEnabled()


def test_a_cycle_can_be_stopped_and_leaves_nothing(
    qtbot: QtBot, view: ConsolidationView, store: Path
) -> None:
    view.run.click()
    assert view.notice.task is not None
    view.notice.task.cancel()
    qtbot.waitUntil(lambda: not view.notice.busy, timeout=20_000)
    with open_memory(store) as memory:
        assert memory.consolidation.cycle_count() == 0
    assert view.run.isEnabled()


def test_a_cycle_under_way_shows_how_it_learns(qtbot: QtBot, store: Path, session: Session) -> None:
    consolidate(store, 12)
    view = opened(qtbot, session)
    settled(qtbot, view, 1)
    figures: list[int] = []
    view.notice.progressed.connect(lambda _: figures.append(len(list(view.pane.curves.figures()))))
    view.pane.show_live(Progress(3, 12, "learning", "memories", (-5.0, 0.5)))
    assert view.pane.live and view.pane.reading is None
    view.pane.show_live(Progress(6, 12, "learning", "memories", (-6.0, 0.4)))
    rows = [list(row) for row in view.pane.curves.figures()]
    assert rows[1:] == [[1, -5.0, 0.5, ""], [2, -6.0, 0.4, ""]]
    view._on_stopped()
    qtbot.waitUntil(lambda: view.pane.reading is not None and shown(view).id == 1)
    view.run_cycle()
    settled(qtbot, view, 2)
    assert figures and not view.pane.live
    assert shown(view).id == 2


def test_cycles_of_a_run_are_each_shown_from_their_beginning(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    view = opened(qtbot, session)
    settled(qtbot, view, 0)
    view.pane.show_live(Progress(3, 12, "learning", "memories", (-5.0, 0.5)))
    view.notice.begun.emit()
    view.pane.show_live(Progress(1, 12, "learning", "memories", (-7.0, 0.2)))
    rows = [list(row) for row in view.pane.curves.figures()]
    assert rows[1:] == [[1, -7.0, 0.2, ""]]
    assert view.pane.lists.tabText(0) == "Held by EWC"


def test_the_notice_of_a_cycle_moves_nothing(qtbot: QtBot, store: Path, session: Session) -> None:
    view = opened(qtbot, session)
    settled(qtbot, view, 0)
    before = view.page.y()
    view.notice.show_progress("Consolidating", None, lambda: None)
    assert not view.facts.isVisible()
    QApplication.processEvents()
    assert view.page.y() == before
    view.notice.hide()
    assert view.facts.isVisible()


def test_what_was_forgotten_is_agreed_to_in_the_view(
    qtbot: QtBot, store: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.consolidator import conclusion

    consolidate(store, 4)
    monkeypatch.setattr(conclusion, "lost", lambda before, after: 0.03)
    monkeypatch.setattr(conclusion, "FEWEST_CANARIES", FEWEST_CANARIES._replace(value=0))
    consolidate(store, 4, 4)
    view = opened(qtbot, session)
    settled(qtbot, view, 3)
    assert "Forgotten since the first cycle: 3.0 points" in view.agreement.text.whole_text()
    assert view.agreement.isVisible()
    view.agreement.button.click()
    qtbot.waitUntil(
        lambda: view.standing is not None and view.standing.agreement.cycle == 2, timeout=20_000
    )
    assert not view.agreement.isVisible()


def test_undo_goes_back_to_before_the_chosen_cycle(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 8, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 3)
    view.undo.click()
    qtbot.waitUntil(lambda: view.findChild(UndoCyclesDialog) is not None)
    dialog = view.findChild(UndoCyclesDialog)
    assert isinstance(dialog, UndoCyclesDialog)
    assert dialog.cycles.count() == 3
    dialog.cycles.setCurrentIndex(1)
    assert dialog.text.whole_text().startswith("Undoes 2 cycles: 16 memories wait again")
    dialog.go.click()
    qtbot.waitUntil(lambda: view.standing is not None and view.standing.waiting == 16)
    qtbot.waitUntil(lambda: cell(view, "State") == "↶ undone")
    assert [cell(view, "State", row) for row in range(3)] == ["↶ undone", "↶ undone", "✓ stands"]
    qtbot.waitUntil(lambda: shown(view).undone_at is not None)


# -- the chosen cycle ----------------------------------------------------------------------------


def test_the_chosen_cycle_names_what_was_held_and_replayed(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 12, 12)
    view = opened(qtbot, session)
    settled(qtbot, view, 2)
    report, reading = shown(view), view.pane.reading
    assert reading is not None and report.id == 2
    assert len(reading.replayed) == len(report.replayed) > 0
    assert {share.name.split(" number")[0] for share in reading.replayed} <= {
        "parse the invoice",
        "draw the sailing map",
        "sort the beehive records",
    }
    assert [share.nats for share in reading.held] == sorted(report.held_by.values(), reverse=True)
    assert view.pane.lists.tabText(1) == f"Replayed ({len(report.replayed)})"
    assert "EWC penalty from" in view.pane.curves.accessibleName()
    assert len(list(view.pane.curves.figures())) == len(report.loss) + 1
    view.pane._on_replayed(0)
    there = view._navigator.current
    assert (there.view, there.episode_id) == (ViewName.EPISODES, reading.replayed[0].episode_id)
    assert there.seq == reading.replayed[0].seq


def test_another_row_shows_another_cycle(qtbot: QtBot, store: Path, session: Session) -> None:
    consolidate(store, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 2)
    view.table.selectRow(1)
    qtbot.waitUntil(lambda: shown(view).id == 1)
    view.refresh(view_changed())
    qtbot.wait(100)
    assert shown(view).id == 1  # reading again takes nobody elsewhere


def view_changed() -> object:
    from hpm_engine import Changed

    return Changed.EPISODES


def test_lists_follow_the_text_size(qtbot: QtBot) -> None:
    rows = RowList("Things", ("Name", "Count"), (100, 60), right=(1,))
    qtbot.addWidget(rows)
    rows.show_rows([("a\u202eb", "1"), ("b", "2")])
    assert rows.rows() == [("a⟦RLO⟧b", "1"), ("b", "2")]
    before = rows.columnWidth(1), rows.topLevelItem(0).sizeHint(0).height()
    font = rows.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    rows.setFont(font)
    assert rows.columnWidth(1) > before[0] * 1.5
    assert rows.topLevelItem(0).sizeHint(0).height() > before[1] * 1.3
    opened: list[int] = []
    rows.opened.connect(opened.append)
    rows.itemActivated.emit(rows.topLevelItem(1), 0)
    assert opened == [1]


def test_everything_that_can_be_operated_has_a_name(view: ConsolidationView) -> None:
    controls = (view.memories, view.table, view.schedule.change, view.offer.discard)
    lists = (view.pane.held, view.pane.replayed, view.pane.fates, view.pane.curves)
    for control in (*controls, *lists):
        assert control.accessibleName() or control.text()
    for button in (view.preview, view.run, view.undo):
        assert button.text() and button.toolTip()


def test_the_overview_tells_what_the_last_cycle_kept(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 12)
    view = OverviewView(session, Navigator(Place(ViewName.OVERVIEW), parent=session))
    qtbot.addWidget(view)
    session.changed.connect(view.refresh)
    qtbot.waitUntil(lambda: bool(view.consolidation.facts.facts()), timeout=20_000)
    facts = {fact.name: fact.value for fact in view.consolidation.facts.facts()}
    assert facts["Waiting"] == "12 memories"
    assert facts["Last cycle"].endswith("✓ stands")
    assert facts["Found again"] == facts["Retention"] == "100.0 %"
    assert facts["Forgetting"] == "+0.0 points"
