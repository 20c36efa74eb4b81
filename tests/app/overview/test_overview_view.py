from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.controls.fact_list import LinkLabel
from app.kit.controls.picture_menu import as_csv, write_svg
from app.kit.navigation import Navigator, Place
from app.kit.panel import LinkButton
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.overview.cell_chart import CalendarChart
from app.overview.chart import level
from app.overview.day_chart import MEASURES, DayChart
from app.overview.view import OverviewView
from app.overview.words import cost_story, cost_text, days_query, named_query, query_of
from hpm_engine import (
    Amount,
    Changed,
    Cost,
    DayAmount,
    EpisodeQuery,
    NamedAmount,
    Outcome,
    Period,
    open_memory,
    own_prices_file,
)
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from tests.support.written_episodes import write_draft

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"support raise", extend=True)

DAY = 86_400_000_000
MONDAY = 1_772_442_000_000_000  # 2026-03-02, 9:00 UTC


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "my.hpm"
    with open_memory(path, create=True) as memory:
        for number, (project, model, at) in enumerate(
            (
                ("shop", "gpt-5", MONDAY),
                ("shop", "new model", MONDAY + DAY),
                ("port", "gpt-5", MONDAY + DAY),
                ("port", "gpt-5", None),
            )
        ):
            flags = StepFlag.ERROR if number == 1 else StepFlag.NONE
            parts = (Part(PartKind.CALL, "{}", "Bash", "c"), Part(PartKind.RESULT, "", "", "c"))
            step = StepDraft(StepSource.AGENT, parts, at, flags, model, 1_000_000, 10_000)
            draft = EpisodeDraft(
                "made", f"k{number}", [step], agent="codex", project=project, model=model
            )
            draft.task, draft.started_at, draft.ended_at = f"Task {number}", at, at
            draft.outcome = Outcome.FAILURE if number == 1 else Outcome.UNKNOWN
            write_draft(memory, draft)
        notes = tmp_path / "deep" / "folder" / "notes.txt"
        notes.parent.mkdir(parents=True)
        notes.write_text("no trace")
        memory.import_paths([notes])
    return path


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.OVERVIEW))


@pytest.fixture
def view(
    qtbot: QtBot, session: Session, navigator: Navigator, zone: Callable[[str], None]
) -> OverviewView:
    zone("UTC")
    view = OverviewView(session, navigator)
    qtbot.addWidget(view)
    view.resize(1200, 900)
    view.show()
    qtbot.waitUntil(lambda: bool(view.tools.table.rows), timeout=15_000)
    qtbot.waitUntil(lambda: bool(view.models.table.rows), timeout=15_000)
    qtbot.waitUntil(lambda: view.bar._project.count() > 1, timeout=15_000)
    return view


def links(widget: QWidget) -> dict[str, LinkLabel]:
    return {link.whole_text(): link for link in widget.findChildren(LinkLabel)}


def asked(qtbot: QtBot, view: OverviewView, act: Callable[[], object]) -> EpisodeQuery:
    with qtbot.waitSignal(view.query_wanted) as wanted:
        act()
    query = wanted.args[0]
    assert isinstance(query, EpisodeQuery)
    return query


def test_every_figure_leads_to_its_episodes(qtbot: QtBot, view: OverviewView, store: Path) -> None:
    head = links(view.headline)
    queries = {
        "all": (asked(qtbot, view, head["4"]._go), 4),
        "failed": (asked(qtbot, view, head["1"]._go), 1),
        "model": (asked(qtbot, view, links(view.models)["new model"]._go), 1),
        "project": (asked(qtbot, view, links(view.projects)["port"]._go), 2),
        "agent": (asked(qtbot, view, links(view.agents)["codex"]._go), 4),
        "tool": (asked(qtbot, view, links(view.tools)["Bash"]._go), 1),
        "outcome": (asked(qtbot, view, links(view.outcomes)["✗ failure"]._go), 1),
    }
    index = (date(2026, 3, 3) - view.calendar.chart.day(0)).days
    queries["day"] = (asked(qtbot, view, lambda: view.calendar.chart.chosen.emit(index)), 2)
    queries["hour"] = (asked(qtbot, view, lambda: view.hours.chart.chosen.emit(9)), 1)
    queries["bar"] = (asked(qtbot, view, lambda: view.days.chart.chosen.emit(0)), 1)
    with open_memory(store, read_only=True) as memory:
        found = {name: len(memory.episodes.find(query)) for name, (query, _) in queries.items()}
    assert found == {name: count for name, (_, count) in queries.items()}


