"""What another process writes shows in the window by itself."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import Changed
from tests.support.files.traces import make_store

PIN = """
import sys
from pathlib import Path
from hpm_engine import open_memory

with open_memory(Path(sys.argv[1])) as memory:
    memory.marks.set_pinned([int(sys.argv[2])], sys.argv[3] == "pin")
"""


def by_another(store: Path, episode: int, act: str) -> None:
    subprocess.run([sys.executable, "-c", PIN, str(store), str(episode), act], check=True)


def pinned(window: MainWindow) -> str:
    facts = window.side_pane.groups().get("Episode", ())
    return next((fact.value for fact in facts if fact.name == "Pinned"), "")


def test_a_pin_of_another_process_shows_in_the_list_and_the_side_pane(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    store = make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"])
    window.stores.open(store)
    window.resize(1500, 900)
    workspace = window.workspace
    assert workspace is not None
    view = workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: pinned(window) == "no", timeout=20_000)
    [episode] = workspace.selected_ids()
    qtbot.waitUntil(lambda: workspace.other_writers._known is not None, timeout=10_000)
    by_another(store, episode, "pin")
    began = time.monotonic()
    qtbot.waitUntil(lambda: pinned(window) == "yes", timeout=20_000)
    assert time.monotonic() - began < 10  # half a second where the machine is not busy
    qtbot.waitUntil(lambda: bool(view.model.rows_held()))
    assert all(row.pinned for row in view.model.rows_held() if row.id == episode)
    assert workspace.selected_ids() == [episode]


def test_own_writes_are_not_taken_for_another_programs(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    store = make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"])
    window.stores.open(store)
    workspace = window.workspace
    assert workspace is not None
    session, others = workspace.session, workspace.other_writers
    qtbot.waitUntil(lambda: others._known is not None, timeout=10_000)
    heard: list[Changed] = []
    session.changed.connect(heard.append)
    for act in (True, False, True):
        edit = session.edit(lambda memory, job, act=act: memory.marks.set_pinned([1], act), "Pin")
        with qtbot.waitSignal(edit.finished, timeout=20_000):
            pass
        qtbot.waitUntil(lambda: not session.writing and not session.reading, timeout=20_000)
        others._known, before = None, others._known
        others.look()
        qtbot.waitUntil(lambda: others._known is not None, timeout=10_000)
        assert before is not None
    assert len(heard) == 3
    by_another(store, 2, "pin")
    qtbot.waitUntil(lambda: len(heard) > 3, timeout=20_000)
    assert heard[-1] & Changed.MARKS and heard[-1] & Changed.PROTOTYPES


def test_a_reader_whose_timer_stays_in_step_hides_no_write(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timers of one period come at the same moments: something was read at each of them."""
    store = make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"])
    window.stores.open(store)
    workspace = window.workspace
    assert workspace is not None
    session, others = workspace.session, workspace.other_writers
    qtbot.waitUntil(lambda: others._known is not None, timeout=10_000)
    qtbot.waitUntil(lambda: not session.reading, timeout=20_000)
    asked = [0.0]

    def reads(_: Session) -> bool:
        asked.append(time.monotonic())
        return asked[-1] - asked[-2] > 0.4  # as at each regular time, and not a moment later

    monkeypatch.setattr(Session, "reading", property(reads))
    heard: list[Changed] = []
    session.changed.connect(heard.append)
    by_another(store, 1, "pin")
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
