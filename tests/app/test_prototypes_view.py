from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from traces import trajectory

from app.navigation import Navigator, Place, ViewName
from app.session import Session
from app.views.prototypes import PrototypesView
from hpm_engine import Changed, open_memory

TOPICS = ("parse the invoice", "draw the sailing map", "sort the beehive records")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three topics of four episodes each, encoded; nothing consolidated yet."""
    folder = tmp_path / "traces"
    folder.mkdir()
    for number in range(12):
        text = trajectory(f"{TOPICS[number % 3]} number {number}", 10)
        text = text.replace("repo", f"repo{number % 3}")
        (folder / f"demo__repo{number % 3}-{number}.traj").write_text(text, "utf-8")
    path = tmp_path / "prototypes.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([folder])
        memory.encode()
    return path


@pytest.fixture
def session(qapp: object, store: Path) -> Iterator[Session]:
    session = Session(store)
    yield session
    session.close()


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> PrototypesView:
    navigator = Navigator(Place(ViewName.PROTOTYPES))
    view = PrototypesView(session, navigator)
    navigator.setParent(view)
    navigator.moved.connect(view.restore)
    session.changed.connect(view.refresh)
    qtbot.addWidget(view)
    view.resize(1100, 760)
    view.show()
    return view


def consolidate(store: Path, cycles: int = 1) -> None:
    with open_memory(store) as memory:
        for _ in range(cycles):
            memory.consolidation.run(12)


def test_without_prototypes_it_says_how_to_get_some(qtbot: QtBot, view: PrototypesView) -> None:
    qtbot.waitUntil(lambda: view.page.notice == "No prototype yet")


def test_a_cycle_elsewhere_is_shown_once_the_view_hears_of_it(
    qtbot: QtBot, view: PrototypesView, store: Path
) -> None:
    qtbot.waitUntil(lambda: view.page.notice != "")
    consolidate(store)
    view.refresh(Changed.PROTOTYPES)
    qtbot.waitUntil(lambda: view.page.shows_content)
    counts = [one.count for one in view.model.prototypes]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == pytest.approx(12, abs=1e-3)


def test_a_failure_is_said_and_can_be_tried_again(
    qtbot: QtBot, view: PrototypesView, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: view.page.notice != "")
    from hpm_engine.consolidator.cartography import Cartography

    def broken(_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(Cartography, "read", broken)
        view.reload()
        qtbot.waitUntil(lambda: "could not be read" in view.page.notice)
    view.page._act()
    qtbot.waitUntil(lambda: view.page.notice == "No prototype yet")
