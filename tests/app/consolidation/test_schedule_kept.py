from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QObject, QTime
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.consolidation.consent_notice import ConsentNotice
from app.consolidation.schedule_dialog import ScheduleDialog, describe
from app.consolidation.schedule_keeper import Keeping
from app.consolidation.view import ConsolidationView
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import (
    BY_ITSELF,
    CYCLE_MEMORIES,
    SCHEDULE,
    Changed,
    Consent,
    Job,
    Keeper,
    Memory,
    Schedule,
    Trigger,
    Wait,
    open_memory,
)
from tests.support.learned_store import MEMORIES, learned_store

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Wednesday


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Of a person who agreed that it tidies itself."""
    path = learned_store(tmp_path)
    agree(path)
    return path


class Room:
    """A clock, a plug and agents in the test's hand."""

    def __init__(self) -> None:
        self.now = NOON
        self.mains = True
        self.active: datetime | None = None

    def keep(self, session: Session, owner: QObject) -> Keeping:
        keeping = Keeping(session, owner)
        keeping._timer.stop()  # the test looks
        keeping._keeper = Keeper(
            lambda: (),
            lambda: self.now,
            lambda _: self.active,
            lambda: self.mains,
            keeping._hands.last,
        )
        keeping._hands._clock = lambda: self.now
        return keeping


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def owner(qapp: object) -> Iterator[QObject]:
    owner = QObject()
    yield owner
    owner.deleteLater()


def agree(store: Path) -> None:
    with open_memory(store) as memory:
        memory.settings.set(BY_ITSELF, Consent.YES)


def set_schedule(store: Path, text: str) -> None:
    with open_memory(store) as memory:
        memory.settings.set(SCHEDULE, text)


def looked(qtbot: QtBot, keeping: Keeping) -> str:
    with qtbot.waitSignal(keeping.news, timeout=20_000):
        keeping.look()
    return keeping.sentence()


def rest(qtbot: QtBot, keeping: Keeping, room: Room) -> None:
    """Agents rest until a cycle begins."""
    for _ in range(10):
        room.now += timedelta(minutes=1)
        looked(qtbot, keeping)
        if keeping.running is not None:
            return


def cycles(store: Path) -> list[Trigger]:
    with open_memory(store, read_only=True) as memory:
        return [cycle.trigger for cycle in memory.consolidation.cycles()]


# -- the schedule that the window keeps ------------------------------------------------------------


def test_it_says_what_it_waits_for(
    qtbot: QtBot, store: Path, session: Session, room: Room, owner: QObject
) -> None:
    keeping = room.keep(session, owner)
    assert keeping.sentence() == ""
    assert looked(qtbot, keeping) == (
        "Begins at 12:05 unless you or an agent does something until then"
    )
    set_schedule(store, "sun 03:00, mains")
    assert looked(qtbot, keeping) == "Begins next Sun 2026-11-22 03:00"
    room.mains = False
    assert looked(qtbot, keeping) == "Waits for mains power"
    set_schedule(store, "never")
    assert looked(qtbot, keeping) == "Learns only when asked"


def test_when_agents_rest_it_consolidates_until_nothing_is_left(
    qtbot: QtBot, store: Path, session: Session, room: Room, owner: QObject
) -> None:
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)
    room.now += timedelta(minutes=1)
    looked(qtbot, keeping)
    assert keeping.running is None
    rest(qtbot, keeping, room)
    assert keeping.running is not None
    assert keeping.sentence() == "Learning by itself"
    qtbot.waitUntil(
        lambda: keeping.running is None and "Waits for agents" in keeping.sentence(),
        timeout=30_000,
    )
    assert cycles(store) == [Trigger.IDLE]
    with open_memory(store, read_only=True) as memory:
        assert memory.consolidation.cycles()[0].memories == MEMORIES
        assert memory.audit.page()[-1].actor == "scheduler"


def test_a_cycle_of_the_schedule_that_a_person_stops_is_not_begun_again_at_once(
    qtbot: QtBot, store: Path, session: Session, room: Room, owner: QObject
) -> None:
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)
    rest(qtbot, keeping, room)
    assert keeping.running is not None
    keeping.running.cancel()
    qtbot.waitUntil(lambda: keeping.running is None, timeout=20_000)
    done = len(cycles(store))  # one, if it was over before it was stopped
    assert looked(qtbot, keeping).startswith("Waits for agents to work")
    assert len(cycles(store)) == done


