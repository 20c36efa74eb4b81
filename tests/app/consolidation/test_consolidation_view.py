from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.consolidation.jobs import learned_all
from app.consolidation.row_list import RowList
from app.consolidation.schedule_keeper import Keeping
from app.consolidation.tier_standing import read_standing
from app.consolidation.undo_cycles_dialog import UndoCyclesDialog
from app.consolidation.view import ConsolidationView
from app.kit.actions import Command
from app.kit.job_kind import JobKind
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.overview.view import OverviewView
from app.shell.main_window import MainWindow
from hpm_engine import (
    Consent,
    CycleReport,
    Job,
    Memory,
    Outlook,
    Progress,
    RunReport,
    Schedule,
    Wait,
    local_now,
    open_memory,
)
from hpm_engine.config import FEWEST_CANARIES, FORGETTING_BOUND
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


def settled(qtbot: QtBot, view: ConsolidationView, runs: int) -> None:
    """Nothing runs, and the newest of so many runs is shown."""
    qtbot.waitUntil(lambda: not view.notice.busy and _count(view) == runs, timeout=20_000)
    if runs:
        qtbot.waitUntil(lambda: view.model.row(0) is not None)
        qtbot.waitUntil(lambda: view.card.reading is not None)
        qtbot.waitUntil(lambda: shown(view) == view.model.row(0) or view.card.stands)


def _count(view: ConsolidationView) -> int:
    return -1 if view.standing is None else view.standing.runs


def shown(view: ConsolidationView) -> RunReport:
    assert view.card.reading is not None
    return view.card.reading.run


def cell(view: ConsolidationView, title: str, row: int = 0) -> str:
    titles = [column.title for column in view.model.columns]
    return str(view.model.index(row, titles.index(title)).data())


def researched(qtbot: QtBot, view: ConsolidationView) -> CycleReport:
    """What the folded part shows, once it is open."""
    view.research.set_open(True)
    qtbot.waitUntil(lambda: view.pane.reading is not None, timeout=20_000)
    assert view.pane.reading is not None
    return view.pane.reading.report


def words_of(view: QWidget) -> str:
    """Everything that is to be read in a widget now."""
    labels = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    buttons = [button.text() for button in view.findChildren(QAbstractButton) if button.isVisible()]
    return " | ".join([*labels, *buttons])


def consolidate(store: Path, *memories: int) -> None:
    with open_memory(store) as memory:
        for count in memories:
            memory.consolidation.run(count)


# -- states --------------------------------------------------------------------------------------


def test_a_store_says_in_a_sentence_what_is_not_yet_learned(view: ConsolidationView) -> None:
    sentence = view.head.sentence.whole_text()
    assert sentence == f"{MEMORIES} memories of 12 episodes are not yet learned."
    assert view.page.notice == "Nothing was learned yet"
    assert re.fullmatch(r"Learn all ≈ \d+ s", view.head.all.text())
    assert view.head.some.text() == f"Try {MEMORIES} first"  # fewer than fifty wait
    for button in (view.head.all, view.head.some, view.head.preview):
        assert button.isEnabled()
    assert not view.head.undo.isEnabled()


def test_a_store_that_is_not_prepared_offers_that_and_promises_nothing_else(
    qtbot: QtBot, tmp_path: Path, qapp: object
) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    session = Session(learned_store(folder, encoded=False))
    view = opened(qtbot, session)
    qtbot.waitUntil(lambda: view.page.notice == "Nothing can be learned yet")
    assert view.head.sentence.whole_text().startswith("Nothing can be learned yet")
    assert view.head.prepare.isVisible() and not view.head.all.isVisible()
    keeping = Keeping(session, view)
    view.follow(keeping)
    keeping.outlook = Outlook(
        schedule=Schedule(),
        due=None,
        waits=Wait.REST,
        next_runs=(),
        rest_until=local_now(),
        consent=Consent.YES,
    )
    keeping.news.emit()
    assert view.schedule.text().endswith("Learns nothing until that is mended")
    view.head.prepare.click()
    qtbot.waitUntil(lambda: view.page.notice == "Nothing was learned yet", timeout=30_000)
    assert view.head.all.isEnabled() and not view.head.prepare.isVisible()
    assert "Begins at" in view.schedule.text()
    session.close()


