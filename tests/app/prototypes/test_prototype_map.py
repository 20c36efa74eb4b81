from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.kit.controls.picture_menu import as_csv, write_csv, write_png, write_svg
from app.prototypes.fisher_strip import FisherStrip
from app.prototypes.map.cycle_slider import CycleSlider
from app.prototypes.map.labels import Room
from app.prototypes.map.legend import MapLegend
from app.prototypes.map.scene import GROUPS, ColourBy, inside
from app.prototypes.map.shapes import NAMES, shape
from app.prototypes.map.widget import Drag, PrototypeMap
from hpm_engine import MapMoment
from tests.support.map_scenes import made_scene


@pytest.fixture
def shown(qtbot: QtBot) -> PrototypeMap:
    shown = PrototypeMap()
    qtbot.addWidget(shown)
    shown.resize(600, 500)
    shown.show_scene(made_scene())
    shown.show()
    return shown


def spot(shown: PrototypeMap, row: int) -> QPoint:
    assert shown.scene is not None
    x, y = shown.view.pixels(shown.scene.places, shown.size())[row].tolist()
    return QPoint(round(x), round(y))


def picture(shown: PrototypeMap) -> QImage:
    return shown.grab().toImage()


# -- pointing ---------------------------------------------------------------------------------


def test_a_click_selects_a_prototype_or_that_of_a_memory(qtbot: QtBot, shown: PrototypeMap) -> None:
    chosen: list[tuple[int, ...]] = []
    shown.selected.connect(chosen.append)
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=spot(shown, 3))
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(300, 250))  # nothing there
    shown.zoom(30, QPointF(spot(shown, 2)))
    assert shown.scene is not None
    pixels = shown.view.pixels(shown.scene.points, shown.size())
    reach = shown.reach()
    assert reach is not None
    memory = next(
        row
        for row in np.flatnonzero(shown.scene.owners == 2).tolist()
        if shown.rect().contains(QPoint(*pixels[row].astype(int).tolist()))
        and reach.prototype_under(QPointF(*pixels[row].tolist())) is None
    )
    point = QPoint(*pixels[memory].round().astype(int).tolist())
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=point)
    assert chosen == [(3,), (), (2,)]
    with qtbot.waitSignal(shown.opened) as opened:
        qtbot.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=point)
    assert opened.args == [100 + memory, 5]


@pytest.mark.parametrize(
    ("drag", "modifier"),
    [
        (Drag.RECTANGLE, Qt.KeyboardModifier.NoModifier),
        (Drag.MOVE, Qt.KeyboardModifier.ShiftModifier),
        (Drag.LASSO, Qt.KeyboardModifier.NoModifier),
        (Drag.MOVE, Qt.KeyboardModifier.ControlModifier),
    ],
)
def test_what_is_drawn_around_is_selected(
    qtbot: QtBot, shown: PrototypeMap, drag: Drag, modifier: Qt.KeyboardModifier
) -> None:
    shown.drag = drag
    point = spot(shown, 1)
    corners = [point + QPoint(dx, dy) for dx, dy in ((-25, -25), (25, -25), (25, 25), (-25, 25))]
    if drag is Drag.RECTANGLE or modifier is Qt.KeyboardModifier.ShiftModifier:
        corners = [corners[0], corners[2]]
    with qtbot.waitSignal(shown.selected) as chosen:
        qtbot.mousePress(shown, Qt.MouseButton.LeftButton, modifier, corners[0])
        for corner in corners[1:]:
            qtbot.mouseMove(shown, corner)
        qtbot.mouseRelease(shown, Qt.MouseButton.LeftButton, modifier, corners[-1])
    assert chosen.args == [(1,)]


def test_an_outline_without_prototypes_selects_those_of_its_memories(shown: PrototypeMap) -> None:
    assert shown.scene is not None
    shown.zoom(20, QPointF(spot(shown, 4)))
    reach = shown.reach()
    assert reach is not None
    pixels = shown.view.pixels(shown.scene.points, shown.size())
    memory = int(np.flatnonzero(shown.scene.owners == 4)[0])
    x, y = pixels[memory].tolist()
    around = [QPointF(x + dx, y + dy) for dx, dy in ((-2, -2), (2, -2), (2, 2), (-2, 2))]
    assert reach.within(around) == (4,)