def test_what_is_undated_and_what_has_no_price_is_said(view: OverviewView) -> None:
    captions = [
        label.text() for label in view.headline.findChildren(QWidget) if hasattr(label, "text")
    ]
    assert "episodes without a date, in no day below" in captions
    assert "≈ $" in view.costs.story and "new model" in view.costs.story
    assert "It lies between" in view.costs.story


def test_captions_and_figures_stand_on_one_line(view: OverviewView) -> None:
    tops = set()
    for cell in view.headline.children():
        if isinstance(cell, QWidget) and cell.y() < 40 and cell.isVisible():
            labels = [each for each in cell.children() if isinstance(each, QWidget)]
            tops.add((labels[0].y(), labels[1].y(), labels[0].height()))
    assert len(tops) == 1


def test_a_project_and_a_period_filter_all_figures(qtbot: QtBot, view: OverviewView) -> None:
    view.bar.choose_project("port")
    qtbot.waitUntil(lambda: [row.name for row in view.projects.table.rows] == ["port"])
    assert sum(view.hours.chart.counts) == 1
    query = asked(qtbot, view, links(view.models)["gpt-5"]._go)
    assert query == EpisodeQuery(text="model:gpt-5", project="port")
    view.bar.show_days(7)
    qtbot.waitUntil(lambda: view.nothing.isVisible())
    view.nothing.button.click()
    qtbot.waitUntil(lambda: not view.nothing.isVisible())
    assert view.bar.days == 0


def test_top_sessions_lead_to_the_episode(
    qtbot: QtBot, view: OverviewView, navigator: Navigator
) -> None:
    assert view.top.by.currentText() == "by cost"
    links(view.top)["Task 0"]._go()
    assert navigator.current == Place(ViewName.EPISODES, 1)
    view.top.by.setCurrentIndex(4)
    assert [row.name for row in view.top.table.rows] == ["Task 1"]


def test_the_days_add_up_to_a_running_total(view: OverviewView) -> None:
    chart = view.days.chart
    view.days.measure.setCurrentIndex(2)
    assert [each.total for each in chart.bins] == [1, 2]
    view.days.running.setChecked(True)
    assert [each.total for each in chart.bins] == [1, 3]
    assert view.days.heading.whole_text() == "Growth"
    view.days.stack.setCurrentIndex(1)
    assert set(chart.names) == {"shop", "port"}


def test_prices_of_ones_own_change_the_estimates(qtbot: QtBot, view: OverviewView) -> None:
    assert "without a price: new model" in view.costs.story
    dialog = view.ask_prices()
    names = [dialog._text(line, 0) for line in range(dialog.table.rowCount())]
    assert names[0] == "new model" and "gpt-5" in names
    for column, text in enumerate(("2", "0.2", "20"), start=1):
        dialog.table.item(0, column).setText(text)
    dialog.save()
    assert set(json.loads(own_prices_file().read_text())["models"]) == {"new model"}
    qtbot.waitUntil(lambda: "without a price" not in view.costs.story)


def test_a_price_that_is_no_number_is_said(view: OverviewView) -> None:
    dialog = view.ask_prices()
    dialog.table.item(0, 1).setText("much")
    dialog.save()
    assert "each price is a number" in dialog.problem.whole_text()
    assert not own_prices_file().exists()
    dialog.reject()


def test_files_set_aside_stand_under_their_reason_with_the_end_of_their_path(
    view: OverviewView,
) -> None:
    tree = view.aside.tree
    assert tree.textElideMode() is Qt.TextElideMode.ElideMiddle
    top = tree.topLevelItem(0)
    assert top is not None and top.text(0).endswith("(1 file)") and "notes.txt" not in top.text(0)
    assert top.child(0).text(0).endswith("deep/folder/notes.txt")


