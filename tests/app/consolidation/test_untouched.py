"""A store that is merely opened stays as it is, until a person says that it may tidy itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMenu
from pytestqt.qtbot import QtBot

from app.consolidation.hands import PAUSE, Hands
from app.consolidation.schedule_dialog import ScheduleDialog
from app.consolidation.schedule_keeper import Keeping
from app.consolidation.view import ConsolidationView
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import (
    BY_ITSELF,
    AgeingSettings,
    Changed,
    Consent,
    Job,
    Keeper,
    Kept,
    Originals,
    Trigger,
    Wait,
    consent_of,
    open_memory,
)
from tests.support.learned_store import learned_store

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


class Room:
    """A clock in the test's hand; no agent works."""

    def __init__(self) -> None:
        self.now = NOON

    def keeping(self, window: MainWindow) -> Keeping:
        assert window.workspace is not None
        keeping = window.workspace.keeping
        keeping._timer.stop()
        keeping._hands._clock = lambda: self.now
        keeping._keeper = Keeper(
            lambda: (), lambda: self.now, lambda _: None, lambda: True, keeping._hands.last
        )
        return keeping


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Old episodes that are due for compression, and memories that wait."""
    path = learned_store(tmp_path)
    with open_memory(path) as memory:
        memory.compression.ageing.set(AgeingSettings(newest=0))
    return path


@pytest.fixture
def room() -> Room:
    return Room()


def looked(qtbot: QtBot, keeping: Keeping) -> str:
    with qtbot.waitSignal(keeping.news, timeout=20_000):
        keeping.look()
    keeping._timer.stop()
    return keeping.sentence()


def rest(qtbot: QtBot, keeping: Keeping, room: Room, minutes: int) -> None:
    for _ in range(minutes):
        room.now += timedelta(minutes=1)
        looked(qtbot, keeping)
        if keeping.running is not None:
            return


def test_half_an_hour_in_a_window_leaves_every_byte(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    before = store.read_bytes()
    window.stores.open(store)
    keeping = room.keeping(window)
    for name in ViewName:
        window.go_to_view(name)
        rest(qtbot, keeping, room, 4)
    assert room.now - NOON >= timedelta(minutes=30)
    assert keeping.sentence() == "Compresses and learns only when asked"
    assert window.by_itself.consent.isVisibleTo(window)
    window.close_store()
    assert store.read_bytes() == before
    wal = store.with_name(store.name + "-wal")
    assert not wal.exists() or not wal.stat().st_size


def test_not_now_is_kept_outside_of_the_store_and_not_asked_again(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    before = store.read_bytes()
    window.stores.open(store)
    looked(qtbot, room.keeping(window))
    assert window.by_itself.consent.isVisibleTo(window)
    window.by_itself.consent.no.click()
    assert not window.by_itself.consent.isVisibleTo(window)
    window.close_store()
    renamed = store.rename(store.with_name("elsewhere.hpm"))
    window.stores.open(renamed)
    looked(qtbot, room.keeping(window))
    assert not window.by_itself.consent.isVisibleTo(window)
    window.close_store()
    assert renamed.read_bytes() == before


def test_yes_is_kept_in_the_store_and_it_tidies_itself_after_five_minutes(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    window.stores.open(store)
    keeping = room.keeping(window)
    looked(qtbot, keeping)
    with qtbot.waitSignal(keeping.news, timeout=20_000):
        window.by_itself.consent.yes.click()
    assert not window.by_itself.consent.isVisibleTo(window)
    assert keeping.sentence().startswith("Begins at 12:0")
    rest(qtbot, keeping, room, 4)
    assert keeping.running is None
    rest(qtbot, keeping, room, 2)
    assert keeping.running is not None
    qtbot.waitUntil(lambda: keeping.running is None, timeout=30_000)
    window.close_store()
    with open_memory(store, read_only=True) as memory:
        assert memory.settings.all()[BY_ITSELF] == Consent.YES
        rows = [row for row in memory.audit.page() if row.action == "compress"]
        assert rows and {row.actor for row in rows} == {"scheduler"}


def test_a_notice_says_what_was_done_and_leads_back(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    with open_memory(store) as memory:
        memory.settings.set(BY_ITSELF, Consent.YES)
    window.stores.open(store)
    keeping, notice = room.keeping(window), window.by_itself.tidied
    looked(qtbot, keeping)
    rest(qtbot, keeping, room, 6)
    qtbot.waitUntil(notice.isVisible, timeout=30_000)
    keeping._timer.stop()
    said = notice.text.whole_text()
    assert "24 memories learned (3 new topics)" in said and "12 episodes compressed" in said
    assert notice.undo.isVisible() and notice.whole.isVisible()
    assert window.workspace is not None
    with qtbot.waitSignal(window.workspace.session.changed, timeout=20_000):
        notice.whole.click()
    assert not notice.isVisible()
    with open_memory(store, read_only=True) as memory:
        assert memory.figures.stats().kept[Kept.COMPRESSED].episodes == 0
        assert not memory.compression.ageing.settings().automatic
        assert not memory.compression.ageing.outlook().by_itself
    assert keeping.done.sentence() == ""


def test_the_question_says_when_ageing_would_delete(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    window.stores.open(store)
    looked(qtbot, room.keeping(window))
    assert "stay in the store" in window.by_itself.consent.text.whole_text()
    window.close_store()
    with open_memory(store) as memory:
        memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
    window.stores.open(store)
    looked(qtbot, room.keeping(window))
    assert "delete full texts" in window.by_itself.consent.text.whole_text()


def test_an_empty_store_asks_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, room: Room
) -> None:
    open_memory(tmp_path / "empty.hpm", create=True).close()
    window.stores.open(tmp_path / "empty.hpm")
    looked(qtbot, room.keeping(window))
    assert not window.by_itself.consent.isVisibleTo(window)


def test_the_answer_can_be_changed_with_the_schedule(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    window.stores.open(store)
    keeping = room.keeping(window)
    looked(qtbot, keeping)
    window.go_to_view(ViewName.CONSOLIDATION)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.CONSOLIDATION)
    assert isinstance(view, ConsolidationView)
    assert view.schedule.text().startswith("never: nobody agreed yet")
    for wanted in (Consent.YES, Consent.NO):
        view.change_schedule()
        dialog = view.findChildren(ScheduleDialog)[-1]
        assert dialog.minutes.isEnabled() is dialog.agreed.isChecked()
        dialog.agreed.setChecked(wanted is Consent.YES)
        with qtbot.waitSignal(keeping.news, timeout=20_000):
            dialog.accept()
        assert keeping.outlook is not None and keeping.outlook.consent is wanted
        assert not window.by_itself.consent.isVisibleTo(window)
    assert view.schedule.text() == "never · Compresses and learns only when asked"


def test_a_schedule_that_a_person_set_before_is_a_yes() -> None:
    assert consent_of({}) is Consent.UNASKED
    assert consent_of({"consolidation_schedule": "idle 5"}) is Consent.YES
    assert consent_of({"consolidation_schedule": "idle 5", BY_ITSELF: "no"}) is Consent.NO
    assert consent_of({BY_ITSELF: "yes"}) is Consent.YES
    assert consent_of({BY_ITSELF: "perhaps"}) is Consent.UNASKED


# -- the person's hands ----------------------------------------------------------------------------


def test_a_key_the_mouse_and_the_wheel_are_work(
    window: MainWindow, qtbot: QtBot, store: Path, room: Room
) -> None:
    window.stores.open(store)
    keeping = room.keeping(window)
    with open_memory(store) as memory:
        memory.settings.set(BY_ITSELF, Consent.YES)
    looked(qtbot, keeping)
    for touch in (
        lambda: QTest.keyClick(window.search.line, Qt.Key.Key_A),
        lambda: QTest.mouseClick(window.rail, Qt.MouseButton.LeftButton),
        lambda: QTest.wheelEvent(window.windowHandle(), QPoint(50, 50), QPoint(0, 120)),
    ):
        for _ in range(3):
            rest(qtbot, keeping, room, 4)
            touch()
        assert keeping.running is None
        assert keeping.outlook is not None and keeping.outlook.waits is Wait.REST
    rest(qtbot, keeping, room, 4)
    assert keeping.running is None
    rest(qtbot, keeping, room, 2)
    assert keeping.running is not None
    qtbot.waitUntil(lambda: keeping.running is None, timeout=30_000)


@pytest.mark.qt_log_ignore("does not support", extend=True)  # the keyboard cannot be grabbed
def test_nothing_begins_while_something_is_open_or_was_just_touched(
    window: MainWindow, qtbot: QtBot, room: Room
) -> None:
    hands = Hands(window, lambda: room.now)
    assert hands.resting()
    QTest.keyClick(window.search.line, Qt.Key.Key_A)
    assert hands.last() == NOON and not hands.resting()
    room.now += PAUSE
    assert hands.resting()
    dialog = QDialog(window)
    dialog.open()
    assert not hands.resting()
    dialog.close()
    dialog.deleteLater()
    assert hands.resting()
    menu = QMenu(window)
    menu.addAction("something")
    menu.popup(window.pos())
    qtbot.waitUntil(menu.isVisible)
    assert not hands.resting()
    menu.close()
    menu.deleteLater()
    assert hands.resting()


def test_a_run_stops_when_the_person_begins_to_work(
    store: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.keeper._GLANCE", 0.0)
    touched: list[datetime] = []
    keeper = Keeper(
        lambda: (),
        lambda: room.now,
        lambda _: None,
        lambda: True,
        lambda: touched[-1] if touched else None,
        asked=True,
    )
    with open_memory(store) as memory:
        keeper.look(memory)
        touched.append(room.now + timedelta(seconds=1))
        assert keeper.run(memory, Trigger.IDLE, Job()) is None
        assert memory.consolidation.cycles() == []
        assert keeper.look(memory).waits is Wait.REST


def test_what_a_person_does_during_an_ageing_is_logged_as_theirs(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.compressor.tier._BATCH", 2)
    with open_memory(store) as memory:

        def pin() -> None:
            memory.marks.set_pinned([1], True)

        memory.compression.ageing.run(Job(give_way=pin), "scheduler")
        actors = {row.action: row.actor for row in memory.audit.page()}
        assert (actors["pin"], actors["compress"]) == ("person", "scheduler")
        assert memory.settings.set("anything", "else") & Changed.SETTINGS
        assert memory.audit.page(offset=memory.audit.count() - 1)[0].actor == "person"
