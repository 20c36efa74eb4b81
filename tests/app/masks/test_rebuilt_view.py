from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.kit.navigation import Place
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.view_names import ViewName
from app.masks.mask_figures import told_of_step
from app.masks.mask_reading import RATIOS, read_episode, read_mask
from app.masks.rebuilt import rebuildings
from app.masks.rebuilt.band import BAND, MARKS, paint_rebuilt
from app.masks.rebuilt.reading import Rebuilding, RebuiltReading, read_rebuilt
from app.masks.view import MasksView
from hpm_engine import (
    AgeingSettings,
    Budget,
    CompressedEpisode,
    Job,
    Memory,
    NotRebuilt,
    Originals,
    RebuiltSteps,
    action_line,
    open_memory,
)
from tests.support.files.varied_traces import varied_store
from tests.support.shown_views import show_view

ROOMY = 3.0  # times smaller: with room for values
TIGHT = 64.0  # times smaller: without


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return varied_store(tmp_path, (90, 60))


@pytest.fixture
def memory(store: Path) -> Iterator[Memory]:
    with open_memory(store) as memory:
        yield memory


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> MasksView:
    view = show_view(qtbot, session, MasksView, Place(ViewName.MASKS, 1))
    view.pane.more.set_open(True)
    return view


def shown(qtbot: QtBot, view: MasksView, ratio: float) -> Rebuilding:
    """What is rebuilt of the first episode at a budget, once the view knows it."""
    pane = view.pane
    pane.budget.slider.setValue(RATIOS.index(ratio))
    view.restore(Place(ViewName.MASKS, 1))
    qtbot.waitUntil(
        lambda: (
            bool(pane.shown)
            and pane.shown[0].exact
            and pane.shown[0].kept.budget.ratio == ratio
            and pane.details.rebuilt.shown != (None,)
        ),
        timeout=30_000,
    )
    return pane.details.rebuilt.shown[0]


def rebuilt(qtbot: QtBot, view: MasksView, ratio: float = ROOMY) -> RebuiltReading:
    readings = shown(qtbot, view, ratio)
    assert isinstance(readings, RebuiltReading)
    return readings


# -- what is read -----------------------------------------------------------------------------


def test_a_reading_says_of_each_step_what_the_engine_found(memory: Memory) -> None:
    kept = memory.compression.preview(1, Budget(ratio=ROOMY))
    steps = memory.compression.rebuilt(kept)
    rebuilt_mask = read_rebuilt(memory, Job(), kept)
    assert isinstance(steps, RebuiltSteps) and isinstance(rebuilt_mask, RebuiltReading)
    assert rebuilt_mask.steps == steps
    assert [seq for seq, again in enumerate(rebuilt_mask.recognised) if again] == list(steps.found)
    assert [seq for seq, has in enumerate(rebuilt_mask.valued) if has] == list(kept.valued)
    assert all(
        abs(shade / 255 - max(0.0, cosine)) < 0.003
        for shade, cosine in zip(rebuilt_mask.shades, steps.cosines, strict=True)
    )
    assert rebuilt_mask.counts().startswith(f"{len(steps.found)} / {kept.steps} steps")
    assert rebuilt_mask.counts().endswith(f"found again from {len(kept.valued)} values")
    again, lost = steps.found[0], next(s for s, near in enumerate(steps.nearest) if near != s)
    assert rebuilt_mask.strayed(again) is None and "found again" in rebuilt_mask.says(again)
    near = steps.nearest[lost]
    assert rebuilt_mask.strayed(lost) == near
    assert f"Nearer to step {near + 1:,}, this, it would be taken" in rebuilt_mask.says(
        lost, "this"
    )
    assert rebuilt_mask.brief(lost, "this").endswith(
        f"cosine {steps.cosines[lost]:.2f}, taken for this"
    )


def test_a_budget_without_room_for_values_rebuilds_nothing(memory: Memory) -> None:
    kept = memory.compression.preview(1, Budget(ratio=TIGHT))
    assert read_rebuilt(memory, Job(), kept) is NotRebuilt.NO_VALUES


# -- the band ---------------------------------------------------------------------------------