def test_rules_that_cannot_be_read_are_said_as_such(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    with open_memory(store) as memory, memory.internals.database.writing():
        memory.internals.database.execute("INSERT INTO settings VALUES ('visibility', 'gibberish')")
    view = opened(qtbot, session)
    assert view.page.notice == "Nothing can be learned"
    assert view.standing is not None and view.standing.waiting is None
    assert "'gibberish' is no rule" in view.head.sentence.whole_text()
    assert not view.head.all.isEnabled() and not view.head.prepare.isVisible()


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
    assert not view.head.all.isEnabled()
    view.page._button.click()
    qtbot.waitUntil(lambda: view.page.notice == "Nothing was learned yet")


def test_a_store_that_cannot_be_written_can_be_previewed(
    qtbot: QtBot, store: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "writable", False)
    view = opened(qtbot, session)
    assert not view.head.all.isEnabled() and not view.head.some.isEnabled()
    view.preview_cycle()
    qtbot.waitUntil(lambda: view.card.stands and view.card.reading is not None, timeout=20_000)
    assert view.card.accept.isVisible() and not view.card.accept.isEnabled()


def test_the_estimate_is_that_of_the_last_cycles_of_the_store(store: Path) -> None:
    with open_memory(store) as memory:
        cycle = memory.consolidation.run(8)
        standing = read_standing(memory, Job())
    assert standing.waiting == MEMORIES - 8
    assert standing.estimate(16) == pytest.approx(cycle.seconds * 2)


# -- learning ------------------------------------------------------------------------------------


def test_all_is_learned_in_one_run_that_is_told_in_words_and_undone_whole(
    qtbot: QtBot, view: ConsolidationView, store: Path
) -> None:
    view.pane.memories.setValue(8)
    assert view.head.some.text() == "Try 8 first"
    view.head.all.click()
    assert not view.head.all.isEnabled()
    settled(qtbot, view, 1)
    assert view.head.sentence.whole_text() == "Everything is learned."
    run = shown(view)
    assert (run.cycles, run.memories) == (3, MEMORIES)
    card = words_of(view.card)
    assert f"✓ {MEMORIES} memories learned" in card and f"{len(run.born)} new topics" in card
    assert "Recall check: " in card and "Undo this run" in card
    with open_memory(store) as memory:
        names = {prototype.id: prototype.told for prototype in memory.consolidation.prototypes()}
        assert {episode.learned for episode in memory.episodes.get(range(1, 13))} == {True}
    assert view.card.born.names() == [names[key] for key in run.born]
    view.card.born.wanted.emit(run.born[0])
    assert view._navigator.current == Place(ViewName.PROTOTYPES, prototype_id=run.born[0])
    view.card.undo.click()
    qtbot.waitUntil(lambda: view.standing is not None and view.standing.waiting == MEMORIES)
    qtbot.waitUntil(lambda: cell(view, "State") == "↶ undone", timeout=10_000)
    qtbot.waitUntil(lambda: "↶ Undone" in words_of(view.card))
    assert not view.card.undo.isVisible() and "It was undone." in words_of(view.card)


def test_a_run_that_is_stopped_keeps_what_it_learned_and_says_so(
    qtbot: QtBot, view: ConsolidationView, session: Session
) -> None:
    def learn(memory: Memory, limit: int, job: Job) -> RunReport:
        """Stopped once eight memories are learned, as by a click."""

        def look(progress: Progress) -> None:
            if progress.done >= 9:
                inner.cancel()

        inner = Job(look, interval=0.0)
        return memory.consolidation.runs.learn(limit, inner)

    task = session.write(lambda memory, job: learn(memory, 4, job), "Learn all", JobKind.CYCLE)
    reports: list[RunReport] = []
    task.succeeded.connect(reports.append)
    settled(qtbot, view, 1)
    assert reports[0].stopped and reports[0].memories == 8
    says = learned_all("Learn all", reports[0], "in 2 s")
    assert says.startswith("Learn all: 8 memories learned") and "stopped, which keeps them" in says
    assert view.head.sentence.whole_text().startswith(f"{MEMORIES - 8} memories of ")
    assert f"{MEMORIES - 8} were left" in words_of(view.card)
    assert view.card.undo.isVisible()


def test_a_run_whose_next_cycle_is_blocked_says_both(
    qtbot: QtBot, view: ConsolidationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.consolidator import conclusion

    view.pane.memories.setValue(8)
    view.head.some.click()
    settled(qtbot, view, 1)
    monkeypatch.setattr(conclusion, "lost", lambda before, after: 0.5)
    monkeypatch.setattr(conclusion, "FEWEST_CANARIES", FEWEST_CANARIES._replace(value=0))
    view.head.all.click()
    settled(qtbot, view, 2)
    assert (cell(view, "State"), cell(view, "State", 1)) == ("✗ blocked: would forget", "✓ applied")
    card = words_of(view.card)
    assert "✗ Blocked: it would forget too much" in card and "would forget 50.0 points" in card
    assert not view.card.undo.isVisible()


def test_a_few_are_tried_first(qtbot: QtBot, view: ConsolidationView, store: Path) -> None:
    view.pane.memories.setValue(10)
    view.head.some.click()
    settled(qtbot, view, 1)
    assert view.page.shows_content
    assert (cell(view, "Learned"), cell(view, "By")) == ("10", "you")
    assert cell(view, "State") == "✓ applied"
    assert view.head.all.isEnabled() and view.head.undo.isEnabled()
    assert "14 memories of" in view.head.sentence.whole_text()


def test_a_preview_writes_nothing_until_it_is_accepted(
    qtbot: QtBot, view: ConsolidationView, store: Path
) -> None:
    view.pane.memories.setValue(10)
    view.head.preview.click()
    qtbot.waitUntil(lambda: view.card.stands and view.card.reading is not None, timeout=20_000)
    preview = shown(view)
    assert (preview.first, preview.memories) == (None, 10)
    title = view.card.title.whole_text()
    assert title == "◌ Preview, nothing is written yet: 10 memories would be learned"
    with open_memory(store) as memory:
        assert memory.consolidation.cycle_count() == 0
    view.card.accept.click()
    settled(qtbot, view, 1)
    assert not view.card.stands
    assert (shown(view).first, shown(view).born) == (1, preview.born)


def test_a_discarded_preview_leaves_the_chosen_run(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 10)
    view = opened(qtbot, session)
    settled(qtbot, view, 1)
    view.head.preview.click()
    qtbot.waitUntil(lambda: view.card.stands and shown(view).first is None, timeout=20_000)
    assert view.card.discard.isVisible()
    view.card.discard.click()
    qtbot.waitUntil(lambda: view.card.reading is not None and shown(view).first == 1)
    assert not view.card.discard.isVisible()


def test_a_preview_is_past_once_something_was_learned(
    qtbot: QtBot, store: Path, view: ConsolidationView
) -> None:
    view.head.preview.click()
    qtbot.waitUntil(lambda: view.card.stands, timeout=20_000)
    view.run_cycle()
    settled(qtbot, view, 1)
    assert not view.card.stands


def test_a_preview_that_would_be_blocked_cannot_be_accepted(
    qtbot: QtBot, view: ConsolidationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.consolidator import conclusion

    monkeypatch.setattr(conclusion, "lost", lambda before, after: 0.5)
    monkeypatch.setattr(conclusion, "FEWEST_CANARIES", FEWEST_CANARIES._replace(value=0))
    view.head.preview.click()
    qtbot.waitUntil(lambda: view.card.stands and view.card.reading is not None, timeout=20_000)
    assert view.card.reason.isVisible() and not view.card.accept.isEnabled()
    view.run_cycle()
    settled(qtbot, view, 1)
    assert cell(view, "State") == "✗ blocked: would forget"
    assert not view.head.undo.isEnabled()
    report = researched(qtbot, view)
    assert report.refused == shown(view).refused


def test_the_figure_that_is_shown_is_the_one_that_the_bound_is_tested_on(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 8, 8, 8)
    with open_memory(store, read_only=True) as memory:
        reports = memory.consolidation.cycles()
    view = opened(qtbot, session)
    settled(qtbot, view, 3)
    for row, report in enumerate(reports[:2]):
        assert report.found is not None and report.found_before is not None
        before, after = (f"{share * 100:.1f} %" for share in (report.found_before, report.found))
        qtbot.waitUntil(lambda: view.model.row(2) is not None)
        assert cell(view, "Recall check", row) == f"{before} → {after}"
        lost = report.found_before - report.found
        assert report.lost - reports[row + 1].lost == pytest.approx(lost)
        forgotten = f"{max(0.0, lost) * 100:.1f} of at most {FORGETTING_BOUND.value * 100:g} points"
        assert cell(view, "Forgotten", row) == forgotten
    newest = reports[0]
    assert f"{newest.found * 100:.1f} % after" in view.card.check.whole_text()  # type: ignore[operator]


def test_what_is_learned_can_be_stopped_and_leaves_nothing(
    qtbot: QtBot, view: ConsolidationView, store: Path
) -> None:
    view.run_cycle()
    assert view.notice.task is not None
    view.notice.task.cancel()
    qtbot.waitUntil(lambda: not view.notice.busy, timeout=20_000)
    with open_memory(store) as memory:
        assert memory.consolidation.cycle_count() == 0
    assert view.head.all.isEnabled()


def test_a_cycle_under_way_shows_how_it_learns(qtbot: QtBot, store: Path, session: Session) -> None:
    consolidate(store, 12)
    view = opened(qtbot, session)
    settled(qtbot, view, 1)
    researched(qtbot, view)
    figures: list[int] = []
    view.notice.progressed.connect(lambda _: figures.append(len(list(view.pane.curves.figures()))))
    view._on_progress(Progress(3, 12, "learning", "memories", (-5.0, 0.5)))
    assert view.pane.live and view.pane.reading is None
    view._on_progress(Progress(6, 12, "learning", "memories", (-6.0, 0.4)))
    rows = [list(row) for row in view.pane.curves.figures()]
    assert rows[1:] == [[1, -5.0, 0.5, ""], [2, -6.0, 0.4, ""]]
    view._on_stopped()
    qtbot.waitUntil(lambda: view.pane.reading is not None and view.pane.reading.report.id == 1)
    view.run_cycle()
    settled(qtbot, view, 2)
    qtbot.waitUntil(lambda: view.pane.reading is not None and view.pane.reading.report.id == 2)
    assert figures and not view.pane.live


def test_each_cycle_of_a_run_is_shown_from_its_beginning(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    """Whether they are jobs of their own, as the schedule's, or cycles of one job."""
    view = opened(qtbot, session)
    settled(qtbot, view, 0)
    pane = view.pane
    pane.show_live(Progress(3, 12, "learning, cycle 1", "memories", (-5.0, 0.5)))
    pane.show_live(Progress(5, 12, "learning, cycle 2", "memories", (-7.0, 0.2)))
    rows = [list(row) for row in pane.curves.figures()]
    assert rows[1:] == [[1, -7.0, 0.2, ""]]
    view.notice.begun.emit()
    pane.show_live(Progress(1, 12, "learning, cycle 2", "memories", (-8.0, 0.1)))
    rows = [list(row) for row in pane.curves.figures()]
    assert rows[1:] == [[1, -8.0, 0.1, ""]]
    assert pane.lists.tabText(0) == "Held by EWC"


def test_the_progress_moves_nothing_on_the_page(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    view = opened(qtbot, session)
    settled(qtbot, view, 0)
    qtbot.wait(100)
    before = view.page.y(), view.head.all.geometry()
    view.notice.show_progress("Learning", Progress(3, 12, "learning", "memories"), lambda: None)
    assert view.notice.isVisible() and not view.head.below.isVisible()
    QApplication.processEvents()
    assert (view.page.y(), view.head.all.geometry()) == before
    view.notice.hide()
    assert view.head.below.isVisible()


def test_what_was_forgotten_is_accepted_in_the_view(
    qtbot: QtBot, store: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.consolidator import conclusion

    consolidate(store, 4)
    monkeypatch.setattr(conclusion, "lost", lambda before, after: 0.03)
    monkeypatch.setattr(conclusion, "FEWEST_CANARIES", FEWEST_CANARIES._replace(value=0))
    consolidate(store, 4, 4)
    view = opened(qtbot, session)
    settled(qtbot, view, 3)
    assert "Forgotten so far: 3.0 points" in view.agreement.text.whole_text()
    assert view.agreement.isVisible()
    view.agreement.button.click()
    qtbot.waitUntil(
        lambda: view.standing is not None and view.standing.agreement.cycle == 2, timeout=20_000
    )
    assert not view.agreement.isVisible()


def test_undo_goes_back_to_before_the_chosen_run(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 8, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 3)
    view.head.undo.click()
    qtbot.waitUntil(lambda: view.findChild(UndoCyclesDialog) is not None)
    dialog = view.findChild(UndoCyclesDialog)
    assert isinstance(dialog, UndoCyclesDialog)
    assert dialog.cycles.count() == 3
    dialog.cycles.setCurrentIndex(1)
    assert dialog.text.whole_text().startswith("Undoes 2 runs: 16 memories wait again")
    dialog.go.click()
    qtbot.waitUntil(lambda: view.standing is not None and view.standing.waiting == 16)
    qtbot.waitUntil(lambda: cell(view, "State") == "↶ undone")
    assert [cell(view, "State", row) for row in range(3)] == ["↶ undone", "↶ undone", "✓ applied"]
    qtbot.waitUntil(lambda: shown(view).undone_at is not None)


def test_undo_this_run_has_that_run_chosen_beforehand(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 8, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 3)
    view.table.selectRow(1)
    entries = {entry.text(): entry for entry in view.table._offer() if entry is not None}
    entries["Undo This Run…"].trigger()
    qtbot.waitUntil(lambda: view.findChild(UndoCyclesDialog) is not None)
    (dialog,) = view.findChildren(UndoCyclesDialog)
    assert dialog.cycles.currentIndex() == 1
    assert dialog.text.whole_text().startswith("Undoes 2 runs")
    dialog.reject()
    view.ask_to_undo(99)
    qtbot.waitUntil(lambda: "this is an earlier one" in view.head.below.whole_text())


def test_a_run_before_others_says_why_it_cannot_be_undone_alone(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 2)
    view.table.selectRow(1)
    qtbot.waitUntil(lambda: shown(view).first == 1)
    assert not view.card.undo.isVisible()
    assert "Others came after it" in view.card.kept.whole_text()


def test_no_word_of_the_paper_stands_outside_of_what_is_folded(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 2)
    heads = " | ".join(column.title for column in view.model.columns if column.shown)
    said = f"{words_of(view)} | {heads} | {cell(view, 'State')}".lower()
    for word in ("stands", "refused", "settle", "canar", "nats", "ewc", "bwt", "fisher", "replay"):
        assert word not in said, word
    assert "prototype" not in said and "cycle" not in said.replace("cycles", "")


# -- the chosen cycle ----------------------------------------------------------------------------


def test_the_chosen_cycle_names_what_was_held_and_replayed(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 12, 12)
    view = opened(qtbot, session)
    settled(qtbot, view, 2)
    report = researched(qtbot, view)
    reading = view.pane.reading
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


def test_the_cycles_of_a_run_are_listed_for_researchers(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    with open_memory(store) as memory:
        memory.consolidation.runs.learn(8)
    view = opened(qtbot, session)
    settled(qtbot, view, 1)
    assert researched(qtbot, view).id == 3
    assert view.pane.cycles.isVisible() and view.pane.model.rowCount() == 3
    view.pane.cycles.selectRow(2)
    qtbot.waitUntil(lambda: view.pane.reading is not None and view.pane.reading.report.id == 1)


def test_another_row_shows_another_run(qtbot: QtBot, store: Path, session: Session) -> None:
    consolidate(store, 8, 8)
    view = opened(qtbot, session)
    settled(qtbot, view, 2)
    view.table.selectRow(1)
    qtbot.waitUntil(lambda: shown(view).first == 1)
    view.refresh(view_changed())
    qtbot.wait(100)
    assert shown(view).first == 1  # reading again takes nobody elsewhere


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
    controls = (view.pane.memories, view.table, view.schedule.change, view.card.discard)
    lists = (view.pane.held, view.pane.replayed, view.pane.fates, view.pane.curves)
    for control in (*controls, *lists):
        assert control.accessibleName() or control.text()
    for button in (view.head.preview, view.head.all, view.head.some, view.head.undo):
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
    assert facts["Last cycle"].endswith("✓ applied")
    assert facts["Recall check"] == "100.0 % found again"


def test_a_run_has_a_menu_that_undoes_it_and_shows_its_topics_and_its_row(
    qtbot: QtBot, store: Path, session: Session
) -> None:
    consolidate(store, 200)
    view = opened(qtbot, session)
    settled(qtbot, view, 1)

    def shown() -> dict[str, QAction]:
        return {action.text(): action for action in view.table._offer() if action is not None}

    topic = next(text for text in shown() if text.startswith("Show “"))
    shown()[topic].trigger()
    here = view._navigator.current
    assert here.view is ViewName.PROTOTYPES and here.prototype_id is not None
    shown()["History in the Audit Log"].trigger()
    qtbot.waitUntil(lambda: view._navigator.current.audit_row is not None)
    shown()["Undo This Run…"].trigger()
    qtbot.waitUntil(lambda: view.findChild(UndoCyclesDialog) is not None)
    (dialog,) = view.findChildren(UndoCyclesDialog)
    dialog.go.click()
    qtbot.waitUntil(lambda: "It was undone." in shown()["Undo This Run…"].toolTip(), timeout=20_000)
    assert not shown()["Undo This Run…"].isEnabled()


def test_a_command_learns_also_where_the_view_was_never_open(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    window.commands[Command.LEARN_ALL].trigger()
    assert window.workspace is not None
    view = window.workspace.view(ViewName.CONSOLIDATION)
    assert isinstance(view, ConsolidationView) and view.standing is None
    qtbot.waitUntil(lambda: _count(view) == 1, timeout=60_000)
    assert view.standing is not None and view.standing.waiting == 0