def test_dragging_moves_the_map_and_a_wheel_keeps_the_place_under_the_pointer(
    qtbot: QtBot, shown: PrototypeMap
) -> None:
    before = spot(shown, 0)
    qtbot.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(300, 250))
    qtbot.mouseMove(shown, QPoint(340, 270))
    qtbot.mouseRelease(shown, Qt.MouseButton.LeftButton, pos=QPoint(340, 270))
    assert spot(shown, 0) == before + QPoint(40, 20)
    point = QPointF(spot(shown, 2))
    shown.zoom(3, point)
    assert (QPointF(spot(shown, 2)) - point).manhattanLength() <= 2  # it was a whole pixel
    shown.show_all()
    assert spot(shown, 0) == before


def test_keys_do_what_the_pointer_can(qtbot: QtBot, shown: PrototypeMap) -> None:
    shown.selected.connect(lambda rows: shown.show_selection(rows, rows[0] if rows else -1))
    walked = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(shown, key)
        assert shown.look is not None
        walked.append(shown.look.current)
    assert walked[0] == 0 and len(set(walked)) > 1
    qtbot.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert shown.look is not None and shown.look.selected == frozenset(range(6))
    assert "6 topics, 60 memories; selected: topic0" in shown.accessibleDescription()
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.look.selected
    scale, before = shown.view.scale, shown.view
    qtbot.keyClicks(shown, "+")
    assert shown.view.scale > scale
    qtbot.keyClick(shown, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert shown.view.x > before.x
    qtbot.keyClicks(shown, "0")
    assert shown.view == before


def test_a_map_that_was_zoomed_keeps_its_part_in_sight_when_it_is_read_again(
    shown: PrototypeMap,
) -> None:
    shown.zoom(3)
    view = shown.view
    shown.show_scene(made_scene(seed=1))
    assert shown.view == view
    shown.show_all()
    shown.resize(500, 400)
    assert shown.view != view


# -- colours, shapes, names -------------------------------------------------------------------


def test_every_group_has_a_colour_a_shape_and_a_name(qtbot: QtBot, shown: PrototypeMap) -> None:
    legend = MapLegend()
    qtbot.addWidget(legend)
    strings = {}
    for by in ColourBy:
        shown.colour_by(by)
        assert shown.look is not None
        grouping = shown.look.grouping
        legend.show_grouping(grouping)
        strings[by] = legend.accessibleDescription()
        assert 1 <= len(grouping.names) <= GROUPS + 1
        assert grouping.prototypes.max() < len(grouping.names)
        assert grouping.memories.max() < len(grouping.names)
    assert (
        "circles: project0" in strings[ColourBy.PROJECT] and "stars: " in strings[ColourBy.PROJECT]
    )
    assert strings[ColourBy.AGENT] == "circles: codex"
    assert strings[ColourBy.OUTCOME] == "circles: success"
    assert len({shape(group, 10.0).boundingRect().size().toTuple() for group in range(6)}) >= 4
    assert len(NAMES) == GROUPS + 1


def test_more_groups_than_colours_are_one_group_of_others() -> None:
    scene = made_scene(prototypes=8, memories=80)
    grouping = scene.grouped(ColourBy.PROJECT)
    assert grouping.names[-1] == "3 others" and len(grouping.names) == GROUPS + 1
    assert grouping.prototypes.tolist() == [0, 1, 2, 3, 4, 5, 5, 5]


def test_names_never_cover_each_other(qapp: object) -> None:
    room, metrics = Room(QSize(400, 300)), QFontMetrics(QFont())
    random = np.random.default_rng(2)
    labels = [
        room.take_beside(metrics, f"name {number}", x, y, 8)
        for number, (x, y) in enumerate(random.uniform(0, 1, (60, 2)) * [400, 300])
    ]
    placed = [area for area in labels if not area.isEmpty()]
    assert 5 < len(placed) < 60
    whole = QRectF(0, 0, 400, 300)
    for index, area in enumerate(placed):
        assert whole.contains(area)
        assert not any(area.intersects(other) for other in placed[:index])


def test_selected_memories_stand_out_and_the_picture_follows_the_theme(
    shown: PrototypeMap,
) -> None:
    plain = picture(shown)
    shown.show_selection([1], 1)
    assert picture(shown) != plain
    shown.show_selection([], -1)
    assert picture(shown) == plain


def test_fifty_thousand_memories_are_one_image(shown: PrototypeMap) -> None:
    shown.show_scene(made_scene(prototypes=20, memories=50_000))
    image = picture(shown)
    ground = image.pixelColor(2, 2)
    coloured = sum(
        image.pixelColor(x, y) != ground for x in range(0, 600, 4) for y in range(0, 500, 4)
    )
    assert coloured > 300


def test_points_in_an_outline() -> None:
    square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], np.float32)
    notched = np.array([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], np.float32)
    points = np.array([(1, 1), (2, 3), (5, 1), (3.9, 3)], np.float32)
    assert inside(points, square).tolist() == [True, True, False, True]
    assert inside(points, notched).tolist() == [True, False, False, True]
    assert not inside(points, square[:2]).any()
    assert inside(np.zeros((0, 2), np.float32), square).shape == (0,)