def _made(cosines: tuple[float, ...], nearest: tuple[int, ...]) -> RebuiltReading:
    steps = RebuiltSteps(1, (0,), cosines, nearest)
    bar = bytes(255 * (near == seq) for seq, near in enumerate(nearest))
    valued = bytes([255, *bytes(len(nearest) - 1)])
    return RebuiltReading(steps, bytes(int(255 * c) for c in cosines), bar, valued, ())


@pytest.mark.parametrize("wide", [12.0, 2.0])
@pytest.mark.usefixtures("qapp")
def test_found_steps_are_tall_near_ones_strong_and_stored_ones_marked(wide: float) -> None:
    count = 500 if wide < 3 else 50
    # The first is found and stored, the second found, the third near but taken for the first.
    rebuilt_mask = _made((1.0, 0.2, 0.9, *(0.0,) * (count - 3)), (0, 1, 0, *(0,) * (count - 3)))
    image = QImage(int(count * wide), 30, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    cells = [(seq * wide, wide, seq, seq + 1) for seq in range(count)]
    area = QRectF(0, 4, image.width(), MARKS + BAND)
    paint_rebuilt(painter, area, cells, rebuilt_mask, QColor("black"))
    painter.end()

    def colour_of(seq: int, y: float) -> QColor:
        return image.pixelColor(int((seq + 0.5) * wide), int(y))

    top, low, mark = area.top() + MARKS + 1, area.bottom() - 2, area.top() + 1
    ground = Colour.RAISED.qcolor()
    assert colour_of(0, top) == Colour.SERIES_4.qcolor() == colour_of(0, low)
    assert colour_of(2, top) == ground and colour_of(5, top) == ground
    assert colour_of(1, top) not in (ground, colour_of(0, top)), "found, however faintly"
    darkness = [255 - colour_of(seq, low).green() for seq in (0, 2, 1, 5)]
    assert darkness == sorted(darkness, reverse=True) and len(set(darkness)) == 4
    assert colour_of(0, mark).lightness() < 90
    assert all(colour_of(seq, mark) == QColor("white") for seq in (1, 2, 5))


@pytest.mark.parametrize("why", [None, *NotRebuilt])
@pytest.mark.usefixtures("qapp")
def test_where_there_is_nothing_to_show_the_band_is_words(why: Rebuilding) -> None:
    image = QImage(600, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_rebuilt(painter, QRectF(0, 4, 600, MARKS + BAND), [(0, 600, 0, 1)], why, QColor("black"))
    painter.end()
    rows = [{image.pixel(x, y) for x in range(600)} for y in range(30)]
    assert sum(len(row) > 5 for row in rows) > 6, "letters"
    assert QColor(image.pixel(599, 14)) == QColor("white"), "no empty band behind them"


# -- the view ---------------------------------------------------------------------------------


def test_the_view_tells_how_many_steps_are_found_again_and_shows_them(
    qtbot: QtBot, view: MasksView, memory: Memory
) -> None:
    rebuilt_mask = rebuilt(qtbot, view)
    pane = view.pane
    assert rebuilt_mask.steps == memory.compression.rebuilt(pane.shown[0].kept)
    assert pane.details.rebuilt.legend.whole_text().startswith(
        f"rebuilt: {rebuilt_mask.counts()} · "
    )
    assert pane.details.strip._rebuilt == (rebuilt_mask,)
    before = pane.details.strip.grab().toImage()
    pane.details.strip.show_rebuilt((None,))
    assert pane.details.strip.grab().toImage() != before
    assert pane.episode is not None
    seq = rebuilt_mask.steps.found[0]
    lines = told_of_step(pane.episode, pane.shown, (rebuilt_mask,), seq)
    assert lines.startswith(f"Step {seq + 1}\n") and rebuilt_mask.says(seq) in lines


def test_the_chosen_step_names_the_one_it_is_taken_for_and_leads_to_it(
    qtbot: QtBot, view: MasksView, memory: Memory
) -> None:
    rebuilt_mask = rebuilt(qtbot, view)
    lost = next(
        s
        for s, near in enumerate(rebuilt_mask.steps.nearest)
        if near != s and not rebuilt_mask.valued[s]
    )
    near = rebuilt_mask.steps.nearest[lost]
    line, other = view.pane.details.rebuilt.lines
    view.pane.details.strip.chosen.emit(lost)
    [step] = memory.steps.read(1, near, near + 1)
    did = action_line(step)[:40]
    qtbot.waitUntil(lambda: did in line.text.whole_text(), timeout=10_000)
    assert f"cosine {rebuilt_mask.steps.cosines[lost]:.2f}, taken for" in line.text.whole_text()
    assert line.isVisible() and line.go.isVisible() and not other.isVisible()
    assert f"step {near + 1}," in line.text.toolTip()
    qtbot.mouseClick(line.go, Qt.MouseButton.LeftButton)
    assert view._navigator.current == Place(ViewName.MASKS, 1, near)
    again = rebuilt_mask.steps.found[0]
    view.pane.details.strip.chosen.emit(again)
    qtbot.waitUntil(lambda: "found again" in line.text.whole_text(), timeout=10_000)
    assert not line.go.isVisible()


def test_a_budget_without_values_says_so_in_words(qtbot: QtBot, view: MasksView) -> None:
    assert shown(qtbot, view, TIGHT) is NotRebuilt.NO_VALUES
    legend = view.pane.details.rebuilt.legend.whole_text()
    assert legend == f"rebuilt: {NotRebuilt.NO_VALUES.value}"
    assert not any(line.isVisible() for line in view.pane.details.rebuilt.lines)
    head, *rows = view.pane.details.strip.figures()
    assert "learned rebuilt_cosine" in list(head)
    assert all(list(row)[-3:] == ["", "", ""] for row in rows)


def test_the_figures_carry_what_is_rebuilt(qtbot: QtBot, view: MasksView) -> None:
    rebuilt_mask = rebuilt(qtbot, view)
    head, *rows = [list(row) for row in view.pane.details.strip.figures()]
    column = head.index("learned value_stored")
    assert head[column + 1 :] == ["learned rebuilt_cosine", "learned rebuilt_nearest_step"]
    assert [row[column] for row in rows] == [int(bool(has)) for has in rebuilt_mask.valued]
    assert [row[column + 1] for row in rows] == [
        f"{cosine:.4f}" for cosine in rebuilt_mask.steps.cosines
    ]
    assert [row[column + 2] for row in rows] == [near + 1 for near in rebuilt_mask.steps.nearest]


def test_two_scorers_are_each_rebuilt(qtbot: QtBot, view: MasksView) -> None:
    rebuilt(qtbot, view)
    pane = view.pane
    pane.budget.other.setCurrentIndex(pane.budget.other.findData("last"))
    qtbot.waitUntil(
        lambda: (
            len(pane.details.rebuilt.shown) == 2
            and all(isinstance(reading, RebuiltReading) for reading in pane.details.rebuilt.shown)
        ),
        timeout=20_000,
    )
    first, second = pane.details.rebuilt.shown
    assert isinstance(first, RebuiltReading) and isinstance(second, RebuiltReading)
    valued = [reading.kept.valued for reading in pane.shown]
    assert [first.steps.valued, second.steps.valued] == valued and valued[0] != valued[1]
    qtbot.waitUntil(
        lambda: all(line.isVisible() for line in pane.details.rebuilt.lines), timeout=10_000
    )
    assert pane.details.rebuilt.lines[1].text.whole_text().startswith("last: ")
    legend = pane.details.rebuilt.legend.whole_text()
    assert f"learned: {first.counts()}; last: {second.counts()}" in legend
    pane.budget.other.setCurrentIndex(0)
    qtbot.waitUntil(lambda: not pane.details.rebuilt.lines[1].isVisible(), timeout=10_000)


def test_only_what_is_in_sight_is_worked_out_and_that_once(
    qtbot: QtBot, view: MasksView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[CompressedEpisode] = []

    def counted(memory: Memory, job: Job, kept: CompressedEpisode) -> RebuiltReading | NotRebuilt:
        asked.append(kept)
        return read_rebuilt(memory, job, kept)

    monkeypatch.setattr(rebuildings, "read_rebuilt", counted)
    first = rebuilt(qtbot, view)
    qtbot.waitUntil(lambda: view.pane.ladder.ready() == RATIOS, timeout=60_000)
    assert [kept.budget.ratio for kept in asked] == [ROOMY], "nothing of budgets not in sight"
    view.pane.budget.slider.setValue(RATIOS.index(4.0))
    assert view.pane.details.rebuilt.shown == (first,), (
        "the same values, so the same answer, at once"
    )
    assert len(asked) == 1


def test_of_an_estimate_nothing_is_said_or_asked(
    qtbot: QtBot, view: MasksView, session: Session, memory: Memory
) -> None:
    episode = read_episode(memory, Job(), 1)
    mask = read_mask(memory, Job(), episode, Budget(ratio=ROOMY), "")
    assert mask is not None
    keeper = rebuildings.Rebuildings(session, view)

    keeper.want([msgspec.structs.replace(mask, exact=False)], episode)
    assert keeper.shown() == (None,) and not keeper._read.busy
    keeper.want([mask], episode)
    assert keeper._read.busy
    keeper.want([msgspec.structs.replace(mask, exact=False)], episode)
    assert not keeper._read.busy, "stopped: it is out of sight"
    keeper.want([mask], episode)
    with qtbot.waitSignal(keeper.arrived, timeout=20_000):
        pass
    assert isinstance(keeper.shown()[0], RebuiltReading)


def test_of_a_stored_memory_the_stored_values_are_told(
    qtbot: QtBot, view: MasksView, session: Session, memory: Memory
) -> None:
    """Not those that would be stored today: a scorer may have been trained since."""

    memory.compression.compress([1], Budget(ratio=ROOMY))
    episode = read_episode(memory, Job(), 1)
    mask = read_mask(memory, Job(), episode, Budget(ratio=ROOMY), "")
    assert mask is not None and episode.stored is not None
    other = msgspec.structs.replace(episode.stored, valued=(), values=b"")
    keeper = rebuildings.Rebuildings(session, view)
    keeper.want([mask], msgspec.structs.replace(episode, stored=other))
    with qtbot.waitSignal(keeper.arrived, timeout=20_000):
        pass
    assert keeper.shown() == (NotRebuilt.NO_VALUES,)


def test_an_evicted_episode_says_that_there_is_nothing_to_compare_with(
    qtbot: QtBot, store: Path, view: MasksView
) -> None:
    with open_memory(store) as memory:
        memory.compression.compress([1], Budget(ratio=ROOMY))
        memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
        assert memory.compression.ageing.evict().episodes == 1
    assert shown(qtbot, view, ROOMY) is NotRebuilt.EVICTED
    assert NotRebuilt.EVICTED.value in view.pane.details.rebuilt.legend.whole_text()


def test_the_chosen_row_stays_in_sight_when_the_table_shrinks(
    qtbot: QtBot, view: MasksView
) -> None:
    rebuilt(qtbot, view)
    steps = view.pane.details.steps
    steps.choose(0)
    last = steps.rowAt(steps.viewport().height() - steps.rowHeight(0))
    steps.choose(last)
    view.resize(1100, 640)
    qtbot.waitUntil(lambda: 0 <= steps.rowViewportPosition(last) < steps.viewport().height())
    steps.verticalScrollBar().setValue(steps.verticalScrollBar().maximum())
    view.resize(1100, 600)
    assert steps.rowViewportPosition(last) < 0, "who scrolled away stays where they are"


def test_an_episode_fits_a_small_screen(qtbot: QtBot, view: MasksView) -> None:
    rebuilt_mask = rebuilt(qtbot, view)
    view.pane.details.strip.chosen.emit(
        next(s for s, near in enumerate(rebuilt_mask.steps.nearest) if near != s)
    )
    qtbot.waitUntil(lambda: view.pane.details.rebuilt.lines[0].go.isVisible(), timeout=10_000)
    assert view.minimumSizeHint().height() <= 520, "what a window of 600 leaves to a view"
