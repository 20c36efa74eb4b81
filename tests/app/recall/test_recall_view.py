from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.recall.hit_tree import ROW, moved
from app.recall.recall_answer import Answer, Question, answer_of, compared
from app.recall.shares import GROUPS, grouped
from app.recall.view import RecallView
from hpm_engine import (
    Alike,
    Budget,
    Changed,
    HPMError,
    Outcome,
    PastRecall,
    RecallFilter,
    RecallOptions,
    RecallScope,
    StepHit,
    open_memory,
)
from hpm_engine.recall.weights import PartName
from tests.support.cases import CASES
from tests.support.files.traces import HOSTILE, make_store

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

TASKS = [
    "The basket loses its discount when the currency changes",
    "The basket shows no discount at all",
    "Users cannot log in after the cookie expires",
    HOSTILE,
    "Migrate the warehouse to the other database",
    "Write the release notes for hikers",
    "Draw contour lines from the new tiles",
    "The nightly backup takes too long",
]
CUE = "discount and currency of the basket"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = make_store(tmp_path / "shop.hpm", TASKS)
    with open_memory(path) as memory:
        memory.recall.prepare()
    return path


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.RECALL), settle=0)


@pytest.fixture
def view(qtbot: QtBot, session: Session, navigator: Navigator) -> RecallView:
    view = RecallView(session, navigator)
    qtbot.addWidget(view)
    session.changed.connect(view.refresh)
    navigator.moved.connect(view.restore)
    view.resize(900, 700)
    view.show()
    return view


def ask(qtbot: QtBot, view: RecallView, cue: str = CUE) -> Answer:
    view.cue.show_cue(cue)
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000) as signal:
        view.cue.ask()
    answer: Answer = signal.args[0]
    return answer


def test_hits_come_with_their_reasons_steps_and_context(qtbot: QtBot, view: RecallView) -> None:
    assert view.page.notice == "Ask as an agent would"
    answer = ask(qtbot, view)
    assert view.page.shows_content
    best = answer.rows[0]
    assert best.name == TASKS[0]
    assert {"basket", "discount", "currency"} <= set(best.terms)
    assert sum(share for _, share in best.shares) == pytest.approx(1)
    assert best.injected
    spoken = view.hits.tree.index(0, 0).data()
    for part in (
        *("1. The basket", "■ full · ◇ not learned", "score", "Words", "terms"),
        "in the context block",
    ):
        assert part in spoken
    first = view.hits.tree.index(0, 0)
    assert view.hits.tree.rowCount(first) == len(best.steps) > 0
    assert isinstance(view.hits.tree.index(0, 0, first).data(ROW), StepHit)
    assert view.hits.isExpanded(first)
    assert answer.recall is not None
    assert view.context.text.toPlainText().strip() == answer.recall.context.text.strip()
    view.context.copy()
    assert QGuiApplication.clipboard().text() == answer.recall.context.text
    assert f"{answer.recall.context.tokens:,} of 2,000 tokens" in view.context._facts.whole_text()
    stages = view.stages._inner.accessibleDescription()
    assert all(stage.name in stages for stage in answer.recall.stages)


def test_how_a_hit_is_held_is_said_as_it_is_now(
    qtbot: QtBot, view: RecallView, session: Session
) -> None:
    best = ask(qtbot, view).rows[0]
    tree = view.hits.tree
    assert "■ full · ◇ not learned" in tree.index(0, 0).data()
    with open_memory(session.path) as memory:
        memory.compression.compress([best.episode_id], Budget(ratio=1.0))
    view.refresh(Changed.EPISODES)
    qtbot.waitUntil(lambda: "▤ compressed · ◇ not learned" in tree.index(0, 0).data())
    assert tree.rows[0].shares == best.shares, "the answer stays"
    assert tree.rowCount() == len(tree.rows) > 1
    assert tree.rows[1].episode is not None, "none went"


