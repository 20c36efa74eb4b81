from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.episodes.conversation.kept_overlay import read_overlay
from app.episodes.view import EpisodesView
from app.kit.bar_image import bars
from app.kit.controls.picture_menu import as_csv, write_csv, write_png, write_svg
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.masks.actions import toggle_overlay
from app.masks.budget_ladder import BudgetLadder, Wanted
from app.masks.compress_dialog import CompressDialog
from app.masks.jobs import Outlook, compress, read_outlook
from app.masks.mask_estimate import estimate
from app.masks.mask_reading import RATIOS, MaskReading, disagreements, read_episode, read_mask
from app.masks.view import MasksView
from app.shell.main_window import MainWindow
from hpm_engine import (
    AgeingSettings,
    Budget,
    BudgetKind,
    CannotWrite,
    Changed,
    CompressedOrder,
    Job,
    Memory,
    Model,
    Originals,
    Tier,
    Verdict,
    open_memory,
)
from hpm_engine.compressor.scorers.learned import Network
from hpm_engine.compressor.scorers.shipped_mask import packed_networks, shipped_scorer
from hpm_engine.encoder.shipped import DIGESTS, MASK
from hpm_engine.store.learned.tuned_weights import TuningRecord
from tests.support.files.varied_traces import varied_store
from tests.support.shown_views import show_view