def test_the_cards_reflow_from_a_wide_to_a_narrow_page(view: OverviewView) -> None:
    for width, beside in ((1500, True), (1100, True), (700, False)):
        view.resize(width, 900)
        view.page.currentWidget().widget().layout().activate()  # type: ignore[attr-defined]
        assert (view.calendar.y() == view.hours.y()) is beside, width


def test_an_empty_store_offers_to_import(
    qtbot: QtBot, tmp_path: Path, navigator: Navigator
) -> None:
    open_memory(tmp_path / "empty.hpm", create=True).close()
    session = Session(tmp_path / "empty.hpm")
    view = OverviewView(session, navigator)
    qtbot.addWidget(view)
    qtbot.waitUntil(lambda: view.page.notice == "This store is empty", timeout=15_000)
    view.page._button.click()  # nothing is offered yet
    pressed = QAction()
    asked_for: list[Command | None] = []

    def offered(commands: Sequence[Command | None]) -> Sequence[QAction]:
        asked_for.extend(commands)
        return [pressed]

    view.offer_commands(offered)
    with qtbot.waitSignal(pressed.triggered):
        view.page._button.click()
    assert asked_for == [Command.IMPORT_FOLDER]
    session.close()


def test_what_was_left_or_changed_out_of_sight_is_read_when_it_is_seen(
    qtbot: QtBot, store: Path, navigator: Navigator
) -> None:
    session = Session(store)
    view = OverviewView(session, navigator)
    qtbot.addWidget(view)
    view.show()
    view.hide()  # before anything was read
    qtbot.waitUntil(lambda: not session.reading)
    assert not view.held.findChildren(LinkButton)
    view.show()
    qtbot.waitUntil(lambda: bool(view.held.findChildren(LinkButton)), timeout=15_000)
    qtbot.waitUntil(lambda: not session.reading)
    view.hide()
    view.refresh(Changed.EPISODES)
    assert not session.reading
    view.show()
    assert session.reading
    session.close()


def test_tiers_and_consolidation_are_still_told(qtbot: QtBot, view: OverviewView) -> None:
    qtbot.waitUntil(lambda: bool(view.held.findChildren(LinkButton)), timeout=15_000)
    facts = {fact.name: fact for fact in view.consolidation.facts.facts()}
    assert facts["Last cycle"].value == "none yet"


# -- the charts by themselves ----------------------------------------------------------------------


