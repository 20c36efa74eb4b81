"""A store whose file goes, moves, is replaced, cut or overwritten under the real window."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.health.view import HealthView
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.problems import Problem
from hpm_engine import open_memory
from tests.support.learned_store import learned_store

Happening = Callable[[Path, Path], None]


def deleted(store: Path, other: Path) -> None:
    store.unlink()


def moved(store: Path, other: Path) -> None:
    store.rename(store.with_name("moved.hpm"))


def replaced(store: Path, other: Path) -> None:
    os.replace(other, store)


def overwritten(store: Path, other: Path) -> None:
    store.write_bytes(other.read_bytes())


def cut(store: Path, other: Path) -> None:
    os.truncate(store, store.stat().st_size // 2 // 8192 * 8192)


SAID = {
    deleted: "no longer there",
    moved: "no longer there",
    replaced: "another file has taken the place",
    overwritten: "overwritten with other content",
    cut: "the file was cut",
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    path = learned_store(tmp_path)
    with open_memory(tmp_path / "other.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "traces"])
        memory.settings.set("colour", "green")
    return path


def shown(window: MainWindow) -> list[str]:
    messages: list[str] = []

    def hear(problem: Problem) -> None:
        messages.append(problem.text)

    window.problems.reported.connect(hear)
    return messages


@pytest.mark.parametrize("read_only", [False, True], ids=["writable", "read-only"])
@pytest.mark.parametrize("happening", SAID)
def test_the_window_says_so_by_itself_and_writes_nothing(
    qtbot: QtBot, window: MainWindow, store: Path, happening: Happening, read_only: bool
) -> None:
    if read_only:
        store.chmod(0o444)
    window.open_session(Session(store))
    workspace = window.workspace
    assert workspace is not None
    text = shown(window)
    if not read_only:
        with qtbot.waitSignal(workspace.session.changed, timeout=20_000):
            workspace.session.edit(lambda memory, _: memory.marks.set_pinned([1], True), "Pin")
    with qtbot.waitSignal(workspace.session.read(lambda memory, _: memory.trouble()).finished):
        pass
    workspace.same_store.look()
    qtbot.wait(300)
    assert not text
    happening(store, store.with_name("other.hpm"))
    taken = store.read_bytes() if store.exists() else None
    workspace.same_store.look()
    qtbot.waitUntil(lambda: bool(text), timeout=20_000)
    assert SAID[happening] in text[0]
    if not read_only:
        edit = workspace.session.edit(lambda memory, _: memory.marks.set_pinned([2], True), "Pin")
        with qtbot.waitSignal(edit.failed, timeout=20_000):
            pass
        qtbot.waitUntil(lambda: len(text) > 1)
        assert SAID[happening] in text[1]
    window.close_store()
    if happening is not cut:
        assert (store.read_bytes() if store.exists() else None) == taken
        assert not list(store.parent.glob("learned.hpm-*"))
    if happening is moved:
        shutil.copy(store.with_name("moved.hpm"), store)
        with open_memory(store.with_name("moved.hpm"), read_only=True) as memory:
            assert memory.episodes.get([1])[0].pinned is not read_only
            assert not memory.figures.health(check=True).problems


def test_the_bar_and_health_say_that_the_file_was_deleted(
    qtbot: QtBot, window: MainWindow, store: Path
) -> None:
    window.open_session(Session(store))
    workspace = window.workspace
    assert workspace is not None
    window.go_to_view(ViewName.HEALTH)
    view = workspace.view(ViewName.HEALTH)
    assert isinstance(view, HealthView)
    qtbot.waitUntil(lambda: "No problem seen" in view.state.whole_text(), timeout=20_000)
    deleted(store, store)
    workspace.same_store.look()
    qtbot.waitUntil(lambda: window.problem_bar.current() is not None, timeout=20_000)
    problem = window.problem_bar.current()
    assert problem is not None and "no longer there" in problem.text
    qtbot.waitUntil(lambda: "1 problem found" in view.state.whole_text(), timeout=20_000)
    assert "no longer there" in view._problems.whole_text()
    window.go_to_view(ViewName.EPISODES)
    assert window.problem_bar.current() == problem  # it is not over
    window.close_store()
    assert window.problem_bar.current() is None