def test_what_is_stopped_before_it_begins_is_put_off_too(
    qtbot: QtBot, store: Path, session: Session, room: Room, owner: QObject
) -> None:
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)
    session.job_started.connect(lambda task: task.cancel())
    rest(qtbot, keeping, room)
    qtbot.waitUntil(lambda: keeping.running is None, timeout=20_000)
    assert looked(qtbot, keeping).startswith("Waits for agents to work")
    assert cycles(store) == []


def test_a_store_without_vectors_waits_for_them(
    qtbot: QtBot, tmp_path: Path, room: Room, owner: QObject
) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    bare = learned_store(folder, encoded=False)
    agree(bare)
    session = Session(bare)
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)
    for _ in range(6):
        room.now += timedelta(minutes=1)
        said = looked(qtbot, keeping)
    assert said == "Learns nothing until the store is prepared for recall"
    assert keeping.outlook is not None and keeping.outlook.waits is Wait.VECTORS
    session.close()


def test_a_store_that_cannot_be_written_is_left_alone(
    qtbot: QtBot,
    store: Path,
    session: Session,
    room: Room,
    owner: QObject,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Session, "writable", False)
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)
    for _ in range(6):
        room.now += timedelta(minutes=1)
        assert looked(qtbot, keeping) == "Learns nothing: the store cannot be written"
    assert keeping.running is None and cycles(store) == []


def test_what_is_written_now_is_waited_for(
    qtbot: QtBot, store: Path, session: Session, room: Room, owner: QObject
) -> None:
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)
    for _ in range(4):
        room.now += timedelta(minutes=1)
        looked(qtbot, keeping)
    busy = threading.Event()
    write = session.write(lambda memory, job: busy.wait(20), "Something long")
    room.now += timedelta(minutes=1)
    assert looked(qtbot, keeping) == "Learning is due, and waits for what is written now"
    assert keeping.running is None
    with qtbot.waitSignal(write.finished, timeout=20_000):
        busy.set()
    looked(qtbot, keeping)
    assert keeping.running is not None
    qtbot.waitUntil(lambda: keeping.running is None, timeout=30_000)


def test_a_schedule_changed_in_the_window_holds_at_once(
    qtbot: QtBot, session: Session, room: Room, owner: QObject
) -> None:
    keeping = room.keep(session, owner)
    looked(qtbot, keeping)

    def change(memory: Memory, _job: object) -> Changed:
        return memory.settings.set(SCHEDULE, "never")

    with qtbot.waitSignal(keeping.news, timeout=20_000):
        session.edit(change, "Change the schedule")
    assert keeping.sentence() == "Learns only when asked"


def test_the_window_shows_what_is_waited_for(window: MainWindow, qtbot: QtBot, store: Path) -> None:
    window.stores.open(store)
    assert window.workspace is not None
    keeping = window.workspace.keeping
    looked(qtbot, keeping)
    assert "unless you or an agent does something until then" in window.status.text()
    window.go_to_view(ViewName.CONSOLIDATION)
    view = window.workspace.view(ViewName.CONSOLIDATION)
    assert isinstance(view, ConsolidationView)
    assert view.schedule.text().startswith("after 5 min of rest · Begins at")
    view.change_schedule()
    dialog = view.findChild(ScheduleDialog)
    assert isinstance(dialog, ScheduleDialog)
    assert dialog.agreed.isChecked()
    dialog.idle.setChecked(False)
    with qtbot.waitSignal(keeping.news, timeout=20_000):
        dialog.accept()
    assert view.schedule.text() == "never by itself · Learns only when asked"


# -- the editor ------------------------------------------------------------------------------------


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    holder = QWidget()
    qtbot.addWidget(holder)
    return holder


def editor(holder: QWidget, text: str, kept: list[Schedule]) -> ScheduleDialog:
    def keep(schedule: Schedule, consent: Consent) -> None:
        assert consent is Consent.YES
        kept.append(schedule)

    return ScheduleDialog(Schedule.parse(text), Consent.YES, keep, holder, lambda: NOON)


