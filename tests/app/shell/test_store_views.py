from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.health.view import HealthView
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import Changed, EpisodeQuery, Memory, Outcome, SortColumn, open_memory

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

_HERE = Path(__file__).parents[3]
DATA = Path(os.environ.get("HPM_DATA", _HERE.parent / "shared" / "data"))
_SESSION = (
    '{"type":"user","sessionId":"s%d","uuid":"u%d","timestamp":"2026-01-0%dT10:00:00Z",'
    '"cwd":"/home/me/shop","message":{"role":"user","content":"Sort the shelf"}}\n'
    '{"type":"assistant","sessionId":"s%d","uuid":"a%d","parentUuid":"u%d",'
    '"timestamp":"2026-01-0%dT10:00:05Z","message":{"id":"m%d","role":"assistant",'
    '"model":"m","content":[{"type":"text","text":"Done"}]}}\n'
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    traces = tmp_path / "traces"
    traces.mkdir()
    for n in range(1, 4):
        (traces / f"s{n}.jsonl").write_text(_SESSION % ((n,) * 8))
    (traces / "notes.txt").write_text("no trace")
    path = tmp_path / "my.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([traces])
        memory.marks.set_pinned([1], True)
    return path


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.OVERVIEW))


def test_health_looks_at_once_and_checks_when_asked(
    qtbot: QtBot, session: Session, navigator: Navigator, store: Path
) -> None:
    view = HealthView(session, navigator)
    qtbot.addWidget(view)
    qtbot.waitUntil(lambda: "has not run yet" in view.state.whole_text())
    view.check()
    qtbot.waitUntil(lambda: view.state.whole_text().startswith("✓ Every page"))
    view.copy_report()
    report = QGuiApplication.clipboard().text()
    assert str(store) in report and "No problem seen" in report
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE texts SET sha256 = zeroblob(32) WHERE id = 1")
    view.check()
    qtbot.waitUntil(lambda: view.state.whole_text() == "✗ 1 problem found")
    assert "Damaged texts" in view._problems.text() and "episode 1, step 1" in view._problems.text()


@pytest.fixture(scope="module")
def real_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    traces = DATA / "claude-code"
    if not traces.is_dir():
        pytest.skip(f"no real traces at {traces} (set HPM_DATA)")
    path = tmp_path_factory.mktemp("real") / "real.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([traces])
    return path


def _longest(memory: Memory) -> int:
    results = memory.episodes.find(EpisodeQuery(sort=SortColumn.STEPS))
    return results.window(0, 1)[0]


def test_every_step_of_a_real_session_can_be_stepped_through(
    qtbot: QtBot, real_store: Path
) -> None:
    with open_memory(real_store, read_only=True) as memory:
        episode_id = _longest(memory)
        steps = memory.steps.outline(episode_id)
    session = Session(real_store)
    view = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    view.restore(Place(ViewName.EPISODES, episode_id))
    timeline = view.pane.timeline
    qtbot.waitUntil(
        lambda: timeline.outline is not None and timeline.outline.episode_id == episode_id
    )
    for _ in steps:
        timeline.move_by(1)
        timeline.toggle_current()
    assert timeline.current == len(steps) - 1
    session.close()


def test_a_search_in_real_sessions_marks_its_hits(qtbot: QtBot, real_store: Path) -> None:
    session = Session(real_store)
    view = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
    qtbot.addWidget(view)
    view.show()
    with qtbot.waitSignal(view.counted) as signal:
        view.set_query(EpisodeQuery(text="file"))
    assert signal.args[1] > 0
    qtbot.waitUntil(
        lambda: view.pane.timeline.outline is not None and bool(view.pane.timeline.outline.hits)
    )
    assert view.pane.timeline.current == view.pane.timeline.outline.hits[0]  # type: ignore[union-attr]
    session.close()


def test_a_pin_shows_in_the_table_without_moving_anything(qtbot: QtBot, session: Session) -> None:
    view = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
    qtbot.addWidget(view)
    view.show()
    session.changed.connect(view.refresh)
    qtbot.waitUntil(lambda: view.model.row(0) is not None)
    first = view.model.id_at(0)
    assert first is not None
    with qtbot.waitSignal(session.changed) as signal:
        session.write(lambda memory, job: memory.marks.set_pinned([first], True), "Pin")
    assert signal.args[0] & Changed.MARKS
    title = [column.title for column in view.model.columns].index("Title")
    qtbot.waitUntil(lambda: view.model.index(0, title).data().startswith("⚑"))
    assert view.model.row(0).outcome is Outcome.UNKNOWN  # type: ignore[union-attr]
