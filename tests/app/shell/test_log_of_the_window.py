"""What the window does with traces full of canaries leaves none of them in its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.health.view import HealthView
from app.kit.view_names import ViewName
from app.recall.view import RecallView
from app.shell.main_window import MainWindow
from hpm_engine import Job, Memory, log_to_file
from tests.support.canaries import CANARY, write_traces

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HPM_LOG", "debug")
    path = tmp_path / "window.log"
    with log_to_file("window", path, None):
        yield path


def quoting(memory: Memory, job: Job) -> None:
    raise KeyError(f"{CANARY}quoted")


def test_a_session_at_the_window_leaves_no_text(
    log: Path, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.stores.make(tmp_path / "my.hpm")
    qtbot.waitUntil(lambda: "0 episodes" in window.status.text())
    window.imports.begin([write_traces(tmp_path), tmp_path / f"{CANARY}missing"])
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None, timeout=30_000)
    assert window.workspace is not None
    session = window.workspace.session
    qtbot.waitUntil(lambda: not session.writing, timeout=60_000)
    for query in (f"{CANARY}prompt gate", f"/{CANARY}.*e/", f"{CANARY}:x", f"project:{CANARY} ("):
        window.search.set_query(query)
        qtbot.wait(300)
    window.go_to_view(ViewName.RECALL)
    recall = window.workspace.view(ViewName.RECALL)
    assert isinstance(recall, RecallView)
    recall.cue.show_cue(f"how was {CANARY}gate repaired?")
    with qtbot.waitSignal(recall.recalling.answered, timeout=30_000):
        recall.cue.ask()
    for name in ViewName:
        window.go_to_view(name)
        qtbot.wait(200)
    write = session.write(
        lambda memory, job: memory.marks.add_tag([1], f"{CANARY}tag"), f"Tag {CANARY}"
    )
    failing = session.write(quoting, f"Fail on {CANARY}")
    with qtbot.waitSignals([write.finished, failing.finished], timeout=30_000):
        pass
    window.problems.report(ValueError(CANARY), f"Doing {CANARY}")
    window.close_store()
    text = log.read_text("utf-8")
    assert CANARY not in text.lower()
    for kind in (
        "app.shell.imports.Imports.begin.<locals>.<lambda> begins",
        "import ends",
        "indexing for recall ends",
        "test_log_of_the_window.quoting failed after",
        "KeyError",
        "a bug is reported",
        "my.hpm is open for writing",
        "my.hpm is closed",
        " DEBUG window[",
    ):
        assert kind in text, f"{kind!r} is not in\n{text}"


def test_health_says_where_the_log_is(
    log: Path, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.stores.make(tmp_path / "my.hpm")
    qtbot.waitUntil(lambda: "0 episodes" in window.status.text())
    window.go_to_view(ViewName.HEALTH)
    assert window.workspace is not None
    health = window.workspace.view(ViewName.HEALTH)
    assert isinstance(health, HealthView)

    def facts() -> list[str]:
        return [label.text() for label in health.engine.findChildren(QLabel)]

    qtbot.waitUntil(lambda: any(str(log) in fact for fact in facts()))