@pytest.mark.parametrize(
    "text", ["idle 5", "never", "03:00", "idle 0, mon-fri 22:30, sun 03:00, mains", "tue-thu 4:15"]
)
def test_a_schedule_that_nobody_touches_stays_as_it_is(holder: QWidget, text: str) -> None:
    kept: list[Schedule] = []
    dialog = editor(holder, text, kept)
    dialog.accept()
    assert [set(schedule.times) for schedule in kept] == [set(Schedule.parse(text).times)]
    assert (kept[0].idle, kept[0].mains) == (Schedule.parse(text).idle, Schedule.parse(text).mains)


def test_times_are_added_and_removed_and_the_next_runs_told(holder: QWidget) -> None:
    kept: list[Schedule] = []
    dialog = editor(holder, "never", kept)
    assert dialog.next.whole_text() == "Never: it runs only when you ask."
    assert not dialog.mains.isEnabled()
    dialog.add.click()
    row = dialog._times[0]
    row.clock.setTime(QTime(22, 30))
    row.days.setCurrentIndex(row.days.findText("Monday to Friday"))
    assert dialog.next.whole_text().startswith(
        "Next runs: Wed 2026-11-18 22:30, Thu 2026-11-19 22:30, Fri 2026-11-20 22:30, Mon"
    )
    dialog.add.click()
    dialog._times[1].remove.click()
    dialog.mains.setChecked(True)
    dialog.accept()
    assert kept[0].text() == "mon-fri 22:30, mains"
    assert describe(kept[0]) == "22:30 Monday to Friday, only on mains power"


def test_who_adds_a_time_agrees_to_it(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    answers: list[Consent] = []
    dialog = ScheduleDialog(Schedule(), Consent.NO, lambda _, yes: answers.append(yes), holder)
    dialog.add.click()
    assert dialog.agreed.isChecked()
    assert dialog.next.whole_text().startswith("Next runs:")
    dialog.accept()
    assert answers == [Consent.YES]


def test_cancel_keeps_nothing(holder: QWidget) -> None:
    kept: list[Schedule] = []
    editor(holder, "idle 5", kept).reject()
    assert kept == []


def test_every_control_of_the_editor_has_a_name(holder: QWidget) -> None:
    dialog = editor(holder, "idle 5, 03:00", [])
    row = dialog._times[0]
    for control in (dialog.idle, dialog.minutes, row.clock, row.days, row.remove):
        assert control.accessibleName()


def test_the_dialog_grows_with_its_times_and_begins_at_its_first_choice(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    dialog = ScheduleDialog(Schedule(), Consent.YES, lambda *_: None, holder)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert dialog.focusWidget() is dialog.agreed
    before = dialog.height()
    for _ in range(6):
        dialog.add.click()
    QApplication.processEvents()
    assert dialog.height() > before
    for label in dialog.findChildren(SafeLabel):
        if label.isVisible():
            assert label.height() >= label.heightForWidth(label.width()), label.whole_text()
    for row in dialog._times:
        assert row.height() >= row.minimumSizeHint().height()
    for _ in range(6):
        dialog.add.click()
    assert dialog.minimumHeight() <= dialog.screen().availableGeometry().height()
    dialog.close()


def test_the_schedule_and_the_question_say_what_a_night_learns(
    store: Path, qtbot: QtBot, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that waits: cycle after cycle, until nothing does."""
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ScheduleDialog(Schedule(), Consent.YES, lambda *_: None, parent)
    said = " ".join(label.whole_text() for label in dialog.findChildren(SafeLabel))
    notice = ConsentNotice()
    qtbot.addWidget(notice)
    notice.ask(deletes=False)
    steps = f"in steps of {CYCLE_MEMORIES.value}"
    assert "learns all that waits" in said and steps in said
    assert "all waiting memories learned" in notice.text.whole_text()
    assert steps in notice.text.toolTip()
    monkeypatch.setattr("hpm_engine.keeper.CYCLE_MEMORIES", CYCLE_MEMORIES._replace(value=5))
    keeper = Keeper(lambda: (), lambda: room.now, lambda _: None, lambda: True, asked=True)
    with open_memory(store) as memory:
        for _ in range(7):
            room.now += timedelta(minutes=1)
            keeper.look(memory)
        cycles = 0
        while keeper.look(memory).due is Trigger.IDLE and cycles < 20:
            assert keeper.run(memory, Trigger.IDLE, Job()) is not None
            cycles += 1
        assert cycles > 1 and memory.consolidation.waiting() == 0