# -- cycles -----------------------------------------------------------------------------------


def test_a_moment_shows_where_prototypes_stood_and_arrows_how_they_moved(
    qtbot: QtBot, shown: PrototypeMap
) -> None:
    assert shown.scene is not None
    places = shown.scene.places
    moved = places.copy()
    moved[0] += 4
    counts = np.ones(7, "<f4")
    gone = np.vstack([moved, [[0, 0]]]).astype("<f4")
    ids = tuple(prototype.id for prototype in shown.scene.prototypes)
    moments = [
        MapMoment(1, 10**15, (*ids, 99), gone.tobytes(), counts.tobytes()),
        MapMoment(2, 2 * 10**15, ids, places.tobytes(), counts[:6].tobytes()),
    ]
    slider = CycleSlider()
    qtbot.addWidget(slider)
    slider.show_moments(moments)
    assert slider.is_now and slider.slider.accessibleDescription().startswith("now, after cycle 2")
    standing = shown.scene.standing(moments, 1)
    assert np.allclose(standing.before[0] - standing.places[0], 4)
    assert np.allclose(standing.before[1:], standing.places[1:])
    still = picture(shown)
    shown.show_standing(standing)
    assert picture(shown) != still  # the arrow
    first = shown.scene.standing(moments, 0)
    assert first.rows.tolist() == [0, 1, 2, 3, 4, 5, -1] and np.isnan(first.before).all()
    shown.show_standing(first)
    reach = shown.reach()
    assert reach is not None
    middle = shown.view.pixels(gone[6:], shown.size())[0].tolist()
    assert reach.prototype_under(QPointF(*middle)) is None  # it is gone: nothing to select
    with qtbot.waitSignal(slider.moved):
        slider.slider.setValue(0)
    assert "after cycle 1" in slider.slider.accessibleDescription()


# -- exports, the strip -----------------------------------------------------------------------


def test_the_map_is_written_as_png_svg_and_csv(shown: PrototypeMap, tmp_path: Path) -> None:
    write_png(shown, shown.size(), tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")).size() == QSize(1200, 1000)
    write_svg(shown, shown.size(), tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text("utf-8")
    assert "topic0" in drawn and "<path" in drawn
    write_csv(shown, tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 6 + 60
    assert lines[1].startswith("prototype,10,10.0000,0.0000,project0,topic0 <b>bold</b>")
    assert lines[7].startswith("memory,10,") and lines[7].endswith(",100,6")


def test_exported_figures_are_no_formulas_and_hide_nothing() -> None:
    rows = [("name", "x"), ("=HYPERLINK(1)", "-0.5000"), ("safe\u202egpj", -2), ("@a", 1.5)]
    assert as_csv(rows).splitlines()[1:] == ["'=HYPERLINK(1),-0.5000", "safe⟦RLO⟧gpj,-2", "'@a,1.5"]


def test_the_strip_says_which_dimensions_hold_a_prototype(qtbot: QtBot, tmp_path: Path) -> None:
    strip = FisherStrip()
    qtbot.addWidget(strip)
    strip.resize(208, 64)
    strip.show_prototype(made_scene().prototypes[0])
    assert strip.description == "Half of what holds it lies in 1 of 8 dimensions."
    assert (strip.dimension_under(4), strip.dimension_under(203), strip.dimension_under(1)) == (
        0,
        7,
        None,
    )
    write_csv(strip, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines()[1] == "0,8,1"
    before = strip.grab().toImage()
    strip.show_prototype(None)
    assert strip.description == "" and strip.grab().toImage() != before


def test_an_empty_map_is_painted(qtbot: QtBot) -> None:
    shown = PrototypeMap()
    qtbot.addWidget(shown)
    image = QImage(QSize(100, 80), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    shown.paint_into(painter, QSize(100, 80))
    painter.end()
    shown.show_scene(made_scene(prototypes=1, memories=0))
    shown.resize(300, 200)
    assert not shown.grab().isNull()
    assert shown.reach() is not None and shown.reach().memory_under(QPointF(3, 3)) is None  # type: ignore[union-attr]