def test_ctrl_enter_asks_and_an_empty_cue_cannot_be_asked(qtbot: QtBot, view: RecallView) -> None:
    assert not view.cue.button.isEnabled()
    with qtbot.assertNotEmitted(view.cue.asked):
        qtbot.keyClick(view.cue.cue, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(view.cue.cue, "basket")
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        qtbot.keyClick(view.cue.cue, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert view.hits.tree.rows


def test_the_question_carries_its_scope(view: RecallView) -> None:
    view.cue.show_cue("what")
    view.cue._k.setValue(3)
    view.cue._budget.setValue(700)
    view.cue._boxes["project"].choose("shop")
    view.cue._boxes["outcome"].choose(Outcome.FAILURE.value)
    view.cue._to.set_day(QDate(2026, 3, 1))
    question = view.cue.question()
    assert (question.k, question.budget, question.record) == (3, 700, True)
    scope = question.scope
    assert (scope.project, scope.outcome, scope.since) == ("shop", Outcome.FAILURE, None)
    view.cue._from.set_day(QDate(2026, 3, 1))
    since = view.cue.question().scope.since
    assert since is not None and scope.until == since + 86_400_000_000
    view.cue.clear_scope()
    assert view.cue.question().scope == RecallScope()


def test_a_recall_is_recorded_and_what_it_gave_remembers_it(
    qtbot: QtBot, view: RecallView, session: Session, store: Path
) -> None:
    with qtbot.waitSignal(session.changed) as signal:
        answer = ask(qtbot, view)
    assert signal.args[0] == Changed.RECALLS | Changed.AUDIT
    qtbot.waitUntil(lambda: view.tabs.tabText(1) == "Past recalls (1)")
    with open_memory(store, read_only=True) as memory:
        [past] = memory.recall.past()
        assert past.id == answer.recall_id and past.cue == CUE
        [episode] = memory.episodes.get([answer.rows[0].episode_id])
        assert episode.last_recalled_at is not None


def test_a_trial_that_is_not_to_be_recorded_leaves_no_trace(
    qtbot: QtBot, view: RecallView, store: Path
) -> None:
    view.cue.set_record(False)
    answer = ask(qtbot, view)
    assert answer.rows and answer.recall_id is None
    with open_memory(store, read_only=True) as memory:
        assert memory.recall.past_count() == 0


def test_what_if_a_memory_were_absent_and_back(qtbot: QtBot, view: RecallView) -> None:
    whole = ask(qtbot, view)
    view.hits.select(whole.rows[0].episode_id)
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000) as signal:
        view.leave_out()
    answer: Answer = signal.args[0]
    assert whole.rows[0].episode_id not in {row.episode_id for row in answer.rows}
    assert answer.rows[0].episode_id == whole.rows[1].episode_id
    assert answer.rows[0].before == 2
    assert view.notice.isVisible() and "(rank 1)" in view.notice.text.whole_text()
    assert "rank 2 before" in view.hits.tree.index(0, 0).data()
    view.notice.button.click()
    assert view.recalling.shown == whole
    assert not view.notice.isVisible()


def test_an_episode_that_only_an_absence_brings_is_marked_as_new(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        recall = memory.recall.ask(CUE)
    rows = answer_of(recall).rows
    known = Answer((msgspec.structs.replace(rows[1], rank=1),))
    answer = compared(recall, known, ())
    assert [row.before for row in answer.rows[:2]] == [0, 1]
    assert moved(msgspec.structs.replace(rows[0], before=0)) == "new"
    assert moved(msgspec.structs.replace(rows[0], before=3)) == "▲ 2"
    assert moved(msgspec.structs.replace(rows[1], before=1)) == "▼ 1"


def test_a_click_on_a_step_goes_there_and_back(
    qtbot: QtBot, view: RecallView, navigator: Navigator
) -> None:
    answer = ask(qtbot, view)
    best = answer.rows[0]
    assert navigator.current == Place(ViewName.RECALL, best.episode_id, None, answer.recall_id)
    step = view.hits.tree.index(1, 0, view.hits.tree.index(0, 0))
    here = view.hits.visualRect(step).center()
    qtbot.mouseClick(view.hits.viewport(), Qt.MouseButton.LeftButton, pos=here)
    assert navigator.current == Place(ViewName.EPISODES, best.episode_id, best.steps[1].seq)
    navigator.back()
    assert navigator.current.view is ViewName.RECALL
    assert view.hits.currentIndex() == step


def test_enter_on_a_hit_goes_to_its_best_step(
    qtbot: QtBot, view: RecallView, navigator: Navigator
) -> None:
    best = ask(qtbot, view).rows[0]
    qtbot.keyClick(view.hits, Qt.Key.Key_Return)
    assert navigator.current == Place(ViewName.EPISODES, best.episode_id, best.steps[0].seq)


def past_by_agent(store: Path) -> PastRecall:
    with open_memory(store, actor="helper") as memory:
        recall = memory.recall.ask(CUE, options=RecallOptions(into="session 12"))
        [past] = memory.recall.past(of=RecallFilter(recall_id=recall.id))
        return past


def test_those_like_a_hit_are_counted_listed_and_a_click_away(
    qtbot: QtBot, view: RecallView, session: Session, navigator: Navigator, store: Path
) -> None:
    with open_memory(store) as memory:
        memory.import_paths([CASES / "46-near-duplicates"])
        memory.recall.prepare()
    first = ask(qtbot, view, "the greenhouse thermostat overheats at noon").rows[0]
    assert "newest of 6, and 5 like it" in view.hits.tree.index(0, 0).data()
    top = view.hits.tree.index(0, 0)
    below = [view.hits.tree.index(n, 0, top) for n in range(view.hits.tree.rowCount(top))]
    alike = [index for index in below if isinstance(index.data(ROW), Alike)]
    assert [index.data(ROW).episode_id for index in alike] == [o.episode_id for o in first.alike]
    assert len(alike) == 5 and alike[0].data().startswith("Like it: ")
    assert "must be 35" in below[0].data()
    view.hits.setCurrentIndex(alike[1])
    assert view.hits.current_hit() == first
    view.hits.copy_row()
    assert QGuiApplication.clipboard().text() == alike[1].data()
    rect = view.hits.visualRect(alike[2])
    assert rect.height() > 0 and not view.grab().isNull()
    qtbot.mouseClick(view.hits.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert navigator.current == Place(ViewName.EPISODES, first.alike[2].episode_id, None)
    navigator.back()
    assert view.hits.currentIndex().data(ROW) == first.alike[2]


def test_a_past_recall_is_listed_and_reopened_as_it_was(
    qtbot: QtBot, view: RecallView, session: Session, store: Path
) -> None:
    past = past_by_agent(store)
    session.changed.emit(Changed.RECALLS)
    qtbot.waitUntil(lambda: view.past.model.row(0, fetch=True) is not None)
    cells = [view.past.model.index(0, column).data() for column in range(8)]
    assert cells[1:4] == ["helper", CUE, str(len(past.hits))]
    assert cells[4].startswith("▣") and cells[5] == "session 12"
    view.show_past()
    view.past.table.selectRow(0)
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        qtbot.keyClick(view.past.table, Qt.Key.Key_Return)
    assert view.tabs.currentIndex() == 0
    rows = view.hits.tree.rows
    assert [row.episode_id for row in rows] == [hit.episode_id for hit in past.hits]
    assert [row.injected for row in rows] == [hit.injected for hit in past.hits]
    assert "helper" in view.notice.text.whole_text()
    assert "given to session 12" in view.notice.text.whole_text()
    assert past.context_sha256 in view.context.page._text.whole_text().replace(" ", "")
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000) as signal:
        view.notice.button.click()
    assert signal.args[0].recall is not None and signal.args[0].recall.cue == CUE


def test_a_place_names_the_recall_that_it_was_chosen_from(
    qtbot: QtBot, view: RecallView, navigator: Navigator
) -> None:
    first = ask(qtbot, view)
    ask(qtbot, view, "cookie expires")
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000) as signal:
        navigator.go(Place(ViewName.RECALL, first.rows[0].episode_id, None, first.recall_id))
    assert signal.args[0].past is not None and signal.args[0].past.id == first.recall_id


def test_a_recall_that_is_gone_is_told(qtbot: QtBot, view: RecallView) -> None:
    view.recalling.reopen(99)
    qtbot.waitUntil(lambda: view.page.notice == "✗ The recall failed", timeout=15_000)


def test_what_is_not_indexed_is_told_and_indexed(qtbot: QtBot, tmp_path: Path) -> None:
    session = Session(make_store(tmp_path / "new.hpm", TASKS))
    view = RecallView(session, Navigator(Place(ViewName.RECALL)))
    qtbot.addWidget(view)
    view.show()
    session.changed.connect(view.refresh)
    qtbot.waitUntil(view.index.isVisible, timeout=15_000)
    assert view.index.text.whole_text().startswith("8 episodes not prepared for recall yet")
    ask(qtbot, view)
    assert view.page.notice == "Nothing found so far"
    view.index.button.click()
    qtbot.waitUntil(lambda: bool(view.hits.tree.rows), timeout=30_000)
    qtbot.waitUntil(lambda: view.index.waiting == 0 and not view.index.isVisible())
    session.close()


def test_nothing_within_the_filters_offers_to_ask_without(qtbot: QtBot, view: RecallView) -> None:
    view.cue._boxes["project"].choose("elsewhere")
    ask(qtbot, view)
    qtbot.waitUntil(lambda: view.tabs.tabText(1) == "Past recalls (1)")
    with qtbot.assertNotEmitted(view.recalling.began, wait=500):
        view.index.recount()  # nothing waited: the question is not put again by itself
    assert view.page.notice == "Nothing found"
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        view.page._button.click()
    assert view.page.shows_content


def test_a_failure_is_told_and_the_question_can_be_put_again(
    qtbot: QtBot, view: RecallView, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Question, *_: object) -> None:
        raise HPMError("The disk went away. Plug it in again.")

    with monkeypatch.context() as broken:
        broken.setattr(Question, "put", fail)
        view.cue.show_cue(CUE)
        view.cue.ask()
        qtbot.waitUntil(lambda: view.page.notice == "✗ The recall failed", timeout=15_000)
    assert view.context._block is None and not view.hits.tree.rows
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        view.page._button.click()
    assert view.page.shows_content


def test_only_the_last_question_is_answered(qtbot: QtBot, view: RecallView) -> None:
    heard: list[Answer] = []
    view.recalling.answered.connect(heard.append)
    for cue in ("basket", "cookie"):
        view.recalling.ask(Question(cue))
    qtbot.waitUntil(lambda: bool(heard), timeout=15_000)
    qtbot.wait(200)
    assert [answer.recall.cue for answer in heard if answer.recall] == ["cookie"]


def test_hostile_text_is_shown_spelled_out(qtbot: QtBot, view: RecallView) -> None:
    answer = ask(qtbot, view, "img src hostname bold")
    assert answer.rows[0].name.endswith("\u202egnp.exe\u200b\x07")
    index = view.hits.tree.index(0, 0)
    assert "⟦RLO⟧" in index.data() and "\u202e" not in index.data()
    tooltip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert tooltip.startswith("<qt>") and "\u202e" not in tooltip
    view.grab()


def test_shares_of_unknown_parts_are_not_lost() -> None:
    shares = grouped((("words", 0.5), ("patch", 0.2), ("named files", 0.1), ("novel", 0.2)))
    named = {group.name: round(value, 3) for group, value in shares.items()}
    assert named == {"Words": 0.5, "Changes": 0.3, "Other": 0.2}


def test_every_field_has_an_accessible_name(view: RecallView) -> None:
    fields = (view.cue.cue, view.cue._k, view.cue._budget, *view.cue._boxes.values())
    for widget in (*fields, view.hits, view.context.text, view.past.table, view.tabs):
        assert widget.accessibleName()


def test_no_digest_widens_the_window_at_the_largest_text(
    qtbot: QtBot, view: RecallView, store: Path
) -> None:
    past = past_by_agent(store)
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        view.recalling.reopen(past.id)
    font = view.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    view.setFont(font)
    qtbot.wait(50)
    assert view.minimumSizeHint().width() <= 950


def test_the_legend_names_every_part_of_a_score() -> None:
    assert {part for group in GROUPS for part in group.parts} == set(PartName)


def test_a_past_recall_has_a_menu(
    qtbot: QtBot, view: RecallView, store: Path, navigator: Navigator
) -> None:
    past = past_by_agent(store)
    view.refresh(Changed.RECALLS)
    qtbot.waitUntil(lambda: view.past.model.row(0, fetch=True) is not None)
    view.show_past()
    view.past.table.selectRow(0)
    shown = {action.text(): action for action in view.past._menu() if action is not None}
    shown["Copy the Cue"].trigger()
    assert QGuiApplication.clipboard().text() == CUE
    shown["History in the Audit Log"].trigger()
    qtbot.waitUntil(lambda: navigator.current.view is ViewName.AUDIT)
    number = navigator.current.audit_row
    assert number is not None
    with open_memory(store, read_only=True) as memory:
        row = memory.audit.numbered(number)
        assert row is not None and row.subject == f"recall:{past.id}"
    opens = [action for text, action in shown.items() if text.startswith("Open “")]
    opens[0].trigger()
    assert navigator.current == Place(ViewName.EPISODES, past.hits[0].episode_id)
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        shown["Ask Again Now"].trigger()
    with open_memory(store, read_only=True) as memory:
        assert memory.recall.past_count() == 1  # asking from the menu is not recorded