def test_the_calendar_is_walked_by_keys_and_a_click_tells_the_day(
    qtbot: QtBot, qapp: object
) -> None:
    chart = CalendarChart()
    qtbot.addWidget(chart)
    chart.resize(760, 190)
    chart.show()
    chart.show_days([("2026-11-30", 3), ("2026-11-29", 1)], date(2026, 11, 30))
    assert chart.day(len(chart.counts) - 1) == date(2026, 11, 30)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.accessibleDescription() == "Monday 2026-11-30: 3 episodes"
    qtbot.keyClick(chart, Qt.Key.Key_Up)
    assert chart.accessibleDescription() == "Sunday 2026-11-29: 1 episode"
    with qtbot.waitSignal(chart.chosen) as chosen:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert chart.day(chosen.args[0]) == date(2026, 11, 29)
    place = chart.places(chart.size())[0].center().toPoint()
    with qtbot.waitSignal(chart.chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert chosen.args == [0]


def test_charts_leave_as_pictures_and_tables(qtbot: QtBot, qapp: object, tmp_path: Path) -> None:
    chart = CalendarChart()
    qtbot.addWidget(chart)
    chart.show_days([("2026-11-30", 3)], date(2026, 11, 30))
    assert "2026-11-30,3" in as_csv(chart.figures())
    write_svg(chart, QSize(760, 190), tmp_path / "year.svg")
    assert (tmp_path / "year.svg").read_text("utf-8").count("<path") > 300


def day(text: str, **tokens: int) -> DayAmount:
    parts = tuple(NamedAmount(name, Amount(1, tokens_in=count)) for name, count in tokens.items())
    whole = Amount(len(parts), tokens_in=sum(tokens.values()))
    return DayAmount(text, 0, whole, parts, parts, parts)


def test_many_days_are_shown_by_weeks_and_months(qtbot: QtBot, qapp: object) -> None:
    chart = DayChart()
    qtbot.addWidget(chart)
    first = date(2024, 1, 1)
    for count, bars in ((100, 100), (700, 100), (1000, 33)):
        days = [day((first + timedelta(days=n)).isoformat(), a=2, b=1) for n in range(count)]
        chart.show_days(days, ["a"], "model", MEASURES[0], False)
        assert len(chart.bins) == bars
        assert sum(each.total for each in chart.bins) == 3 * count
        assert sum(each.values[0] for each in chart.bins) == 2 * count
        assert all(
            a.first + timedelta(days=a.days) == b.first
            for a, b in zip(chart.bins, chart.bins[1:], strict=False)
        )


def test_levels_begin_at_nothing_and_end_at_the_largest() -> None:
    assert [level(value, 100) for value in (0, 1, 25, 100)] == [0, 1, 2, 4]


def test_costs_in_words_are_never_mixed() -> None:
    cost = Cost(1.5, 2, 0.25, 0.1, 1.0, 3, 1)
    assert cost_text(cost) == "$1.50 + ≈ $0.25"
    story = cost_story(cost, "2026-11", ("new",))
    assert "$1.50 was recorded, of 2 episodes." in story
    assert "between $0.10 and $1.00" in story and "prices of 2026-11" in story
    assert "1 episode has neither: it names no tokens, or is of models" in story
    assert cost_text(Cost()) == "no cost"


def test_searches_name_days_projects_and_names_as_they_are(zone: Callable[[str], None]) -> None:
    zone("UTC")
    period = Period(since=MONDAY - 9 * 3_600_000_000, project="a b")
    assert query_of(period, "has:error") == EpisodeQuery("after:2026-03-02 has:error", "a b")
    assert named_query(period, "model", "my model").text == 'after:2026-03-02 model:"my model"'
    assert named_query(period, "project", "x").project == "x"
    assert days_query(period, date(2026, 3, 2)).text == "after:2026-03-02 before:2026-03-03"


def by_text(actions: Sequence[QAction | None]) -> dict[str, QAction]:
    return {action.text(): action for action in actions if action is not None}


def test_every_figure_has_a_menu(qtbot: QtBot, view: OverviewView) -> None:
    cells = {said: cell for cell, (said, _) in view.headline._figures.items()}
    entries = by_text(view.headline.offered(cells["4 episodes"].geometry().center()))
    assert asked(qtbot, view, entries["Show the Episodes"].trigger) == query_of(Period())
    entries["Copy the Figure"].trigger()
    assert QGuiApplication.clipboard().text() == "4 episodes"
    steps = by_text(view.headline.offered(cells["4 steps"].geometry().center()))
    assert not steps["Show the Episodes"].isEnabled()
    assert "No episode stands behind" in steps["Show the Episodes"].toolTip()
    steps["Copy All Figures"].trigger()
    assert QGuiApplication.clipboard().text().startswith("4 episodes\n4 steps\n")

    table = view.projects.table
    shop = links(table)["shop"]
    row = by_text(table.offered(shop.geometry().center()))
    assert asked(qtbot, view, row["Show the Episodes"].trigger).project == "shop"
    row["Copy the Figure"].trigger()
    assert QGuiApplication.clipboard().text().startswith("shop · 2")
    assert table.offered(QPoint(-5, -5)) == []

    chart = view.calendar.findChildren(CalendarChart)[0]
    mark = next(n for n in range(400) if "2 episodes" in chart.said(n))
    day = by_text(chart.offered(mark))
    assert asked(qtbot, view, day["Show the Episodes"].trigger).text
    assert chart.offered(-1) == []