STEPS = (90, 60, 40, 2)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Episodes of several lengths, the last too short for any budget."""
    return varied_store(tmp_path, STEPS)


@pytest.fixture
def memory(store: Path) -> Iterator[Memory]:
    with open_memory(store) as memory:
        yield memory


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> MasksView:
    """With its details open, which are worked out only then."""
    view = show_view(qtbot, session, MasksView, Place(ViewName.MASKS, 1))
    view.pane.more.set_open(True)
    return view


def shown(qtbot: QtBot, view: MasksView, episode_id: int = 1) -> None:
    view.restore(Place(ViewName.MASKS, episode_id))
    qtbot.waitUntil(
        lambda: (
            view.pane.episode is not None
            and view.pane.episode.detail.episode.id == episode_id
            and bool(view.pane.shown)
        ),
        timeout=20_000,
    )


# -- what is read -----------------------------------------------------------------------------


def test_shares_say_how_much_of_each_step_is_kept(memory: Memory) -> None:
    episode = read_episode(memory, Job(), 1)
    mask = read_mask(memory, Job(), episode, Budget(), "")
    assert mask is not None
    kept = {seq for seq, share in enumerate(mask.shares) if share}
    assert kept == set(mask.kept.kept_steps)
    assert 0 < len(kept) < len(mask.shares)
    dropped = next(seq for seq in range(len(mask.shares)) if seq not in kept)
    assert mask.why(episode.steps[dropped]).startswith("Dropped: its value is")
    assert mask.why(episode.steps[min(kept)]).startswith("Kept for: ")
    reasons = {span.reason.value for spans in mask.spans.values() for span in spans}
    names = mask.why(episode.steps[dropped]).partition("Kept instead: ")[2].partition(".")[0]
    told = {name.partition(" for ")[2] for name in names.split(", ")}
    assert told == reasons, "no reason is named for which nothing was kept"
    nothing = msgspec.structs.replace(mask, spans={}, shares=[0.0] * len(mask.shares))
    assert "as every step of this episode is" in nothing.why(episode.steps[dropped])
    assert mask.ranks[mask.kept.mask.index(max(mask.kept.mask))] == 1


def test_two_scorers_disagree_where_one_alone_keeps_text(memory: Memory) -> None:
    episode = read_episode(memory, Job(), 1)
    mask = read_mask(memory, Job(), episode, Budget(), "last")
    other = read_mask(memory, Job(), episode, Budget(), "even")
    assert mask is not None and other is not None
    differ = disagreements(mask, other)
    assert differ
    assert all(bool(mask.shares[seq]) != bool(other.shares[seq]) for seq in differ)
    assert disagreements(mask, mask) == ()


def test_an_episode_too_small_for_a_budget_is_no_error(memory: Memory) -> None:
    episode = read_episode(memory, Job(), 4)
    assert read_mask(memory, Job(), episode, Budget(ratio=64), "") is None


def test_the_overlay_is_what_is_stored_or_what_would_be(memory: Memory) -> None:
    preview = read_overlay(memory, Job(), 1)
    assert "a preview" in preview.says
    memory.compression.compress([1], Budget(ratio=24), "last")
    stored = read_overlay(memory, Job(), 1)
    assert "as stored" in stored.says and sum(stored.kept) < sum(preview.kept)
    assert stored.drops(stored.kept.index(0)) and not stored.drops(stored.kept.index(1))
    if stored.points:
        first = stored.points[0]
        assert stored.next_point(first - 1, forward=True) == first
        assert stored.next_point(first, forward=False) is None
        assert [mark.word for mark in stored.marks(first)][-1] == "decision point"


def test_a_failure_is_over_when_the_store_changes(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    view.pane.show_failure(OSError("no such device"))
    assert "could not be worked out" in view.pane.page.notice
    view.refresh(Changed.EPISODES)
    qtbot.waitUntil(lambda: view.pane.page.shows_content and bool(view.pane.shown), timeout=20_000)


# -- the slider -------------------------------------------------------------------------------


def test_every_stop_is_computed_nearest_first_and_then_shown_at_once(
    qtbot: QtBot, view: MasksView
) -> None:
    shown(qtbot, view)
    pane = view.pane
    qtbot.waitUntil(lambda: pane.ladder.ready() == RATIOS, timeout=60_000)
    before = pane.shown[0].kept.stored_size
    pane.budget.slider.setValue(RATIOS.index(48.0))  # answered before this call returns
    assert pane.shown[0].kept.budget == Budget(ratio=48.0)
    assert pane.shown[0].kept.stored_size < before / 3
    assert pane.details.facts.whole_text().startswith("◌ preview")


def test_the_last_wish_is_answered_next(qtbot: QtBot, session: Session, memory: Memory) -> None:
    episode = read_episode(memory, Job(), 1)
    holder = MasksView(session, Navigator(Place(ViewName.MASKS)))
    qtbot.addWidget(holder)
    ladder = BudgetLadder(session, holder)
    arrived: list[float] = []

    def note() -> None:
        readings = ladder.readings()
        assert readings is not None and readings[0] is not None
        arrived.append(readings[0].kept.budget.ratio)

    ladder.arrived.connect(note)
    ladder.show(episode)
    for ratio in (3.0, 6.0, 64.0):
        ladder.want(Wanted(ratio=ratio))
    qtbot.waitUntil(lambda: bool(arrived), timeout=20_000)
    assert arrived == [64.0]
    assert len(ladder.ready()) <= 3  # what was under way, what was wished, and its neighbour


def test_the_other_scorer_is_set_beside_and_their_differences_alone_are_listed(
    qtbot: QtBot, view: MasksView
) -> None:
    shown(qtbot, view)
    pane = view.pane
    height = pane.details.strip.sizeHint().height()
    pane.budget.other.setCurrentIndex(pane.budget.other.findData("last"))
    qtbot.waitUntil(lambda: len(pane.shown) == 2, timeout=20_000)
    assert pane.details.strip.sizeHint().height() > height
    assert pane.details.steps.rows.rowCount() == len(pane.episode.steps)  # type: ignore[union-attr]
    pane.budget.differing.setChecked(True)
    differ = disagreements(*pane.shown)
    assert pane.details.steps.rows.rowCount() == len(differ) > 0
    assert [pane.details.steps.rows.seq_at(row) for row in range(3)] == list(differ[:3])
    pane.budget.other.setCurrentIndex(0)
    assert not pane.budget.differing.isChecked()


def test_the_deep_budget_is_asked_for_as_such(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    pane = view.pane
    pane.budget.kind.setCurrentIndex(1)
    qtbot.waitUntil(
        lambda: (
            (bool(pane.shown) and pane.shown[0].kept.budget.kind is BudgetKind.DEEP)
            or pane.details.body.notice == "Too small for this budget"
        ),
        timeout=20_000,
    )


def test_what_is_too_small_says_so_and_stays_whole(qtbot: QtBot, view: MasksView) -> None:
    view.pane.budget.slider.setValue(len(RATIOS) - 1)
    view.restore(Place(ViewName.MASKS, 4))
    qtbot.waitUntil(
        lambda: view.pane.details.body.notice == "Too small for this budget", timeout=20_000
    )
    assert view.pane.figure.figure.whole_text() == "100 %"
    assert view.pane.figure.sentence.whole_text().startswith("kept in full: it is too small")


# -- one episode ------------------------------------------------------------------------------


def test_dropped_steps_are_greyed_and_never_hidden(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    rows, mask = view.pane.details.steps.rows, view.pane.shown[0]
    assert rows.rowCount() == mask.kept.steps
    dropped = mask.shares.index(0)
    held = next(seq for seq, share in enumerate(mask.shares) if share)
    role = Qt.ItemDataRole.ForegroundRole
    assert rows.index(dropped, 1).data(role) is not None
    assert rows.index(held, 1).data(role) is None
    assert rows.index(dropped, 5).data().startswith("○ dropped")
    assert "Dropped" in rows.index(dropped, 5).data(Qt.ItemDataRole.ToolTipRole)


def test_a_click_on_the_strip_shows_the_step_as_it_was(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    pane, mask = view.pane, view.pane.shown[0]
    seq = next(seq for seq, spans in mask.spans.items() if mask.shares[seq] < 255)
    pane.details.strip.chosen.emit(seq)
    assert view._navigator.current == Place(ViewName.MASKS, 1, seq)
    qtbot.waitUntil(lambda: "┃" in pane.details.text.toPlainText(), timeout=10_000)
    text = pane.details.text.toPlainText()
    assert "line" in text.splitlines()[0]
    kept_lines = [line[2:] for line in text.splitlines() if line.startswith("┃")]
    rebuilt = [line for span in mask.spans[seq] for line in span.text.split("\n")]
    assert kept_lines == rebuilt


def test_the_lanes_of_the_strip_are_as_large_as_their_names(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    strip, count = view.pane.details.strip, len(view.pane.shown[0].shares)
    height = strip.sizeHint().height()
    font = strip.font()
    font.setPointSizeF(2 * font.pointSizeF())
    strip.setFont(font)
    assert strip.sizeHint().height() > 1.7 * height
    width = strip.width()
    at = [strip.seq_at(x) for x in (width - 1, width * 0.6)]
    assert at[0] == count - 1 and at[1] is not None and 0 < at[1] < count - 1
    assert strip.seq_at(0.35 * 132) == 0, "the names are left of the first step"


def test_identifiers_and_bytes_are_listed(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    pane = view.pane
    words = pane.shown[0].identifiers
    assert f"LOST: {words.lost:,}" in pane.details.words.toPlainText()
    cars = pane.shown[0].kept.side_cars
    assert pane.details.bytes.rowCount() == len(cars) + 2
    assert pane.details.bytes.item(len(cars), 1).text() == f"{pane.shown[0].kept.stored_size:,}"


def test_the_strip_is_exported(qtbot: QtBot, view: MasksView, tmp_path: Path) -> None:
    shown(qtbot, view)
    strip = view.pane.details.strip
    write_png(strip, QSize(600, 200), tmp_path / "mask.png")
    picture = QImage(str(tmp_path / "mask.png"))
    assert picture.width() == 1200
    seen = {picture.pixel(x, 240) for x in range(0, 1200, 3)}
    assert len(seen) > 2
    write_svg(strip, QSize(600, 200), tmp_path / "mask.svg")
    assert "<polyline" in (tmp_path / "mask.svg").read_text("utf-8")
    write_csv(strip, tmp_path / "mask.csv")
    rows = list(csv.reader((tmp_path / "mask.csv").read_text("utf-8").splitlines()))
    mask = view.pane.shown[0]
    assert len(rows) == 1 + mask.kept.steps
    assert [int(float(row[4]) > 0) for row in rows[1:]] == [int(bool(s)) for s in mask.shares]
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_svg(strip, QSize(600, 200), tmp_path / "missing" / "mask.svg")


# -- compressing ------------------------------------------------------------------------------


def test_the_outlook_names_what_would_move_and_leaves_pins_out(memory: Memory) -> None:
    memory.marks.set_pinned([2], True)
    memory.compression.compress([1])
    outlook = read_outlook(memory, Job(), ())
    assert set(outlook.ids) == {1, 3, 4} and (outlook.pinned, outlook.compressed) == (1, 1)
    assert outlook.text_size == sum(row.text_size for row in memory.episodes.get([1, 3, 4]))
    assert outlook.at_most(Budget(ratio=10)) == int(outlook.text_size / 10)
    assert read_outlook(memory, Job(), (2,)).ids == ()


def test_compressing_now_asks_first_and_can_be_taken_back(
    qtbot: QtBot, view: MasksView, store: Path
) -> None:
    shown(qtbot, view)
    view.pane.compress.click()
    qtbot.waitUntil(lambda: bool(view.findChildren(CompressDialog)), timeout=10_000)
    dialog = view.findChildren(CompressDialog)[0]
    assert "1 episode with" in dialog.text.whole_text()
    with open_memory(store, read_only=True) as memory:
        assert memory.episodes.detail(1).episode.tier is Tier.EPISODIC
    dialog.start.click()
    qtbot.waitUntil(
        lambda: view.pane.details.facts.whole_text().startswith("● stored"), timeout=20_000
    )
    with open_memory(store, read_only=True) as memory:
        assert memory.episodes.detail(1).episode.tier is Tier.COMPRESSED
    view.pane.restore.click()
    qtbot.waitUntil(
        lambda: view.pane.details.facts.whole_text().startswith("◌ preview"), timeout=20_000
    )
    assert not view.pane.restore.isVisible()


def test_an_outlook_of_pinned_episodes_alone_cannot_be_begun(qtbot: QtBot, view: MasksView) -> None:
    nothing = Outlook((), 0, 0, 1, 0, ())
    dialog = CompressDialog(nothing, Wanted(), lambda: None, view)
    assert not dialog.start.isEnabled()
    assert dialog.text.whole_text() == "Nothing to compress. 1 pinned episode keeps the full text."
    dialog.close()


# -- the whole store --------------------------------------------------------------------------


def test_nothing_compressed_says_what_to_do(qtbot: QtBot, view: MasksView) -> None:
    qtbot.waitUntil(
        lambda: view.store.page.notice == "No episode is compressed yet", timeout=10_000
    )


def test_heat_map_and_table_share_rows_and_cursor(
    qtbot: QtBot, view: MasksView, session: Session, tmp_path: Path
) -> None:
    task = compress(session, [1, 2, 3], Budget(ratio=6), "last")
    with qtbot.waitSignal(task.succeeded, timeout=20_000):
        pass
    view.pages.setCurrentWidget(view.store)
    view.store.more.set_open(True)
    model, heat = view.store.model, view.store.map
    qtbot.waitUntil(lambda: model.rowCount() == 3 and model.row(0) is not None, timeout=10_000)
    shares = [model.row(row).brief for row in range(3)]  # type: ignore[union-attr]
    worst_first = [brief.kept_steps / brief.steps for brief in shares]
    assert worst_first == sorted(worst_first)
    third = QPoint(40, 2 + heat.row_height * 2 + 1)
    qtbot.mouseClick(heat.viewport(), Qt.MouseButton.LeftButton, pos=third)
    assert view.store.table.current_row() == 2
    chosen = model.id_at(2)
    view.store.table.opened.emit()
    assert view._navigator.current == Place(ViewName.MASKS, chosen)
    assert view.pages.currentWidget() is view.pane
    write_png(heat, QSize(300, 100), tmp_path / "heat.png")
    picture = QImage(str(tmp_path / "heat.png"))
    assert len({picture.pixel(x, 8) for x in range(12, 560)}) > 1
    rows = list(csv.reader(as_csv(heat.figures()).splitlines()))
    assert len(rows) == 4 and len(rows[0]) == len(rows[1])
    view.store.order.setCurrentIndex(view.store.order.findData(CompressedOrder.LARGEST.value))
    qtbot.waitUntil(lambda: model.id_at(0) == 1, timeout=10_000)


# -- over the steps ---------------------------------------------------------------------------


def test_the_mask_is_laid_over_the_steps(qtbot: QtBot, window: MainWindow, store: Path) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=10_000)
    workspace = window.workspace
    assert workspace is not None
    workspace.navigator.go(Place(ViewName.EPISODES, 1, 0))
    view = workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane._loaded, timeout=10_000)
    plain = view.pane.map.grab().toImage()
    toggle_overlay(window.workspace)
    qtbot.waitUntil(lambda: "steps keep text" in view.pane.head.text(), timeout=20_000)
    assert view.pane.map.grab().toImage() != plain
    points = view.pane._over.points if view.pane._over is not None else ()
    if points:
        view.pane.timeline.press(Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
        assert view.pane.timeline.current == points[0]
    workspace.navigator.go(Place(ViewName.EPISODES, 2, 0))
    qtbot.waitUntil(
        lambda: view.pane._over is not None and view.pane._over.episode_id == 2, timeout=20_000
    )
    toggle_overlay(window.workspace)
    assert view.pane._over is None
    assert "steps keep text" not in view.pane.head.text()


def test_the_figures_go_to_the_clipboard(qtbot: QtBot, view: MasksView) -> None:
    shown(qtbot, view)
    view.pane.details.steps.copy_rows()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 1 + view.pane.shown[0].kept.steps


def test_what_is_shown_stays_while_others_are_compressed(
    qtbot: QtBot, view: MasksView, session: Session
) -> None:
    shown(qtbot, view)
    before = view.pane.episode
    task = compress(session, (2, 3), Budget(), "")
    with qtbot.waitSignals([task.succeeded, session.changed], timeout=30_000):
        pass
    qtbot.waitUntil(lambda: not view.pane._state.busy, timeout=10_000)
    assert view.pane.episode is before and view.pane.page.shows_content
    task = compress(session, (1,), Budget(), "")
    with qtbot.waitSignal(task.succeeded, timeout=30_000):
        pass
    qtbot.waitUntil(lambda: view.pane.episode is not before, timeout=20_000)
    assert view.pane.episode is not None and view.pane.episode.stored is not None


def test_other_weights_in_use_are_shown(qtbot: QtBot, view: MasksView, session: Session) -> None:
    shown(qtbot, view)
    before = view.pane.episode
    session.edit(use_other_weights, "Use other weights")
    qtbot.waitUntil(lambda: view.pane.episode is not before, timeout=20_000)
    assert before is not None and view.pane.episode is not None
    assert view.pane.episode.scorers[0].startswith("learned-")
    assert before.scorers[0] == "learned"


def use_other_weights(memory: Memory, _job: Job) -> Changed:
    networks = [
        Network(dict(network.weights) | {"prior": network.weights["prior"] * 1.5}, network.blind)
        for network in shipped_scorer().networks
    ]
    better = Verdict(30, 20, "project", 0.5, 0.6, 0.05, 0.15)
    with memory.internals.database.writing():
        record = TuningRecord(memory.internals.database, memory.internals.log)
        now = DIGESTS[MASK]
        record.take_into_use(Model.MASK, now, packed_networks(networks), better, now)
    return Changed.EPISODES


# -- estimates --------------------------------------------------------------------------------


def agreement(words: set[int], other: set[int]) -> float:
    """The share of all steps kept by either that both keep."""
    return len(words & other) / len(words | other)


def test_an_estimate_is_nested_and_better_than_leaving_the_set_as_it_was(memory: Memory) -> None:
    episode = read_episode(memory, Job(), 1)
    exact = {
        ratio: read_mask(memory, Job(), episode, Budget(ratio=ratio), "")
        for ratio in (6.0, 12.0, 24.0)
    }
    known = exact[12.0]
    assert known is not None

    def held(reading: MaskReading | None) -> set[int]:
        assert reading is not None
        return {seq for seq, share in enumerate(reading.shares) if share}

    for ratio in (6.0, 24.0):
        guess = estimate(known, Budget(ratio=ratio))
        assert not guess.exact and guess.kept.budget.ratio == ratio
        assert guess.kept.limit == pytest.approx(exact[ratio].kept.limit, rel=0.01)  # type: ignore[union-attr]
        wanted = held(exact[ratio])
        assert agreement(held(guess), wanted) > 0.75
        assert agreement(held(guess), wanted) > agreement(held(known), wanted) + 0.1
        assert guess.why(episode.steps[0]).startswith("Estimate. ")
    smaller = held(estimate(known, Budget(ratio=24.0)))
    larger = held(estimate(known, Budget(ratio=6.0)))
    assert smaller < held(known) < larger


def test_the_slider_shows_an_estimate_at_once_and_then_what_is_counted(
    qtbot: QtBot, view: MasksView
) -> None:
    shown(qtbot, view)
    slider = view.pane.budget.slider
    asked: list[float] = []
    ladder = view.pane.ladder
    ready = ladder.ready()
    stop = next(n for n in reversed(range(len(RATIOS))) if RATIOS[n] not in ready)
    slider.setValue(stop)
    asked.append(RATIOS[stop])
    assert not view.pane.shown[0].exact
    assert view.pane.shown[0].kept.budget.ratio == RATIOS[stop]
    assert view.pane.details.facts.whole_text().startswith("≈ estimate")
    assert "Being counted" in view.pane.details.words.toPlainText()
    qtbot.waitUntil(lambda: view.pane.shown[0].exact, timeout=30_000)
    assert view.pane.shown[0].kept.budget.ratio == asked[0]
    assert "≈" not in view.pane.details.facts.whole_text()
    assert "stand in kept text" in view.pane.details.words.toPlainText()


def test_bars_show_ranks_because_values_lie_close(memory: Memory) -> None:
    episode = read_episode(memory, Job(), 1)
    mask = read_mask(memory, Job(), episode, Budget(), "")
    assert mask is not None
    assert max(mask.levels) == 255
    assert min(mask.levels) == 0
    order = sorted(range(len(mask.levels)), key=mask.levels.__getitem__)
    values = [mask.kept.mask[seq] for seq in order]
    assert values == sorted(values), "a higher bar is never a lower value"


def test_many_thin_bars_are_one_image() -> None:
    colours = [QColor("black"), QColor("red"), QColor("lime")]
    image = bars((255, 255, 0, 128), (0, 1, 1, 0), colours)
    tall = image.height()
    assert image.pixelColor(0, 0) == image.pixelColor(0, tall - 1) == colours[1]
    assert image.pixelColor(1, 0) == colours[2]
    assert image.pixelColor(2, tall // 2) == colours[0]
    assert image.pixelColor(2, tall - 1) == colours[2], "a value of 0 is still a bar"
    column = [image.pixelColor(3, y) for y in range(tall)]
    assert abs(column.count(colours[1]) - tall // 2) <= 1


# -- what was evicted -------------------------------------------------------------------------


def test_of_an_evicted_episode_all_that_is_left_is_shown_and_nothing_offered(
    qtbot: QtBot, store: Path, view: MasksView
) -> None:
    with open_memory(store) as memory:
        memory.compression.compress([1])
        memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
        assert memory.compression.ageing.evict().episodes == 1
    shown(qtbot, view)
    pane = view.pane
    assert pane.shown[0].exact
    assert "the rest was deleted" in pane.details.facts.whole_text()
    said = pane.figure.sentence.whole_text()
    assert "the rest was deleted permanently" in said and "lost" not in said
    first = pane.shown[0].kept.spans[0].text.split("\n")[0]
    written = pane.transcript.text
    qtbot.waitUntil(lambda: first in written.toPlainText() and written.complete, timeout=20_000)
    assert "lines dropped" not in written.toPlainText()
    assert not any(
        widget.isVisibleTo(view) for widget in (pane.compress, pane.restore, pane.budget)
    )
    assert pane.details.steps.rows.rowCount() == len(pane.episode.steps)  # type: ignore[union-attr]
    pane.details.strip.chosen.emit(pane.shown[0].kept.kept_steps[0])
    qtbot.waitUntil(lambda: "kept" in pane.details.text.toPlainText(), timeout=20_000)
    assert "\n· " not in pane.details.text.toPlainText(), "nothing that is there was dropped"
    image = QImage(pane.details.strip.size(), QImage.Format.Format_RGB32)
    pane.details.strip.render(image)
    assert len(pane.details.strip.figures()) == len(pane.episode.steps) + 1  # type: ignore[union-attr]
